"""The edge of a picture: whether it can be told from a white page around it.

Amazon, for one, wants a border or a ground that stands out. There is no figure; the least
contrast here is that of #E4E4E4 with white, about the palest line that a screen shows.
"""

from collections.abc import Iterator

import numpy as np

from pipeline.campaign.formats import Format, channel_of, known_formats
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Check, Verdict
from pipeline.typeset.contrast import ratios_of

DISTINCT = "distinct edge"
"""The rule of a channel."""

LEAST = 1.25
"""Contrast ratio of each side's outermost pixels with white."""

_WHITE = np.full(3, 255, np.uint8)


def needs_edge(fmt: Format | None) -> bool:
    """Return whether the channel of a format wants a picture that ends visibly."""
    return fmt is not None and fmt.name in known_formats() and channel_of(fmt.name).has(DISTINCT)


def edge_contrast(picture: Pixels) -> float:
    """Return the contrast ratio with white of a picture's palest side, 1 to 21.

    Args:
        picture: RGB, shape [height, width, 3].
    """
    sides = (picture[0], picture[-1], picture[:, 0], picture[:, -1])
    middles = np.array([np.median(side, axis=0) for side in sides]).round().astype(np.uint8)
    return float(ratios_of(_WHITE, middles).min())


def edge_checks(picture: Pixels, fmt: Format | None) -> Iterator[Check]:
    """Yield how far the edge stands out, where the channel demands it."""
    if fmt is None or not needs_edge(fmt):
        return
    ratio = round(edge_contrast(picture), 2)
    faint = ratio < LEAST
    reason = f"a side of the picture is nearly white, which {fmt.channel} does not take"
    yield Check(
        name="edge",
        subject="",
        measured=ratio,
        unit="to 1",
        limit=LEAST,
        verdict=Verdict.FAIL if faint else Verdict.PASS,
        reason=reason if faint else "",
    )


def with_edge(picture: Pixels, colour: Pixels, fmt: Format) -> Pixels:
    """Return a picture with a thin border where the channel demands one and none can be seen.

    Args:
        picture: RGB, shape [height, width, 3].
        colour: The border's, RGB, shape [3].
        fmt: The format; the border is one pixel of the placement wide.
    """
    if not needs_edge(fmt) or edge_contrast(picture) >= LEAST:
        return picture
    framed = picture.copy()
    wide = max(1, round(fmt.density))
    for side in (np.s_[:wide], np.s_[-wide:], np.s_[:, :wide], np.s_[:, -wide:]):
        framed[side] = colour
    return framed
