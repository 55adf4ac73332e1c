"""Ink: the typeset words of a picture in black on white, as far as the pixels show them.

With the ground known, each pixel says how far it is covered with the line's colour. What comes
out is what stands on the delivered picture, right or wrong, without the photograph behind it:
readers stumble over rays, gradients and edges, not over black on white.
"""

import math
from collections.abc import Iterable

import numpy as np

from pipeline.proof.reading import Pixels
from pipeline.proof.setlines import SetLine
from pipeline.proof.shape import coverage

_AROUND = 0.6
"""Width of the surroundings of a line that are looked at, in em."""


def ink_of(image: Pixels, ground: Pixels, lines: Iterable[SetLine]) -> Pixels:
    """Return the picture's ink, RGB, of the picture's size.

    Args:
        image: The delivered picture, RGB.
        ground: The picture before the words went on it, RGB.
        lines: The typeset lines; their places and colours are used, never their words.
    """
    height, width = image.shape[:2]
    inked = np.zeros((height, width), np.float32)
    for line in lines:
        bounds = line.drawn.ink()
        if bounds is None:
            continue
        margin = math.ceil(line.setting.size * _AROUND)
        left, top = max(0, bounds[0] - margin), max(0, bounds[1] - margin)
        part = np.s_[top : min(height, bounds[3] + margin), left : min(width, bounds[2] + margin)]
        cover, telling = coverage(image[part], ground[part], line.setting.colour)
        np.maximum(inked[part], np.where(telling, cover, 0.0), out=inked[part])
    return np.repeat(np.uint8(255) - (inked * 255).astype(np.uint8)[:, :, None], 3, axis=2)
