"""What a proof costs, beside the naive one on the same pictures, and how fast the line runs.

One process, each engine on one thread. Both ways get the delivered bytes decoded. The naive one
is `pytesseract.image_to_string` of the whole picture in the locale's own language.
"""

import dataclasses
import datetime as dt
import os
import pathlib
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import PIL.Image
import pytesseract

from benchmarks.page import cpu_seconds, publish, table
from benchmarks.studio import campaigns
from pipeline.daily import open_workshop, produce_batch
from pipeline.dayplan import RunRequest, prepare
from pipeline.plan.lines import Line
from pipeline.proof.delivery import Prover
from pipeline.proof.languages import languages_of
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Proof
from pipeline.settings import read_settings

CORES = 2
TENTHS = 10
MORNING = dt.datetime(2026, 11, 23, 6, tzinfo=dt.UTC)
"""Of a day on which every example campaign runs."""


def measure(images: int) -> None:
    """Measure and publish.

    Args:
        images: How many proofs in a row to watch the memory over; 0 leaves that out.
    """
    os.environ["OMP_THREAD_LIMIT"] = "1"
    asked = Asked(Proofreader.standard())
    creatives, seconds, cpu = whole_line(asked)
    proofreader = Proofreader.standard()  # has seen no plate yet
    pictures = asked.pictures
    ours, naive = list[float](), list[float]()
    for picture in pictures:
        begun = cpu_seconds()
        picture.prove(proofreader)
        between = cpu_seconds()
        picture.read()
        ours.append(between - begun)
        naive.append(cpu_seconds() - between)
    ratio = statistics.median(ours) / statistics.median(naive)
    rows = [_row("ours", ours), _row("naive", naive)]
    memory = watched(proofreader, pictures, images) if images else []
    publish(
        "time",
        "Time and memory",
        [
            (
                f"`benchmarks/proof.py --time --images {images}`: the {len(pictures)} creatives of "
                f"a day of the examples, {_megapixels(pictures):.2f} megapixels in the mean, in "
                "the order of the run, one process, `OMP_THREAD_LIMIT=1`."
            ),
            table(["CPU seconds a creative", "median", "95 %", "mean"], rows),
            f"A proof takes {ratio:.2f} times the naive one (wanted: at most 1).",
            (
                f"The whole line (plate, words, file, proof) on {CORES} cores: {creatives} "
                f"creatives of the examples in {seconds:.0f} s, {creatives / seconds:.2f} a "
                f"second, for {cpu / creatives:.2f} s of CPU each."
            ),
            *([_memory(memory)] if memory else []),
        ],
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the press asked a prover about one creative.

    Attributes:
        image: The delivered pixels, RGB.
        locale: CLDR locale identifier.
        prove: Asks a prover the same.
    """

    image: Pixels
    locale: str
    prove: Callable[[Prover], Proof]

    def read(self) -> str:
        """Read the creative at once."""
        language = languages_of(self.locale)[0]
        return str(pytesseract.image_to_string(PIL.Image.fromarray(self.image), lang=language))


class Asked:
    """A prover that keeps what it was asked.

    Args:
        prover: Answers.
    """

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self.pictures: list[Picture] = []

    def prove(
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        *more: Any,  # noqa: ANN401 - whatever else is asked goes on as it is
        **named: Any,  # noqa: ANN401 - likewise
    ) -> Proof:
        """Return the proof of the picture, and keep the question."""

        def prove(prover: Prover) -> Proof:
            return prover.prove(image, lines, locale, *more, **named)

        self.pictures.append(Picture(image=image, locale=locale, prove=prove))
        return prove(self._prover)


def _megapixels(pictures: Sequence[Picture]) -> float:
    return statistics.mean(one.image.size / 3 / 1e6 for one in pictures)


def whole_line(prover: Prover) -> tuple[int, float, float]:
    """Return how many creatives the examples of one day have, and the seconds and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"PROOFPRESS_WORK": folder}, CORES)
        request = RunRequest(
            files=tuple(pathlib.Path(one.document.file) for one in campaigns()),
            out=pathlib.Path(folder) / "out",
            instant=MORNING,
            day=MORNING.date(),
        )
        workshop = open_workshop(settings, prover, {})
        plan = prepare(request, settings)
        begun, used = time.perf_counter(), cpu_seconds()
        done = [produce_batch(batch, workshop, lambda _: None) for batch in plan.batches(plan.size)]
        return sum(map(len, done)), time.perf_counter() - begun, cpu_seconds() - used


def watched(proofreader: Prover, pictures: Sequence[Picture], images: int) -> list[float]:
    """Return the resident memory in MB at each tenth of so many proofs, and print it."""
    marks = {round(images * tenth / TENTHS) for tenth in range(1, TENTHS + 1)}
    sizes = []
    for number in range(1, images + 1):
        pictures[number % len(pictures)].prove(proofreader)
        if number in marks:
            sizes.append(resident())
            print(f"{number} proofs: {sizes[-1]:.0f} MB", flush=True)
    return sizes


def resident() -> float:
    """Return the resident memory of this process in MB (Linux)."""
    pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _row(name: str, seconds: Sequence[float]) -> list[str]:
    figures = (statistics.median(seconds), np.percentile(seconds, 95), statistics.mean(seconds))
    return [name, *(f"{figure:.2f}" for figure in figures)]


def _memory(sizes: Sequence[float]) -> str:
    shown = ", ".join(f"{size:.0f}" for size in sizes)
    return f"Resident memory at each tenth of the proofs, in MB: {shown}."
