"""The pictures of the visual regression set: which they are, and how far two of them differ."""

import dataclasses
import pathlib
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image

from benchmarks.wall import FORMATS, TEMPLATES, Choice, Painter, variants
from pipeline.plan.variants import Variant
from pipeline.proof.colours import difference, lab_of
from pipeline.settings import PROJECT
from pipeline.typeset.fit import Misfit

Pixels = npt.NDArray[np.uint8]

GOLDEN = pathlib.Path(__file__).parent / "golden"
OUT = PROJECT / "out" / "visual"
"""Where the pictures of a failure are put: the golden one, the new one and their difference."""

SIDE = 240
"""Longer side of a golden picture, in pixels."""
LOSSLESS: dict[str, Any] = {"lossless": True, "method": 6}
"""How golden pictures are written: what is compared has no traces of compression in it."""

LOCALES = (
    "en_US",
    "uk_UA",
    "el_GR",
    "ar_AE",
    "he_IL",
    "hi_IN",
    "th_TH",
    "ko_KR",
    "ja_JP",
    "zh_Hans_CN",
)

NARROW = (
    ("deal", "display-728x90", "en_US"),
    ("deal", "display-160x600", "ar_AE"),
    ("menu", "display-728x90", "ja_JP"),
    ("sale", "display-320x100", "hi_IN"),
    ("sale", "display-320x50", "he_IL"),
    ("poster", "display-160x600", "uk_UA"),
)
"""Banners so narrow that templates arrange themselves anew."""

BLUR = 0.8
TILE = 12
MOST = 1.2
"""Mean CIEDE2000 difference of the worst tile, at most.

The same picture made twice differs by nothing. What else is noticed and what is not is held by
`test_visual.py`.
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far two pictures differ.

    Attributes:
        worst: Mean CIEDE2000 difference of the worst tile.
        where: The worst tile's middle, across and down, in percent of the picture.
        field: The difference of each pixel, shape [height, width].
    """

    worst: float
    where: tuple[int, int]
    field: npt.NDArray[np.float64]


def chosen() -> list[tuple[str, str, str]]:
    """Return template, format and locale of each picture.

    Every template stands in every format of the wall, and the scripts take turns, so that each
    template and each format meets most of them; some stand on narrow banners too.
    """
    turns = [
        (template, fmt, LOCALES[(3 * row + column) % len(LOCALES)])
        for row, template in enumerate(TEMPLATES)
        for column, fmt in enumerate(FORMATS)
    ]
    return [*turns, *NARROW]


def name_of(template: str, fmt: str, locale: str) -> str:
    """Return a picture's name, which is its file's."""
    return f"{template}--{fmt}--{locale}"


def variant_of(template: str, fmt: str, locale: str, engine: str) -> Variant:
    """Return the variant of a picture."""
    choice = Choice(templates=(template,), formats=(fmt,), locales=(locale,))
    found: Iterator[Variant] = variants(choice, engine)
    return next(found)


def small(painter: Painter, variant: Variant) -> Pixels:
    """Return a variant's picture in the size of the golden ones.

    Raises:
        ValueError: If a line of it cannot be set.
    """
    picture = painter.paint(variant)
    if isinstance(picture, Misfit):
        raise ValueError(f"{picture.role}: {picture.what}")  # noqa: TRY004 - data, not a type
    ratio = SIDE / max(picture.shape[:2])
    size = (round(picture.shape[1] * ratio), round(picture.shape[0] * ratio))
    scaled = PIL.Image.fromarray(picture).resize(size, PIL.Image.Resampling.LANCZOS)
    return np.asarray(scaled)


def golden(name: str) -> Pixels:
    """Return a golden picture."""
    with PIL.Image.open(GOLDEN / f"{name}.webp") as opened:
        return np.asarray(opened.convert("RGB"))


def compare(new: Pixels, old: Pixels) -> Difference:
    """Return how far two pictures differ, as an eye would see it that does not count pixels.

    Both are blurred a little, so that a hair's breadth of an edge does not count, and compared
    tile by tile, so that a small change is not lost in a large picture.
    """
    if new.shape != old.shape:
        return Difference(worst=100.0, where=(50, 50), field=np.full(new.shape[:2], 100.0))
    soft = (np.asarray(cv2.GaussianBlur(one, (0, 0), BLUR), np.uint8) for one in (new, old))
    first, second = (lab_of(one) for one in soft)
    field = difference(first, second)
    means = cv2.blur(field, (TILE, TILE), borderType=cv2.BORDER_REFLECT)
    down, across = np.unravel_index(int(means.argmax()), means.shape)
    where = (round(100 * across / means.shape[1]), round(100 * down / means.shape[0]))
    return Difference(worst=float(means.max()), where=where, field=field)


def keep_failure(name: str, new: Pixels, found: Difference) -> pathlib.Path:
    """Write golden, new and difference pictures; return what all three names begin with."""
    OUT.mkdir(parents=True, exist_ok=True)
    shown = np.clip(found.field * 8, 0, 255).astype(np.uint8)
    for kind, pixels in (("golden", golden(name)), ("new", new), ("difference", shown)):
        PIL.Image.fromarray(pixels).save(OUT / f"{name}--{kind}.png")
    return OUT / name
