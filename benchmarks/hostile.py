"""What becomes of damaged files: flipped bits and files cut short, opened and proofread.

    python benchmarks/hostile.py [--flips 10000] [--proofs 200]

Two small ads that differ in one digit of the price, as PNG, JPEG and WebP. Every flip and every
cut goes through opening; a sample of what could still be opened, with other pixels than before,
goes through the whole proof. Both ads are asked for the price of the right one. The figures go
into the section of their own in `benchmarks/proof.md`.
"""

import argparse
import collections
import dataclasses
import io
import math
import os
import pathlib
import resource
import tempfile
import time

import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont

from benchmarks.page import publish, table
from pipeline.errors import UsageError
from pipeline.plan.lines import Line
from pipeline.proof.batch import prove_file
from pipeline.proof.images import open_image
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Verdict
from pipeline.typeset.fonts import files_of

KINDS = ("PNG", "JPEG", "WEBP")
FLIPS = 10_000
PROOFS = 200
SIZE = (480, 320)
SEED = 20261122
LOCALE = "de_DE"
FONT = "Noto Sans"
RIGHT, WRONG = "8,90 €", "8,99 €"
LINES = (("headline", "Frische Bowls", 48), ("price", "", 64), ("legal", "Nur am 27.11.", 24))
CUTS = 100


@dataclasses.dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the damaged files of one kind that show one price.

    Attributes:
        opened: Refused, opened as before, opened with other pixels: how many.
        cut: How many of the files cut short were refused.
        slowest: CPU seconds of the slowest opening.
        whole: The undamaged file.
        changed: Which bits, flipped, lead to other pixels.
        undamaged: What the proof says of the undamaged file.
        verdicts: What it said of a sample of the others.
    """

    whole: bytes

    opened: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    cut: int = 0
    slowest: float = 0.0
    changed: list[int] = dataclasses.field(default_factory=list)
    undamaged: Verdict | None = None
    verdicts: collections.Counter[Verdict] = dataclasses.field(default_factory=collections.Counter)


def main() -> None:
    """Measure and publish."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flips", type=int, default=FLIPS, help="flips of each ad")
    parser.add_argument("--proofs", type=int, default=PROOFS, help="whole proofs of each ad")
    options = parser.parse_args()
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    with tempfile.TemporaryDirectory() as folder:
        measure(options.flips, options.proofs, pathlib.Path(folder) / "ad")


def measure(flips: int, proofs: int, path: pathlib.Path) -> None:
    """Damage both ads, open and proofread what comes of it, and publish the figures.

    Args:
        flips: Flipped bits of each ad, over all kinds of file.
        proofs: Whole proofs of each ad, over all kinds of file.
        path: Where a damaged file is put.
    """
    tallies: dict[tuple[str, str], Tally] = {}
    before = _peak()
    for price in (RIGHT, WRONG):
        for kind in KINDS:
            tallies[price, kind] = damaged(ad(price, kind), math.ceil(flips / len(KINDS)), path)
    grown = (_peak() - before) / 1e6
    proofreader = Proofreader.standard()
    for price in (RIGHT, WRONG):
        prove([tally for (shown, _), tally in tallies.items() if shown == price], proofs, path,
              proofreader)  # fmt: skip
    report(tallies, flips, grown)


def ad(price: str, kind: str) -> bytes:
    """Return the file of an ad."""
    width, height = SIZE
    dice = np.random.default_rng(SEED)
    down = np.linspace(0, 40, height)[:, None, None] * np.array([1.0, 0.8, 0.4])
    plate = np.array([255, 248, 236]) - down + dice.normal(0, 3, (height, width, 1))
    picture = PIL.Image.fromarray(np.clip(plate, 0, 255).astype(np.uint8))
    pen, top = PIL.ImageDraw.Draw(picture), 30
    font = str(files_of(FONT)[0].path)
    for _, text, size in LINES:
        pen.text((30, top), text or price, "#1B1210", PIL.ImageFont.truetype(font, size))
        top += size + 30
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def damaged(whole: bytes, flips: int, path: pathlib.Path) -> Tally:
    """Return what becomes of a file with one bit flipped, so many times, and cut short."""
    path.write_bytes(whole)
    tally, shown = Tally(whole=whole), open_image(path)
    for place in np.random.default_rng(SEED).integers(0, len(whole) * 8, flips).tolist():
        pixels = _opened(_flipped(whole, place), path, tally)
        if pixels is None:
            tally.opened["refused"] += 1
        elif pixels.shape == shown.shape and np.array_equal(pixels, shown):
            tally.opened["same"] += 1
        else:
            tally.opened["changed"] += 1
            tally.changed.append(place)
    for cut in range(CUTS):
        tally.cut += _opened(whole[: len(whole) * cut // CUTS], path, tally) is None
    return tally


def _flipped(whole: bytes, place: int) -> bytes:
    content = bytearray(whole)
    content[place // 8] ^= 1 << (place % 8)
    return bytes(content)


def _opened(content: bytes, path: pathlib.Path, tally: Tally) -> Pixels | None:
    path.write_bytes(content)
    begun = time.thread_time()
    try:
        return open_image(path)
    except UsageError:
        return None
    finally:
        tally.slowest = max(tally.slowest, time.thread_time() - begun)


def prove(tallies: list[Tally], proofs: int, path: pathlib.Path, proofreader: Proofreader) -> None:
    """Proofread each undamaged file, and a sample of the flips over the kinds that have any."""
    lines = [Line.of(role, text or RIGHT) for role, text, _ in LINES]

    def verdict(content: bytes) -> Verdict:
        path.write_bytes(content)
        return prove_file(path, LOCALE, lines, "fail", proofreader).verdict

    having = [tally for tally in tallies if tally.changed]
    for tally in tallies:
        tally.undamaged = verdict(tally.whole)
        wanted = round(proofs / max(1, len(having)))
        step = max(1, len(tally.changed) // max(1, wanted))
        for place in tally.changed[::step][:wanted]:
            tally.verdicts[verdict(_flipped(tally.whole, place))] += 1


def report(tallies: dict[tuple[str, str], Tally], flips: int, grown: float) -> None:
    """Publish the figures."""
    rows = [
        [
            f"{kind}, shows {price}",
            *(tally.opened[key] for key in ("refused", "same", "changed")),
            f"{tally.slowest:.3f}", f"{tally.cut}/{CUTS}", tally.undamaged, tally.verdicts.total(),
            *(tally.verdicts[verdict] for verdict in (Verdict.PASS, Verdict.UNSURE, Verdict.FAIL)),
        ]
        for (price, kind), tally in tallies.items()
    ]  # fmt: skip
    head = [
        "file", "flips refused", "same pixels", "other pixels", "slowest (CPU s)", "cuts refused",
        "undamaged", "proofs", "pass", "unsure", "fail",
    ]  # fmt: skip
    publish(
        "hostile",
        "Damaged files",
        [
            (
                f"`benchmarks/hostile.py`: two ads of {SIZE[0]} × {SIZE[1]} pixels, asked for "
                f"{RIGHT}. {flips} flipped bits of each, and {CUTS} cuts of each file, are opened; "
                "of those flips that open with other pixels, a sample is proofread. Wanted: no ad "
                "with the wrong price passes, nothing but a refusal is raised, and no opening "
                "takes over 2 s."
            ),
            table(head, rows),
            f"Over all openings, the peak of memory grew by {grown:.0f} MB.",
        ],
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
