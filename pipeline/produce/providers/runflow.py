"""Runflow: runs of a model, found again by our own label.

https://docs.runflow.io/concepts/runs and
https://docs.runflow.io/api-reference/models/create-and-dispatch-a-singleton-model-run.
"""

import datetime as dt
import decimal
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from pipeline.produce.providers.assets import Assets
from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.encoding import content_of, fal_input, slug_of
from pipeline.produce.providers.outputs import is_flagged, picture_url, prompt_in
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    NotAcceptedError,
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
    safe_id,
    shown,
    tree_of,
)

_READY = frozenset({"succeeded", "partial_succeeded"})
_FAILED = frozenset({"failed", "errored", "canceled", "cancelled"})
"""Runs are `canceled`, callbacks say `run.cancelled`; vendor examples also guard `errored`."""

_FREE = decimal.Decimal(0)
"""What a failed run costs (https://docs.runflow.io/concepts/pricing.md); a canceled one may have
been made, and its cancelling refunds nothing."""

_PAGE = 500
_UNAVAILABLE = "MODEL_UNAVAILABLE"
"""The code of a 503 that says that nothing was started: "retry or pick a sibling model"."""


class Runflow:
    """Runs models on Runflow.

    The attempt's id goes along as idempotency key, so that the same attempt submitted again is
    the same run, and as the run's label, by which it is looked up.

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
        self._base = calls.able.urls["api"]
        self._assets = Assets(self._base, calls, calls.open.now)

    def submit(self, attempt: Attempt) -> Ticket:
        """Start a run.

        Raises:
            NotAcceptedError: If it was provably not accepted.
            OutcomeUnknownError: If that cannot be told.
        """
        model = self.capabilities.model(attempt.request.model)
        images = [
            self._assets.url_of(one.picture.sha256, content_of(one))
            for one in attempt.request.references
        ]
        tree: dict[str, Any] = {
            "input": fal_input(attempt, model, images),
            "client_ref": attempt.id,
            "metadata": {"job": attempt.request.fingerprint},
        }
        if self._calls.callback:
            tree["callback_url"] = self._calls.callback.url
        url = f"{self._base}/models/{slug_of(attempt, model)}/runs"
        answer = self._calls.submit(url, tree, {"Idempotency-Key": attempt.id})
        said = tree_of(answer) or {}
        if answer.status == 503 and said.get("code") == _UNAVAILABLE:  # noqa: PLR2004
            raise NotAcceptedError(f"runflow has no {attempt.request.model} now", retry=True)
        name = safe_id(self._calls.submitted(answer).get("id"))
        if name is None:
            raise OutcomeUnknownError("runflow accepted the run and gave it no id")
        return Ticket(request_id=name)

    def poll(self, ticket: Ticket) -> Poll:
        """Return where a run stands; every read signs the picture's address anew.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        name = quote(ticket.request_id, safe="")
        answer = self._calls.ask(f"{self._base}/runs/{name}?add_signature=true")
        if answer.status == 404:  # noqa: PLR2004 - not found
            return Poll(state=State.MISSING)
        return _poll_of(self._calls.told(answer))

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Return the run that carries the attempt's label; None if there is none.

        Raises:
            TransientError: If no answer came.
        """
        del since  # a label is unique for ever
        for run in self._page({"q": f"client_ref.EQ:'{attempt.id}'", "limit": "10"})[0]:
            name = safe_id(run.get("id"))
            if run.get("client_ref") == attempt.id and name:
                return Ticket(request_id=name, cost=money(run.get("cost")))
        return None

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Yield what was charged for runs created since a moment, the newest first.

        Raises:
            TransientError: If no answer came.
        """
        cursor: str | None = None
        while True:
            asked = {"limit": str(_PAGE), "sort_by": "created_at:desc"}
            runs, cursor = self._page(asked | ({"pq": cursor} if cursor else {}))
            for run in runs:
                at = instant("runflow", run.get("created_at"))
                if at < since:
                    return
                if cost := money(run.get("cost")):
                    label = run.get("client_ref")
                    yield Charge(
                        request_id=str(run.get("id")),
                        attempt=label if isinstance(label, str) else "",
                        cost=cost,
                        at=at,
                    )
            if not cursor:
                return

    def _page(self, asked: dict[str, str]) -> tuple[list[dict[str, Any]], str | None]:
        tree = self._calls.told(self._calls.ask(f"{self._base}/runs?{urlencode(asked)}"))
        items = tree.get("items")
        if not isinstance(items, list):
            raise TransientError("runflow's list of runs has no items")
        cursor = tree.get("next_pq")
        return [item for item in items if isinstance(item, dict)], str(cursor) if cursor else None


def _poll_of(run: dict[str, Any]) -> Poll:
    status, output = run.get("status_code"), run.get("output")
    cost = money(run.get("cost"))
    if status in _READY:
        if is_flagged(output):
            return Poll(state=State.MODERATED, detail="the picture was flagged", cost=cost)
        url = picture_url(output)
        if not url:
            raise TransientError("runflow's run succeeded and names no picture yet")
        return Poll(state=State.READY, url=url, cost=cost, prompt=prompt_in(output))
    if status in _FAILED:
        words = [run.get("failure_code"), run.get("failure_message")]
        detail = shown(": ".join(str(word) for word in words if word)) or str(status)
        state = State.MODERATED if is_moderation(detail) else State.FAILED
        if cost is None and status == "failed":
            cost = _FREE
        return Poll(state=state, detail=detail, cost=cost)
    return Poll(state=State.WAITING)
