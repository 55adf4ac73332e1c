"""What all three APIs answer alike: refusals on purpose, and broken polls."""

import email.utils
from collections.abc import Callable, Mapping

from starlette.responses import HTMLResponse, Response

from simulator.faults import POLL, SUBMIT, Event, Scenario, strikes
from simulator.jobs import Job, Ticket
from simulator.wire import DropConnection, gzip_bomb
from simulator.world import World

Say = Callable[[int, str], Response]
"""Returns an API's own error answer for a status and a message."""

MESSAGES = {
    401: "Invalid or missing API key",
    402: "Insufficient credits",
    403: "Access denied",
    422: "The request was refused",
    429: "Rate limit exceeded: too many requests",
    500: "Internal server error",
    503: "Service unavailable",
    504: "Upstream timed out",
}
_STATUS = {
    "rate_limit": 429,
    "http_500": 500,
    "http_503": 503,
    "http_504": 504,
    "payment_required": 402,
    "unauthorized": 401,
    "forbidden": 403,
    "invalid_field": 422,
    "poll_http_500": 500,
    "poll_rate_limit": 429,
}
_AFTER = ("http_500_after_accept", "drop_after_accept")
_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad "
    "Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
MAINTENANCE = "<!doctype html><title>Maintenance</title><h1>We will be right back</h1>"
_RETRY_SECONDS = 1


def scenario_of(
    world: World, ticket: Ticket, attempt: int, chosen: Mapping[str, str], barred: tuple[str, ...]
) -> dict[str, str]:
    """Return the faults of a submit: the chosen ones, else what the mix draws.

    Args:
        world: The simulator.
        ticket: The request.
        attempt: How often it came before.
        chosen: What was asked for by marker, header or queue.
        barred: Faults this API never shows by itself.
    """
    if chosen:
        return dict(chosen)
    name = f"{ticket.fingerprint}/{attempt}"
    drawn = world.faults.drawn(Event(stage="submit", name=name, barred=barred))
    return drawn | world.faults.drawn(Event(stage="job", name=name, barred=barred))


def refusal(scenario: Scenario, attempt: int, now: float, say: Say) -> Response | None:
    """Return the answer of a submit that is not accepted, or nothing.

    Args:
        scenario: Its faults.
        attempt: How often the same request came before.
        now: Simulated time, for Retry-After as a date.
        say: The API's error answer.
    """
    for name in SUBMIT:
        if name not in _AFTER and strikes(scenario, name, attempt, always=True):
            return _answer(name, scenario, now, say)
    return None


def lost(scenario: Scenario, attempt: int, say: Say) -> Response | None:
    """Return what a client sees of a submit that was accepted but not told so, or nothing."""
    if strikes(scenario, "http_500_after_accept", attempt, always=True):
        return say(500, MESSAGES[500])
    if strikes(scenario, "drop_after_accept", attempt, always=True):
        return DropConnection()
    return None


def broken_poll(world: World, job: Job, say: Say) -> Response | None:
    """Count a poll, and return its answer if it goes wrong."""
    count = job.polls
    job.polls += 1
    drawn = world.faults.drawn(Event(stage="poll", name=f"{job.key}/{count}"))
    for name in POLL:
        if name in drawn or strikes(job.scenario, name, count, always=True):
            return _answer(name, job.scenario, world.clock.now(), say)
    return None


def _answer(name: str, scenario: Scenario, now: float, say: Say) -> Response:
    if name in _STATUS:
        answer = say(_STATUS[name], MESSAGES[_STATUS[name]])
        if (wait := _retry_after(scenario.get("retry_after"), now)) is not None:
            answer.headers["retry-after"] = wait
        return answer
    return _raw(name)


def _raw(name: str) -> Response:
    if name == "http_502":
        return HTMLResponse(_GATEWAY, 502)
    if name in {"submit_html_200", "poll_html_200"}:
        return HTMLResponse(MAINTENANCE)
    return gzip_bomb("application/json") if name == "poll_gzip_bomb" else DropConnection()


def _retry_after(kind: str | None, now: float) -> str | None:
    if kind is None or kind == "absent":
        return None
    if kind == "date":
        return email.utils.formatdate(now + _RETRY_SECONDS, usegmt=True)
    if kind == "garbage":
        return "as soon as you like"
    return str(_RETRY_SECONDS) if kind in {"", "seconds"} else kind
