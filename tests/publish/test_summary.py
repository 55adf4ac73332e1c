"""The last thing a person reads of a run: what passed, what is held and why, once."""

from collections.abc import Callable

from pipeline.plan.plan import Plan
from pipeline.produce.outcome import Outcome
from pipeline.publish.summary import run_summary


def test_a_reason_that_many_share_is_said_once(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    first, second, third = plan().variants
    outcomes = [
        outcome(first, "the self-test slipped"),
        outcome(second, "price: read 9"),
        outcome(third, "the self-test slipped"),
    ]
    shown = run_summary({"lunch": outcomes}, "out/index.html", "out")
    assert shown.count("the self-test slipped") == 1
    assert f"  {first.id}\n  {third.id}\n      the self-test slipped" in shown
    assert f"  {second.id}\n      price: read 9" in shown
    assert "3 held" in shown


def test_what_came_of_the_self_test_is_said_if_there_was_one(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    outcomes = [outcome(variant) for variant in plan().variants]
    tried = run_summary({"lunch": outcomes}, "g", "o", selftest="9 errors, all refused")
    assert "\nself-test  9 errors, all refused\n" in tried
    assert "self-test" not in run_summary({"lunch": outcomes}, "g", "o")
