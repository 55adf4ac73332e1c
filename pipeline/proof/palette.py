"""How near a picture comes to the brand's colours."""

from collections.abc import Mapping

import numpy as np

from pipeline.proof.colours import Values, difference, lab_of, rgb_of
from pipeline.proof.reading import Pixels

_KEPT = 6
"""Bits a channel that are told apart: colours of one cell differ by less than 1 (CIEDE2000)."""

_LIGHTER, _FIRST = 1.75, 12.0
"""Colours within 12 of each other (CIEDE2000) differ in L* by at most 1.75 times as much, the
formula's greatest weight of lightness."""


def nearest(picture: Pixels, palette: Mapping[str, str], area: float) -> dict[str, float]:
    """Return for each colour how near the nearest part of the picture comes to it.

    Args:
        picture: RGB, shape [height, width, 3].
        palette: Colours by name, as #RRGGBB.
        area: The part's share of the picture, 0 to 1.

    Returns:
        The CIEDE2000 difference within which that much of the picture lies, by name.
    """
    drop = 8 - _KEPT
    red, green, blue = (
        picture[:, :, channel].ravel().astype(np.int32) >> drop for channel in range(3)
    )
    counts = np.bincount(red << 2 * _KEPT | green << _KEPT | blue)
    cells = np.flatnonzero(counts)
    levels = np.stack([cells >> 2 * _KEPT, cells >> _KEPT, cells], axis=1) % (1 << _KEPT)
    # The middle of the cell, except at the ends of the range, where colours are often exact.
    middle = np.where(levels == 0, 0, (levels << drop) + (1 << drop) // 2)
    middle = np.where(levels == (1 << _KEPT) - 1, 255, middle)
    colours = lab_of(middle.astype(np.uint8))
    shares = counts[cells] / counts.sum()
    return {
        name: _within(colours, shares, lab_of(rgb_of(colour)), min(area, 1 - 1e-9))
        for name, colour in palette.items()
    }


def _within(colours: Values, shares: Values, wanted: Values, area: float) -> float:
    """Return the difference within which a part of the picture lies."""
    apart = np.abs(colours[:, 0] - wanted[0])
    alike = apart <= _LIGHTER * _FIRST  # in lightness, so that the rest is compared only if need be
    found = _reached(difference(colours[alike], wanted), shares[alike], area)
    return found if found <= _FIRST else _reached(difference(colours, wanted), shares, area)


def _reached(differences: Values, shares: Values, area: float) -> float:
    order = np.argsort(differences)
    at = np.searchsorted(np.cumsum(shares[order]), area)
    return float(differences[order[at]]) if at < order.size else np.inf
