"""Sentinel: Runflow's paid judgement of a picture, beside the proof and never in its place.

https://docs.runflow.io/concepts/evaluations. None of its fields says whether the words are
right. It takes tens of seconds to minutes and costs credits.
"""

import dataclasses
import decimal
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from pipeline.plan.addresses import addressed
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.produce.providers.assets import Assets
from pipeline.produce.providers.calls import Calls
from pipeline.produce.providers.opening import clients
from pipeline.produce.providers.protocol import OutcomeUnknownError, TransientError
from pipeline.produce.providers.replies import money, safe_id, shown
from pipeline.produce.providers.transport import Keyed, Open

DEADLINE = 300.0
"""Seconds: what the vendor's own tool waits for an evaluation."""
PAUSE = 3.0
"""Seconds between two looks, as in the vendor's own tool."""

_TASK = "ad_creative"
"""The schema takes any text; that this one is known is assumed."""
_MOST_ISSUES = 8
_LONGEST = 2000


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


class Sentinel:
    """Asks for second opinions.

    Args:
        able: Runflow, with its address.
        keyed: Calls its API.
        open_: Uploads.
    """

    def __init__(self, able: Capabilities, keyed: Keyed, open_: Open) -> None:
        self._base = able.urls["api"]
        self._calls = Calls(able, keyed, open_)
        self._assets = Assets(self._base, self._calls, open_.now)

    def submit(self, label: str, picture: bytes, prompt: str, task: str) -> str:
        """Ask for an opinion and return the evaluation's id.

        Args:
            label: Unique for ever; the same label again is the same evaluation.
            picture: The delivered file.
            prompt: What it was made from.
            task: What it is for, in a sentence.

        Raises:
            NotAcceptedError: If it was provably not accepted, so nothing is charged.
            OutcomeUnknownError: If that cannot be told.
        """
        tree = {
            "generated_image_url": self._assets.url_of(
                hashlib.sha256(picture).hexdigest(), picture
            ),
            "task_type": _TASK,
            "task_description": task[:_LONGEST],
            "generation_prompt": prompt,
            "client_ref": label,
            "job_class": "standard",
        }
        headers = {"Idempotency-Key": label}
        answer = self._calls.submit(f"{self._base}/evaluations", tree, headers)
        name = safe_id(self._calls.submitted(answer).get("id"))
        if name is None:
            raise OutcomeUnknownError("runflow accepted the evaluation and gave it no id")
        return name

    def poll(self, evaluation: str) -> Opinion | None:
        """Return the opinion; None while it is being formed.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        tree = self._calls.told(self._calls.ask(f"{self._base}/evaluations/{evaluation}"))
        if tree.get("status_code") not in {"completed", "failed"}:
            return None
        return _opinion(evaluation, tree)

    def wait(
        self,
        evaluation: str,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> Opinion:
        """Return the opinion as soon as it is there; without a verdict at the deadline.

        Args:
            evaluation: Its id.
            clock: Monotonic seconds.
            sleep: Waits for some seconds.
        """
        until = clock() + DEADLINE
        failure = f"no verdict within {DEADLINE:.0f} s"
        while clock() < until:
            try:
                if opinion := self.poll(evaluation):
                    return opinion
            except TransientError as error:
                failure = str(error)
            sleep(PAUSE)
        return Opinion(
            evaluation=evaluation, passed=None, rate=None, issues=(), failure=failure, cost=None
        )


def open_sentinel(environment: Mapping[str, str], clock: Callable[[], float]) -> Sentinel:
    """Return Sentinel, ready to be asked; it takes Runflow's key and address.

    Args:
        environment: Runflow's key and, optionally, address.
        clock: Monotonic seconds.

    Raises:
        BudgetError: If the key is missing or cannot be one.
        UsageError: If the address is unusable.
    """
    able = addressed(capabilities("runflow"), environment)
    return Sentinel(able, *clients(able, environment, clock))


def _opinion(evaluation: str, tree: dict[str, Any]) -> Opinion:
    passed = tree.get("overall_passed")
    issues = tree.get("top_issues")
    words = [shown(str(issue)) for issue in issues] if isinstance(issues, list) else []
    failed = tree.get("status_code") == "failed"
    return Opinion(
        evaluation=evaluation,
        passed=passed if isinstance(passed, bool) and not failed else None,
        rate=money(tree.get("weighted_pass_rate")),
        issues=tuple(words[:_MOST_ISSUES]),
        failure=shown(str(tree.get("failure_code") or "no reason given")) if failed else "",
        cost=money(tree.get("cost")),
    )
