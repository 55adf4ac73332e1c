"""Overhang: accents and tails that stand out of the boxes of their rows, kept on the picture.

Rows fit their boxes by size and leading, as type is set; the ink of an accented capital, or of
a letter with a tail, may still reach past its box. At an edge of the picture it would be cut.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.typeset.draw import TRACE, draw_line
from pipeline.typeset.layout import LaidBlock, Sheet
from pipeline.typeset.placement import moved
from pipeline.typeset.renderer import Renderer

_MOST = 0.5
"""No ink stands out by more than so many em."""


def kept_on(laid: Sequence[LaidBlock], sheet: Sheet, renderer: Renderer) -> tuple[LaidBlock, ...]:
    """Return the blocks with those moved in, by whole pixels, whose ink would be cut at an edge.

    Ink that reaches over two opposite edges cannot be helped; the proof refuses it.
    """
    return tuple(_moved_in(one, sheet, renderer) if _is_near(one, sheet) else one for one in laid)


def _is_near(laid: LaidBlock, sheet: Sheet) -> bool:
    """Return whether the boxes of a block come so near to an edge that ink may reach over it."""
    reach = _MOST * max(setting.size for setting in laid.settings)
    angle = math.radians(laid.block.rotation)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    _, _, width, height = laid.extent
    across, down = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
    x, y = laid.origin
    return min(x, sheet.width - x) < across + reach or min(y, sheet.height - y) < down + reach


def _moved_in(laid: LaidBlock, sheet: Sheet, renderer: Renderer) -> LaidBlock:
    margin = math.ceil(_MOST * max(setting.size for setting in laid.settings))
    size = (sheet.width + 2 * margin, sheet.height + 2 * margin)
    masks = [draw_line(one, *size, renderer) for one in moved(laid, margin, margin).settings]
    inked = np.max(masks, axis=0) > TRACE
    across = _offset(np.flatnonzero(inked.any(axis=0)), margin, sheet.width)
    down = _offset(np.flatnonzero(inked.any(axis=1)), margin, sheet.height)
    return moved(laid, across, down) if across or down else laid


def _offset(inked: npt.NDArray[np.intp], margin: int, length: int) -> int:
    """Return how far ink moves to lie on the picture: 0 if it does, or if it cannot.

    Args:
        inked: The pixels that have ink, counted from a margin before the picture.
        margin: The margin's width.
        length: The picture's.
    """
    if not inked.size:
        return 0
    before, after = margin - int(inked[0]), int(inked[-1]) + 1 - margin - length
    if before + after > 0:
        return 0
    return before if before > 0 else -max(0, after)
