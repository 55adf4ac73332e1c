"""Coverage: how far each pixel is covered with a line's colour, given what is under it."""

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.reading import Pixels

Values = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

_LEAST_CONTRAST = 28.0
_OPPONENT = np.array([[0.299, 0.587, 0.114], [-0.06, -0.12, 0.18], [0.18, -0.15, -0.03]])
"""Brightness counts most: JPEG halves the resolution of colour."""


def coverage(image: Pixels, ground: Pixels, colour: str) -> tuple[Values, Flags]:
    """Return how far each pixel is covered with a colour, and where that can be told.

    Args:
        image: Delivered pixels, RGB, shape [height, width, 3].
        ground: The same pixels before the words went on them.
        colour: #RRGGBB.

    Returns:
        Shares of 0 to 1, shape [height, width], and whether the ground differs enough from
        the colour for the share to mean something.
    """
    pixels, under = np.asarray(image, np.float32), np.asarray(ground, np.float32)
    return covered(opponent(pixels), opponent(under), opponent_of(colour))


def covered(pixels: Values, ground: Values, colour: Values) -> tuple[Values, Flags]:
    """Return what `coverage` does, for pixels that are in opponent colours already."""
    contrast = colour - ground
    power = np.einsum("hwc,hwc->hw", contrast, contrast)
    share = np.einsum("hwc,hwc->hw", pixels - ground, contrast) / np.maximum(power, 1.0)
    cover = np.asarray(np.clip(share, 0.0, 1.0), np.float32)
    return cover, np.asarray(power >= _LEAST_CONTRAST**2)


def opponent_of(colour: str) -> Values:
    """Return a colour, #RRGGBB, in opponent colours."""
    return np.asarray(opponent(np.array([[_rgb(colour)]], np.float32))[0, 0], np.float32)


def opponent(pixels: Values) -> Values:
    """Return RGB pixels as brightness and two differences of colour."""
    return np.asarray(cv2.transform(pixels, _OPPONENT), np.float32)


def _rgb(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
