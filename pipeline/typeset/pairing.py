"""Pairing: what makes the faces of different scripts look like one family.

A face of another script is as large and as bold as the Latin that its designers drew beside it
in the same file. So the size and weight at which that Latin looks like the brand's own are those
at which its script does, and what is left to say is how each stands in its row.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True, slots=True)
class Face:
    """A family as its Latin letters measure, in em.

    Attributes:
        small: Height of x.
        capital: Height of H, and about of figures.
        strokes: Mean thickness of the strokes at the weights 400, 500, 600, 700, 800 and 900.
    """

    small: float
    capital: float
    strokes: tuple[float, float, float, float, float, float]

    @property
    def height(self) -> float:
        """Return how tall the letters look: lower case counts most."""
        return 0.7 * self.small + 0.3 * self.capital


FACES = {
    "Amiri": Face(0.435, 0.647, (0.057, 0.057, 0.085, 0.085, 0.116, 0.116)),
    "Archivo": Face(0.525, 0.685, (0.078, 0.090, 0.105, 0.116, 0.132, 0.153)),
    "Baloo 2": Face(0.487, 0.620, (0.070, 0.088, 0.104, 0.123, 0.140, 0.140)),
    "Cairo": Face(0.500, 0.688, (0.069, 0.076, 0.082, 0.114, 0.129, 0.143)),
    "Frank Ruhl Libre": Face(0.470, 0.660, (0.062, 0.081, 0.087, 0.092, 0.096, 0.099)),
    "Geologica": Face(0.505, 0.700, (0.094, 0.108, 0.121, 0.134, 0.147, 0.160)),
    "Kanit": Face(0.472, 0.642, (0.090, 0.109, 0.127, 0.144, 0.162, 0.179)),
    "Noto Sans": Face(0.542, 0.713, (0.076, 0.091, 0.107, 0.124, 0.138, 0.153)),
    "Noto Sans JP": Face(0.555, 0.738, (0.078, 0.097, 0.109, 0.121, 0.132, 0.144)),
    "Noto Sans KR": Face(0.555, 0.738, (0.078, 0.097, 0.109, 0.121, 0.132, 0.144)),
    "Noto Sans SC": Face(0.555, 0.738, (0.078, 0.097, 0.109, 0.121, 0.132, 0.144)),
    "Noto Sans TC": Face(0.555, 0.738, (0.078, 0.097, 0.109, 0.121, 0.132, 0.144)),
    "Noto Sans Thai": Face(0.542, 0.713, (0.076, 0.091, 0.106, 0.123, 0.138, 0.153)),
    "Noto Serif": Face(0.535, 0.713, (0.073, 0.083, 0.095, 0.107, 0.120, 0.131)),
    "Oswald": Face(0.578, 0.810, (0.089, 0.111, 0.123, 0.131, 0.131, 0.131)),
    "Playfair Display": Face(0.517, 0.708, (0.059, 0.070, 0.080, 0.091, 0.101, 0.112)),
    "Roboto Condensed": Face(0.527, 0.710, (0.077, 0.099, 0.108, 0.116, 0.124, 0.132)),
    "Rubik": Face(0.520, 0.700, (0.083, 0.112, 0.126, 0.140, 0.162, 0.184)),
}
"""Measured on 23 November 2026 on the pinned files, at 400 px as the engine paints them. The
thickness of strokes is twice the area of `Hamburgefonts nimblo` by the length of its outline."""

_CONTRASTED = {"Playfair Display": 1.25, "Noto Serif": 1.15, "Frank Ruhl Libre": 1.25, "Amiri": 1.1}
"""How much bolder faces of thick and thin strokes look than their mean stroke is."""

_LARGEST, _SMALLEST = 1.16, 0.88
"""A face is not scaled further: a condensed brand would else run out of its places."""

_BY_EYE = {"Amiri": 1.14}
"""Faces whose script stayed small beside their own Latin, seen on a sheet of all scripts."""

_WEIGHTS = (400, 500, 600, 700, 800, 900)
_TOWARDS = 0.75
"""How far the weight goes towards the measured one: bolder strokes close dense letters."""
_STATIC = {"Kanit": 100, "Amiri": 300}
"""Families in files of fixed weights, and how far these are apart."""

_MIDDLES: dict[tuple[str, str], float] = {
    ("Amiri", "Arab"): -0.07,
    ("Baloo 2", "Deva"): 0.06,
    ("Cairo", "Arab"): -0.12,
    ("Frank Ruhl Libre", "Hebr"): 0.0,
    ("Geologica", "Cyrl"): -0.06,
    ("Geologica", "Grek"): -0.06,
    ("Kanit", "Thai"): -0.04,
    ("Noto Sans JP", "Jpan"): -0.05,
    ("Noto Sans KR", "Kore"): -0.05,
    ("Noto Sans SC", "Hans"): -0.05,
    ("Noto Sans TC", "Hant"): -0.05,
    ("Noto Serif", "Grek"): -0.09,
    ("Oswald", "Latn"): -0.08,
    ("Oswald", "Cyrl"): -0.09,
    ("Playfair Display", "Latn"): -0.09,
    ("Playfair Display", "Cyrl"): -0.1,
    ("Roboto Condensed", "Grek"): -0.05,
    ("Rubik", "Cyrl"): -0.05,
    ("Rubik", "Hebr"): -0.04,
}
"""How far down, in em, letters have to go for their ink to be in the middle of their row: where
the engine puts the baseline in a row, and where the ink of a headline has its centre above it,
measured on the same day. Faces that are not named are in the middle."""


def size_beside(family: str, brand: str) -> float:
    """Return by what to multiply a face's size for it to look as large as the brand's Latin."""
    measured = FACES[brand].height / FACES[family].height
    return min(_LARGEST, max(_SMALLEST, measured)) * _BY_EYE.get(family, 1.0)


def weight_beside(family: str, brand: str, weight: int) -> int:
    """Return the weight at which a face looks as bold as the brand's Latin at its weight.

    Args:
        family: The face.
        brand: The family of the brand's Latin.
        weight: CSS weight of the latter.
    """
    if family == brand or not _WEIGHTS[0] <= weight <= _WEIGHTS[-1]:
        return weight
    wanted = float(np.interp(weight, _WEIGHTS, _seen(brand))) / size_beside(family, brand)
    own = _seen(family)
    measured = float(np.interp(wanted, _rising(own), _WEIGHTS))
    step = _STATIC.get(family, 10)
    found = weight + _TOWARDS * (measured - weight)
    return int(min(_WEIGHTS[-1], _WEIGHTS[0] + step * round((found - _WEIGHTS[0]) / step)))


def drop(family: str, script: str) -> float:
    """Return how far down letters of a script go in their row, in em, to stand in its middle."""
    return _MIDDLES.get((family, script), 0.0)


def raised(family: str, size: float) -> float:
    """Return how far up smaller figures go, in em of the large ones, to align at the top.

    Args:
        family: The face.
        size: Size of the smaller figures in relation to the large ones.
    """
    face = FACES.get(family)
    return 0.0 if face is None else face.capital * (1 - size)


def _seen(family: str) -> list[float]:
    factor = _CONTRASTED.get(family, 1.0)
    return [stroke * factor for stroke in FACES[family].strokes]


def _rising(strokes: Sequence[float]) -> list[float]:
    """Return the strokes without steps of zero, which cannot be looked up."""
    return [stroke + index * 1e-6 for index, stroke in enumerate(strokes)]
