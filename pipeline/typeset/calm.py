"""Calm: how restless a picture is under any rectangle, from integral images.

Restless is what disturbs reading: edges (the mean difference of neighbouring pixels) and
unevenness (the standard deviation of the brightness). Both are sums over a rectangle, which an
integral image gives with four look-ups (F. Crow, 1984), whatever the rectangle's size.
"""

import dataclasses

import cv2
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
_SAME = cv2.BORDER_REPLICATE


@dataclasses.dataclass(frozen=True, slots=True)
class Calm:
    """Integral images of a picture.

    Attributes:
        edges: Sums of the differences of neighbouring pixels, shape [height + 1, width + 1].
        brightness: Sums of the grey values, likewise.
        squares: Sums of their squares, likewise.
    """

    edges: Values
    brightness: Values
    squares: Values

    @classmethod
    def of(cls, picture: npt.NDArray[np.uint8]) -> "Calm":
        """Return the integral images of a picture, RGB, shape [height, width, 3]."""
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        across = cv2.absdiff(grey, cv2.copyMakeBorder(grey, 0, 0, 1, 0, _SAME)[:, :-1])
        down = cv2.absdiff(grey, cv2.copyMakeBorder(grey, 1, 0, 0, 0, _SAME)[:-1])
        brightness, squares = cv2.integral2(grey, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
        edges = cv2.integral(cv2.max(across, down), sdepth=cv2.CV_64F)
        return cls(np.asarray(edges), np.asarray(brightness), np.asarray(squares))

    def restlessness(self, rects: Rects) -> Values:
        """Return how restless it is under groups of rectangles, in grey levels, 0 for a plain wall.

        Args:
            rects: Groups of rectangles inside the picture, shape [groups, rectangles, 4].
        """
        area = np.maximum(_area(rects).sum(axis=1), 1)
        edges = _sums(self.edges, rects).sum(axis=1) / area
        return np.asarray(_EDGES * edges + self._moments(rects, area)[1])

    def contrast(self, rects: Rects, colour: str) -> Values:
        """Return about the contrast ratio of a colour under groups of rectangles.

        Args:
            rects: As for `restlessness`.
            colour: #RRGGBB.
        """
        area = np.maximum(_area(rects).sum(axis=1), 1)
        mean, spread = self._moments(rects, area)
        ink = float(luminance(rgb_of(colour)[None])[0])
        ends = (mean - _SPREAD * spread, mean + _SPREAD * spread)
        grounds = [(np.clip(end, 0, 255) / 255) ** _GAMMA for end in ends]
        ratios = [(np.maximum(x, ink) + 0.05) / (np.minimum(x, ink) + 0.05) for x in grounds]
        between = (grounds[0] < ink) & (ink < grounds[1])
        return np.asarray(np.where(between, 1.0, np.minimum(*ratios)))

    def _moments(self, rects: Rects, area: Values) -> tuple[Values, Values]:
        mean = _sums(self.brightness, rects).sum(axis=1) / area
        square = _sums(self.squares, rects).sum(axis=1) / area
        return mean, np.sqrt(np.maximum(square - mean**2, 0.0))


def _area(rects: Rects) -> Values:
    return np.asarray((rects[..., 2] - rects[..., 0]) * (rects[..., 3] - rects[..., 1]), float)


def _sums(integral: Values, rects: Rects) -> Values:
    left, top, right, bottom = np.moveaxis(rects, -1, 0)
    sums = integral[bottom, right] - integral[top, right]
    return np.asarray(sums - integral[bottom, left] + integral[top, left])
