"""A second opinion is asked for like a picture: once, by its own name, with what it costs known."""

import decimal
import hashlib
import pathlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import ProviderError
from pipeline.plan.job import Picture, PlateRequest, Reference
from pipeline.produce.providers.opening import open_provider
from pipeline.produce.providers.protocol import Attempt, OutcomeUnknownError, State, Ticket
from pipeline.produce.providers.sentinel import Opinion, Sentinel, read_opinion
from tests.produce.providers.servers import CANARY, Reply, Seen, Server, picture


@pytest.fixture
def sentinel(server: Server) -> Sentinel:
    """Return Sentinel on the server."""
    environment = {"RUNFLOW_API_KEY": CANARY, "PROOFPRESS_RUNFLOW_URL": server.url}
    opened = open_provider("sentinel", environment, time.monotonic)
    assert isinstance(opened, Sentinel)
    return opened


@pytest.fixture
def attempt(tmp_path: pathlib.Path) -> Attempt:
    """Return what asks for an opinion of a picture."""
    file = tmp_path / "creative.png"
    file.write_bytes(picture())
    reference = Picture(path=file, sha256=hashlib.sha256(picture()).hexdigest())
    request = PlateRequest(
        provider="sentinel",
        model="sentinel",
        quality="draft",
        prompt="An ad for a bowl.\na bowl\non a table",
        width=64,
        height=64,
        seed=0,
        backdrop={},
        references=(Reference(name="creative", picture=reference),),
    )
    return Attempt(id="c-1", request=request, seed=0)


def accepting(server: Server, evaluation: Reply) -> Callable[[Seen], Reply]:
    def answer(seen: Seen) -> Reply:
        if seen.path == "/asset-uploads":
            return Reply(201, {"asset_id": "as-1", "upload_url": f"{server.url}/put"})
        if seen.path.endswith("/confirmations"):
            return Reply(201, {"url": f"{server.url}/as-1"})
        return Reply(200) if seen.method == "PUT" else evaluation

    return answer


def test_a_picture_is_uploaded_and_judged_under_the_attempts_own_name(
    server: Server, sentinel: Sentinel, attempt: Attempt
) -> None:
    server.answer = accepting(server, Reply(202, {"id": "ev-1", "status_code": "pending"}))
    assert sentinel.submit(attempt) == Ticket(request_id="ev-1")
    sent = server.seen[-1]
    assert sent.headers["idempotency-key"] == "c-1"
    assert sent.tree == {
        "generated_image_url": f"{server.url}/as-1",
        "task_type": "ad_creative",
        "task_description": "An ad for a bowl.",
        "generation_prompt": "a bowl\non a table",
        "client_ref": "c-1",
        "job_class": "standard",
    }


@pytest.mark.parametrize("reply", [Reply(500, {"code": "X"}), Reply(202, {"status_code": "x"})])
def test_an_evaluation_that_may_have_been_accepted_is_not_asked_for_again(
    server: Server, sentinel: Sentinel, attempt: Attempt, reply: Reply
) -> None:
    server.answer = accepting(server, reply)
    with pytest.raises(OutcomeUnknownError):
        sentinel.submit(attempt)
    assert len([seen for seen in server.seen if seen.path == "/evaluations"]) == 1


WAITING = [{"status_code": word} for word in ("pending", "running", "thinking")]
OPINIONS: list[tuple[dict[str, Any], Opinion]] = [
    (
        {"overall_passed": True, "weighted_pass_rate": 0.93, "top_issues": [], "cost": "0.02"},
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
        {"overall_passed": False, "top_issues": ["too dark"]},
        Opinion(
            evaluation="ev-1", passed=False, rate=None, issues=("too dark",), failure="", cost=None
        ),
    ),
]


@pytest.mark.parametrize(("tree", "wanted"), OPINIONS)
def test_what_an_evaluation_means(
    server: Server, sentinel: Sentinel, tree: dict[str, Any], wanted: Opinion
) -> None:
    server.answer = lambda _: Reply(200, {"id": "ev-1", "status_code": "completed", **tree})
    answer = sentinel.poll(Ticket(request_id="ev-1"))
    assert (answer.state, answer.cost) == (State.READY, wanted.cost)
    content = sentinel.fetch(Ticket(request_id="ev-1"), answer.url)
    assert read_opinion(content) == wanted


@pytest.mark.parametrize("tree", WAITING)
def test_an_evaluation_that_has_not_ended_is_waited_for(
    server: Server, sentinel: Sentinel, tree: dict[str, Any]
) -> None:
    server.answer = lambda _: Reply(200, tree)
    assert sentinel.poll(Ticket(request_id="ev-1")).state is State.WAITING


def test_an_evaluation_that_failed_costs_what_it_says_or_nothing(
    server: Server, sentinel: Sentinel
) -> None:
    failed = {"status_code": "failed", "failure_code": "JUDGE_ERROR", "overall_passed": True}
    server.answer = lambda _: Reply(200, failed)
    answer = sentinel.poll(Ticket(request_id="ev-1"))
    assert (answer.state, answer.detail) == (State.FAILED, "JUDGE_ERROR")
    assert answer.cost == decimal.Decimal(0)
    server.answer = lambda _: Reply(200, failed | {"cost": "0.01"})
    assert sentinel.poll(Ticket(request_id="ev-1")).cost == decimal.Decimal("0.01")
    server.answer = lambda _: Reply(404, {"code": "NOT_FOUND"})
    assert sentinel.poll(Ticket(request_id="ev-1")).state is State.MISSING


def test_the_price_is_the_vendors_own_or_nothing_is_asked_for(
    server: Server, sentinel: Sentinel
) -> None:
    classes = [{"code": "deep", "price": "0.20"}, {"code": "standard", "price": "0.02"}]
    for tree in (classes, {"items": classes}):
        server.answer = lambda _, tree=tree: Reply(200, tree)  # type: ignore[misc]
        assert sentinel.price() == decimal.Decimal("0.02")
    for reply in (
        Reply(200, []),
        Reply(200, classes[:1]),
        Reply(500, {}),
        Reply(200, body=b"<html>"),
    ):
        server.answer = lambda _, reply=reply: reply  # type: ignore[misc]
        with pytest.raises(ProviderError, match="names no price"):
            sentinel.price()
