"""The part of `benchmarks/faults.py` that runs a finished day again: it costs nothing."""

import dataclasses
import datetime as dt
import decimal
import json
import pathlib
import time
from collections.abc import Mapping

from benchmarks.fault_worker import environment_of, now
from benchmarks.page import FAULTS, publish, table
from pipeline.daily import open_workshop, produce_batch
from pipeline.daily import publish as publish_day
from pipeline.dayplan import RunRequest, everything_stands, preflight, prepare
from pipeline.produce.ledger.ledger import open_ledger
from pipeline.proof.prove import Proofreader
from pipeline.publish.bills import bills_of
from pipeline.session import open_session, with_till
from pipeline.settings import PROJECT, Settings
from simulator.server import running

DAY = dt.date(2026, 12, 1)

_CAMPAIGN = """\
campaign: again
template: deal
brand:
  name: Oak Lane
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [meta-square]
markets:
  ch: {locales: [de_CH], currency: CHF, time_zone: Europe/Zurich}
offers:
  soup: {subject: a bowl of soup, price: {ch: 7.90}, copy: {headline: {de: Suppe}}}
provider: PROVIDER
model: flux-2-flex
lettering: model
checks: {palette_difference: off, drawn: off, blur: off}
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a run leaves behind.

    Attributes:
        billed: US dollars on the vendor's bill.
        booked: US dollars in the ledger.
        attempts: Attempts in the ledger.
        files: Delivered file, manifest or page to its bytes.
    """

    billed: decimal.Decimal
    booked: decimal.Decimal
    attempts: int
    files: Mapping[str, bytes]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A day that was run, and run again.

    Attributes:
        first: What the first run left behind.
        differing: Later runs after which anything was different.
        worked: Later runs that found something to do.
        seconds: How long a later run took, in seconds.
    """

    first: State
    differing: int
    worked: int
    seconds: float


def run_again(provider: str, times: int, folder: pathlib.Path) -> Again:
    """Run a day to its end, then so many times again, in this process.

    Args:
        provider: runflow, fal or bfl.
        times: How often.
        folder: An empty folder.
    """
    file, bill = folder / "again.yaml", folder / "bill.jsonl"
    file.write_text(_CAMPAIGN.replace("PROVIDER", provider), "utf-8")
    settings = Settings(templates=PROJECT / "templates", work=folder / "work", workers=1)
    request = RunRequest(files=(file,), out=folder / "out", instant=now(), day=DAY)
    options = ("--seed", "1", "--pictures", "drawn", "--misspelling", "0", "--bill", str(bill))
    with running(*options) as url:
        environment = environment_of(provider, url)
        run_day(request, settings, environment)
        first, differing, worked = _state(folder, settings), 0, 0
        begun = time.monotonic()
        for _ in range(times):
            later = dataclasses.replace(request, instant=now())
            worked += run_day(later, settings, environment)
            differing += _state(folder, settings) != first
    seconds = (time.monotonic() - begun) / max(1, times)
    return Again(first=first, differing=differing, worked=worked, seconds=seconds)


def run_day(request: RunRequest, settings: Settings, environment: Mapping[str, str]) -> bool:
    """Make what is due, as `proofpress run` does without Prefect and self-test.

    Returns:
        Whether anything was due.
    """
    day_plan = prepare(request, settings)
    if everything_stands(day_plan):
        return False
    reader = Proofreader.standard()
    session = open_session(day_plan, settings, now)
    workshop = open_workshop(settings, reader, reader.versions())
    workshop = with_till(session, workshop, environment, preflight(day_plan))
    outcomes = [
        outcome
        for batch in session.day_plan.batches()
        for outcome in produce_batch(batch, workshop, lambda _: None)
    ]
    bills = bills_of(session.ledger, session.run, session.day_plan.plans)
    publish_day(session.day_plan, outcomes, workshop, bills=bills)
    session.close("published")
    return True


def _state(folder: pathlib.Path, settings: Settings) -> State:
    ledger = open_ledger(settings.ledger_url, now)
    total = ledger.accounts.spend().total
    ledger.close()
    lines = (folder / "bill.jsonl").read_text("utf-8").splitlines()
    files = sorted(path for path in (folder / "out").rglob("*") if path.is_file())
    return State(
        billed=sum((decimal.Decimal(json.loads(one)["usd"]) for one in lines), decimal.Decimal(0)),
        booked=total.spent,
        attempts=total.attempts,
        files={str(path): path.read_bytes() for path in files},
    )


def broken_in(again: Again) -> list[str]:
    """Return the promises that were broken, in plain words."""
    found = []
    if again.worked or again.differing:
        found.append(f"{again.worked} runs found work; {again.differing} left something different")
    if not again.first.billed or again.first.billed != again.first.booked:
        found.append(f"the bill is ${again.first.billed}, the ledger ${again.first.booked}")
    if not any(name.endswith("manifest.json") for name in again.first.files):
        found.append("the first run delivered nothing, so it shows nothing")
    return found


def measure(provider: str, times: int, folder: pathlib.Path) -> list[str]:
    """Run a day again, publish what came of it, and return the promises that were broken."""
    again = run_again(provider, times, folder)
    rows = [
        ("billed and booked for the first run", f"${again.first.billed:.2f}"),
        ("runs of the finished day", times),
        ("runs that found anything to do", again.worked),
        ("runs after which bill, ledger, manifest or a file was different", again.differing),
        ("seconds a run", f"{again.seconds:.2f}"),
    ]
    publish(
        f"{provider}-again",
        f"A finished day, {times} times again",
        [
            f"`benchmarks/faults.py --again {times} --provider {provider}`",
            table(("", "found"), rows),
        ],
        FAULTS,
    )
    return broken_in(again)
