"""Canvas: what the words go on, and what they have to stay clear of."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pipeline.typeset.layout import Rect, Sheet

Pixels = npt.NDArray[np.uint8]
"""RGB, shape [height, width, 3]."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """What the words go on.

    Attributes:
        plate: The picture under the words, of the sheet's size.
        template: Name of the layout.
        sheet: Size, locale and fonts.
        palette: The brand's colours by name; `ink` and `paper` are there.
        taken: Where the picture itself has words or a logo, in pixels of the sheet: no block
            ever stands there.
        subjects: Where the picture shows its subject, in pixels: a block that moves covers no
            more of it than at its own place.
        safe: What the channel leaves uncovered, in pixels: a block that moves does not leave
            it. None is the whole sheet.
    """

    plate: Pixels
    template: str
    sheet: Sheet
    palette: Mapping[str, str]
    taken: tuple[Rect, ...] = ()
    subjects: tuple[Rect, ...] = ()
    safe: Rect | None = None
