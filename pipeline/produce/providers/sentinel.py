"""Sentinel: Runflow's paid judgement of a picture, beside the proof and never in its place.

https://docs.runflow.io/concepts/evaluations. None of its fields says whether the words are
right. It takes tens of seconds to minutes and costs credits. It is a provider like any other, so
that it is paid like any other: what it makes is no picture but an opinion, as JSON.
"""

import base64
import dataclasses
import datetime as dt
import decimal
import json
from collections.abc import Iterator
from typing import Any

import pydantic

from pipeline.errors import ProviderError
from pipeline.produce.providers.assets import Assets
from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.encoding import content_of
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    OutcomeUnknownError,
    Poll,
    State,
    Ticket,
)
from pipeline.produce.providers.replies import money, safe_id, shown

SENTINEL = "sentinel"
"""Its name in the ledger, as provider and as model: its opinions are no pictures of Runflow's."""

_CLASS = "standard"
_TASK = "ad_creative"
"""The schema takes any text; that this one is known is assumed."""
_MOST_ISSUES = 8
_LONGEST = 2000
_FREE = decimal.Decimal(0)
_JSON = "data:application/json;base64,"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What Sentinel thinks of a picture.

    Attributes:
        evaluation: Sentinel's id.
        passed: Its verdict; None if it came to none.
        rate: Share of its checks that passed, by their weights, 0 to 1; None if it gave none.
        issues: What it found, in its words.
        failure: Why it came to no verdict; empty otherwise.
        cost: US dollars by its own figure; None if it gave none.
    """

    evaluation: str
    passed: bool | None
    rate: decimal.Decimal | None
    issues: tuple[str, ...]
    failure: str
    cost: decimal.Decimal | None


_OPINION = pydantic.TypeAdapter(Opinion)


class Sentinel:
    """Gives opinions.

    The first line of a request's prompt says what the picture is for, the rest what it was made
    from; the picture is its only reference.

    Args:
        calls: Calls Runflow's API.

    Attributes:
        capabilities: What Runflow declares, as far as it holds for opinions.
    """

    def __init__(self, calls: Calls) -> None:
        # The same key and body again are the same evaluation; there is no listing of them.
        self.capabilities = dataclasses.replace(
            calls.able, idempotent=True, look_up="none", charges=False
        )
        self._base = calls.able.urls["api"]
        self._calls = calls
        self._assets = Assets(self._base, calls, calls.open.now)

    def price(self) -> decimal.Decimal:
        """Return what an opinion costs now, in US dollars; it is frozen when one is asked for.

        Raises:
            TransientError: If no answer came.
            ProviderError: If the answer names no price.
        """
        answer = self._calls.ask(f"{self._base}/evaluations/job-classes")
        for item in _items(answer.body) if answer.ok else ():
            price = money(item.get("price"))
            if item.get("code") == _CLASS and price is not None:
                return price
        raise ProviderError("runflow names no price for an opinion, so none is asked for")

    def submit(self, attempt: Attempt) -> Ticket:
        """Ask for an opinion.

        Raises:
            NotAcceptedError: If it was provably not accepted, so nothing is charged.
            OutcomeUnknownError: If that cannot be told.
        """
        (picture,) = attempt.request.references
        task, _, prompt = attempt.request.prompt.partition("\n")
        tree = {
            "generated_image_url": self._assets.url_of(picture.picture.sha256, content_of(picture)),
            "task_type": _TASK,
            "task_description": task[:_LONGEST],
            "generation_prompt": prompt,
            "client_ref": attempt.id,
            "job_class": _CLASS,
        }
        headers = {"Idempotency-Key": attempt.id}
        answer = self._calls.submit(f"{self._base}/evaluations", tree, headers)
        name = safe_id(self._calls.submitted(answer).get("id"))
        if name is None:
            raise OutcomeUnknownError("runflow accepted the evaluation and gave it no id")
        return Ticket(request_id=name)

    def poll(self, ticket: Ticket) -> Poll:
        """Return where an opinion stands; if it is there, its address holds it.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        answer = self._calls.ask(f"{self._base}/evaluations/{ticket.request_id}")
        if answer.status == 404:  # noqa: PLR2004 - not found
            return Poll(state=State.MISSING)
        tree = self._calls.told(answer)
        if tree.get("status_code") == "failed":  # it names a cost only if it charges one
            why = shown(str(tree.get("failure_code") or "no reason given"))
            return Poll(state=State.FAILED, detail=why, cost=money(tree.get("cost")) or _FREE)
        if tree.get("status_code") != "completed":
            return Poll(state=State.WAITING)
        opinion = _opinion(ticket.request_id, tree)
        body = base64.b64encode(_OPINION.dump_json(opinion)).decode("ascii")
        return Poll(state=State.READY, url=f"{_JSON}{body}", cost=opinion.cost)

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        """Return an opinion that is there, as JSON; `read_opinion` reads it."""
        del ticket
        return base64.b64decode(url.removeprefix(_JSON))

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Refuse: no listing of evaluations is documented."""
        raise NotImplementedError

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Refuse: no record of what evaluations were charged is documented."""
        raise NotImplementedError


def read_opinion(content: bytes) -> Opinion:
    """Return an opinion that was fetched."""
    return _OPINION.validate_json(content)


def no_opinion(failure: str) -> Opinion:
    """Return that there is none, and why."""
    return Opinion(evaluation="", passed=None, rate=None, issues=(), failure=failure, cost=None)


def _opinion(evaluation: str, tree: dict[str, Any]) -> Opinion:
    passed = tree.get("overall_passed")
    issues = tree.get("top_issues")
    words = [shown(str(issue)) for issue in issues] if isinstance(issues, list) else []
    return Opinion(
        evaluation=evaluation,
        passed=passed if isinstance(passed, bool) else None,
        rate=money(tree.get("weighted_pass_rate")),
        issues=tuple(words[:_MOST_ISSUES]),
        failure="",
        cost=money(tree.get("cost")),
    )


def _items(body: bytes) -> list[dict[str, Any]]:
    """Return the objects of a list, bare or in an envelope."""
    try:
        tree = json.loads(body, parse_float=decimal.Decimal)
    except (ValueError, RecursionError):
        return []
    items = tree.get("items") if isinstance(tree, dict) else tree
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
