"""The last thing a person reads of a run: what passed, what is held and why, once."""

import dataclasses
import datetime as dt
import decimal
from collections.abc import Callable

from pipeline.plan.plan import Plan
from pipeline.produce.outcome import Outcome, Status
from pipeline.publish.bills import Bill, Bills
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


def test_what_was_paid_and_what_is_left_of_the_day_is_said_in_plain_words(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    outcomes = [outcome(variant) for variant in plan().variants]
    bill = Bill(
        campaign="lunch",
        day=dt.date(2026, 12, 1),
        spent=decimal.Decimal("0.15"),
        pictures=3,
        turned_down=1,
        under_way=0,
        budget=decimal.Decimal("25.00"),
        left=decimal.Decimal("24.8455"),
    )
    shown = run_summary({"lunch": outcomes}, "g", "o", bills=Bills(bills=(bill,)))
    assert "lunch  3 of 3 passed, $0.15" in shown
    says = "lunch on 2026-12-01: paid $0.15 for 3 pictures, 1 of them turned down; "
    assert f"{says}$24.8455 of the day's $25.00 left" in shown
    assert "paid" not in run_summary({"lunch": outcomes}, "g", "o")


def test_stand_ins_for_paid_pictures_are_listed_with_the_reason(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    first, *rest = (outcome(variant) for variant in plan().variants)
    why = "the budget of day 2026-12-01 is $0.01"
    outcomes = [dataclasses.replace(first, fallback=why), *rest]
    shown = run_summary({"lunch": outcomes}, "g", "o")
    assert "1 on the studio's plate, since there is no paid picture that passes:" in shown
    assert f"  {first.variant}\n      {why}" in shown


def test_only_what_an_earlier_run_made_is_called_as_before(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    first, second, third = (outcome(variant) for variant in plan().variants)
    assert first.plate is not None
    reused = dataclasses.replace(first.plate, reused=True)
    shared = dataclasses.replace(second, attempts=0)  # on a plate that was just paid for
    outcomes = [dataclasses.replace(first, attempts=0, plate=reused), shared, third]
    assert "1 of them as before" in run_summary({"lunch": outcomes}, "g", "o")


def test_what_a_person_approved_is_not_counted_as_passed(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    first, *others = plan().variants
    approved = dataclasses.replace(outcome(first, "price: read 9"), status=Status.ACCEPTED)
    shown = run_summary({"lunch": [approved, *map(outcome, others)]}, "g", "o")
    assert "lunch  2 of 3 passed, 1 approved by a person, " in shown
    assert "held" not in shown
