"""Ink: what stands on a picture that was not on its ground.

With the ground known, each pixel says how far it is covered with a line's colour. What comes
out, black on white, is what stands on the delivered picture, right or wrong, without the
photograph behind it: readers stumble over rays, gradients and edges. And what departs from the
ground where no line was set, nobody asked for.
"""

import math
from collections.abc import Iterable

import cv2
import numpy as np

from pipeline.proof.coverage import Values, coverage
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import Drawn
from pipeline.proof.setlines import SetLine
from pipeline.proof.verdict import Box, ExtraText
from pipeline.typeset.draw import TRACE

DEPARTURE = 32.0
"""Blurred distance in RGB from which a place departs from its ground; the compression of right
creatives reaches 8.2 over the four example campaigns."""

_BLUR = 1.5
_EDGE = 9
"""Pixels, odd: edges of letters differ by the softness of compression."""

_RIM = 3
"""Pixels around a stroke that it is filled in from."""

_SUM = np.ones((1, 3), np.float32)

_AROUND = 0.6
"""Width of the surroundings of a line that are looked at, in em."""


def ink_of(image: Pixels, ground: Pixels, lines: Iterable[SetLine]) -> Pixels:
    """Return the picture's ink, RGB, of the picture's size.

    Args:
        image: The delivered picture, RGB.
        ground: The picture before the words went on it, RGB.
        lines: The typeset lines; their places, colours and strokes are used, never their words.

    Where a stroke runs through a line, it is filled in from what stands above and below: readers
    take it for a letter or a rule.
    """
    height, width = image.shape[:2]
    inked = np.zeros((height, width), np.float32)
    lines = list(lines)
    for line in lines:
        bounds = line.drawn.ink()
        if bounds is None:
            continue
        margin = math.ceil(line.setting.size * _AROUND)
        left, top = max(0, bounds[0] - margin), max(0, bounds[1] - margin)
        part = np.s_[top : min(height, bounds[3] + margin), left : min(width, bounds[2] + margin)]
        cover, telling = coverage(image[part], ground[part], line.setting.colour)
        np.maximum(inked[part], np.where(telling, cover, 0.0), out=inked[part])
    grey = np.uint8(255) - (inked * 255).astype(np.uint8)
    for line in lines:
        _fill_in(grey, line.bar)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _fill_in(grey: Pixels, bar: Drawn | None) -> None:
    """Take a stroke out of the ink, in place, by inpainting after Navier and Stokes."""
    bounds = bar.ink() if bar else None
    if bar is None or bounds is None:
        return
    height, width = grey.shape
    left, top = max(0, bounds[0] - _RIM), max(0, bounds[1] - _RIM)
    right, bottom = min(width, bounds[2] + _RIM), min(height, bounds[3] + _RIM)
    part = np.s_[top:bottom, left:right]
    if right <= left or bottom <= top:
        return
    touched = np.asarray(bar.within((left, top, right, bottom)) > TRACE, np.uint8)
    grey[part] = cv2.inpaint(np.ascontiguousarray(grey[part]), touched, _RIM, cv2.INPAINT_NS)


def departures(image: Pixels, ground: Pixels, lines: Iterable[SetLine]) -> list[ExtraText]:
    """Return the places where the picture departs from its ground, but no line was set.

    So that a sticker, a stray stroke or a word in a script that nobody reads here is seen too.

    Args:
        image: The delivered picture, RGB.
        ground: The picture before the words went on it, RGB.
        lines: The typeset lines; where they have ink is not looked at.
    """
    blurred = _departure(image, ground, lines)
    count, _, stats, _ = cv2.connectedComponentsWithStats(np.asarray(blurred > DEPARTURE, np.uint8))
    reason = "something that was not set stands here"
    boxes: list[Box] = [
        (int(left), int(top), int(width), int(height))
        for left, top, width, height, _ in stats[1:count]
    ]
    return [ExtraText(text="", box=box, reason=reason) for box in boxes]


def _departure(image: Pixels, ground: Pixels, lines: Iterable[SetLine]) -> Values:
    apart = cv2.absdiff(image, ground).astype(np.float32)
    far = cv2.sqrt(cv2.transform(cv2.multiply(apart, apart), _SUM))
    height, width = image.shape[:2]
    inked = np.zeros((height, width), np.uint8)
    for line in lines:
        np.maximum(inked, line.drawn.within((0, 0, width, height)), out=inked)
    near = cv2.dilate(inked, np.ones((_EDGE, _EDGE), np.uint8)) > 0
    return np.asarray(
        cv2.GaussianBlur(np.where(near, np.float32(0), far), (0, 0), _BLUR), np.float32
    )
