"""Runflow's uploads and its Sentinel evaluations.

The three steps of an upload and the fields of an evaluation are documented
(docs.runflow.io/guides/upload-large-files, concepts/evaluations); the names inside the upload's
answers, the job classes and their price are assumed.
"""

import json
from typing import Any

import pydantic
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.bill import BillLine, plain
from simulator.chance import digest, draw, uuid4_of
from simulator.clock import iso
from simulator.faults import UnknownFaultError, marked, parse
from simulator.prices import EVALUATION_USD
from simulator.refused import RefusedInputError, checked
from simulator.runflow import denied, say
from simulator.world import LIFETIMES, Asset, World

MOST_BYTES = 50 * 1024 * 1024
"""Runflow takes files of up to 50 MiB."""
MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp")
UPLOAD_SECONDS = 900.0
ASSET_SECONDS = LIFETIMES["fal"]
"""An asset's address lives about seven days, as Runflow's own tool says."""


class _Upload(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="ignore", strict=True)

    filename: str = pydantic.Field(min_length=1, max_length=255)
    content_type: str
    size_bytes: int | None = pydantic.Field(default=None, ge=1, le=MOST_BYTES)


class _Image(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    url: str
    kind: str | None = None
    description: str | None = None


class _Evaluation(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    generated_image_url: str = pydantic.Field(min_length=1)
    task_type: str = pydantic.Field(min_length=1)
    task_description: str | None = None
    generation_prompt: str | None = None
    evaluation_instructions: str | None = None
    input_attributes: dict[str, Any] | None = None
    reference_images: list[_Image] = pydantic.Field(default=[], max_length=4)
    run_id: str | None = None
    client_ref: str | None = pydantic.Field(default=None, max_length=255)
    job_class: str = "standard"
    callback_url: str | None = None


async def start_upload(request: Request) -> Response:
    """Answer POST /v1/asset-uploads: where to PUT the bytes."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    try:
        given = checked(_Upload, await request.json())
    except (ValueError, TypeError) as error:
        return _invalid(error)
    if given.content_type not in MEDIA_TYPES:
        return say(422, f"content_type must be one of {', '.join(MEDIA_TYPES)}")
    asset = Asset(id=uuid4_of(f"asset/{len(world.assets)}"), media_type=given.content_type)
    world.assets[asset.id] = asset
    expires = world.clock.now() + UPLOAD_SECONDS
    body = {
        "asset_id": asset.id,
        "upload_url": world.media_url(_name(asset), expires),
        "method": "PUT",
        "headers": {"content-type": asset.media_type},
        "expires_at": iso(expires),
    }
    return JSONResponse(body, 201)


async def confirm_upload(request: Request) -> Response:
    """Answer POST /v1/asset-uploads/{id}/confirmations: the asset's address and name."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    asset = world.assets.get(request.path_params["id"])
    if asset is None:
        return say(404, "Asset not found")
    if asset.data is None:
        return say(409, "The upload has not arrived yet")
    asset.confirmed = True
    return JSONResponse(_shown(world, asset), 201)


async def read_asset(request: Request) -> Response:
    """Answer GET /v1/assets/{id}: the address, signed anew."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    if request.path_params["id"] == "types":
        return JSONResponse([{"mime_type": kind} for kind in MEDIA_TYPES])
    asset = world.assets.get(request.path_params["id"])
    if asset is None or not asset.confirmed:
        return say(404, "Asset not found")
    return JSONResponse(_shown(world, asset))


async def put_media(request: Request) -> Response:
    """Answer PUT on a signed address: no key is asked for."""
    world: World = request.app.state.world
    name = request.path_params["file"]
    state = world.media_state(request.path_params["signature"], name)
    asset = world.assets.get(name.removeprefix("asset."))
    if state != "ok" or asset is None:
        return Response("Request has expired or the signature does not match", 403)
    data = await request.body()
    if not 0 < len(data) <= MOST_BYTES:
        return Response("EntityTooLarge", 400)
    asset.data = data
    return Response(status_code=200)


async def evaluate(request: Request) -> Response:
    """Answer POST /v1/evaluations: 202; it costs credits when it completes."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    raw = await request.body()
    key = request.headers.get("idempotency-key")
    if key is not None and f"evaluation/{key}" in world.replays:
        before, body = world.replays[f"evaluation/{key}"]
        same = before == digest(raw.hex())
        return _accepted(body) if same else say(409, "Idempotency-Key was already used")
    try:
        given = checked(_Evaluation, json.loads(raw))
        scenario = parse(request.headers.get("x-sim-scenario", ""))
    except (ValueError, TypeError) as error:
        return _invalid(error)
    if given.job_class not in _CLASSES:
        return say(422, "job_class is not known; see /v1/evaluations/job-classes")
    row = _started(world, given, scenario)
    body = json.dumps({name: row[name] for name in _FIRST}).encode()
    if key is not None:
        world.replays[f"evaluation/{key}"] = (digest(raw.hex()), body)
    return _accepted(body)


async def read_evaluation(request: Request) -> Response:
    """Answer GET /v1/evaluations/{id}, and the lists of statuses and job classes."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    name = request.path_params["id"]
    if name == "statuses":
        return JSONResponse([{"code": code} for code in _STATUSES])
    if name == "job-classes":
        return JSONResponse([{"code": code, "price": plain(_CLASSES[code])} for code in _CLASSES])
    row = world.evaluations.get(name)
    if row is None:
        return say(404, "Evaluation not found")
    _complete(world, row)
    hidden = {"_scenario", "_ready"} | (
        set() if "judges" in request.query_params.get("embed", "") else {"judges"}
    )
    return JSONResponse({field: row[field] for field in row if field not in hidden})


_STATUSES = ("pending", "running", "completed", "failed")
_CLASSES = {"standard": EVALUATION_USD}
_FIRST = ("id", "status_code", "job_class_code", "client_ref")


def _started(world: World, given: _Evaluation, scenario: dict[str, str]) -> dict[str, object]:
    now = world.clock.now()
    name = uuid4_of(f"evaluation/{len(world.evaluations)}/{given.generated_image_url}")
    asked = f"{given.task_description} {given.evaluation_instructions}"
    row: dict[str, object] = dict.fromkeys(
        ("overall_passed", "weighted_pass_rate", "failure_code", "cost", "completed_at")
    )
    row |= {
        "id": name,
        "status_code": "pending",
        "job_class_code": given.job_class,
        "client_ref": given.client_ref,
        "run_id": given.run_id,
        "top_issues": [],
        "top_strengths": [],
        "check_summary": {},
        "judges": [],
        "submitted_at": iso(now),
        "links": {},
        "_scenario": scenario | marked(asked),
        "_ready": now + world.options.latency,
    }
    world.evaluations[name] = row
    return row


def _complete(world: World, row: dict[str, object]) -> None:
    scenario, ready = row["_scenario"], row["_ready"]
    if not isinstance(scenario, dict) or not isinstance(ready, float):
        return
    now = world.clock.now()
    if row["status_code"] in {"completed", "failed"} or now < ready:
        return
    if "sentinel_stuck" in scenario:
        row["status_code"] = "running"
        return
    if "sentinel_error" in scenario:
        row |= {"status_code": "failed", "failure_code": "JUDGE_ERROR", "completed_at": iso(now)}
        return
    passed = "sentinel_fail" not in scenario
    rate = round(0.9 + draw("rate", row["id"]) / 10 if passed else 0.4, 3)
    judge = {"name": "overall", "category": "quality", "passed": passed, "confidence": 0.9}
    row |= {
        "status_code": "completed",
        "overall_passed": passed,
        "weighted_pass_rate": rate,
        "top_issues": [] if passed else ["the judge found a fault it was told to find"],
        "judges": [judge],
        "cost": plain(EVALUATION_USD),
        "completed_at": iso(now),
    }
    _charge(world, row, now)


def _charge(world: World, row: dict[str, object], now: float) -> None:
    client_ref = row["client_ref"]
    world.bill.add(
        BillLine(
            at=now,
            provider="runflow",
            model="sentinel",
            job=str(row["id"]),
            client_ref=str(client_ref) if client_ref else None,
            idempotency_key=None,
            seed=None,
            output_mp=0,
            input_mp=0,
            usd=EVALUATION_USD,
            why="evaluation",
        )
    )


def _name(asset: Asset) -> str:
    return f"asset.{asset.id}"


def _shown(world: World, asset: Asset) -> dict[str, object]:
    expires = world.clock.now() + ASSET_SECONDS
    return {
        "id": asset.id,
        "ref": f"runflow://assets/{asset.id}",
        "url": world.media_url(_name(asset), expires),
        "content_type": asset.media_type,
        "expires_at": iso(expires),
    }


def _accepted(body: bytes) -> Response:
    return Response(body, 202, media_type="application/json")


def _invalid(error: Exception) -> Response:
    if isinstance(error, RefusedInputError):
        detail = {"code": "VALIDATION_ERROR", "message": "Validation failed"}
        return JSONResponse({**detail, "errors": error.detail}, 422)
    if isinstance(error, UnknownFaultError):
        return say(400, str(error))
    return say(400, "Bad request: the body must be a JSON object")
