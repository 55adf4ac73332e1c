"""What is left of a run's money when everything goes wrong: the bill against the ledger.

    python -m benchmarks.faults --variants 10000 --seeds 5 --kills 200 [--provider fal]
    python -m benchmarks.faults --budget --rounds 100
    python -m benchmarks.faults --again 100

The first orders pictures of a simulator that loses answers, breaks pictures and gets stuck, in a
process that is killed at seeded random moments and started again until all is done. Then the
vendor's bill, the ledger, the outcomes and the files are compared. The second lets 100 threads
spend a cap, the third runs a finished day again. Each exits with 1 if a promise is broken, and
names it.
"""

import argparse
import contextlib
import dataclasses
import decimal
import json
import pathlib
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.fault_again import measure as measure_again
from benchmarks.fault_budget import measure as measure_budget
from benchmarks.fault_check import Finding, compare, record_of
from benchmarks.fault_kills import driven
from benchmarks.fault_worker import Shift, base_of, environment_of
from benchmarks.page import FAULTS, publish, table
from simulator.server import running

MIX = {
    "rate_limit": 0.05,
    "http_500": 0.01,
    "http_500_after_accept": 0.01,
    "drop_after_accept": 0.01,
    "stuck": 0.005,
    "moderated": 0.005,
    "corrupt": 0.01,
    "cut_without_length": 0.005,
    "html_200": 0.002,
}
"""Fault to its rate: of submits, of accepted jobs (stuck, moderated), of downloads (the rest)."""

HASTE = 20.0
"""How much faster pauses and deadlines pass than outside."""

_MEMORY = pathlib.Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
_STUCK_SLOT = 60.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One seed's run, and what came of it.

    Attributes:
        seed: The seed.
        submits: Submits that reached the vendor.
        kills: How often the worker was killed.
        seconds: How long it all took, in seconds.
        finding: What the comparison found.
    """

    seed: int
    submits: int
    kills: int
    seconds: float
    finding: Finding


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run for each seed.

    Attributes:
        provider: runflow, fal or bfl.
        variants: How many pictures are ordered.
        accept: Share of pictures that the reader accepts.
        resubmit: Whether an attempt of unknown outcome may be repeated once.
    """

    provider: str
    variants: int
    accept: float = 0.9
    resubmit: bool = False


@contextlib.contextmanager
def folder_for(work_folder: pathlib.Path | None) -> Iterator[pathlib.Path]:
    """Yield a new folder for one series: in the one named, else in memory where there is any."""
    if work_folder is not None:
        work_folder.mkdir(parents=True, exist_ok=True)
        yield pathlib.Path(tempfile.mkdtemp(dir=work_folder, prefix="faults-"))
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
        yield pathlib.Path(name)


def run_series(plan: Plan, seed: int, kills: int, folder: pathlib.Path) -> Series:
    """Run one seed with its own simulator, kill the worker so many times, and compare.

    Args:
        plan: What is ordered.
        seed: Decides faults, verdicts and moments of kills.
        kills: How often to kill the worker.
        folder: An empty folder.
    """
    mix, bill = folder / "mix.json", folder / "bill.jsonl"
    mix.write_text(json.dumps(MIX), "utf-8")
    options = ["--seed", str(seed), "--bill", str(bill), "--faults", str(mix)]
    options += ["--stuck-slot", str(_STUCK_SLOT / HASTE)]
    begun = time.monotonic()
    with running(*options) as url:
        shift = Shift(
            folder=folder,
            environment=environment_of(plan.provider, url),
            base=base_of(plan.provider, resubmit=plan.resubmit),
            variants=plan.variants,
            seed=seed,
            accept=plan.accept,
            haste=HASTE,
        )
        killed = driven(shift, kills)
        submits = submits_of(url, plan.provider)
    return Series(
        seed=seed,
        submits=submits,
        kills=killed,
        seconds=time.monotonic() - begun,
        finding=compare(record_of(shift, bill)),
    )


def submits_of(url: str, provider: str) -> int:
    """Return how many submits reached a provider of a simulator."""
    with urllib.request.urlopen(f"{url}/_sim/") as answer:  # noqa: S310 - our own address
        return int(json.load(answer)["submits"].get(provider, 0))


HEAD = (
    "seed",
    "submits",
    "kills",
    "bill $",
    "ledger $",
    "unknown $",
    "unrecorded duplicates",
    "recorded repetitions",
    "paid and lost",
    "corrupt delivered",
    "delivered",
    "fallback",
    "held",
    "seconds",
)


def row_of(series: Series) -> tuple[object, ...]:
    """Return a row of the table."""
    found = series.finding
    return (
        series.seed,
        series.submits,
        series.kills,
        f"{found.billed:.2f}",
        f"{found.booked:.2f}",
        f"{found.explained:.2f}",
        len(found.duplicates),
        found.resubmissions,
        len(found.lost),
        len(found.corrupt),
        *(found.endings.get(name, 0) for name in ("delivered", "fallback", "held")),
        f"{series.seconds:.0f}",
    )


def _measure(plan: Plan, options: argparse.Namespace) -> list[str]:
    """Run all seeds, publish the table after each, and return the promises that were broken."""
    done: list[Series] = []
    for seed in range(1, options.seeds + 1):
        share = options.kills * seed // options.seeds - options.kills * (seed - 1) // options.seeds
        with folder_for(options.work) as folder:
            done.append(run_series(plan, seed, share, folder))
        _publish(plan, options, done)
    return [f"seed {one.seed}: {what}" for one in done for what in one.finding.broken]


def _publish(plan: Plan, options: argparse.Namespace, done: Sequence[Series]) -> None:
    reasons: Counter[str] = Counter()
    for series in done:
        reasons.update(series.finding.reasons)
    kills = sum(series.kills for series in done)
    command = f"{plan.provider} --variants {plan.variants} --seeds {options.seeds}"
    command += f" --kills {options.kills}{' --resubmit' if plan.resubmit else ''}"
    mix = ", ".join(f"{name} {rate:.1%}" for name, rate in MIX.items())
    publish(
        f"{plan.provider}-{'killed' if options.kills else 'faults'}",
        f"{plan.provider}, {f'{kills} kills' if kills else 'no kills'}",
        [
            f"`benchmarks/faults.py --provider {command}`. Faults: {mix}.",
            table(HEAD, map(row_of, done)),
            "Why variants fell back:",
            table(("reason", "variants"), reasons.most_common()),
        ],
        FAULTS,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variants", type=int, default=1000, help="pictures for each seed")
    parser.add_argument("--seeds", type=int, default=1, help="runs, each with its own simulator")
    parser.add_argument("--kills", type=int, default=0, help="kill -9 so often, over all seeds")
    parser.add_argument("--provider", choices=("runflow", "fal", "bfl"), default="runflow")
    parser.add_argument("--accept", type=float, default=0.9, help="share that the reader accepts")
    parser.add_argument("--resubmit", action="store_true", help="repeat an unknown attempt once")
    parser.add_argument("--work", type=pathlib.Path, metavar="DIR", help="keep everything there")
    parser.add_argument("--budget", action="store_true", help="100 threads spend a cap")
    parser.add_argument("--again", type=int, metavar="N", help="run a finished day so often again")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of --budget")
    parser.add_argument("--cap", type=decimal.Decimal, default=decimal.Decimal(10))
    options = parser.parse_args(arguments)
    if options.budget:
        with folder_for(options.work) as folder:
            broken = measure_budget(options.provider, options.rounds, options.cap, folder, MIX)
    elif options.again:
        with folder_for(options.work) as folder:
            broken = measure_again(options.provider, options.again, folder)
    else:
        plan = Plan(
            provider=options.provider,
            variants=options.variants,
            accept=options.accept,
            resubmit=options.resubmit,
        )
        broken = _measure(plan, options)
    for promise in broken:
        print(f"broken: {promise}", file=sys.stderr)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
