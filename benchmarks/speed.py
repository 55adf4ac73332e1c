"""What a proof costs, beside the naive one on the same pictures, and how fast the line runs.

One process, each engine on one thread. Both ways get the delivered bytes decoded. The naive one
is `pytesseract.image_to_string` of the whole picture in the locale's own language.
"""

import datetime as dt
import itertools
import os
import pathlib
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence

import numpy as np
import PIL.Image
import pytesseract

from benchmarks.page import cpu_seconds, publish, table
from benchmarks.studio import Made, campaigns, made
from pipeline.daily import RunRequest, open_workshop, prepare, produce_batch
from pipeline.proof.languages import languages_of
from pipeline.proof.prove import Proofreader
from pipeline.settings import read_settings
from pipeline.typeset.renderer import TakumiRenderer

FORMATS = ("meta-square",)
PICTURES = 40
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
    renderer, proofreader = TakumiRenderer(), Proofreader.standard()
    pictures = list(itertools.islice(_creatives(renderer), PICTURES))
    prove(proofreader, pictures[0])  # models are loaded by the first
    ours, naive = list[float](), list[float]()
    for picture in pictures:
        begun = cpu_seconds()
        prove(proofreader, picture)
        between = cpu_seconds()
        read(picture)
        ours.append(between - begun)
        naive.append(cpu_seconds() - between)
    ratio = statistics.median(ours) / statistics.median(naive)
    rows = [_row("ours", ours), _row("naive", naive)]
    memory = watched(proofreader, pictures, images) if images else []
    creatives, seconds, cpu = whole_line()
    publish(
        "time",
        "Time and memory",
        [
            (
                f"`benchmarks/proof.py --time --images {images}`: {len(pictures)} creatives of "
                "1080 × 1080 pixels in as many locales as there are, one process, "
                "`OMP_THREAD_LIMIT=1`."
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


def _creatives(renderer: TakumiRenderer) -> Iterator[Made]:
    found = (made(number, renderer, FORMATS) for number in itertools.count())
    return (one for one in found if one is not None)


def prove(proofreader: Proofreader, picture: Made) -> None:
    """Proofread a creative as the press does."""
    creative = picture.creative
    proofreader.prove(
        picture.delivered,
        creative.variant.lines,
        creative.variant.locale,
        creative.settings,
        allowed=creative.variant.allowed_words,
        ground=picture.ground,
    )


def read(picture: Made) -> str:
    """Read a creative at once."""
    image = PIL.Image.fromarray(picture.delivered)
    language = languages_of(picture.creative.variant.locale)[0]
    return str(pytesseract.image_to_string(image, lang=language))


def whole_line() -> tuple[int, float, float]:
    """Return how many creatives the examples of one day have, and the seconds and CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"PROOFPRESS_WORK": folder}, CORES)
        request = RunRequest(
            files=tuple(pathlib.Path(one.document.file) for one in campaigns()),
            out=pathlib.Path(folder) / "out",
            instant=MORNING,
            day=MORNING.date(),
        )
        reader = Proofreader.standard()
        workshop = open_workshop(settings, reader, reader.versions())
        plan = prepare(request, settings)
        begun, used = time.perf_counter(), cpu_seconds()
        done = [produce_batch(batch, workshop, lambda _: None) for batch in plan.batches(plan.size)]
        return sum(map(len, done)), time.perf_counter() - begun, cpu_seconds() - used


def watched(proofreader: Proofreader, pictures: Sequence[Made], images: int) -> list[float]:
    """Return the resident memory in MB at each tenth of so many proofs, and print it."""
    marks = {round(images * tenth / TENTHS) for tenth in range(1, TENTHS + 1)}
    sizes = []
    for number in range(1, images + 1):
        prove(proofreader, pictures[number % len(pictures)])
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
