"""Black Forest Labs: tasks, polled on the cluster that took them.

https://docs.bfl.ai/api_integration/integration_guidelines; fields and statuses come from the
OpenAPI document of api.bfl.ai. There is no listing: a task whose id was lost is lost.
"""

import datetime as dt
import decimal
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.encoding import base64_of, bfl_input, slug_of
from pipeline.produce.providers.outputs import prompt_in
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    OutcomeUnknownError,
    Poll,
    State,
    Ticket,
    TransientError,
)
from pipeline.produce.providers.replies import money, safe_id, shown

_CREDIT = decimal.Decimal("0.01")
"""US dollars of one credit."""

_MODERATED = frozenset({"Request Moderated", "Content Moderated"})
_FAILED = frozenset({"Error", "Failed"})
_MISSING = "Task not found"


class Bfl:
    """Runs models at Black Forest Labs.

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

    def submit(self, attempt: Attempt) -> Ticket:
        """Start a task.

        Raises:
            NotAcceptedError: If it was provably not accepted.
            OutcomeUnknownError: If that cannot be told.
        """
        model = self.capabilities.model(attempt.request.model)
        images = [base64_of(one) for one in attempt.request.references]
        tree = bfl_input(attempt, model, images)
        if callback := self._calls.callback:
            tree["webhook_url"] = callback.url
            tree |= {"webhook_secret": callback.secret} if callback.secret else {}
        answer = self._calls.submit(f"{self._base}/v1/{slug_of(attempt, model)}", tree)
        said = self._calls.submitted(answer)
        name = safe_id(said.get("id"))
        if name is None:
            raise OutcomeUnknownError("bfl accepted the task and gave it no id")
        return Ticket(
            request_id=name, poll_url=self._calls.own(said.get("polling_url")), cost=_dollars(said)
        )

    def poll(self, ticket: Ticket) -> Poll:
        """Return where a task stands.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        usual = f"{self._base}/v1/get_result?id={quote(ticket.request_id, safe='')}"
        answer = self._calls.ask(self._calls.own(ticket.poll_url) or usual)
        if answer.status == 404:  # noqa: PLR2004 - an older node's way to say it
            return Poll(state=State.MISSING)
        return _poll_of(self._calls.told(answer))

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Refuse: there is no listing."""
        raise NotImplementedError

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Refuse: there is no record of charges."""
        raise NotImplementedError


def _poll_of(tree: dict[str, Any]) -> Poll:
    status, cost = tree.get("status"), _dollars(tree)
    if status == "Ready":
        result = tree.get("result")
        url = result.get("sample") if isinstance(result, dict) else None
        if not isinstance(url, str):
            raise TransientError("bfl's task is ready and names no picture")
        return Poll(state=State.READY, url=url, cost=cost, prompt=prompt_in(result))
    if status in _MODERATED:
        # "Moderated requests are not charged", says
        # https://help.bfl.ai/articles/2916279050-why-did-my-request-fail.
        free = decimal.Decimal(0) if cost is None else cost
        return Poll(state=State.MODERATED, detail=_detail(tree), cost=free)
    if status in _FAILED:
        return Poll(state=State.FAILED, detail=_detail(tree), cost=cost)
    return Poll(state=State.MISSING if status == _MISSING else State.WAITING)


def _dollars(tree: dict[str, Any]) -> decimal.Decimal | None:
    credits_ = money(tree.get("cost"))
    return None if credits_ is None else credits_ * _CREDIT


def _detail(tree: dict[str, Any]) -> str:
    details = tree.get("details")
    reasons = details.get("Moderation Reasons") if isinstance(details, dict) else None
    words = [str(one) for one in reasons] if isinstance(reasons, list) else []
    return shown(f"{tree.get('status')}: {', '.join(words)}" if words else str(tree.get("status")))
