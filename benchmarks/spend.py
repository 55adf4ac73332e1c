"""What a week of creatives costs by four ways, against an oracle that knows the rates.

    python -m benchmarks.spend --variants 1000 --days 7 [--misspelling 1]

- best of five: five pictures a creative and day, every line drawn; the first right one is taken.
- model only: every line drawn, up to ten pictures a creative and day, until one is right.
- auto: what Proofpress does, with its real plan, ladder, till, ledger and store, over HTTP
  against the simulator, whose own bill is what counts. Nothing is repaired.
- floor: what `auto` may do, at the expected price if the true rates were known.

It exits with 1 if `auto` costs more than 1.1 times the floor, a slot is missed, the ledger differs
from the bill, or a picture that was accepted is paid for again.
"""

import argparse
import dataclasses
import decimal
import functools
import json
import pathlib
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from typing import Any, cast

from benchmarks.fault_worker import environment_of, now, timing_of
from benchmarks.page import Page, publish, table
from benchmarks.spend_week import Knowing, Week, spelt_right, true_chance, week_of
from pipeline.plan.choice import UNKNOWN, Known
from pipeline.plan.job import PlateRequest
from pipeline.plan.routing import MODEL
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.compositor import Compositor
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.rates import measured_rates
from pipeline.produce.ledger.spend import By
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.opening import open_provider
from pipeline.produce.providers.studio import Studio
from pipeline.produce.store import Store
from pipeline.produce.till import Means, Till
from pipeline.settings import PROJECT
from pipeline.typeset.renderer import TakumiRenderer
from simulator.server import running

MOST = 1.1
"""What `auto` may cost in relation to the floor."""

BEST_OF, RETRIES = 5, 10
TEMPLATES = PROJECT / "templates"
_MEMORY = pathlib.Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it

SPEND = Page(
    file=pathlib.Path(__file__).parent / "spend.md",
    head="""\
# What a week costs

Made by `benchmarks/spend.py` against the simulator; each section is written by the command that
it names. US dollars.
""",
    packages=("httpx", "sqlalchemy"),
    reads=False,
)


@dataclasses.dataclass(slots=True, kw_only=True)
class Cost:
    """What one way costs.

    Attributes:
        pictures: How many were paid for.
        dollars: What they cost.
        delivered: Creatives that were delivered.
        days: Dollars of each day.
    """

    pictures: float = 0
    dollars: float = 0
    delivered: int = 0
    days: list[float] = dataclasses.field(default_factory=list)

    @property
    def each(self) -> float:
        """Return the dollars for one delivered creative."""
        return self.dollars / self.delivered if self.delivered else float("inf")


def planned(week: Week, number: int, known: Known, lettering: str = "auto") -> list[Variant]:
    """Return all creatives of a day, from 0."""
    day = week.day(number)
    found: list[Variant] = []
    for loaded in week.campaigns(number):
        asked = loaded.campaign.model_copy(update={"lettering": lettering})
        days = dict.fromkeys(asked.markets, day)
        one = dataclasses.replace(loaded, campaign=asked)
        found += variants_of(one, days, (TEMPLATES, "none"), known)
    return found


def drawn_all(week: Week, factor: float, tries: int, *, stops: bool) -> Cost:
    """Return what it costs to have every line drawn, for each creative and day.

    Args:
        week: What is to be delivered.
        factor: Multiplies the error rates.
        tries: Pictures a creative, at most.
        stops: Whether no more are paid for after the first right one.
    """
    cost = Cost()
    for number in range(week.days):
        before = cost.dollars
        for variant in planned(week, number, UNKNOWN, MODEL):
            paid, right = 0, False
            while paid < tries and not (right and stops):
                seed = variant.request.seed + paid
                right |= spelt_right(variant.request.prompt, seed, factor)
                paid += 1
            cost.pictures += paid
            cost.dollars += paid * float(variant.cost)
            cost.delivered += right
        cost.days.append(cost.dollars - before)
    return cost


def floor(week: Week, factor: float) -> Cost:
    """Return the expected cost of the cheapest way to deliver everything, if rates were known.

    Each plate is the one without words or, if it has a single wording and that were cheaper, the
    one with drawn words; both serve all days on which the offer runs.
    """
    least: dict[str, tuple[float, float]] = {}
    cost = Cost()
    for number in range(week.days):
        for variant in planned(week, number, UNKNOWN):
            rungs = (variant, *variant.lower)
            chance = max(true_chance(rung.drawn, factor) for rung in rungs)
            least[rungs[-1].request.fingerprint] = (1 / chance, float(variant.cost) / chance)
            cost.delivered += 1
    cost.pictures = sum(pictures for pictures, _ in least.values())
    cost.dollars = sum(dollars for _, dollars in least.values())
    return cost


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The real line, but for letters and readers.

    Attributes:
        folder: Where ledger and store are.
        environment: Address and key of the provider.
        ledger: The ledger.
        store: The store.
        factor: Multiplies the error rates.
    """

    folder: pathlib.Path
    environment: dict[str, str]
    ledger: Ledger
    store: Store
    factor: float

    @property
    def url(self) -> str:
        """Return the address of the ledger."""
        return f"sqlite:///{self.folder}/ledger.sqlite3"

    def day(self, week: Week, number: int) -> list[Outcome]:
        """Return the outcomes of a day, from 0, each made after the one before."""
        known = Known(rates=measured_rates(self.url, self.folder), plates=self.store.plates())
        variants = planned(week, number, known)
        requests = dict(_requests(variants))
        press = self._press(requests, len(variants))
        return [press.produce(variant) for variant in variants]

    def _press(self, requests: dict[str, PlateRequest], wanted: int) -> Press:
        compositor = cast(
            "Compositor", Knowing(store=self.store, requests=requests, factor=self.factor)
        )
        studio = Studio(TEMPLATES / "plates", TakumiRenderer())
        means = Means(
            ledger=self.ledger,
            store=self.store,
            open_provider=functools.partial(
                open_provider, environment=self.environment, clock=time.monotonic
            ),
            timing=timing_of(20.0),
            now=now,
        )
        counts = {"shared": wanted, "single": wanted}
        return Press(
            plates=Plates(studio, self.store),
            compositor=compositor,
            store=self.store,
            till=Till(means, f"run-{secrets.token_hex(6)}", counts),
        )


def _requests(variants: Sequence[Variant]) -> Iterator[tuple[str, PlateRequest]]:
    for variant in variants:
        for rung in (variant, *variant.lower):
            yield rung.request.prompt_sha256, rung.request


def auto(week: Week, factor: float) -> tuple[Cost, list[str]]:
    """Return what Proofpress pays for, and which promises it broke."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        folder = pathlib.Path(name)
        bill = folder / "bill.jsonl"
        with running("--bill", str(bill)) as url:
            ledger = open_ledger(f"sqlite:///{folder}/ledger.sqlite3", now)
            shop = Shop(
                folder=folder,
                environment=environment_of("runflow", url),
                ledger=ledger,
                store=Store(folder),
                factor=factor,
            )
            cost, broken, shared = Cost(), list[str](), list[decimal.Decimal]()
            for number in range(week.days):
                before = cost.dollars
                outcomes = shop.day(week, number)
                right = sum(one.status is Status.ACCEPTED and not one.fallback for one in outcomes)
                if right < len(outcomes):
                    broken.append(f"day {number + 1}: {len(outcomes) - right} slots were missed")
                cost.delivered += right
                cost.dollars = sum(float(row["usd"]) for row in _rows(bill))
                cost.pictures = len(_rows(bill))
                shared.append(_spent(ledger, "shared"))
                cost.days.append(cost.dollars - before)
            booked = ledger.accounts.spend().total.spent
            ledger.close()
        if shared[-1] != shared[0]:
            broken.append(f"after day 1, accepted plates cost ${shared[-1] - shared[0]} more")
        if round(float(booked), 2) != round(cost.dollars, 2):
            broken.append(f"the ledger has ${booked}, the bill ${cost.dollars:.2f}")
        return cost, broken


def _spent(ledger: Ledger, campaign: str) -> decimal.Decimal:
    found = ledger.accounts.spend(By.CAMPAIGN).lines
    return sum((line.spent for line in found if line.name == campaign), decimal.Decimal(0))


def _rows(bill: pathlib.Path) -> list[dict[str, Any]]:
    if not bill.exists():
        return []
    return [json.loads(line) for line in bill.read_text("utf-8").splitlines()]


_SLOTS = (
    "20 locales, new prices every day; of the creatives, one in 25 belongs to a campaign with one "
    "locale and new offers every day."
)


def report(week: Week, factor: float, ways: dict[str, Cost]) -> None:
    """Publish the table of all ways."""
    least = ways["floor"].each
    rows = [
        (
            name,
            f"{cost.pictures:,.0f}",
            f"{cost.dollars:,.2f}",
            f"{cost.delivered / (week.variants * week.days):.1%}",
            f"{cost.each:.5f}",
            f"{cost.each / least:.3f}",
            " ".join(f"{day:.2f}" for day in cost.days) or "–",
        )
        for name, cost in ways.items()
    ]
    head = ("way", "pictures", "$", "delivered", "$ a creative", "to the floor", "$ of each day")
    command = f"--variants {week.variants} --days {week.days} --misspelling {factor:g}"
    publish(
        f"week-{factor:g}",
        f"{week.variants:,} creatives a day for {week.days} days, misspelling x {factor:g}",
        [
            f"`benchmarks/spend.py {command}`. {_SLOTS}",
            table(head, rows),
        ],
        SPEND,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variants", type=int, default=1000, help="creatives a day, about")
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument(
        "--misspelling", type=float, default=1.0, help="multiplies the published error rates"
    )
    options = parser.parse_args(arguments)
    week, factor = week_of(options.variants, options.days), options.misspelling
    least = floor(week, factor)
    ours, broken = auto(week, factor)
    ways = {
        "best of five": drawn_all(week, factor, BEST_OF, stops=False),
        "model only": drawn_all(week, factor, RETRIES, stops=True),
        "auto": ours,
        "floor": least,
    }
    ratio = ours.dollars / least.dollars
    if ratio > MOST:
        broken.append(f"auto costs {ratio:.3f} times the floor, at most {MOST} is promised")
    report(week, factor, ways)
    for promise in broken:
        print(f"broken: {promise}", file=sys.stderr)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
