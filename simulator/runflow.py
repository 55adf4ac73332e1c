"""Runflow: runs of a model, their listing, and the account.

Documented at docs.runflow.io (concepts/runs, concepts/errors, concepts/callbacks,
concepts/rate-limits, api-reference/models). The README beside this file lists what is assumed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import pydantic
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator import answers
from simulator.chance import digest, uuid4_of
from simulator.fal_inputs import SCHEMAS, order_of
from simulator.faults import UnknownFaultError
from simulator.jobs import Job, Ticket
from simulator.orders import Order
from simulator.refused import RefusedInputError, checked
from simulator.runflow_runs import ORGANISATION, envelope, run_of, send_callback
from simulator.world import World

OWNER = "black-forest-labs"
STATUSES = (
    "queued",
    "dispatching",
    "running",
    "succeeded",
    "failed",
    "canceled",
    "partial_succeeded",
)
BALANCE_USD = 1000
"""What the account holds before the first charge, in US dollars."""
MOST_LISTED = 500
MOST_KEY = 255
_CODES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "INSUFFICIENT_CREDIT",
    403: "PERMISSION_DENIED",
    404: "RUN_NOT_FOUND",
    409: "CONFLICT",
    422: "VALIDATION_ERROR",
    429: "RATE_LIMITED",
    503: "MODEL_UNAVAILABLE",
}
_FILTER = re.compile(r"(client_ref|status_code|id)\.EQ:'([^']*)'")


class _Create(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    input: dict[str, Any]
    callback_url: str | None = pydantic.Field(default=None, max_length=2048)
    client_ref: str | None = pydantic.Field(default=None, max_length=255)
    metadata: dict[str, Any] | None = None


def say(status: int, message: str) -> Response:
    """Return Runflow's error envelope."""
    return _error(status, message, None)


def denied(world: World, request: Request) -> Response | None:
    """Return the answer to a request without an accepted key, or nothing."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and world.allows(key):
        return None
    return say(401, answers.MESSAGES[401])


async def create_run(request: Request) -> Response:
    """Answer POST /v1/models/{owner}/{slug}/runs: 201 with the run, billed once it succeeds."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    raw = await request.body()
    key = request.headers.get("idempotency-key")
    asked = digest(request.url.path, hashlib.sha256(raw).hexdigest())
    if key is not None and (known := _replayed(world, key, asked)) is not None:
        return known
    try:
        ticket, chosen = _ticket(world, request, json.loads(raw))
    except ValueError as error:
        return _unreadable(error)
    except KeyError:
        return _error(404, "Model not found", None, code="MODEL_NOT_FOUND")
    return _submit(world, ticket, chosen, asked)


async def read_run(request: Request) -> Response:
    """Answer GET /v1/runs/{id}; every read signs the result's addresses anew."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    job = _job(world, request)
    if job is None:
        return say(404, "Run not found")
    if (broken := answers.broken_poll(world, job, say)) is not None:
        return broken
    if "endless_202" in job.scenario:
        return JSONResponse(run_of(world, job), 202)
    if "redirect_poll" in job.scenario:
        return Response(status_code=307, headers={"location": f"{world.foreign}/runs/{job.id}"})
    return JSONResponse(_picked(run_of(world, job), request.query_params.get("fields")))


async def list_runs(request: Request) -> Response:
    """Answer GET /v1/runs: newest first, filtered by `q`, in pages."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    query = request.query_params
    start, limit = query.get("pq", "0"), query.get("limit", "50")
    if not (start.isdigit() and limit.isdigit() and 1 <= int(limit) <= MOST_LISTED):
        return say(422, f"limit must lie between 1 and {MOST_LISTED}, pq must be a cursor")
    try:
        found = _filtered(world, query.get("q"))
    except ValueError as error:
        return say(400, str(error))
    first, last = int(start), int(start) + int(limit)
    rows = [_picked(run_of(world, job), query.get("fields")) for job in found[first:last]]
    following = str(last) if last < len(found) else None
    previous = str(max(0, first - int(limit))) if first else None
    return JSONResponse({"items": rows, "next_pq": following, "prev_pq": previous})


async def read_callback(request: Request) -> Response:
    """Answer GET /v1/runs/{id}/callback: every delivery attempt."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    job = _job(world, request)
    if job is None:
        return say(404, "Run not found")
    return JSONResponse([tried for tried in world.callbacks.attempts if tried["job"] == job.id])


async def redeliver(request: Request) -> Response:
    """Answer POST /v1/runs/{id}/callback-redeliveries: the callback once more."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    job = _job(world, request)
    if job is None or not job.extra.get("callback_url"):
        return say(404, "Run not found, or it has no callback")
    send_callback(world, job, copies=1)
    return JSONResponse({"run_id": job.id, "status_code": "pending"}, 202)


async def account(request: Request) -> Response:
    """Answer the small reads: who the key is, the balance, the statuses."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    path = request.url.path
    if path.endswith("/statuses"):
        return JSONResponse([{"code": status} for status in STATUSES])
    if path.endswith("/me"):
        return JSONResponse({"id": uuid4_of("user"), "org_id": ORGANISATION})
    world.now()
    left = BALANCE_USD - world.bill.totals.get("runflow", 0)
    return JSONResponse({"balance": f"{left:.2f}", "low_balance_threshold": None})


async def callback_secret(request: Request) -> Response:
    """Answer POST /v1/callback-secrets: the secret that signs callbacks."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    body = {"id": uuid4_of("secret"), "plain_secret": world.options.webhook_secret}
    return JSONResponse(body, 201)


async def health(request: Request) -> Response:
    """Answer GET /v1/health."""
    del request
    return JSONResponse({"status": "ok"})


def _submit(world: World, ticket: Ticket, chosen: Mapping[str, str], asked: str) -> Response:
    attempt = world.book.attempt(ticket)
    scenario = answers.scenario_of(world, ticket, attempt, chosen, ())
    now = world.now()
    if (refused := answers.refusal(scenario, attempt, now, say)) is not None:
        return refused
    ticket.scenario.update(scenario)
    job = world.book.accept(ticket, now)
    body = json.dumps(envelope(job, "queued"), ensure_ascii=False).encode()
    if ticket.idempotency_key is not None:
        world.replays[ticket.idempotency_key] = (asked, body)
    if job.extra["callback_url"] and "no_callback" not in job.scenario:
        send_callback(world, job, copies=2 if "duplicate_webhook" in job.scenario else 1)
    return answers.lost(scenario, attempt, say) or _created(body)


def _ticket(world: World, request: Request, body: object) -> tuple[Ticket, dict[str, str]]:
    slug = request.path_params["slug"]
    model, _, way = slug.partition("/")
    if request.path_params["owner"] != OWNER or model not in SCHEMAS or way not in {"", "edit"}:
        raise KeyError(slug)
    key = request.headers.get("idempotency-key")
    if not isinstance(body, dict) or (key is not None and not 0 < len(key) <= MOST_KEY):
        raise ValueError("the body must be an object, the Idempotency-Key 1 to 255 characters")
    given = checked(_Create, body)
    blank = Order(
        provider="runflow",
        model=model,
        endpoint=f"{OWNER}/{slug}",
        prompt="",
        width=0,
        height=0,
        seed=None,
        format="",
    )
    rounds = world.options.rounds
    order = order_of(given.input, blank, world.fetch, edit=bool(way), rounds=rounds)
    chosen = world.faults.chosen(order.prompt, request.headers.get("x-sim-scenario", ""))
    extra = {
        "input": given.input,
        "metadata": given.metadata,
        "callback_url": given.callback_url,
    }
    ticket = Ticket(
        order=order,
        scenario={},
        client_ref=given.client_ref,
        idempotency_key=key,
        extra=extra,
    )
    return ticket, chosen


def _replayed(world: World, key: str, asked: str) -> Response | None:
    if key not in world.replays:
        return None
    before, body = world.replays[key]
    if before != asked:
        return say(409, "Idempotency-Key was already used with a different request body")
    return _created(body)


def _unreadable(error: ValueError) -> Response:
    if isinstance(error, RefusedInputError):
        return _error(422, "Validation failed", error.detail)
    if isinstance(error, UnknownFaultError):
        return say(400, str(error))
    return say(400, f"Bad request: {error}")


def _created(body: bytes) -> Response:
    return Response(body, 201, media_type="application/json")


def _error(status: int, message: str, errors: object, code: str | None = None) -> Response:
    code = code or _CODES.get(status, "INTERNAL_ERROR")
    return JSONResponse({"code": code, "message": message, "errors": errors}, status)


def _job(world: World, request: Request) -> Job | None:
    job = world.book.jobs.get(request.path_params["id"])
    return job if job is not None and job.order.provider == "runflow" else None


def _filtered(world: World, query: str | None) -> list[Job]:
    match = _FILTER.fullmatch(query or "")
    if query is not None and match is None:
        raise ValueError(f"q is not understood: {query}; use client_ref.EQ:'<token>'")
    if match is not None and match[1] == "client_ref":
        jobs = world.book.by_client_ref.get(match[2], [])
    else:
        jobs = [job for job in world.book.jobs.values() if job.order.provider == "runflow"]
    if match is not None and match[1] != "client_ref":
        jobs = [job for job in jobs if run_of(world, job).get(match[1]) == match[2]]
    return [job for job in reversed(jobs) if world.listed(job)]


def _picked(run: dict[str, Any], fields: str | None) -> dict[str, Any]:
    return {name: run[name] for name in fields.split(",") if name in run} if fields else run
