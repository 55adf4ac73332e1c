"""Crops: the place of a line cut from the picture, for people to look at."""

import io

import numpy as np
from PIL import Image

from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box

_LONGEST = 1200
_HIGHEST = 160
_BORDER = 6


def cut(image: Pixels, box: Box) -> bytes:
    """Return one place of the picture as JPEG, with a narrow border.

    Large letters are made smaller; nothing is made larger.

    Args:
        image: The delivered pixels, RGB.
        box: The place; parts outside the picture are left out.
    """
    left, top, width, height = box
    rows = _within(top - _BORDER, top + height + _BORDER, image.shape[0])
    columns = _within(left - _BORDER, left + width + _BORDER, image.shape[1])
    crop = Image.fromarray(np.ascontiguousarray(image[rows, columns]))
    crop.thumbnail((_LONGEST, _HIGHEST), Image.Resampling.LANCZOS, reducing_gap=None)
    return jpeg(crop, quality=82)


def shown_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height in pixels of the picture that is cut from a place inside."""
    wide, high = width + 2 * _BORDER, height + 2 * _BORDER
    scale = min(1.0, _LONGEST / wide, _HIGHEST / high)
    return max(1, round(wide * scale)), max(1, round(high * scale))


def jpeg(picture: Image.Image, quality: int) -> bytes:
    """Return a picture as JPEG without chroma subsampling, which would smear letters.

    Args:
        picture: The picture, RGB.
        quality: JPEG quality, 0 to 95.
    """
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality, subsampling=0, optimize=True)
    return buffer.getvalue()


def _within(start: int, end: int, length: int) -> slice:
    """Return the part of a stretch that is inside, at least one pixel."""
    first = min(max(start, 0), length - 1)
    return slice(first, max(first + 1, min(end, length)))
