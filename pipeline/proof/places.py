"""Places: where the lines that we set stand, and what of the found regions they explain."""

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.find import Quad, Region, rectified
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import Drawn, turned
from pipeline.typeset.setting import LineSetting

_INK = 24
_OVERHANG = 0.3
_BORDER = 0.22
_REACH = 0.45
_EXPLAINED = 0.5
_GAP = 0.7
_FULL = 255


def rows_of(setting: LineSetting, drawn: Drawn) -> list[Quad]:
    """Return the place of each row's ink on the picture, with a narrow border.

    Args:
        setting: How the line was set.
        drawn: The line drawn alone.
    """
    quads: list[Quad] = []
    place = np.array((drawn.left, drawn.top), np.float32)
    for row in setting.rows:
        corners = np.array(turned(row, setting), np.float32) - place
        wide = _grown(corners, _OVERHANG * setting.size, 0.1 * setting.size)
        ink = rectified(drawn.mask, _quad(wide)) > _INK
        if ink.any():
            tight = _inner(wide, ink)
            border = _BORDER * min(setting.size, float(np.linalg.norm(tight[3] - tight[0])))
            border = max(border, 3.0)
            quads.append(_quad(_grown(tight, border, border) + place))
    return quads


def explained_by(quads: list[Quad], shape: tuple[int, int]) -> Pixels:
    """Return a map, 255 where the given places stand or nearly stand.

    Args:
        quads: The places.
        shape: Height and width of the picture.
    """
    canvas = np.zeros(shape, np.uint8)
    for quad in quads:
        corners = np.array(quad, np.float32)
        reach = _REACH * float(np.linalg.norm(corners[3] - corners[0]))
        cv2.fillPoly(canvas, [_grown(corners, reach * 0.5, reach).astype(np.int32)], _FULL)
    return canvas


def left_over(region: Region, explained: Pixels) -> list[Quad]:
    """Return the parts of a found region that stand outside the explained places.

    Args:
        region: A region of the finder.
        explained: The map of `explained_by`.
    """
    covered = rectified(explained, region.quad) > _FULL // 2
    if not covered.any():
        return [region.quad]
    height, width = covered.shape
    free = np.concatenate([[False], covered.mean(axis=0) < _EXPLAINED, [False]])
    edges = np.flatnonzero(free[1:] != free[:-1])
    corners = np.array(region.quad, np.float32)
    along = (corners[1] - corners[0]) / width
    return [
        _quad(np.array([corners[0] + along * start, corners[0] + along * end,
                        corners[3] + along * end, corners[3] + along * start], np.float32))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end - start >= _GAP * height
    ]  # fmt: skip


def _grown(
    corners: npt.NDArray[np.float32],
    sideways: float,
    upright: float,
) -> npt.NDArray[np.float32]:
    along = corners[1] - corners[0]
    down = corners[3] - corners[0]
    x = along / max(1e-6, float(np.linalg.norm(along))) * sideways
    y = down / max(1e-6, float(np.linalg.norm(down))) * upright
    return np.asarray(corners + np.array([-x - y, x - y, x + y, -x + y]), np.float32)


def _inner(corners: npt.NDArray[np.float32], ink: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    height, width = ink.shape
    columns, rows = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    along, down = (corners[1] - corners[0]) / width, (corners[3] - corners[0]) / height
    left, right = columns[0], columns[-1] + 1
    top, bottom = rows[0], rows[-1] + 1
    points = ((left, top), (right, top), (right, bottom), (left, bottom))
    return np.array([corners[0] + along * x + down * y for x, y in points], np.float32)


def _quad(corners: npt.NDArray[np.float32]) -> Quad:
    return tuple((float(x), float(y)) for x, y in corners)
