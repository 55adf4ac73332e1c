"""fal: the queue and the direct endpoint.

Documented at docs.fal.ai (model-endpoints/queue, model-apis/errors, request-errors,
model-apis/model-endpoints/webhooks) and in fal's own clients; the README lists what is assumed.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import answers
from simulator.fal_inputs import order_of
from simulator.fal_results import error_of, result_of, send_webhook, units_of
from simulator.faults import UnknownFaultError
from simulator.jobs import Job, Ticket
from simulator.orders import Order
from simulator.refused import RefusedInputError
from simulator.world import LIFETIMES, World

ENDPOINTS = {
    "fal-ai/flux-2-flex": "flux-2-flex",
    "fal-ai/flux-2-pro": "flux-2-pro",
    "fal-ai/flux-2-max": "flux-2-max",
    "fal-ai/flux-2/turbo": "flux-2-turbo",
}
"""Endpoint, without `/edit`, to model."""
_ALIAS_PARTS = 2
_WAIT_SECONDS = 0.02
_ERRORS = {
    429: "rate_limited",
    500: "runner_server_error",
    503: "runner_connection_error",
    504: "request_timeout",
}
_LOCKED = (
    "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."
)


def say(status: int, message: str) -> Response:
    """Return fal's flat error: `detail` as text, `error_type` where it is a request error."""
    if status == 402:  # noqa: PLR2004 - fal has no 402: an empty account is locked
        return JSONResponse({"detail": _LOCKED}, 403)
    if status == 422:  # noqa: PLR2004 - a model error has a list
        detail = {"loc": ["body", "prompt"], "msg": message, "type": "value_error", "input": None}
        return JSONResponse({"detail": [detail]}, 422, {"x-fal-billable-units": "0"})
    kind = _ERRORS.get(status)
    if kind is None:
        return JSONResponse({"detail": message}, status)
    headers = {"x-fal-error-type": kind}
    return JSONResponse({"detail": message, "error_type": kind}, status, headers)


def denied(world: World, request: Request) -> Response | None:
    """Return the answer to a request without an accepted key, or nothing."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "key" and world.allows(key):
        return None
    return say(401, "Cannot access application. Authentication is required.")


async def submit(request: Request) -> Response:
    """Answer POST on the queue: the ids and addresses of the new request."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    prepared = await _prepared(world, request)
    if isinstance(prepared, Response):
        return prepared
    ticket, chosen = prepared
    attempt = world.book.attempt(ticket)
    scenario = answers.scenario_of(world, ticket, attempt, chosen, ("rate_limit",))
    now = world.now()
    if (refused := answers.refusal(scenario, attempt, now, say)) is not None:
        return refused
    ticket.scenario.update(scenario)
    job = world.book.accept(ticket, now)
    if job.extra["webhook"] and "no_callback" not in job.scenario:
        send_webhook(world, job)
    body = {"status": "IN_QUEUE", **_addresses(world, job), "queue_position": 0}
    if job.extra["webhook"]:
        body["gateway_request_id"] = job.id
    accepted = JSONResponse(body, headers={"x-fal-request-id": job.id})
    return answers.lost(scenario, attempt, say) or accepted


async def run(request: Request) -> Response:
    """Answer POST on the direct endpoint: the output itself, or its error."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    prepared = await _prepared(world, request)
    if isinstance(prepared, Response):
        return prepared
    ticket, chosen = prepared
    attempt = world.book.attempt(ticket)
    if world.direct >= world.options.fal_direct:
        return say(429, answers.MESSAGES[429])
    scenario = answers.scenario_of(world, ticket, attempt, chosen, ())
    now = world.now()
    if (refused := answers.refusal(scenario, attempt, now, say)) is not None:
        return refused
    ticket.scenario.update(scenario)
    job = world.book.accept(ticket, now)
    await _finished(world, job, request)
    return answers.lost(scenario, attempt, say) or await result_of(world, job)


async def read(request: Request) -> Response:
    """Answer GET on the queue: the status or the result of a request."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    job, way = _found(world, request)
    if job is None or way not in {"", "status"}:
        return say(404, f"Path /{request.path_params['path']} not found")
    if way == "status":
        return answers.broken_poll(world, job, say) or _status(world, job)
    if not job.done(world.now()) or "endless_202" in job.scenario:
        return JSONResponse({"detail": "Request is still in progress"}, 400)
    return await result_of(world, job)


async def cancel(request: Request) -> Response:
    """Answer PUT on a cancel address: only a request that still waits can be cancelled."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    job, way = _found(world, request)
    if job is None or way != "cancel":
        return JSONResponse({"status": "NOT_FOUND"}, 404)
    now = world.now()
    if job.done(now):
        return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
    if job.phase(now) in {"queued", "dispatching"}:
        world.book.withdraw(job, now)
    return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)


async def _prepared(world: World, request: Request) -> Response | tuple[Ticket, dict[str, str]]:
    path = request.path_params["path"].strip("/")
    base = path.removesuffix("/edit")
    if base not in ENDPOINTS:
        return say(404, f"Path /{path} not found")
    blank = Order(
        provider="fal",
        model=ENDPOINTS[base],
        endpoint=path,
        prompt="",
        width=0,
        height=0,
        seed=None,
        format="",
    )
    try:
        body = json.loads(await request.body())
        if not isinstance(body, dict):
            return say(422, "Input should be a valid dictionary")
        rounds = world.options.rounds
        order = order_of(body, blank, world.fetch, edit=base != path, rounds=rounds)
        chosen = world.faults.chosen(order.prompt, request.headers.get("x-sim-scenario", ""))
        extra = _extra(request, body)
    except RefusedInputError as error:
        return _refused(error)
    except UnknownFaultError as error:
        return say(400, str(error))
    except ValueError as error:
        return say(400, f"Invalid request: {error}")
    return Ticket(order=order, scenario={}, extra=extra), chosen


def _extra(request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    wish = request.headers.get("x-fal-object-lifecycle-preference")
    life = json.loads(wish).get("expiration_duration_seconds") if wish else None
    return {
        "input": body,
        "webhook": request.query_params.get("fal_webhook"),
        "life": LIFETIMES["fal"] if life is None else float(life),
    }


def _refused(error: RefusedInputError) -> Response:
    detail = [
        {**found, "url": f"https://docs.fal.ai/errors/#{found['type']}"} for found in error.detail
    ]
    headers = {"x-fal-billable-units": "0", "x-fal-retryable": "false"}
    return JSONResponse({"detail": detail}, 422, headers)


def _found(world: World, request: Request) -> tuple[Job | None, str]:
    alias, _, rest = request.path_params["path"].partition("/requests/")
    name, _, way = rest.partition("/")
    job = world.book.jobs.get(name)
    if job is None or job.order.provider != "fal" or _alias(job.order.endpoint) != alias:
        return None, way
    return job, way


def _alias(endpoint: str) -> str:
    """Return owner and app: the sub-path is dropped in the addresses of a request."""
    return "/".join(endpoint.split("/")[:_ALIAS_PARTS])


def _addresses(world: World, job: Job) -> dict[str, Any]:
    base = f"{world.origin}/fal-queue/{_alias(job.order.endpoint)}/requests/{job.id}"
    if "foreign_polling_url" in job.scenario:
        base = base.replace(world.origin, world.foreign)
    return {
        "request_id": job.id,
        "response_url": base,
        "status_url": f"{base}/status",
        "cancel_url": f"{base}/cancel",
    }


def _status(world: World, job: Job) -> Response:
    addresses = _addresses(world, job)
    if "redirect_poll" in job.scenario:
        return Response(status_code=307, headers={"location": f"{world.foreign}/{job.id}/status"})
    if "unknown_status" in job.scenario:
        return JSONResponse({"status": "REBALANCING", "logs": [], **addresses}, 202)
    phase = job.phase(world.now())
    if phase == "queued" or ("status_flap" in job.scenario and job.struck("status_flap")):
        return JSONResponse({"status": "IN_QUEUE", "queue_position": 0, **addresses}, 202)
    if phase != "done":
        return JSONResponse({"status": "IN_PROGRESS", "logs": [], **addresses}, 202)
    error, kind = error_of(job)
    seconds = max(0.0, job.ready - job.submitted)
    body = {
        "status": "COMPLETED",
        "logs": [],
        "metrics": {"inference_time": seconds},
        "error": error,
        "error_type": kind,
        **addresses,
    }
    return JSONResponse(body, headers={"x-fal-billable-units": units_of(job)})


async def _finished(world: World, job: Job, request: Request) -> None:
    world.direct += 1
    try:
        while not (job.done(world.now()) or await request.is_disconnected()):
            job.polls += 1
            await asyncio.sleep(_WAIT_SECONDS)
    finally:
        world.direct -= 1
