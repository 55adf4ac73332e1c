"""Accounts add up by hand, and differences to a provider's record are found."""

import datetime as dt
import json

import pytest

from pipeline.produce.ledger.accounts import Accounts
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.reconcile import Difference, DifferenceKind
from pipeline.produce.ledger.report import (
    differences_table,
    manifest_row,
    spend_table,
    spend_tree,
)
from pipeline.produce.ledger.rows import Saving, SavingKind
from pipeline.produce.ledger.spend import By
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import Charge
from tests.produce.ledger.bookings import (
    NOON,
    NOTHING,
    PURPOSE,
    accept,
    book,
    dollars,
    reject,
    submit,
    wanted,
)

pytestmark = pytest.mark.xdist_group("ledger")

DAY = PURPOSE.day


def saving(kind: SavingKind, amount: str, **changes: object) -> Saving:
    purpose = wanted("a", **changes).purpose
    return Saving(kind=kind, purpose=purpose, job="a", amount=dollars(amount))


@pytest.fixture
def spent(ledger: Ledger) -> Ledger:
    """Return a ledger with two campaigns, every outcome and both savings."""
    accept(ledger, "aaaa")
    reject(ledger, "bbbb")
    ledger.ended(
        submit(ledger, "cccc", market="fr").id, EntryState.MODERATED, "no", dollars("0.02")
    )
    book(ledger, "dddd", market="fr")
    accept(ledger, "eeee", campaign="dinner", variant="d1", day=DAY + dt.timedelta(days=1))
    ledger.accounts.save([saving(SavingKind.CACHE, "0.05", variant="v2")])
    ledger.accounts.save([saving(SavingKind.PLANNING, "0.10")])
    return ledger


def test_spending_by_campaign_adds_up(spent: Ledger) -> None:
    spend = spent.accounts.spend()
    dinner, lunch = spend.lines
    assert (lunch.attempts, lunch.ended, lunch.accepted, lunch.cached) == (4, 3, 1, 1)
    assert (lunch.spent, lunch.wasted, lunch.reserved) == (
        dollars("0.12"),
        dollars("0.07"),
        dollars("0.06"),
    )
    assert (lunch.saved_by_cache, lunch.saved_by_planning) == (dollars("0.05"), dollars("0.10"))
    assert lunch.accept_rate == pytest.approx(1 / 3)
    assert lunch.per_creative == dollars("0.06")
    assert (dinner.name, dinner.spent, dinner.wasted, dinner.accept_rate) == (
        "dinner",
        dollars("0.05"),
        NOTHING,
        1.0,
    )
    assert (spend.total.attempts, spend.total.spent) == (5, dollars("0.17"))


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (By.CAMPAIGN, ["dinner", "lunch"]),
        (By.MARKET, ["de", "fr"]),
        (By.TEMPLATE, ["deal"]),
        (By.MODEL, ["flux-2-flex"]),
    ],
)
def test_every_list_has_the_same_total(spent: Ledger, by: By, names: list[str]) -> None:
    spend = spent.accounts.spend(by)
    assert [line.name for line in spend.lines] == names
    assert spend.total == spent.accounts.spend().total


def test_only_campaign_days_from_the_first_on_count(spent: Ledger) -> None:
    spend = spent.accounts.spend(since=DAY + dt.timedelta(days=1))
    assert [line.name for line in spend.lines] == ["dinner"]
    later = spent.accounts.spend(since=DAY + dt.timedelta(days=2))
    assert (later.lines, later.total.accept_rate, later.total.per_creative) == ((), None, None)


def test_the_table_lines_up_and_the_tree_is_json(spent: Ledger) -> None:
    table = spend_table(spent.accounts.spend()).splitlines()
    assert table[0].split("  ")[0] == "campaign"
    assert [line.split()[0] for line in table[1:]] == ["dinner", "lunch", "all"]
    assert " ".join(table[2].split()) == "lunch 4 1 33.3% 0.12 0.07 0.00 0.06 0.05 0.10 0.0600"
    assert len({len(line) for line in table}) == 1
    tree = json.loads(json.dumps(spend_tree(spent.accounts.spend())))
    assert tree["lines"][1]["spent"] == "0.12"
    assert tree["total"]["per_creative"] == "0.056667"
    nothing = spent.accounts.spend(since=dt.date(2030, 1, 1))
    assert spend_table(nothing) == "nothing was spent or saved on campaign days from 2030-01-01 on"
    assert spend_tree(nothing)["since"] == "2030-01-01"


def test_what_is_charged_while_under_way_is_not_wasted_yet(ledger: Ledger) -> None:
    ledger.ready(submit(ledger).id, dollars("0.05"))
    total = ledger.accounts.spend().total
    assert (total.spent, total.wasted, total.reserved) == (dollars("0.05"), NOTHING, NOTHING)


def test_a_saving_counts_once_however_often_the_day_is_run(ledger: Ledger) -> None:
    cache = saving(SavingKind.CACHE, "0.05", variant="v2")
    assert ledger.accounts.save([cache])
    assert not ledger.accounts.save([cache])
    assert ledger.accounts.save([saving(SavingKind.PLANNING, "0.05", variant="v2")])
    assert ledger.accounts.spend().total.saved_by_cache == dollars("0.05")


def test_a_variant_that_paid_for_its_plate_saved_nothing_by_it(ledger: Ledger) -> None:
    accept(ledger)
    assert not ledger.accounts.save([saving(SavingKind.CACHE, "0.05")])
    assert ledger.accounts.save([saving(SavingKind.PLANNING, "0.05")])


def test_what_may_never_have_been_accepted_is_spent_and_unknown_not_wasted(ledger: Ledger) -> None:
    accept(ledger, "good")
    lost = ledger.unknown(book(ledger, "lost").id, "the answer was lost")
    ledger.ended(lost.id, EntryState.FAILED, "nobody knows")
    ledger.ended(book(ledger, "free").id, EntryState.FAILED, "not accepted")
    ledger.ended(submit(ledger, "made").id, EntryState.FAILED, "no picture")
    total = ledger.accounts.spend().total
    assert (total.spent, total.wasted, total.unknown, total.reserved) == (
        dollars("0.16"),
        dollars("0.05"),
        dollars("0.06"),
        NOTHING,
    )
    assert ledger.accounts.accept_rate("lunch", 9).share == pytest.approx(1 / 2)
    tree = json.loads(json.dumps(spend_tree(ledger.accounts.spend())))
    assert tree["total"]["unknown"] == "0.06"
    ledger.settle(lost.id, dollars("0.05"))  # the vendor says that it was
    total = ledger.accounts.spend().total
    assert (total.wasted, total.unknown) == (dollars("0.10"), NOTHING)


def test_the_accept_rate_looks_at_the_latest_that_cost_something(ledger: Ledger) -> None:
    for number in range(4):
        accept(ledger, f"good{number}")
    for number in range(3):
        reject(ledger, f"bad{number}")
        ledger.ended(book(ledger, f"free{number}").id, EntryState.FAILED, "not accepted")
    submit(ledger, "open")
    rate = ledger.accounts.accept_rate("lunch", 5)
    assert (rate.accepted, rate.ended, rate.share) == (2, 5, 0.4)
    assert ledger.accounts.accept_rate("lunch", 100).share == pytest.approx(4 / 7)
    assert ledger.accounts.accept_rate("dinner", 5).share is None


def charge(request_id: str, cost: str, attempt: str = "") -> Charge:
    return Charge(request_id=request_id, attempt=attempt, cost=dollars(cost), at=NOON)


def test_a_record_that_agrees_shows_no_difference(ledger: Ledger) -> None:
    first, second = accept(ledger, "aaaa"), reject(ledger, "bbbb")
    ledger.ended(book(ledger, "cccc").id, EntryState.FAILED, "not accepted")
    book(ledger, "dddd")
    accept(ledger, "eeee", provider="fal")
    record = [charge(first.request_id, "0.05"), charge("other", "0.0500000001", second.id)]
    found = ledger.accounts.reconcile(record, "runflow", NOON)
    assert found == ()
    assert differences_table(found) == "the provider's record and the ledger agree"


def test_every_kind_of_difference_is_found(ledger: Ledger) -> None:
    twice, dearer, missing = (accept(ledger, job) for job in ("aaaa", "bbbb", "cccc"))
    lost = ledger.unknown(book(ledger, "dddd").id, "the answer was lost")
    record = [
        charge("nobody", "0.05"),
        charge(twice.request_id, "0.05"),
        charge(twice.request_id, "0.05"),
        charge(dearer.request_id, "0.06"),
        charge("found", "0.05", lost.id),
    ]
    found = ledger.accounts.reconcile(record, "runflow", NOON)
    assert [(one.kind, one.attempt, one.ours, one.theirs, one.lines) for one in found] == [
        (DifferenceKind.NOT_OURS, "", None, dollars("0.05"), 1),
        (DifferenceKind.AMOUNT, twice.id, dollars("0.05"), dollars("0.1"), 2),
        (DifferenceKind.AMOUNT, dearer.id, dollars("0.05"), dollars("0.06"), 1),
        (DifferenceKind.NOT_THEIRS, missing.id, dollars("0.05"), None, 0),
        (DifferenceKind.NOT_SETTLED, lost.id, None, dollars("0.05"), 1),
    ]
    assert found[-1].request_id == "found"
    table = differences_table(found).splitlines()
    assert table[1].split() == ["not", "ours", "-", "nobody", "-", "0.05", "1"]
    assert table[4].split()[-3:] == ["0.05", "-", "0"]


def test_an_attempt_before_the_record_begins_is_not_missed_in_it(ledger: Ledger) -> None:
    entry = accept(ledger)
    later = entry.created + dt.timedelta(seconds=1)
    assert ledger.accounts.reconcile([], "runflow", later) == ()
    assert _kinds(ledger.accounts, entry.created) == [DifferenceKind.NOT_THEIRS]


def _kinds(accounts: Accounts, since: dt.datetime) -> list[DifferenceKind]:
    found: tuple[Difference, ...] = accounts.reconcile([], "runflow", since)
    return [one.kind for one in found]


def test_what_is_settled_after_reconciling_is_no_difference_any_more(ledger: Ledger) -> None:
    lost = ledger.unknown(book(ledger).id, "the answer was lost")
    lost = ledger.ended(lost.id, EntryState.FAILED, "no way to look it up")
    assert _kinds(ledger.accounts, NOON) == [DifferenceKind.NOT_THEIRS]
    ledger.settle(lost.id, dollars(0))
    assert _kinds(ledger.accounts, NOON) == []


def test_the_manifest_row_and_the_export_are_json(spent: Ledger) -> None:
    entry = spent.accounts.entries_for(PURPOSE.variant)[0]
    row = json.loads(json.dumps(manifest_row(entry)))
    assert (row["attempt"], row["charged"], row["state"]) == (entry.id, "0.05", "accepted")
    tables = json.loads(json.dumps(spent.accounts.export()))
    assert {name: len(rows) for name, rows in tables.items()} == {
        "meta": 1,
        "attempts": 5,
        "events": 26,
        "runs": 0,
        "savings": 2,
    }
    first = tables["attempts"][0]
    assert (first["charged"], first["created"]) == ("0.05", entry.created.isoformat())
