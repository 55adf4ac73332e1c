"""fal: requests in its queue, found again in its history by prompt and seed.

https://docs.fal.ai/model-endpoints/queue and
https://fal.ai/docs/platform-apis/v1/models/requests/by-endpoint.
"""

import datetime as dt
import decimal
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.encoding import data_url_of, fal_input, slug_of
from pipeline.produce.providers.outputs import is_flagged, picture_url, prompt_in
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    OutcomeUnknownError,
    Poll,
    State,
    Ticket,
    TransientError,
)
from pipeline.produce.providers.replies import (
    instant,
    is_moderation,
    money,
    reason_of,
    safe_id,
    shown,
)
from pipeline.produce.providers.wire import Answer

_HEADERS = {"x-fal-disable-fallbacks": "true"}
"""No other model in the place of the one that was asked for."""

_EARLIER = dt.timedelta(minutes=2)
"""The history is read from this long before the submit, as clocks differ."""

_PAGE = 100
_EVENTS = 1000
_PAGES = 100
"""Pages of a listing that are read at most, so that a cursor that never ends does no harm."""

_NANO = decimal.Decimal(10) ** -9
_FAILED = frozenset({"FAILED", "ERROR", "CANCELED", "CANCELLED"})


class Fal:
    """Runs models on fal.

    A picture asked for with `sync_mode` is left out of fal's history, so such an attempt cannot
    be looked up.

    Args:
        calls: Calls its API.

    Attributes:
        capabilities: What it declares.
        fetch: Returns the bytes of a picture that is ready.
    """

    def __init__(self, calls: Calls) -> None:
        self.capabilities = calls.able
        self.fetch = calls.fetch
        self._calls = calls
        self._queue = calls.able.urls["queue"]
        self._platform = calls.able.urls["platform"]

    def submit(self, attempt: Attempt) -> Ticket:
        """Put a request into the queue.

        Raises:
            NotAcceptedError: If it was provably not accepted.
            OutcomeUnknownError: If that cannot be told.
        """
        model = self.capabilities.model(attempt.request.model)
        images = [data_url_of(one) for one in attempt.request.references]
        slug = slug_of(attempt, model)
        url = f"{self._queue}/{slug}"
        if self._calls.callback:
            url += f"?{urlencode({'fal_webhook': self._calls.callback.url})}"
        answer = self._calls.submit(url, fal_input(attempt, model, images), _HEADERS)
        tree = self._calls.submitted(answer)
        name = safe_id(tree.get("request_id"))
        if name is None:
            raise OutcomeUnknownError("fal accepted the request and gave it no id")
        ours = self._ticket(slug, name)
        return Ticket(
            request_id=name,
            poll_url=self._calls.own(tree.get("status_url")) or ours.poll_url,
            result_url=self._calls.own(tree.get("response_url")) or ours.result_url,
        )

    def poll(self, ticket: Ticket) -> Poll:
        """Return where a request stands; COMPLETED means finished, not succeeded.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        answer = self._calls.ask(ticket.poll_url)
        if answer.status == 404:  # noqa: PLR2004 - not found
            return Poll(state=State.MISSING)
        tree = self._calls.told(answer)
        if tree.get("status") == "COMPLETED":
            failed = tree.get("error") or tree.get("error_type")
            # A ticket that comes back from the ledger names no result address.
            told = ticket.result_url or self._calls.own(tree.get("response_url"))
            url = told or ticket.poll_url.removesuffix("/status")
            return self._result(url, shown(str(failed)) if failed else "")
        if tree.get("status") in _FAILED:
            return Poll(state=State.FAILED, detail=shown(str(tree.get("error") or tree["status"])))
        return Poll(state=State.WAITING)

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Return the request with the attempt's prompt and seed; None if the history has none.

        The history may show a request only when it is finished.

        Raises:
            TransientError: If no answer came.
        """
        model = self.capabilities.model(attempt.request.model)
        slug = slug_of(attempt, model)
        asked = {
            "endpoint_id": slug,
            "start": _text(since - _EARLIER),
            "expand": "payloads",
            "limit": str(_PAGE),
        }
        wanted = (attempt.request.prompt, attempt.seed)
        for item in self._listed("requests/by-endpoint", "items", asked):
            sent = item.get("json_input")
            given = sent if isinstance(sent, dict) else {}
            name = safe_id(item.get("request_id"))
            if name and (given.get("prompt"), given.get("seed")) == wanted:
                return self._ticket(slug, name)
        return None

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Yield fal's billing events since a moment; it may want an admin's key for them.

        Raises:
            TransientError: If no answer came.
        """
        asked = {"start": _text(since), "limit": str(_EVENTS)}
        for event in self._listed("billing-events", "billing_events", asked):
            cost = money(event.get("cost_estimate_nano_usd"))
            if cost is None:
                raise TransientError("fal's list of charges has one without an amount")
            at = instant("fal", event.get("timestamp"))
            name = str(event.get("request_id"))
            yield Charge(request_id=name, attempt="", cost=(cost * _NANO).normalize(), at=at)

    def _result(self, url: str, failed: str) -> Poll:
        """Return what a finished request came to; its result has the model's own status."""
        answer = self._calls.ask(url)
        if answer.ok:
            return _poll_of(self._calls.told(answer))
        reason = shown(f"{failed} {reason_of(answer)}")
        free = decimal.Decimal(0) if _is_free(answer) else None
        if answer.status == 400 and not failed:  # noqa: PLR2004 - "still in progress"
            return Poll(state=State.WAITING)
        if answer.status == 422 or (failed and answer.status != 429):  # noqa: PLR2004
            state = State.MODERATED if is_moderation(reason) else State.FAILED
            return Poll(state=state, detail=reason, cost=free)
        self._calls.told(answer)
        return Poll(state=State.WAITING)

    def _listed(self, path: str, name: str, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        for _ in range(_PAGES):
            query = urlencode(asked | cursor)
            url = f"{self._platform}/v1/models/{path}?{query}"
            tree = self._calls.told(self._calls.ask(url))
            items = tree.get(name)
            if not isinstance(items, list):
                raise TransientError(f"fal's answer has no {name}")
            yield from (item for item in items if isinstance(item, dict))
            if not (tree.get("has_more") and tree.get("next_cursor")):
                return
            cursor = {"cursor": str(tree["next_cursor"])}

    def _ticket(self, slug: str, name: str) -> Ticket:
        """Return the ticket of a request; its addresses leave out what follows owner and name."""
        alias = "/".join(slug.split("/")[:2])
        result = f"{self._queue}/{alias}/requests/{quote(name, safe='')}"
        return Ticket(request_id=name, poll_url=f"{result}/status", result_url=result)


def _poll_of(output: dict[str, Any]) -> Poll:
    if is_flagged(output):
        return Poll(state=State.MODERATED, detail="the picture was flagged")
    url = picture_url(output)
    if not url:
        raise TransientError("fal's result names no picture")
    return Poll(state=State.READY, url=url, prompt=prompt_in(output))


def _is_free(answer: Answer) -> bool:
    """Return whether fal says that nothing is charged: no units, or an error of its own (5xx)."""
    return answer.headers.get("x-fal-billable-units") == "0" or answer.status >= 500  # noqa: PLR2004


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
