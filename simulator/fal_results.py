"""fal's results: outputs in two shapes, model errors, webhooks and the keys that prove them.

Documented at docs.fal.ai (model-apis/errors, model-apis/model-endpoints/webhooks).
"""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.callbacks import Delivery
from simulator.chance import uuid4_of
from simulator.jobs import Job
from simulator.pictures.plain import MEDIA_TYPES
from simulator.world import World, signing_key

_REFUSED = (
    "The content could not be processed because it contained material flagged by a content checker."
)
_USER = uuid4_of("fal-user")


async def result_of(world: World, job: Job) -> Response:
    """Return what the model answered: its output, or its own error."""
    status, body = _model_answer(job)
    if body is None:
        body = await output_of(world, job)
    headers = {"x-fal-request-id": job.id, "x-fal-billable-units": units_of(job)}
    if status != 200:  # noqa: PLR2004
        headers["x-fal-retryable"] = "false" if status == 422 else "true"  # noqa: PLR2004
    return JSONResponse(body, status, headers)


async def output_of(world: World, job: Job) -> dict[str, Any]:
    """Return the output of a job that ended well, in the shape of its family of models."""
    order = job.order
    urls = world.picture_urls(job, job.submitted + job.extra["life"])
    if order.inline:
        urls = [await _inlined(world, job, index) for index in range(order.images)]
    images = [
        {
            "url": url,
            "content_type": MEDIA_TYPES[order.format],
            "file_name": f"{job.id}.{index}.{order.format}",
            "file_size": None,
            "width": order.width,
            "height": order.height,
        }
        for index, url in enumerate(urls)
    ]
    output: dict[str, Any] = {"images": images, "seed": job.seed}
    if order.model == "flux-2-turbo":
        flagged = "black_image_200" in job.scenario
        output |= {
            "timings": {"inference": 0.0},
            "has_nsfw_concepts": [flagged] * order.images,
            "prompt": order.prompt,
        }
    return output


def error_of(job: Job) -> tuple[str | None, str | None]:
    """Return `error` and `error_type` of a finished request; both empty if it succeeded."""
    status, body = _model_answer(job)
    if body is None:
        return None, None
    detail = body["detail"]
    kind = detail[0]["type"] if isinstance(detail, list) else body["error_type"]
    return f"Unexpected status code: {status}", str(kind)


def units_of(job: Job) -> str:
    """Return the megapixels that were billed, as the header has them."""
    order = job.order
    return str(order.output_mp + order.input_mp if job.settled and job.usd else 0)


def send_webhook(world: World, job: Job) -> None:
    """Send a request's webhook when it ends, twice if its scenario says so."""

    def done() -> bool:
        return job.done(world.now())

    async def prepared() -> bytes:
        status, body = _model_answer(job)
        content: dict[str, Any] = {"request_id": job.id, "gateway_request_id": job.id}
        if body is None:
            content |= {"status": "OK", "payload": await output_of(world, job)}
        else:
            message = f"Unexpected status code: {status}"
            content |= {"status": "ERROR", "error": message, "payload": body}
        return json.dumps(content, ensure_ascii=False).encode()

    async def delivery() -> Delivery:
        body = await prepared()
        stamp = str(int(world.clock.now()))
        signed = "\n".join((job.id, _USER, stamp, hashlib.sha256(body).hexdigest()))
        signature = signing_key(world.options.seed).sign(signed.encode()).hex()
        headers = {
            "content-type": "application/json",
            "X-Fal-Webhook-Request-Id": job.id,
            "X-Fal-Webhook-User-Id": _USER,
            "X-Fal-Webhook-Timestamp": stamp,
            "X-Fal-Webhook-Signature": "0" * 128 if "bad_signature" in job.scenario else signature,
        }
        return Delivery(job=job.id, address=job.extra["webhook"], body=body, headers=headers)

    copies = 2 if "duplicate_webhook" in job.scenario else 1
    world.callbacks.send_when(done, delivery, copies=copies)


async def jwks(request: Request) -> Response:
    """Answer GET /.well-known/jwks.json: the key that proves webhooks."""
    world: World = request.app.state.world
    public = signing_key(world.options.seed).public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return JSONResponse({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": x}]})


def _model_answer(job: Job) -> tuple[int, dict[str, Any] | None]:
    if job.fate == "ok":
        return 200, None
    if job.fate == "canceled":
        return 499, {"detail": "Request was cancelled", "error_type": "client_cancelled"}
    if job.fate == "failed":
        detail = _detail("downstream_service_unavailable", "Downstream service unavailable")
        return 500, {"detail": [detail]}
    return 422, {"detail": [_detail("content_policy_violation", _REFUSED)]}


def _detail(kind: str, message: str) -> dict[str, Any]:
    url = f"https://docs.fal.ai/errors/#{kind}"
    return {"loc": ["body", "prompt"], "msg": message, "type": kind, "url": url, "input": None}


async def _inlined(world: World, job: Job, index: int) -> str:
    data = await world.painter.picture(job, index)
    return f"data:{MEDIA_TYPES[job.order.format]};base64,{base64.b64encode(data).decode()}"
