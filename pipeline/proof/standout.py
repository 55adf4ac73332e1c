"""How far a line stands out from what is under it, on the pixels that are delivered.

The text's colour and its ground are both taken as they are after compression, and compared by
WCAG 2's contrast ratio. Where the picture under the words is known, what departs from it is
text; otherwise the pixels of the line's box are parted by their brightness (N. Otsu, 1979), and
the part along the rim is the ground.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box
from pipeline.typeset.contrast import ratios_of

_SEEN = 18
"""Levels of 255 by which words must depart from their ground to be seen at all. So far, 0.5 % of
the pixels aside, does JPEG at quality 80 differ from the same picture at 92."""

_HEIGHT = 24.0
"""Font size, in pixels, at which text is looked at: larger text is thinned out to it."""

_RIM = 0.08
"""Rim around a line's box, in its heights."""

_TOP = 0.995
"""Share of a box's pixels among which the letters' cores are."""

_CORE, _HALF, _BARE = 0.85, 0.5, 0.06
"""Share of the strongest departure from which a pixel is wholly text, near text, and below which
it is ground."""

_NOISE = 4
"""Levels that bare ground may always depart by."""

_NEAR = 0.12
"""How far around the letters the ground counts, in em: a letter is told from what touches it."""

_BLOCK = 6
"""Side in pixels of the squares in which the ground is averaged, so that the ringing of
compression does not count as ground."""

_FILLED = 0.25
"""Share of such a square that has to be ground."""

_WORST = 4.0
"""Percentile of the ground that has to reach the ratio, as when the text is set."""

_ENOUGH = 4096
"""Pixels of a box from which fewer of its text are enough for the median colour."""

_NONE = 1.0
"""The contrast of a thing with itself."""

_Mask = npt.NDArray[np.bool_]


def contrast_of(
    picture: Pixels, ground: Pixels | None, box: Box, size: float, boxes: Sequence[Box] = ()
) -> float:
    """Return the contrast ratio of a line's text with its ground, 1 to 21.

    Args:
        picture: The delivered picture, RGB, shape [height, width, 3].
        ground: The picture under the words; None if it is not known.
        box: Where the line stands.
        size: Its font size in pixels, about.
        boxes: Where the lines stand: letters of another one, and their ground, do not count.
    """
    step = max(1, round(size / _HEIGHT))
    seen, levels = _departing(picture, ground, box, step)
    if seen.size == 0:
        return _NONE
    others = _elsewhere(picture.shape, box, boxes, step)
    levels = np.where(others, 0, levels)
    top = _top(levels)
    if top < _SEEN:
        return _NONE
    text = np.median(seen[levels >= _CORE * top][:: max(1, levels.size // _ENOUGH)], axis=0)
    em = min(size, _HEIGHT)
    reach = 2 * max(2, round(em * _NEAR)) + 1
    near = cv2.dilate(np.asarray(levels > _HALF * top, np.uint8), np.ones((reach, reach), np.uint8))
    bare = (levels <= max(_BARE * top, _NOISE)) & (near > 0) & ~others
    return float(
        np.percentile(ratios_of(np.rint(text).astype(np.uint8), _averaged(seen, bare)), _WORST)
    )


def ink_box(picture: Pixels, ground: Pixels | None, box: Box) -> Box:
    """Return the box of a line's ink, which its own box may be wider than.

    Args:
        picture: The delivered picture, RGB, shape [height, width, 3].
        ground: The picture under the words; None if it is not known.
        box: Where the line stands; it is the answer too if nothing stands out there.
    """
    seen, levels = _departing(picture, ground, box, 1)
    if seen.size == 0 or (top := _top(levels)) < _SEEN:
        return box
    left, top_edge, width, height = cv2.boundingRect(
        np.asarray(levels >= max(_SEEN, _HALF * top), np.uint8)
    )
    rows, columns = _part(picture.shape, box, 1)
    return (columns.start + left, rows.start + top_edge, width, height)


def _departing(
    picture: Pixels, ground: Pixels | None, box: Box, step: int
) -> tuple[Pixels, Pixels]:
    """Return the pixels of a line, and how far each departs from its ground, 0 to 255."""
    part = _part(picture.shape, box, step)
    seen = np.ascontiguousarray(picture[part])
    if seen.size == 0:
        return seen, seen
    return seen, _from_rim(seen) if ground is None else _from_ground(seen, ground[part])


def _part(shape: tuple[int, ...], box: Box, step: int) -> tuple[slice, slice]:
    """Return what to look at: the box with a rim, thinned out."""
    left, top, width, height = box
    rim = max(2, round(height * _RIM))
    return (
        slice(max(0, top - rim), max(0, min(shape[0], top + height + rim)), step),
        slice(max(0, left - rim), max(0, min(shape[1], left + width + rim)), step),
    )


def _elsewhere(shape: tuple[int, ...], box: Box, boxes: Sequence[Box], step: int) -> _Mask:
    """Return which pixels of a line belong to others: to boxes that cover less than half of it."""
    rows, columns = _part(shape, box, step)
    across, down = np.arange(shape[1])[columns], np.arange(shape[0])[rows]
    mask = np.zeros((down.size, across.size), np.bool_)
    for left, top, width, height in boxes:
        beside = (across >= left) & (across < left + width)
        inside = ((down >= top) & (down < top + height))[:, None] & beside
        if inside.mean() < _HALF:
            mask |= inside
    return mask


def _from_ground(seen: Pixels, ground: Pixels) -> Pixels:
    """Return how far each pixel departs from the ground in its strongest channel."""
    red, green, blue = cv2.split(cv2.absdiff(seen, np.ascontiguousarray(ground)))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _from_rim(seen: Pixels) -> Pixels:
    """Return how far each pixel departs in brightness from the rim, towards the text."""
    grey = cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY)
    _, parted = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    rim = np.concatenate([parted[0], parted[-1], parted[:, 0], parted[:, -1]])
    light_ground = float(rim.mean()) >= _HALF
    ground = grey[parted == int(light_ground)]
    level = float(np.median(ground)) if ground.size else 0.0
    departed = level - grey if light_ground else grey - level
    return np.asarray(np.clip(departed, 0, 255), np.uint8)


def _top(levels: Pixels) -> int:
    """Return the departure of the letters' cores, whatever little of the box they fill."""
    counts = cv2.calcHist([levels], [0], None, [256], [0, 256])
    return int(np.searchsorted(np.cumsum(counts), _TOP * levels.size))


def _averaged(seen: Pixels, bare: _Mask) -> Pixels:
    """Return the colours of the bare ground, averaged in squares, shape [n, 3]."""
    height, width = bare.shape
    size = (max(1, width // _BLOCK), max(1, height // _BLOCK))
    weights = bare.astype(np.float32)
    share = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(seen * weights[:, :, None], size, interpolation=cv2.INTER_AREA)
    full = share >= min(_FILLED, float(share.max()))
    return np.rint(total[full] / np.maximum(share[full], 1e-6)[:, None]).astype(np.uint8)
