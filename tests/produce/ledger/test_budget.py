"""No cap is ever passed, however many spend at once, and the kill switch stops all of it."""

import datetime as dt
import decimal
import pathlib
import random
import threading
from collections.abc import Callable

import pytest
import sqlalchemy
from sqlalchemy import RootTransaction

from pipeline.errors import BudgetError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.database import Database, open_database
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.schema import ATTEMPTS
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.ledger.units import micros_of
from pipeline.produce.providers.protocol import Ticket
from tests.produce.ledger.bookings import NOTHING, PURPOSE, Ticking, accept, book, dollars, wanted

pytestmark = pytest.mark.xdist_group("ledger")

CAPS = {
    "creative": Caps(creative=dollars("0.12")),
    "day": Caps(day=dollars("0.12")),
    "month": Caps(month=dollars("0.12")),
    "campaign": Caps(campaign=dollars("0.12")),
}


class Watched(Database):
    """A database that looks at the sum of all money before every commit.

    Attributes:
        highest: The highest sum that was ever about to be committed, in micro-dollars.
    """

    highest = 0

    def commit(self, transaction: RootTransaction) -> None:
        money = sqlalchemy.func.coalesce(ATTEMPTS.c.charged, 0) + ATTEMPTS.c.reserved
        total = transaction.connection.scalar(sqlalchemy.select(sqlalchemy.func.sum(money)))
        self.highest = max(self.highest, int(total or 0))
        super().commit(transaction)


@pytest.mark.parametrize(
    ("name", "other", "shared"),
    [
        ("creative", {"variant": "another"}, {"market": "fr"}),
        ("day", {"day": dt.date(2026, 12, 2)}, {"market": "fr", "variant": "another"}),
        ("month", {"day": dt.date(2027, 12, 1)}, {"day": dt.date(2026, 12, 31)}),
        ("campaign", {"campaign": "dinner"}, {"day": dt.date(2027, 12, 1), "variant": "x"}),
    ],
)
def test_each_cap_counts_its_own_and_nothing_else(
    ledger: Ledger, name: str, other: dict[str, object], shared: dict[str, object]
) -> None:
    caps = CAPS[name]
    assert ledger.intend(wanted("aaaa"), caps).fresh
    assert ledger.intend(wanted("bbbb", **shared), caps).fresh
    with pytest.raises(BudgetError, match=f"the budget of {name} "):
        ledger.intend(wanted("cccc"), caps)
    assert ledger.intend(wanted("cccc", **other), caps).fresh
    (use,) = ledger.budget(PURPOSE, caps)
    assert (use.name, use.spent, use.reserved, use.left) == (
        name,
        NOTHING,
        dollars("0.12"),
        NOTHING,
    )


def test_the_message_says_what_is_spent_what_is_held_back_and_what_to_do(ledger: Ledger) -> None:
    accept(ledger, "aaaa")
    book(ledger, "bbbb")
    with pytest.raises(BudgetError) as raised:
        ledger.intend(wanted("cccc"), Caps(day=dollars("0.15")))
    assert str(raised.value) == (
        "the budget of day 2026-12-01 is $0.15: $0.05 is spent and $0.06 held back for attempts "
        "under way, so another $0.06 does not fit; raise budget.day in the campaign, or let the "
        "rest be typeset"
    )


def test_money_that_was_held_back_and_not_charged_can_be_spent_again(ledger: Ledger) -> None:
    caps = Caps(day=dollars("0.06"))
    first = ledger.intend(wanted("aaaa"), caps).entry
    with pytest.raises(BudgetError):
        ledger.intend(wanted("bbbb"), caps)
    ledger.ended(first.id, EntryState.FAILED, "no credit")
    assert ledger.intend(wanted("bbbb"), caps).fresh


def test_an_unknown_outcome_goes_on_holding_back_its_money(ledger: Ledger) -> None:
    caps = Caps(day=dollars("0.06"))
    first = ledger.intend(wanted("aaaa"), caps).entry
    ledger.unknown(first.id, "the answer was lost")
    with pytest.raises(BudgetError):
        ledger.intend(wanted("bbbb"), caps)


def test_a_resubmission_that_does_not_fit_leaves_the_lost_one_unknown(ledger: Ledger) -> None:
    caps = Caps(day=dollars("0.06"))
    lost = ledger.intend(wanted(), caps).entry
    lost = ledger.unknown(lost.id, "the answer was lost")
    with pytest.raises(BudgetError):
        ledger.intend(wanted(resubmits=lost.id), caps)
    assert ledger.entry(lost.id) == lost


def test_a_cap_is_exact_to_the_micro_dollar(ledger: Ledger) -> None:
    caps = Caps(day=dollars("0.3"))
    for job in ("aaaa", "bbbb", "cccc"):
        assert ledger.intend(wanted(job, reserve=dollars("0.1")), caps).fresh
    with pytest.raises(BudgetError):
        ledger.intend(wanted("dddd", reserve=dollars("0.000001")), caps)
    assert ledger.intend(wanted("dddd", reserve=dollars(0)), caps).fresh


def test_a_vendor_that_charges_more_stops_the_next_payment(ledger: Ledger) -> None:
    caps = Caps(day=dollars("0.12"))
    first = ledger.intend(wanted("aaaa"), caps).entry
    ledger.ended(first.id, EntryState.FAILED, "no picture", dollars("0.13"))
    assert ledger.budget(PURPOSE, caps)[0].left == dollars("-0.01")
    with pytest.raises(BudgetError):
        ledger.intend(wanted("bbbb"), caps)


def _spend_until_refused(ledger: Ledger, caps: Caps, number: int) -> None:
    """Do what a worker does, with luck that its number decides, until the budget is used up."""
    chance = random.Random(number)  # noqa: S311 - luck, no secret
    for turn in range(1000):
        try:
            entry = ledger.intend(wanted(f"{number:03}x{turn:03}"), caps).entry
        except BudgetError:
            return
        luck = chance.random()
        if luck < 0.3:
            ledger.ended(entry.id, EntryState.FAILED, "not accepted")
        elif luck < 0.4:
            ledger.unknown(entry.id, "the answer was lost")
        elif luck < 0.5:
            ledger.submitted(entry.id, Ticket(request_id=entry.id))
        else:
            cost = dollars("0.06") if luck < 0.6 else dollars("0.05")
            ledger.submitted(entry.id, Ticket(request_id=entry.id, cost=cost))
            ledger.ended(entry.id, EntryState.FAILED, "no picture")


def test_a_hundred_workers_never_pass_a_cap_at_any_commit(url: str) -> None:
    _crowd(url, dollars("1.03"))


def test_a_hundred_workers_never_pass_ten_dollars(file_url: str) -> None:
    _crowd(file_url, dollars("10"))


def _crowd(url: str, cap: decimal.Decimal) -> None:
    opened = open_database(url)
    watched = Watched(opened.engine, opened.folder)
    ledger = Ledger(watched, Ticking())
    caps = Caps(day=cap, month=dollars("20"))
    workers = [
        threading.Thread(target=_spend_until_refused, args=(ledger, caps, number))
        for number in range(100)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert watched.highest <= micros_of(cap)
    (use, _) = ledger.budget(PURPOSE, caps)
    assert use.left < dollars("0.06")  # and they did spend it
    ledger.close()


def test_the_switch_stops_every_payment_until_it_is_released(ledger: Ledger) -> None:
    entry = book(ledger, "aaaa")
    assert ledger.switch.engaged() is None
    ledger.switch.engage("the prices are wrong")
    ledger.switch.engage("the prices are still wrong")
    with pytest.raises(BudgetError, match="all payments are stopped: "):
        ledger.intend(wanted("bbbb"), Caps())
    ledger.submitted(entry.id, Ticket(request_id="r"))  # what is paid goes on
    assert not ledger.intend(wanted("aaaa"), Caps()).fresh
    ledger.switch.release()
    assert ledger.switch.engaged() is None
    assert ledger.intend(wanted("bbbb"), Caps()).fresh


def test_the_reason_reaches_every_process_that_shares_the_ledger(
    url: str, clock: Ticking, ledger: Ledger
) -> None:
    other = open_ledger(url, clock)
    other.switch.engage("the prices are wrong")
    with pytest.raises(BudgetError):
        book(ledger)
    other.close()
    if url.startswith("postgresql"):
        assert "the prices are wrong (since 2026-12-01 12:00" in (ledger.switch.engaged() or "")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_file_made_by_hand_stops_every_payment(
    kind: str,
    folder: pathlib.Path,
    file_url: str,
    new_address: Callable[[], str],
) -> None:
    ledger = open_ledger(file_url if kind == "sqlite" else new_address(), Ticking(), folder)
    (folder / "STOP").touch()
    with pytest.raises(BudgetError, match="a file STOP in the work folder"):
        book(ledger)
    ledger.switch.release()
    assert not (folder / "STOP").exists()
    assert book(ledger).state is EntryState.INTENT
    ledger.close()


def test_amounts_come_back_exactly(ledger: Ledger) -> None:
    entry = book(ledger, estimated=decimal.Decimal("123456.789012"), reserve=dollars("200000"))
    assert entry.estimated == decimal.Decimal("123456.789012")
