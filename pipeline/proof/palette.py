"""How near a picture comes to the brand's colours."""

from collections.abc import Mapping

import numpy as np

from pipeline.proof.colours import Values, difference, lab_of
from pipeline.proof.reading import Pixels
from pipeline.typeset.contrast import rgb_of

_KEPT = 6
"""Bits a channel that are told apart. Colours of one cell are averaged; the corners of the
farthest differ from its middle by 3.6 (CIEDE2000), those of 99 in a hundred by 2.4."""

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
    channels = picture.reshape(-1, 3).T.astype(np.int32)
    red, green, blue = channels >> (8 - _KEPT)
    keys = red << 2 * _KEPT | green << _KEPT | blue
    occupied = np.zeros(1 << 3 * _KEPT, np.bool_)
    occupied[keys] = True
    cells = (np.cumsum(occupied, dtype=np.int32) - 1)[keys]  # numbered without gaps
    counts = np.bincount(cells)
    means = [np.bincount(cells, weights=channel) / counts for channel in channels]
    colours = lab_of(np.rint(np.stack(means, axis=1)).astype(np.uint8))
    shares = counts / counts.sum()
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
