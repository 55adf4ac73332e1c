"""The worker of `benchmarks/faults.py`: a process that may be killed at any moment.

It does what a run does when it pays: claims its day, brings home what an earlier one paid for,
then orders every variant that has no outcome yet. The reader is a stub that opens the picture and
accepts a seeded share of those that decode.
"""

import concurrent.futures
import dataclasses
import datetime as dt
import functools
import hashlib
import io
import json
import logging
import os
import pathlib
import secrets
import tempfile
import time
from collections.abc import Mapping

import PIL.Image

from pipeline.campaign.load import load_campaign
from pipeline.errors import BudgetError, ProviderError
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.attempts import Brought
from pipeline.produce.buyer import Judged
from pipeline.produce.gate import Timing
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.providers.opening import open_provider
from pipeline.produce.store import Store
from pipeline.produce.till import Means, Till
from simulator.world import DEFAULT_KEY

HOUSE = pathlib.Path(__file__).resolve().parent.parent
CAMPAIGN, MARKET, DAY = "faults", "de", dt.date(2026, 12, 1)
SIDE = 64
"""Pixels of a side: what is tested is the way of a picture, not its making."""

DEADLINE = 60.0
"""Seconds for one attempt, by the worker's hastened clock."""

_CAMPAIGN = """\
campaign: faults
template: deal
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [display-300x250]
markets:
  de: {locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}
offers:
  bowl: {subject: a bowl of salad, price: {de: 8.90}, copy: {headline: {de: Bowls}}}
provider: PROVIDER
model: flux-2-flex
budget: {day: 1000000}
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What a worker is to do.

    Attributes:
        folder: Where ledger, store and outcomes are.
        environment: Address and key of the provider.
        base: A variant; all others differ from it in their ids and requests.
        variants: How many there are.
        seed: Decides which pictures the reader accepts, and names the requests.
        accept: Share of pictures that the reader accepts.
        haste: By how much the clock of pauses and deadlines is hastened.
        threads: Orders at a time; 0 for as many as the provider takes.
    """

    folder: pathlib.Path
    environment: Mapping[str, str]
    base: Variant
    variants: int
    seed: int
    accept: float
    haste: float
    threads: int = 0

    @property
    def ledger_url(self) -> str:
        """Return the address of the ledger."""
        return f"sqlite:///{self.folder}/ledger.sqlite3"

    @property
    def outcomes(self) -> pathlib.Path:
        """Return the file of outcomes: a JSON object a line."""
        return self.folder / "outcomes.jsonl"


def now() -> dt.datetime:
    """Return the present instant."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is where the clock comes from


def environment_of(provider: str, url: str) -> dict[str, str]:
    """Return what opens a provider at a simulator.

    Args:
        provider: runflow, fal or bfl.
        url: The simulator's address.
    """
    return {
        "RUNFLOW_API_KEY": DEFAULT_KEY,
        "FAL_KEY": DEFAULT_KEY,
        "BFL_API_KEY": DEFAULT_KEY,
        f"PROOFPRESS_{provider.upper()}_URL": url
        + {"runflow": "/runflow/v1", "bfl": "/bfl"}.get(provider, ""),
    }


def base_of(provider: str, *, resubmit: bool) -> Variant:
    """Return a variant that a provider is paid for.

    Args:
        provider: runflow, fal or bfl.
        resubmit: Whether an attempt of unknown outcome may be repeated once.
    """
    with tempfile.TemporaryDirectory() as name:
        file = pathlib.Path(name) / f"{CAMPAIGN}.yaml"
        file.write_text(_CAMPAIGN.replace("PROVIDER", provider), "utf-8")
        loaded = load_campaign(file, ["deal"])
    (base,) = variants_of(loaded, {MARKET: DAY}, (HOUSE / "templates", "none"))
    budget = base.budget.model_copy(update={"resubmit": int(resubmit)})
    return dataclasses.replace(base, budget=budget)


def variants_for(shift: Shift) -> list[Variant]:
    """Return the variants of a shift, each with a request of its own."""
    return [
        dataclasses.replace(
            shift.base,
            id=f"{CAMPAIGN}--{number:06}",
            request=dataclasses.replace(
                shift.base.request,
                prompt=f"dish {number} of series {shift.seed}",
                width=SIDE,
                height=SIDE,
                seed=shift.seed * 1_000_000 + number,
            ),
        )
        for number in range(shift.variants)
    ]


def done(shift: Shift) -> dict[str, dict[str, str]]:
    """Return variant to outcome; a line that a kill cut short is none."""
    found = {}
    if shift.outcomes.exists():
        for line in shift.outcomes.read_text("utf-8").split("\n")[:-1]:
            outcome = json.loads(line)
            found[outcome["variant"]] = outcome
    return found


def timing_of(haste: float) -> Timing:
    """Return time that runs so many times faster, for clock and sleep alike."""
    return Timing(
        clock=lambda: time.monotonic() * haste,
        sleep=lambda seconds: time.sleep(seconds / haste),
        dice=secrets.SystemRandom().random,
    )


def till_of(shift: Shift, ledger: Ledger, run: str, wanted: int) -> Till:
    """Return a till that pays at the simulator.

    Args:
        shift: What is to be done.
        ledger: Where every step is written.
        run: Id of the run.
        wanted: How many pictures it may have to pay for.
    """
    means = Means(
        ledger=ledger,
        store=Store(shift.folder),
        open_provider=functools.partial(
            open_provider, environment=shift.environment, clock=time.monotonic
        ),
        timing=timing_of(shift.haste),
        now=now,
        deadline=DEADLINE,
    )
    return Till(means, run, {CAMPAIGN: wanted})


def work(shift: Shift) -> None:
    """Do what is left of a shift."""
    # Each attempt that is late is named in the log, at every start.
    logging.getLogger("pipeline").setLevel(logging.ERROR)
    ledger, run = open_ledger(shift.ledger_url, now), f"run-{secrets.token_hex(6)}"
    claim = ledger.runs.claim(CAMPAIGN, MARKET, DAY, run)
    if not claim.granted:
        raise RuntimeError(f"a killed worker still holds its claim: {claim}")
    variants, ended = variants_for(shift), done(shift)
    todo = [variant for variant in variants if variant.id not in ended]
    till = till_of(shift, ledger, run, len(todo))
    active = till.active(shift.base.request.provider)
    till.resume({one.request.fingerprint: one.request for one in variants}, active)
    note = os.open(shift.outcomes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    with concurrent.futures.ThreadPoolExecutor(shift.threads or active) as pool:
        for outcome in pool.map(functools.partial(_ended, shift, till, note), todo):
            del outcome  # so that an error ends the worker
    os.close(note)
    ledger.runs.release(claim, "done")
    ledger.close()


def ordered(shift: Shift, till: Till, variant: Variant) -> dict[str, str]:
    """Order one variant's picture and return how it ended."""
    try:
        bought = till.buy(variant, functools.partial(_judged, shift))
    except (BudgetError, ProviderError) as error:
        return {"variant": variant.id, "status": "fallback", "reason": str(error)}
    if not bought.judged.passed:
        return {"variant": variant.id, "status": "fallback", "reason": "no picture passed"}
    entry = bought.entry
    return {
        "variant": variant.id,
        "status": "delivered",
        "reason": "",
        "attempt": entry.id,
        "sha256": entry.sha256,
    }


def _ended(shift: Shift, till: Till, note: int, variant: Variant) -> dict[str, str]:
    outcome = ordered(shift, till, variant)
    os.write(note, f"{json.dumps(outcome)}\n".encode())  # one write, so that a kill cuts no line
    return outcome


def _judged(shift: Shift, brought: Brought) -> Judged[None]:
    if not decodes(brought.content):
        return Judged(passed=False, detail="it does not decode", result=None)
    name = f"{shift.seed}/{brought.entry.job}/{brought.entry.number}"
    drawn = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
    return Judged(passed=drawn < shift.accept, detail="by lot", result=None)


def decodes(content: bytes) -> bool:
    """Return whether a file is a whole PNG of the size asked for."""
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            image.load()
            return image.size == (SIDE, SIDE)
    except (OSError, ValueError, SyntaxError):
        return False
