"""Bills: what the ledger has about a run's creatives comes out as data, to the cent."""

import decimal
import pathlib
from collections.abc import Callable, Iterator

import pytest

from pipeline.plan.plan import Plan
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import Ticket
from pipeline.publish.bills import NOTHING_PAID, bills_of
from tests.produce.ledger.bookings import FREE, HASH, Ticking, wanted

PAID = ("checks:", "provider: runflow\nbudget: {day: 1.00}\nchecks:")
CENTS = decimal.Decimal("0.05")


@pytest.fixture
def ledger(tmp_path: pathlib.Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", Ticking())
    yield opened
    opened.close()


def book(ledger: Ledger, job: str, variant: str, run: str, end: EntryState | None) -> None:
    entry = ledger.intend(wanted(job, variant=variant, run=run), FREE).entry
    if end is EntryState.FAILED:
        ledger.ended(entry.id, end, "refused before it was accepted", decimal.Decimal(0))
        return
    ledger.submitted(entry.id, Ticket(request_id=f"request-{job}", cost=CENTS))
    if end is not None:
        ledger.ready(entry.id)
        ledger.stored(entry.id, HASH)
        ledger.proved(entry.id, passed=end is EntryState.ACCEPTED)
        ledger.ended(entry.id, end, "price: read 9")


def test_a_bill_counts_the_run_and_rows_count_every_run(
    ledger: Ledger, plan: Callable[..., Plan]
) -> None:
    planned = plan(PAID)
    first, second, _ = planned.variants
    book(ledger, "a1", first.id, "run-1", EntryState.REJECTED)
    book(ledger, "a2", first.id, "run-2", EntryState.REJECTED)
    book(ledger, "a3", first.id, "run-2", EntryState.ACCEPTED)
    book(ledger, "b1", second.id, "run-2", EntryState.FAILED)
    book(ledger, "b2", second.id, "run-2", None)
    bills = bills_of(ledger, "run-2", [planned])
    (bill,) = bills.of("lunch")
    assert (bill.day, bill.budget) == (first.day, decimal.Decimal("1.00"))
    assert (bill.pictures, bill.turned_down, bill.under_way) == (3, 1, 1)
    assert bill.spent == 3 * CENTS
    assert bill.left == 1 - 4 * CENTS
    states = [row["state"] for row in bills.rows[first.id]]
    assert states == ["rejected", "rejected", "accepted"]
    assert [row["request_id"] for row in bills.rows[second.id]] == ["", "request-b2"]
    assert bills.of("dinner") == ()


def test_a_run_on_the_studio_has_no_bill(ledger: Ledger, plan: Callable[..., Plan]) -> None:
    assert bills_of(ledger, "run-1", [plan()]) == NOTHING_PAID
