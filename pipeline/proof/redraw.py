"""Draw a set line again, alone, and place it on the picture."""

import dataclasses
import fractions
import math
from collections.abc import Callable

import numpy as np

from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box
from pipeline.typeset.draw import TRACE
from pipeline.typeset.setting import LineSetting, Row

Drawer = Callable[[LineSetting, int, int], Pixels]
"""Draws a set line alone on a canvas of the given width and height: its coverage, 0 to 255."""

Bounds = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the picture, right and bottom exclusive."""

_FINEST = 12
"""Denominator of the density, at most; formats are shown at a half or three quarters."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A line drawn alone.

    Attributes:
        mask: Coverage 0 to 255 on a canvas just large enough.
        left: Where the canvas begins on the picture, in pixels; may be negative.
        top: Likewise.
    """

    mask: Pixels
    left: int
    top: int

    def ink(self) -> Bounds | None:
        """Return the bounds of the ink on the picture; None if there is none."""
        touched = self.mask > TRACE
        if not touched.any():
            return None
        rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
        return (
            self.left + int(columns[0]),
            self.top + int(rows[0]),
            self.left + int(columns[-1]) + 1,
            self.top + int(rows[-1]) + 1,
        )

    def ink_box(self) -> Box | None:
        """Return the same as left, top, width and height."""
        ink = self.ink()
        return (ink[0], ink[1], ink[2] - ink[0], ink[3] - ink[1]) if ink else None

    def within(self, bounds: Bounds) -> Pixels:
        """Return the coverage inside the given bounds of the picture."""
        left, top, right, bottom = bounds
        canvas = np.zeros((bottom - top, right - left), np.uint8)
        height, width = self.mask.shape
        x, y = self.left - left, self.top - top
        target = np.s_[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]
        fits = canvas[target].shape
        canvas[target] = self.mask[max(0, -y) :, max(0, -x) :][: fits[0], : fits[1]]
        return canvas


def draw_again(setting: LineSetting, drawer: Drawer) -> Drawn:
    """Return the line drawn alone, on a canvas that holds all of it.

    Args:
        setting: How the line was set.
        drawer: Draws it.
    """
    corners = [point for row in setting.rows for point in turned(row, setting)]
    margin = math.ceil(setting.size)
    # Whole pixels, here and as it was set: glyphs keep their place on the pixel grid.
    whole = fractions.Fraction(setting.density).limit_denominator(_FINEST).denominator
    left = _multiple(math.floor, min(x for x, _ in corners) - margin, whole)
    top = _multiple(math.floor, min(y for _, y in corners) - margin, whole)
    width = _multiple(math.ceil, max(x for x, _ in corners) + margin, whole) - left
    height = _multiple(math.ceil, max(y for _, y in corners) + margin, whole) - top
    rows = tuple(dataclasses.replace(row, x=row.x - left, y=row.y - top) for row in setting.rows)
    origin = (setting.origin[0] - left, setting.origin[1] - top)
    moved = dataclasses.replace(setting, rows=rows, origin=origin)
    return Drawn(mask=drawer(moved, width, height), left=left, top=top)


def _multiple(rounding: Callable[[float], int], value: float, step: int) -> int:
    return rounding(value / step) * step


def turned(row: Row, setting: LineSetting) -> tuple[tuple[float, float], ...]:
    """Return the corners of a row on the picture: top left, top right, bottom right and left."""
    right, bottom = row.x + row.width, row.y + row.height
    corners = ((row.x, row.y), (right, row.y), (right, bottom), (row.x, bottom))
    angle = math.radians(setting.rotation)
    cos, sin = math.cos(angle), math.sin(angle)
    around_x, around_y = setting.origin
    return tuple(
        (
            around_x + (x - around_x) * cos - (y - around_y) * sin,
            around_y + (x - around_x) * sin + (y - around_y) * cos,
        )
        for x, y in corners
    )
