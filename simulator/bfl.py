"""Black Forest Labs: submit, poll, credits.

Documented in the OpenAPI document of api.bfl.ai and at docs.bfl.ai; the webhook's header comes
from BFL's own skill file alone. The README lists what is assumed.
"""

import decimal
import hashlib
import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import answers
from simulator.bfl_inputs import SCHEMAS, order_of
from simulator.callbacks import Delivery
from simulator.clock import iso
from simulator.faults import UnknownFaultError
from simulator.jobs import Job, Ticket, price_of
from simulator.pictures.rewriting import rewritten
from simulator.refused import RefusedInputError
from simulator.world import LIFETIMES, World

CREDIT_USD = decimal.Decimal("0.01")
"""One credit is one US cent."""
CREDITS = 100_000
"""What the account holds before the first charge."""
_SHOWN_MEGAPIXEL = 1_000_000
"""BFL's own tables show 1024 x 1024 as 1.05 MP: it shows millions of pixels."""
_ENDS = {
    "ok": "Ready",
    "moderated_input": "Request Moderated",
    "moderated_output": "Content Moderated",
}


def say(status: int, message: str) -> Response:
    """Return FastAPI's error body; BFL answers 403, not 401, to a bad key."""
    if status == 401:  # noqa: PLR2004
        status = 403
    if status == 422:  # noqa: PLR2004
        item = {"loc": ["body", "prompt"], "msg": message, "type": "value_error"}
        return JSONResponse({"detail": [item]}, 422)
    return JSONResponse({"detail": message}, status)


async def submit(request: Request) -> Response:
    """Answer POST /v1/{model}: id, polling address and cost; charged at once."""
    world: World = request.app.state.world
    if not world.allows(request.headers.get("x-key", "")):
        return say(403, "Not authenticated")
    prepared = await _prepared(world, request)
    if isinstance(prepared, Response):
        return prepared
    ticket, chosen = prepared
    attempt = world.book.attempt(ticket)
    now = world.now()
    if world.book.active("bfl", now, world.options.stuck_slot) >= world.options.bfl_tasks:
        return say(429, "Too many requests: retry once a previous task finishes")
    scenario = answers.scenario_of(world, ticket, attempt, chosen, ())
    if (refused := answers.refusal(scenario, attempt, now, say)) is not None:
        return refused
    ticket.scenario.update(scenario)
    job = world.book.accept(ticket, now)
    if job.extra["webhook_url"] and "no_callback" not in job.scenario:
        _send_webhook(world, job)
    return answers.lost(scenario, attempt, say) or JSONResponse(_accepted(world, job))


async def poll(request: Request) -> Response:
    """Answer GET /v1/get_result?id=: the id is the capability, no key is needed."""
    world: World = request.app.state.world
    name = request.query_params.get("id", "")
    job = world.book.jobs.get(name)
    if job is None or job.order.provider != "bfl":
        return JSONResponse(_state(name, "Task not found"))
    if (broken := answers.broken_poll(world, job, say)) is not None:
        return broken
    if "redirect_poll" in job.scenario:
        location = f"{world.foreign}/v1/get_result?id={job.id}"
        return Response(status_code=307, headers={"location": location})
    if "endless_202" in job.scenario:
        return JSONResponse(_state(name, "Pending"), 202)
    return JSONResponse(_polled(world, job))


async def credit(request: Request) -> Response:
    """Answer GET /v1/credits: what is left, one credit being one cent."""
    world: World = request.app.state.world
    if not world.allows(request.headers.get("x-key", "")):
        return say(403, "Not authenticated")
    world.now()
    spent = world.bill.totals.get("bfl", decimal.Decimal(0)) / CREDIT_USD
    return JSONResponse({"credits": float(CREDITS - spent)})


async def _prepared(world: World, request: Request) -> Response | tuple[Ticket, dict[str, str]]:
    endpoint = request.path_params["model"]
    if endpoint not in SCHEMAS:
        return JSONResponse({"detail": "Not Found"}, 404)
    try:
        body = json.loads(await request.body())
        if not isinstance(body, dict):
            return say(422, "Input should be a valid dictionary")
        order = order_of(body, endpoint, world.fetch, rounds=world.options.rounds)
        chosen = world.faults.chosen(order.prompt, request.headers.get("x-sim-scenario", ""))
    except RefusedInputError as error:
        return JSONResponse({"detail": error.detail}, 422)
    except UnknownFaultError as error:
        return say(400, str(error))
    except ValueError as error:
        return say(400, f"Invalid request: {error}")
    extra = {name: body.get(name) for name in ("webhook_url", "webhook_secret")}
    return Ticket(order=order, scenario={}, extra=extra), chosen


def _accepted(world: World, job: Job) -> dict[str, Any]:
    host = world.foreign if "foreign_polling_url" in job.scenario else f"{world.origin}/bfl"
    order = job.order
    pixels = sum(width * height for width, height in (found.size for found in order.references))
    answer = {
        "id": job.id,
        "cost": float(price_of(order) / CREDIT_USD),
        "input_mp": round(pixels / _SHOWN_MEGAPIXEL, 2),
        "output_mp": round(order.width * order.height / _SHOWN_MEGAPIXEL, 2),
    }
    if job.extra["webhook_url"]:
        answer |= {"status": "Pending", "webhook_url": job.extra["webhook_url"]}
    if "no_polling_url" not in job.scenario:
        answer["polling_url"] = f"{host}/v1/get_result?id={job.id}"
    return answer


def _polled(world: World, job: Job) -> dict[str, Any]:
    now = world.now()
    if "task_not_found_first_poll" in job.scenario and job.struck("task_not_found_first_poll"):
        return _state(job.id, "Task not found")
    if "unknown_status" in job.scenario:
        return _state(job.id, "Reasoning")
    flapping = "status_flap" in job.scenario and job.struck("status_flap")
    if not job.done(now) or flapping:
        return _state(job.id, "Pending") | {"progress": 0.5}
    return _ended(world, job)


def _ended(world: World, job: Job) -> dict[str, Any]:
    status = _ENDS.get(job.fate, "Error")
    answer = _state(job.id, status) | {"cost": float(job.usd / CREDIT_USD)}
    if status == "Ready":
        answer["result"] = _result(world, job)
    elif status != "Error":
        answer["details"] = {"Moderation Reasons": ["Derivative Works Filter"]}
    return answer


def _result(world: World, job: Job) -> dict[str, Any]:
    urls = world.picture_urls(job, job.ready + LIFETIMES["bfl"])
    return {
        "sample": urls[0],
        "prompt": rewritten(job.order, job.scenario, job.seed),
        "seed": job.seed,
        "start_time": job.submitted,
        "end_time": job.ready,
        "duration": job.ready - job.submitted,
    }


def _state(name: str, status: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("result", "progress", "details", "preview"))
    return {"id": name, "status": status, **nothing}


def _send_webhook(world: World, job: Job) -> None:
    def done() -> bool:
        return job.done(world.now())

    async def delivery() -> Delivery:
        payload = _ended(world, job)
        content = {name: payload[name] for name in ("id", "status", "result")}
        body = json.dumps(content | {"timestamp": iso(world.clock.now(), "Z")}).encode()
        headers = {"content-type": "application/json"}
        if secret := job.extra["webhook_secret"]:
            proof = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            proof = "0" * 64 if "bad_signature" in job.scenario else proof
            headers["X-BFL-Signature"] = f"sha256={proof}"
        address = job.extra["webhook_url"]
        return Delivery(job=job.id, address=address, body=body, headers=headers)

    copies = 2 if "duplicate_webhook" in job.scenario else 1
    world.callbacks.send_when(done, delivery, copies=copies)
