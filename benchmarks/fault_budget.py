"""The budget part of `benchmarks/faults.py`: 100 threads, one cap, faults on."""

import concurrent.futures
import contextlib
import dataclasses
import decimal
import json
import pathlib
import threading
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, event, text

from benchmarks.fault_worker import Shift, base_of, environment_of, now, ordered, till_of
from benchmarks.fault_worker import variants_for as orders_of
from benchmarks.page import FAULTS, publish, table
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from simulator.server import running

THREADS = 100
_HASTE = 20.0
_PRICE = decimal.Decimal("0.05")
_MORE = 1.5
"""Orders for each picture that the cap could pay for."""
_PAUSE = 0.002


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round. Amounts are US dollars.

    Attributes:
        at_commit: The most that was booked and held back at any commit.
        seen: The most that a watching thread saw.
        commits: How many commits were looked at.
        looks: How often the thread looked.
        spent: What was booked in the end.
        billed: What the vendor charged.
        refused: Orders that did not fit into the budget.
    """

    at_commit: decimal.Decimal
    seen: decimal.Decimal
    commits: int
    looks: int
    spent: decimal.Decimal
    billed: decimal.Decimal
    refused: int


class _Totals:
    """What is booked and held back together: at each commit, and whenever it is looked."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.at_commit: list[int] = []
        self.seen: list[int] = []
        event.listen(ledger.database.engine, "commit", self._commit)

    def _commit(self, connection: Connection) -> None:
        self.at_commit.append(_micros(connection))

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Look all the time, from a thread of its own."""
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(_PAUSE):
                with self._ledger.database.read() as connection:
                    self.seen.append(_micros(connection))

        watch = threading.Thread(target=look)
        watch.start()
        try:
            yield
        finally:
            ended.set()
            watch.join()


def _micros(connection: Connection) -> int:
    found = text("SELECT coalesce(sum(charged), 0) + coalesce(sum(reserved), 0) FROM attempts")
    return int(connection.execute(found).scalar_one())


def run_round(shift: Shift, cap: decimal.Decimal, bill: pathlib.Path) -> Round:
    """Let all threads order at once more than a cap can pay for.

    Args:
        shift: An empty folder, and what is ordered.
        cap: The day's budget.
        bill: The simulator's bill file, which other rounds may have written to before.
    """
    before = _billed(bill)
    budget = shift.base.budget.model_copy(update={"day": cap})
    shift = dataclasses.replace(shift, base=dataclasses.replace(shift.base, budget=budget))
    ledger = open_ledger(shift.ledger_url, now)
    totals, variants = _Totals(ledger), orders_of(shift)
    till = till_of(shift, ledger, f"run-{shift.seed}", len(variants))
    with totals.watched(), concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        outcomes = list(pool.map(lambda variant: ordered(shift, till, variant), variants))
    till_of(shift, ledger, "later", 0).resume(
        {one.request.fingerprint: one.request for one in variants}, THREADS
    )
    spent = ledger.accounts.spend().total.spent
    ledger.close()
    return Round(
        at_commit=_dollars(max(totals.at_commit)),
        seen=_dollars(max(totals.seen)),
        commits=len(totals.at_commit),
        looks=len(totals.seen),
        spent=spent,
        billed=_billed(bill) - before,
        refused=sum("does not fit" in one["reason"] for one in outcomes),
    )


def run_rounds(
    provider: str,
    rounds: int,
    cap: decimal.Decimal,
    folder: pathlib.Path,
    mix: Mapping[str, float],
) -> list[Round]:
    """Return what so many rounds came to, all at one simulator.

    Args:
        provider: runflow, fal or bfl.
        rounds: How many.
        cap: The day's budget in US dollars.
        folder: An empty folder.
        mix: Fault to rate.
    """
    file, bill = folder / "mix.json", folder / "bill.jsonl"
    file.write_text(json.dumps(dict(mix)), "utf-8")
    with running("--bill", str(bill), "--faults", str(file), "--stuck-slot", "1") as url:
        base, done = base_of(provider, resubmit=False), list[Round]()
        for number in range(1, rounds + 1):
            place = folder / str(number)
            place.mkdir()
            shift = Shift(
                folder=place,
                environment=environment_of(provider, url),
                base=base,
                variants=int(cap / _PRICE * decimal.Decimal(_MORE)),
                seed=number,
                accept=0.9,
                haste=_HASTE,
            )
            done.append(run_round(shift, cap, bill))
    return done


def broken_in(rounds: list[Round], cap: decimal.Decimal, provider: str) -> list[str]:
    """Return the promises that rounds broke, in plain words."""
    found = []
    for number, one in enumerate(rounds, start=1):
        most = max(one.at_commit, one.seen)
        if most > cap:
            found.append(f"round {number}: ${most} was booked and held back with a cap of ${cap}")
        if one.billed > cap:
            found.append(f"round {number}: the bill is ${one.billed} with a cap of ${cap}")
        if provider != "bfl" and one.billed != one.spent:
            found.append(f"round {number}: the bill is ${one.billed}, the ledger ${one.spent}")
        if not one.refused or not one.looks:
            found.append(f"round {number}: nobody was refused, so it shows nothing")
    return found


def measure(
    provider: str,
    rounds: int,
    cap: decimal.Decimal,
    folder: pathlib.Path,
    mix: Mapping[str, float],
) -> list[str]:
    """Run the rounds, publish them, and return the promises that were broken."""
    done = run_rounds(provider, rounds, cap, folder, mix)
    rows = [
        ("rounds", len(done)),
        ("most booked and held back at any commit", f"${max(one.at_commit for one in done):.2f}"),
        ("most that a watching thread saw", f"${max(one.seen for one in done):.2f}"),
        ("commits looked at", sum(one.commits for one in done)),
        ("looks of the thread", sum(one.looks for one in done)),
        ("highest bill of a round", f"${max(one.billed for one in done):.2f}"),
        ("orders refused by the budget", sum(one.refused for one in done)),
    ]
    publish(
        f"{provider}-budget",
        f"{THREADS} threads with a cap of ${cap:.2f}",
        [
            f"`benchmarks/faults.py --budget --provider {provider} --rounds {rounds}`",
            table(("", "found"), rows),
        ],
        FAULTS,
    )
    return broken_in(done, cap, provider)


def _billed(bill: pathlib.Path) -> decimal.Decimal:
    lines = bill.read_text("utf-8").splitlines() if bill.exists() else []
    return sum((decimal.Decimal(json.loads(line)["usd"]) for line in lines), decimal.Decimal(0))


def _dollars(micros: int) -> decimal.Decimal:
    return decimal.Decimal(micros) / 1_000_000
