"""Colours as the eye tells them apart: sRGB to CIELAB, and CIEDE2000.

sRGB after IEC 61966-2-1 with its D65 white; the difference after G. Sharma, W. Wu and
E. N. Dalal, "The CIEDE2000 color-difference formula", Color Research and Application 30(1),
2005, whose test pairs it reproduces. Whole arrays at once: a picture is compared in
milliseconds, where general colour libraries take one colour at a time.
"""

import numpy as np
import numpy.typing as npt

from pipeline.typeset.contrast import LINEAR

Values = npt.NDArray[np.float64]

_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ, for D65."""

_HALF_TURN, _TURN = 180, 360
_EPSILON, _KAPPA = (6 / 29) ** 3, 841 / 108
"""CIE 15: where the cube root gives way to a straight line, and the line's slope."""


def lab_of(pixels: npt.NDArray[np.uint8]) -> Values:
    """Return sRGB pixels as CIELAB.

    Args:
        pixels: Red, green and blue, 0 to 255, shape [..., 3].

    Returns:
        L* from 0 to 100, a* and b*, of the same shape.
    """
    xyz = LINEAR[pixels] @ (_TO_XYZ / _TO_XYZ.sum(axis=1, keepdims=True)).T
    root = np.where(xyz > _EPSILON, np.cbrt(xyz), _KAPPA * xyz + 4 / 29)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(first: Values, second: Values) -> Values:
    """Return how different colours look, as CIEDE2000 with all weights 1.

    About 1 can just be seen side by side; 100 lie between black and white.

    Args:
        first: CIELAB, shape [..., 3].
        second: CIELAB, of a shape that broadcasts with the first.
    """
    first, second = np.broadcast_arrays(first, second)
    chroma = (np.hypot(first[..., 1], first[..., 2]) + np.hypot(second[..., 1], second[..., 2])) / 2
    grey = 1.5 - 0.5 * _saturation(chroma)
    chroma_1, hue_1 = _polar(first[..., 1] * grey, first[..., 2])
    chroma_2, hue_2 = _polar(second[..., 1] * grey, second[..., 2])
    coloured = chroma_1 * chroma_2 != 0
    turn = np.where(coloured, _turn(hue_2 - hue_1), 0.0)
    hue = _mean_hue(hue_1, hue_2, coloured=coloured)
    chroma = (chroma_1 + chroma_2) / 2
    light = ((first[..., 0] + second[..., 0]) / 2 - 50) ** 2
    by_light = (second[..., 0] - first[..., 0]) / (1 + 0.015 * light / np.sqrt(20 + light))
    by_chroma = (chroma_2 - chroma_1) / (1 + 0.045 * chroma)
    apart = 2 * np.sqrt(chroma_1 * chroma_2) * np.sin(np.radians(turn) / 2)
    by_hue = apart / (1 + 0.015 * chroma * _hue_weight(hue))
    around_blue = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
    twist = -2 * _saturation(chroma) * np.sin(around_blue) * by_chroma * by_hue
    return np.asarray(np.sqrt(by_light**2 + by_chroma**2 + by_hue**2 + twist))


def _saturation(chroma: Values) -> Values:
    powered = chroma**7
    return np.asarray(np.sqrt(powered / (powered + 25.0**7)))


def _polar(a: Values, b: Values) -> tuple[Values, Values]:
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % _TURN


def _turn(degrees: Values) -> Values:
    """Return an angle within half a turn either way; half a turn itself stays as it is."""
    turned = np.where(degrees > _HALF_TURN, degrees - _TURN, degrees)
    return np.where(turned < -_HALF_TURN, turned + _TURN, turned)


def _mean_hue(first: Values, second: Values, *, coloured: npt.NDArray[np.bool_]) -> Values:
    total = first + second
    across = np.where(total < _TURN, total + _TURN, total - _TURN) / 2
    mean = np.where(np.abs(first - second) <= _HALF_TURN, total / 2, across)
    return np.where(coloured, mean, total)


def _hue_weight(hue: Values) -> Values:
    def wave(times: float, shift: float) -> Values:
        return np.asarray(np.cos(np.radians(times * hue + shift)))

    return np.asarray(
        1 - 0.17 * wave(1, -30) + 0.24 * wave(2, 0) + 0.32 * wave(3, 6) - 0.20 * wave(4, -63)
    )
