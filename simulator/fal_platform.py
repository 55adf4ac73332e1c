"""fal's platform API: the history of requests, and what each was billed.

Documented at fal.ai/docs/platform-apis/v1 (models/requests/by-endpoint,
models/billing-events).
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.clock import from_iso, iso
from simulator.fal import denied, say
from simulator.fal_results import error_of, output_of
from simulator.jobs import Job
from simulator.prices import PRICES
from simulator.world import World

DAY = 86400.0
REQUEST_DAYS = 90
"""With a request id the default start is 90 days ago instead of one."""
MOST_REQUESTS = 100
MOST_EVENTS = 10_000
_STATUS = {"ok": 200, "failed": 500, "canceled": 499}
_REFUSED = 422


async def requests_by_endpoint(request: Request) -> Response:
    """Answer GET /v1/models/requests/by-endpoint: finished requests, newest first."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    endpoints = _many(request, "endpoint_id")
    if not endpoints:
        return say(422, "endpoint_id is required")
    try:
        jobs = _window(world, request, endpoints)
        page = _page(request, jobs, 50, MOST_REQUESTS)
    except ValueError as error:
        return say(422, str(error))
    wanted = request.query_params.get("status")
    expanded = "payloads" in _many(request, "expand")
    rows = [await _row(world, job, expanded=expanded) for job in page["items"]]
    page["items"] = [row for row in rows if wanted in {None, _kind(row["status_code"])}]
    return JSONResponse(page)


async def billing_events(request: Request) -> Response:
    """Answer GET /v1/models/billing-events: one event for each billed request."""
    world: World = request.app.state.world
    if (refused := denied(world, request)) is not None:
        return refused
    endpoints = _many(request, "endpoint_id") or list(world.book.by_endpoint)
    try:
        jobs = [job for job in _window(world, request, endpoints) if job.usd]
        page = _page(request, jobs, MOST_EVENTS, MOST_EVENTS)
    except ValueError as error:
        return say(422, str(error))
    events = [_event(job) for job in page.pop("items")]
    return JSONResponse({"billing_events": events, **page})


def _many(request: Request, name: str) -> list[str]:
    return [part for text in request.query_params.getlist(name) for part in text.split(",")]


def _window(world: World, request: Request, endpoints: list[str]) -> list[Job]:
    now = world.now()
    query = request.query_params
    names = _many(request, "request_id")
    start = now - (REQUEST_DAYS if names else 1) * DAY
    start = from_iso(query["start"]) if "start" in query else start
    end = from_iso(query["end"]) if "end" in query else now + 1
    named = [world.book.jobs[name] for name in names if name in world.book.jobs]
    return [
        job
        for endpoint in endpoints
        for job in reversed(named if names else world.book.by_endpoint.get(endpoint, []))
        if (job.order.provider, job.order.endpoint) == ("fal", endpoint)
        and start <= job.submitted < end
        and job.done(now)
        and not job.order.inline
        and world.listed(job)
    ]


def _page(request: Request, jobs: list[Job], default: int, most: int) -> dict[str, Any]:
    limit, cursor = (request.query_params.get(name) for name in ("limit", "cursor"))
    size, start = int(limit or default), int(cursor or 0)
    if not 1 <= size <= most:
        raise ValueError(f"limit must lie between 1 and {most}")
    more = len(jobs) > start + size
    return {
        "items": jobs[start : start + size],
        "next_cursor": str(start + size) if more else None,
        "has_more": more,
    }


async def _row(world: World, job: Job, *, expanded: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "request_id": job.id,
        "endpoint_id": job.order.endpoint,
        "sent_at": iso(job.submitted, "Z"),
        "started_at": iso(job.submitted, "Z"),
        "ended_at": iso(job.ready, "Z"),
        "status_code": _STATUS.get(job.fate, _REFUSED),
        "duration": job.ready - job.submitted,
    }
    if expanded:
        failed = error_of(job)[0]
        row["json_input"] = job.extra["input"]
        row["json_output"] = {"detail": failed} if failed else await output_of(world, job)
    return row


def _kind(status: int) -> str:
    return {200: "success", 500: "error"}.get(status, "user_error")


def _event(job: Job) -> dict[str, Any]:
    order = job.order
    total = float(job.usd)
    return {
        "request_id": job.id,
        "endpoint_id": order.endpoint,
        "timestamp": iso(job.ready, "Z"),
        "output_units": order.output_mp + order.input_mp,
        "unit_price": float(PRICES["fal"][order.model].first),
        "percent_discount": 0,
        "cost_subtotal": total,
        "cost_discount": 0,
        "cost_total": total,
        "cost_estimate_nano_usd": int(job.usd * 10**9),
    }
