"""What a large day costs beside provider, lettering and proof.

    python -m benchmarks.scale --variants 10000
    python -m benchmarks.scale --plan 100000
    python -m benchmarks.scale --studio

The first makes a day with 1, 2 and 4 workers, each in a process of its own, with a stub provider
and without setting or reading a word; the second only plans; the third makes the creatives of the
examples with studio and proof. Each exits with 1 if a promise is broken, and names it.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence

from benchmarks.page import Page, publish, table
from benchmarks.speed import whole_line
from pipeline.proof.prove import Proofreader

CPU_MS, WALL_MS = 4.0, 10.0
"""The most that a creative may cost beside provider, lettering and proof."""

SLOPE_KB = 10.0
"""The most by which the memory may grow with each creative that is made: its outcome, which the
manifest is written from."""

PLAN_KB = 12.0
"""The most that a planned creative may take in memory."""

WORKERS = (1, 2, 4)
PAGE = Page(
    file=pathlib.Path(__file__).parent / "scale.md",
    head="""\
# What a large day costs

Made by `benchmarks/scale.py`; each section is written by the command that it names. CPU is user
and system time of the process. The machine is shared with other work, so wall times are an upper
bound, and ratios say more than seconds.
""",
    packages=("sqlalchemy", "pydantic", "jinja2", "babel"),
    reads=False,
)


def measured(folder: pathlib.Path, variants: int, workers: int) -> dict[str, float]:
    """Return what a day of so many creatives costs, in a process of its own; 0 workers plan."""
    words = [sys.executable, "-m", "benchmarks.scale_day", str(folder)]
    words += ["--variants", str(variants), "--workers", str(workers)]
    said = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    return dict(json.loads(said.stdout))


def days(variants: int, folder: pathlib.Path | None) -> list[dict[str, float]]:
    """Return what the day costs with each number of workers.

    The files of all are there until the last is measured. Where many files were removed a moment
    before, ext4 looks long for an inode that was not: 20 µs of kernel time for each new file
    became 200 and more, which is the removal's price and not the day's.
    """
    with tempfile.TemporaryDirectory(dir=folder) as parent:
        folders = {workers: pathlib.Path(parent) / f"{workers} workers" for workers in WORKERS}
        for one in folders.values():
            one.mkdir()
        return [measured(one, variants, workers) for workers, one in folders.items()]


def made(variants: int, memory: pathlib.Path | None = None) -> list[str]:
    """Make the day with each number of workers; return the promises that are broken.

    Args:
        variants: How many creatives it has.
        memory: A folder in memory for its files; None for those on disk.
    """
    rows, broken = [], []
    every = days(variants, memory)
    for workers, found in zip(WORKERS, every, strict=True):
        each = {name: found[name] / found["creatives"] * 1e3 for name in _PARTS}
        speed = every[0]["wall"] / found["wall"]
        figures = [f"{each[name]:.2f}" for name in _PARTS]
        rows.append(
            [workers, *figures, f"{speed:.2f}", f"{found['slope']:.1f}", f"{found['peak']:.0f}"]
        )
        promises = {
            f"{each['cpu']:.2f} ms of CPU, wanted {CPU_MS}": each["cpu"] <= CPU_MS,
            f"{each['wall']:.1f} ms of wall time, wanted {WALL_MS}": each["wall"] <= WALL_MS,
            f"{found['slope']:.1f} KB a creative, wanted {SLOPE_KB}": found["slope"] <= SLOPE_KB,
        }
        broken += [f"{workers} workers: {what}" for what, kept in promises.items() if not kept]
    head = (
        "workers",
        "plan",
        "preflight",
        "work",
        "publish",
        "CPU ms",
        "kernel",
        "wall ms",
        "speed",
        "KB each",
        "peak MB",
    )
    publish(
        "day-memory" if memory else "day",
        f"A day of {variants:,} creatives" + (", its files in memory" if memory else ""),
        [
            (
                f"`benchmarks/scale.py --variants {variants}{' --memory …' * bool(memory)}`, "
                "a ledger in SQLite, without Prefect. Milliseconds a creative: CPU of planning, "
                "preflight, making and publishing, all CPU, how much of it in the kernel, and "
                "wall time; how much faster than one worker; by how many KB the memory grows "
                "with each creative while they are made, and the highest memory in all."
            ),
            table(head, rows),
            _wanted(broken),
        ],
        PAGE,
    )
    return broken


_PARTS = ("plan", "preflight", "work", "publish", "cpu", "kernel", "wall")


def plan_of(variants: int) -> list[str]:
    """Plan a day; return the promises that are broken."""
    with tempfile.TemporaryDirectory() as folder:
        found = measured(pathlib.Path(folder), variants, 0)
    count = found["creatives"]
    each = found["grown"] / count * 1e3
    broken = [f"{each:.1f} KB a creative, wanted {PLAN_KB}"] if each > PLAN_KB else []
    publish(
        "plan",
        f"A plan of {variants:,} creatives",
        [
            f"`benchmarks/scale.py --plan {variants}`.",
            table(
                ("creatives", "CPU ms each", "KB each", "peak MB"),
                [
                    [
                        f"{count:,.0f}",
                        f"{found['cpu'] / count * 1e3:.2f}",
                        f"{each:.1f}",
                        f"{found['peak']:.0f}",
                    ]
                ],
            ),
            f"Held to {PLAN_KB:.0f} KB each. {_wanted(broken)}",
        ],
        PAGE,
    )
    return broken


def studio() -> list[str]:
    """Make the creatives of the examples with studio and proof; there is no promise."""
    creatives, seconds, cpu = whole_line(Proofreader.standard())
    publish(
        "studio",
        "Studio and proof",
        [
            (
                "`benchmarks/scale.py --studio`: plate, words, file and proof of the examples of "
                f"one day on 2 cores: {creatives} creatives in {seconds:.0f} s, "
                f"{creatives / seconds:.2f} a second, for {cpu / creatives:.2f} s of CPU each."
            )
        ],
        PAGE,
    )
    return []


def _wanted(broken: Sequence[str]) -> str:
    return f"Falls short: {'; '.join(broken)}." if broken else "All that was wanted holds."


def main() -> None:
    """Measure what is asked for; exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--variants", type=int, default=0, help="creatives of a day")
    parser.add_argument(
        "--memory",
        type=pathlib.Path,
        help="folder in memory for the files of the day, to tell its cost from that of the disk",
    )
    parser.add_argument("--plan", type=int, default=0, metavar="N", help="creatives of a plan")
    parser.add_argument("--studio", action="store_true", help="the examples, with real proofs")
    options = parser.parse_args()
    broken: list[str] = []
    if options.variants:
        broken += made(options.variants, options.memory)
    if options.plan:
        broken += plan_of(options.plan)
    if options.studio:
        broken += studio()
    for promise in broken:
        print(f"broken: {promise}", file=sys.stderr)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
