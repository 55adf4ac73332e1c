"""Automations are told what somebody must know, and nothing of the copy."""

import datetime as dt
import decimal
from collections.abc import Callable

import pytest

from flows.signals import (
    BUDGET,
    COLLAPSE,
    HELD,
    budget_signals,
    collapse_signals,
    held_signals,
)
from pipeline.produce.ledger.accounts import AcceptRate
from pipeline.produce.outcome import Outcome
from pipeline.publish.bills import Bill

Maker = Callable[..., Outcome]


def bill(budget: str, left: str) -> Bill:
    return Bill(
        campaign="deals",
        day=dt.date(2026, 11, 27),
        spent=decimal.Decimal(1),
        pictures=5,
        turned_down=2,
        under_way=0,
        budget=decimal.Decimal(budget),
        left=decimal.Decimal(left),
    )


@pytest.mark.parametrize(
    ("budget", "left", "tells"),
    [("25", "5.00", True), ("25", "5.01", False), ("25", "-1", True), ("0", "0", False)],
)
def test_a_budget_is_low_from_eighty_percent_on(budget: str, left: str, *, tells: bool) -> None:
    found = list(budget_signals([bill(budget, left)]))
    assert [one.event for one in found] == [BUDGET] * tells


def test_what_is_held_is_counted_and_not_quoted(outcome: Maker) -> None:
    groups = {"deals": [outcome("a"), outcome("b", "price: <b>3,99 €</b>")], "menu": [outcome("c")]}
    (told,) = held_signals(groups)
    assert (told.event, told.campaign) == (HELD, "deals")
    assert told.facts["said"] == "1 of 2 creatives are held"
    assert "3,99" not in str(told.facts)


@pytest.mark.parametrize(
    ("accepted", "ended", "tells"), [(4, 10, True), (5, 10, False), (0, 9, False), (0, 0, False)]
)
def test_less_than_half_of_ten_accepted_is_a_collapse(
    outcome: Maker, accepted: int, ended: int, *, tells: bool
) -> None:
    rates = {"deals": AcceptRate(accepted=accepted, ended=ended)}
    found = list(collapse_signals(rates, {"deals": [outcome("a")]}))
    assert [one.event for one in found] == [COLLAPSE] * tells


def test_without_paid_attempts_the_runs_own_creatives_count(outcome: Maker) -> None:
    groups = {"deals": [outcome(str(n), "wrong" if n < 6 else "") for n in range(10)]}
    (told,) = collapse_signals({}, groups)
    assert told.facts["said"] == "only 4 of the latest 10 pictures were accepted"
