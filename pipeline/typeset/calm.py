"""Calm: how restless a picture is under any rectangle, from integral images.

Restless is what disturbs reading: edges (the mean difference of neighbouring pixels) and
unevenness (the standard deviation of the brightness). Both are sums over a rectangle, which an
integral image gives with four look-ups (F. Crow, 1984), whatever the rectangle's size.
"""

import dataclasses
import math

import numpy as np
import numpy.typing as npt

from pipeline.typeset.contrast import luminance, rgb_of

Values = npt.NDArray[np.float64]
Rects = npt.NDArray[np.int_]
"""Left, top, right and bottom in whole pixels, right and bottom exclusive, shape [..., 4]."""

_EDGES = 3.0
"""What an edge weighs against unevenness: a soft gradient of 30 levels is easier to read on than
a texture whose neighbours differ by 10."""

_SPREAD = 1.5
"""Standard deviations within which the brightness under a text counts."""

_GAMMA = 2.2
_ENOUGH = 200_000
"""Pixels, evenly spread, that tell as much as all of them."""


@dataclasses.dataclass(frozen=True, slots=True)
class Calm:
    """Integral images of a picture.

    Attributes:
        edges: Sums of the differences of neighbouring pixels, shape [rows + 1, columns + 1].
        brightness: Sums of the grey values, likewise.
        squares: Sums of their squares, likewise.
        step: Of how many pixels, across and down, one is looked at.
    """

    edges: Values
    brightness: Values
    squares: Values
    step: int

    @classmethod
    def of(cls, picture: npt.NDArray[np.uint8]) -> "Calm":
        """Return the integral images of a picture, RGB, shape [height, width, 3]."""
        step = max(1, round(math.sqrt(picture.shape[0] * picture.shape[1] / _ENOUGH)))
        red, green, blue = np.moveaxis(picture[::step, ::step].astype(np.int16), 2, 0)
        grey = (red * 2 + green * 5 + blue) >> 3  # near the luma of ITU-R BT.601
        edges = np.zeros_like(grey)
        edges[:, 1:] = np.abs(grey[:, 1:] - grey[:, :-1])
        edges[1:] = np.maximum(edges[1:], np.abs(grey[1:] - grey[:-1]))
        grey32 = grey.astype(np.int32)
        return cls(_integral(edges), _integral(grey32), _integral(grey32**2), step)

    def restlessness(self, rects: Rects) -> Values:
        """Return how restless it is under groups of rectangles, in grey levels, 0 for a plain wall.

        Args:
            rects: Groups of rectangles inside the picture, shape [groups, rectangles, 4].
        """
        rects = self._thinned(rects)
        area = _area(rects).sum(axis=1)
        edges = _sums(self.edges, rects).sum(axis=1) / area
        return np.asarray(_EDGES * edges + self._moments(rects, area)[1])

    def contrast(self, rects: Rects, colour: str) -> Values:
        """Return about the contrast ratio of a colour under groups of rectangles.

        Args:
            rects: As for `restlessness`.
            colour: #RRGGBB.
        """
        rects = self._thinned(rects)
        area = _area(rects).sum(axis=1)
        mean, spread = self._moments(rects, area)
        ink = float(luminance(rgb_of(colour)[None])[0])
        ends = (mean - _SPREAD * spread, mean + _SPREAD * spread)
        grounds = [(np.clip(end, 0, 255) / 255) ** _GAMMA for end in ends]
        ratios = [(np.maximum(x, ink) + 0.05) / (np.minimum(x, ink) + 0.05) for x in grounds]
        between = (grounds[0] < ink) & (ink < grounds[1])
        return np.asarray(np.where(between, 1.0, np.minimum(*ratios)))

    def _thinned(self, rects: Rects) -> Rects:
        """Return rectangles in the pixels that are looked at, of one at least."""
        limits = np.array(self.edges.shape[::-1]) - 1
        low = np.minimum(rects[..., :2] // self.step, limits - 1)
        high = np.clip(rects[..., 2:] // self.step, low + 1, limits)
        return np.concatenate([low, high], axis=-1)

    def _moments(self, rects: Rects, area: Values) -> tuple[Values, Values]:
        mean = _sums(self.brightness, rects).sum(axis=1) / area
        square = _sums(self.squares, rects).sum(axis=1) / area
        return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def _integral(values: npt.NDArray[np.integer]) -> Values:
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(values, axis=0, out=sums[1:, 1:], dtype=np.float64)
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    return sums


def _area(rects: Rects) -> Values:
    return np.asarray((rects[..., 2] - rects[..., 0]) * (rects[..., 3] - rects[..., 1]), float)


def _sums(integral: Values, rects: Rects) -> Values:
    left, top, right, bottom = np.moveaxis(rects, -1, 0)
    sums = integral[bottom, right] - integral[top, right]
    return np.asarray(sums - integral[bottom, left] + integral[top, left])
