"""A second opinion: asked for once, waited for with an end, and data whatever it says."""

import decimal
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.produce.providers.protocol import OutcomeUnknownError
from pipeline.produce.providers.sentinel import DEADLINE, Opinion, Sentinel, open_sentinel
from tests.produce.providers.servers import CANARY, Reply, Seen, Server, picture


@pytest.fixture
def sentinel(server: Server) -> Sentinel:
    """Return Sentinel on the server."""
    environment = {"RUNFLOW_API_KEY": CANARY, "PROOFPRESS_RUNFLOW_URL": server.url}
    return open_sentinel(environment, time.monotonic)


def accepting(server: Server, evaluation: Reply) -> Callable[[Seen], Reply]:
    def answer(seen: Seen) -> Reply:
        if seen.path == "/asset-uploads":
            return Reply(201, {"asset_id": "as-1", "upload_url": f"{server.url}/put"})
        if seen.path.endswith("/confirmations"):
            return Reply(201, {"url": f"{server.url}/as-1"})
        return Reply(200) if seen.method == "PUT" else evaluation

    return answer


def test_a_picture_is_uploaded_and_judged_under_its_label(
    server: Server, sentinel: Sentinel
) -> None:
    server.answer = accepting(server, Reply(202, {"id": "ev-1", "status_code": "pending"}))
    assert sentinel.submit("c-1", picture(), "a bowl", "An ad for a bowl.") == "ev-1"
    sent = server.seen[-1]
    assert sent.headers["idempotency-key"] == "c-1"
    assert sent.tree == {
        "generated_image_url": f"{server.url}/as-1",
        "task_type": "ad_creative",
        "task_description": "An ad for a bowl.",
        "generation_prompt": "a bowl",
        "client_ref": "c-1",
        "job_class": "standard",
    }


def test_an_evaluation_that_may_have_been_accepted_is_not_asked_for_again(
    server: Server, sentinel: Sentinel
) -> None:
    server.answer = accepting(server, Reply(500, {"code": "X"}))
    with pytest.raises(OutcomeUnknownError):
        sentinel.submit("c-1", picture(), "a bowl", "An ad.")
    assert len([seen for seen in server.seen if seen.path == "/evaluations"]) == 1


OPINIONS: list[tuple[dict[str, Any], Opinion | None]] = [
    ({"status_code": "pending"}, None),
    ({"status_code": "running"}, None),
    ({"status_code": "thinking"}, None),
    (
        {
            "status_code": "completed",
            "overall_passed": True,
            "weighted_pass_rate": 0.93,
            "top_issues": [],
            "cost": "0.02",
        },
        Opinion(
            evaluation="ev-1",
            passed=True,
            rate=decimal.Decimal("0.93"),
            issues=(),
            failure="",
            cost=decimal.Decimal("0.02"),
        ),
    ),
    (
        {"status_code": "completed", "overall_passed": False, "top_issues": ["too dark"]},
        Opinion(
            evaluation="ev-1", passed=False, rate=None, issues=("too dark",), failure="", cost=None
        ),
    ),
    (
        {"status_code": "failed", "failure_code": "JUDGE_ERROR", "overall_passed": True},
        Opinion(
            evaluation="ev-1", passed=None, rate=None, issues=(), failure="JUDGE_ERROR", cost=None
        ),
    ),
]


@pytest.mark.parametrize(("tree", "wanted"), OPINIONS)
def test_what_an_evaluation_means(
    server: Server, sentinel: Sentinel, tree: dict[str, Any], wanted: Opinion | None
) -> None:
    server.answer = lambda _: Reply(200, {"id": "ev-1", **tree})
    assert sentinel.poll("ev-1") == wanted


class Clock:
    """Time that passes only when someone sleeps."""

    now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_an_opinion_is_waited_for_through_failures(server: Server, sentinel: Sentinel) -> None:
    done = Reply(200, {"status_code": "completed", "overall_passed": True})
    replies = [Reply(500, {}), Reply(200, {"status_code": "running"}), done]
    server.answer = lambda _: replies.pop(0)
    clock = Clock()
    assert sentinel.wait("ev-1", clock, clock.sleep).passed is True
    assert clock.now == 6


def test_no_opinion_at_the_deadline_is_no_verdict(server: Server, sentinel: Sentinel) -> None:
    server.answer = lambda _: Reply(200, {"status_code": "running"})
    clock = Clock()
    opinion = sentinel.wait("ev-1", clock, clock.sleep)
    assert (opinion.passed, opinion.failure) == (None, "no verdict within 300 s")
    assert clock.now == pytest.approx(DEADLINE, abs=3)
