"""Contrast of text against the pixels that are really under it."""

import math

import numpy as np
import numpy.typing as npt

LARGE = 4.4
"""From this size, in percent of the geometric mean of the sides, text counts as large.

WCAG 2 calls text large from 24 px in a page; a creative 1,080 px wide is seen at about half
its size, so 48 px of 1,080.
"""

NEEDED_LARGE = 3.0
NEEDED = 4.5
"""WCAG 2.2, success criterion 1.4.3: contrast ratios for large and for other text."""

_LINEAR_BELOW = 0.04045
"""sRGB (IEC 61966-2-1) is linear below this value."""

_WORST_SHARE = 4.0
"""Percentile of the pixels under the text that has to reach the ratio."""


def needed_ratio(size: float, scale: float) -> float:
    """Return the contrast ratio a text needs.

    Args:
        size: Font size in pixels.
        scale: Geometric mean of the picture's sides in pixels.
    """
    return NEEDED_LARGE if size / scale * 100 >= LARGE else NEEDED


def contrast_under(
    picture: npt.NDArray[np.uint8],
    mask: npt.NDArray[np.uint8],
    colour: str,
    em: float = math.inf,
) -> float:
    """Return the contrast of a colour against the pixels around and under a mask.

    Args:
        picture: RGB without the text, shape [height, width, 3].
        mask: Coverage of the text, shape [height, width].
        colour: The text's colour, #RRGGBB.
        em: Font size in pixels.

    The ratio that all but the worst few percent of the pixels reach counts; or the middle one
    of the worst square of one em, if that is lower: a letter that cannot be seen is a wrong word,
    however long the line.
    """
    rows, columns = np.where(mask > 0)
    if rows.size == 0:
        return 21.0
    top, bottom = rows.min(), rows.max() + 1
    left, right = columns.min(), columns.max() + 1
    under = picture[top:bottom, left:right][mask[top:bottom, left:right] > 0]
    ratios = ratios_of(rgb_of(colour), under)
    side = math.ceil(min(em, bottom - top + right - left))
    down, across = (places // side for places in np.nonzero(mask[top:bottom, left:right]))
    squares = down * (right - left) + across
    worst = min(float(np.median(ratios[squares == square])) for square in np.unique(squares))
    return min(worst, float(np.percentile(ratios, _WORST_SHARE)))


def rgb_of(colour: str) -> npt.NDArray[np.uint8]:
    """Return a colour #RRGGBB as red, green and blue, shape [3]."""
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)


def ratios_of(ink: npt.NDArray[np.uint8], pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the contrast ratios of a colour, shape [3], with pixels, shape [n, 3] (WCAG 2.2)."""
    light, ground = luminance(ink[None])[0], luminance(pixels)
    lighter, darker = np.maximum(light, ground), np.minimum(light, ground)
    return np.asarray((lighter + 0.05) / (darker + 0.05))


def luminance(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return the relative luminance of sRGB pixels, shape [n, 3] to [n] (WCAG 2.2)."""
    return np.asarray(LINEAR[pixels] @ np.array([0.2126, 0.7152, 0.0722]))


def _linear() -> npt.NDArray[np.float64]:
    values = np.arange(256) / 255
    curved = ((values + 0.055) / 1.055) ** 2.4
    return np.where(values <= _LINEAR_BELOW, values / 12.92, curved)


LINEAR = _linear()
"""Linear light of each of the 256 values of sRGB."""
