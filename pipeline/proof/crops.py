"""Pictures of the evidence, for the gallery: the whole with its boxes, and single lines."""

import io

import numpy as np
from PIL import Image, ImageDraw

from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box, Proof, Verdict

COLOURS = {Verdict.PASS: "#1B7F4B", Verdict.FAIL: "#C62828", Verdict.UNSURE: "#B26A00"}
EXTRA_COLOUR = "#8E24AA"

_MAX_SIDE = 960
_QUALITY = 82
_BORDER = 6


def overview(image: Pixels, proof: Proof, max_side: int = _MAX_SIDE) -> bytes:
    """Return the picture as JPEG with a box around every line, coloured by its verdict.

    Args:
        image: The delivered pixels, RGB.
        proof: Their proof.
        max_side: Longest side of the result in pixels.
    """
    picture = Image.fromarray(image)
    scale = min(1.0, max_side / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(picture)
    for line in proof.lines:
        if line.box:
            _outline(pen, line.box, scale, COLOURS[line.verdict])
    for extra in proof.extra:
        _outline(pen, extra.box, scale, EXTRA_COLOUR)
    return _jpeg(picture)


def cut(image: Pixels, box: Box) -> bytes:
    """Return one place of the picture as JPEG, with a narrow border.

    Args:
        image: The delivered pixels, RGB.
        box: The place; parts outside the picture are left out.
    """
    left, top, width, height = box
    rows = np.s_[max(0, top - _BORDER) : top + height + _BORDER]
    columns = np.s_[max(0, left - _BORDER) : left + width + _BORDER]
    return _jpeg(Image.fromarray(np.ascontiguousarray(image[rows, columns])))


def _outline(pen: ImageDraw.ImageDraw, box: Box, scale: float, colour: str) -> None:
    left, top, width, height = (side * scale for side in box)
    corners = (left - 2, top - 2, left + width + 2, top + height + 2)
    pen.rectangle(corners, outline="#FFFFFF", width=4)
    pen.rectangle(corners, outline=colour, width=2)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue()
