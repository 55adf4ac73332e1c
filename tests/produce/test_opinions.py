"""Second opinions are paid as pictures are: within budgets, once, and with a row that says so."""

import datetime as dt
import decimal
import json
import pathlib
from collections.abc import Callable, Iterator

import pytest

from pipeline.errors import ProviderError
from pipeline.plan.variants import Variant
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.spend import By
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.opinions import Opinions
from pipeline.produce.providers.protocol import Ticket
from pipeline.produce.store import Store
from pipeline.produce.till import Means, Till
from tests.produce.shop import Time
from tests.produce.vendor import FREE, Vendor

COST = decimal.Decimal("0.02")
FILE = b"a finished creative"
ASKED = ("template: deal", "template: deal\nprovider: runflow\nsecond_opinion: sentinel")
Variants = Callable[..., list[Variant]]


class Judge(Vendor):
    """A vendor of opinions: it finds every picture too dark."""

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        super().fetch(ticket, url)
        tree = {"evaluation": ticket.request_id, "passed": False, "rate": "0.4", "failure": ""}
        return json.dumps(tree | {"issues": ["too dark"], "cost": str(COST)}).encode()


class Place:
    """A ledger, a store and a vendor of opinions, for any number of runs."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.judge = Judge(price=COST)
        self.time = Time()
        self.store = Store(folder / "work")
        self.ledger: Ledger = open_ledger(f"sqlite:///{folder}/ledger.sqlite3", self.time.now)
        self.opened: list[str] = []

    def till(self, run: str = "run-1") -> Till:
        def open_provider(name: str) -> Judge:
            self.opened.append(name)
            return self.judge

        means = Means(
            ledger=self.ledger,
            store=self.store,
            open_provider=open_provider,
            timing=self.time.timing,
            now=self.time.now,
        )
        return Till(means, run, {})

    def opinions(self, run: str = "run-1") -> Opinions:
        return Opinions(till=self.till(run), store=self.store, price=lambda: COST)


@pytest.fixture
def place(tmp_path: pathlib.Path) -> Iterator[Place]:
    one = Place(tmp_path)
    yield one
    one.ledger.close()


def test_an_opinion_is_booked_for_its_creative_and_counts_in_the_day(
    place: Place, variants: Variants
) -> None:
    variant = variants(*ASKED)[0]
    opinion = place.opinions().of(variant, "creative", FILE)
    assert (opinion.passed, opinion.issues, opinion.cost) == (False, ("too dark",), COST)
    (row,) = place.ledger.accounts.entries_for(variant.id)
    assert (row.state, row.charged, row.by_vendor) == (EntryState.ACCEPTED, COST, True)
    assert (row.purpose.provider, row.purpose.model) == ("sentinel", "sentinel")
    (line,) = place.ledger.accounts.spend(By.MODEL).lines
    assert (line.name, line.spent, line.wasted) == ("sentinel", COST, FREE)
    assert (line.attempts, line.ended, line.accepted) == (1, 0, 0)  # it is no picture
    assert place.ledger.accounts.accept_rate("lunch", 9).ended == 0
    assert place.opened == ["sentinel"]


def test_an_opinion_of_the_same_file_is_not_paid_for_again(
    place: Place, variants: Variants
) -> None:
    variant = variants(*ASKED)[0]
    first = place.opinions().of(variant, "creative", FILE)
    again = place.opinions("run-2").of(variant, "creative", FILE)
    assert again.issues == first.issues
    assert again.cost == FREE
    assert place.opinions("run-2").of(variant, "creative", FILE + b"!").cost == COST
    assert place.judge.total == 2 * COST


def test_an_opinion_that_fits_into_no_budget_is_not_asked_for(
    place: Place, variants: Variants
) -> None:
    variant = variants(ASKED[0], f"{ASKED[1]}\nbudget: {{day: 0.01}}")[0]
    opinion = place.opinions().of(variant, "creative", FILE)
    assert opinion.passed is None
    assert opinion.failure.startswith("the budget of day 2026-12-01 is $0.01")
    assert (place.judge.asked, place.ledger.unfinished()) == ([], ())


def test_without_a_price_no_opinion_is_asked_for(place: Place, variants: Variants) -> None:
    def silent() -> decimal.Decimal:
        raise ProviderError("runflow names no price")

    opinions = Opinions(till=place.till(), store=place.store, price=silent)
    opinion = opinions.of(variants(*ASKED)[0], "creative", FILE)
    assert (opinion.passed, opinion.failure) == (None, "runflow names no price")
    assert (place.judge.asked, place.ledger.unfinished()) == ([], ())


def test_an_opinion_that_is_late_is_brought_home_by_the_next_run_and_taken_from_there(
    place: Place, variants: Variants
) -> None:
    variant = variants(*ASKED)[0]
    place.judge.submits.append("stuck")
    late = place.opinions().of(variant, "creative", FILE)
    assert "not ready in time" in late.failure
    (row,) = place.ledger.unfinished()
    assert (row.state, row.reserved) == (EntryState.SUBMITTED, COST)
    place.judge.finish()
    place.time.seconds += dt.timedelta(hours=1).total_seconds()
    assert place.till("run-2").resume({}, 1) == 1
    opinion = place.opinions("run-2").of(variant, "creative", FILE)
    assert opinion.issues == ("too dark",)
    assert place.judge.total == place.ledger.accounts.spend().total.spent == COST


def test_an_opinion_that_failed_says_so_and_is_tried_again_by_a_later_run(
    place: Place, variants: Variants
) -> None:
    variant = variants(*ASKED)[0]
    place.judge.submits.append("failed")
    assert "so it is" in place.opinions().of(variant, "creative", FILE).failure
    assert place.ledger.accounts.spend().total.spent == FREE
    assert place.opinions("run-2").of(variant, "creative", FILE).issues == ("too dark",)
