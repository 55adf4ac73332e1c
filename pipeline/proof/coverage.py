"""Coverage: how far each pixel is covered with a line's colour, given what is under it."""

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.reading import Pixels
from pipeline.typeset.contrast import rgb_of

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
    power = contrast_of(ground, colour) ** 2
    share = np.einsum("hwc,hwc->hw", pixels - ground, contrast) / np.maximum(power, 1.0)
    cover = np.asarray(np.clip(share, 0.0, 1.0), np.float32)
    return cover, np.asarray(power >= _LEAST_CONTRAST**2)


def contrast_of(ground: Values, colour: Values) -> Values:
    """Return how far a ground is from a colour, of 255, both in opponent colours."""
    return np.asarray(np.linalg.norm(colour - ground, axis=2), np.float32)


def opponent_of(colour: str) -> Values:
    """Return a colour, #RRGGBB, in opponent colours."""
    return np.asarray(opponent(rgb_of(colour)[None, None].astype(np.float32))[0, 0], np.float32)


def opponent(pixels: Values) -> Values:
    """Return RGB pixels as brightness and two differences of colour."""
    return np.asarray(cv2.transform(pixels, _OPPONENT), np.float32)


def filled(pixels: Values, known: Values, em: float) -> Values:
    """Return the ground of a picture, under the glyphs as its surroundings suggest.

    Args:
        pixels: In opponent colours, shape [height, width, 3].
        known: 1 where the ground is seen, 0 near ink, shape [height, width].
        em: Font size in pixels.
    """
    total = known[:, :, None] * pixels
    ground = np.broadcast_to(_typical(pixels, known), pixels.shape).astype(np.float32)
    for sigma in (em, em * 0.3):
        weight = blurred(known, sigma)[:, :, None]
        local = blurred(total, sigma) / np.maximum(weight, 1e-6)
        trust = np.clip(weight / 0.05, 0.0, 1.0)
        ground = trust * local + (1 - trust) * ground
    return np.asarray(ground, np.float32)


def _typical(pixels: Values, known: Values) -> Values:
    chosen = pixels[known > 0]
    return np.asarray(np.median(chosen if chosen.size else pixels.reshape(-1, 3), axis=0))


def blurred(values: Values, sigma: float) -> Values:
    """Return values blurred by so many pixels (standard deviation)."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)
