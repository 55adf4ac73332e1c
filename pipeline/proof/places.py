"""Places: where the lines that we set stand, and what of the found regions they explain."""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.find import Quad, Region, rectified, widened
from pipeline.proof.pieces import Piece
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import Drawer, Drawn, draw_again, turned
from pipeline.typeset.setting import LineSetting

_INK = 24
_OVERHANG = 0.3
_TALL = 0.4
_ROUND = np.ones((3, 3), np.uint8)
_BORDER = 0.22
_REACH = 0.45
_EXPLAINED = 0.5
_GAP = 0.7
_SPACE = 0.5
_LONGEST = 45
_FULL = 255
_SQUEEZED = 0.8


def rows_of(setting: LineSetting, drawn: Drawn, drawer: Drawer) -> list[Piece]:
    """Return the place of each row's ink on the picture, with a narrow border.

    Args:
        setting: How the line was set.
        drawn: The line drawn alone.
        drawer: Draws single rows.
    """
    if len(setting.rows) == 1:
        return _row_pieces(setting, drawn)
    pieces: list[Piece] = []
    for row in setting.rows:
        alone = dataclasses.replace(setting, rows=(row,))
        one = draw_again(alone, drawer)
        hidden = dataclasses.replace(drawn, mask=_beside(drawn, one))
        pieces += [dataclasses.replace(p, hidden=hidden) for p in _row_pieces(alone, one)]
    return pieces


def crop_of(piece: Piece, image: Pixels, border: float, *, ink: bool = False) -> Pixels:
    """Return the piece cut from the picture, upright, without the ink of neighbouring rows.

    Args:
        piece: The place.
        image: RGB pixels.
        border: Additional border as a share of the place's height.
        ink: Whether the picture is ink on white, so that what is foreign can be wiped off.
    """
    quad = widened(piece.quad, border)
    crop = rectified(image, quad)
    if piece.hidden is None:
        return crop
    moved = np.array(quad, np.float32) - (piece.hidden.left, piece.hidden.top)
    foreign = cv2.dilate(rectified(piece.hidden.mask, _quad(moved), outside=0), _ROUND)
    mask = np.asarray(foreign > _INK, np.uint8)
    if not mask.any():
        return crop
    if ink:
        crop[mask > 0] = _FULL
        return crop
    return np.asarray(cv2.inpaint(crop, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def squeezed(crop: Pixels) -> Pixels:
    """Return a crop at four fifths of its width.

    On clean ink the recogniser reads as well so (146 of 154 rows exactly, against 144), and its
    time grows with the width.
    """
    width = max(1, round(crop.shape[1] * _SQUEEZED))
    size = (width, crop.shape[0])
    return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)


def strip_of(rows: Sequence[Pixels], *, mirrored: bool) -> Pixels | None:
    """Return the rows of a line side by side, as one row; None if that would be too long.

    Args:
        rows: Crops of the rows from top to bottom.
        mirrored: Whether they are written from right to left.
    """
    height = max(row.shape[0] for row in rows)
    gap = round(height * _SPACE)
    padded = [_padded(row, height, gap) for row in rows]
    strip = np.concatenate(padded[::-1] if mirrored else padded, axis=1)
    return strip if strip.shape[1] <= _LONGEST * height else None


def _padded(row: Pixels, height: int, gap: int) -> Pixels:
    """Return a row in the middle of its own background, a word space wider."""
    edge = np.concatenate([row[0], row[-1], row[:, 0], row[:, -1]])
    canvas = np.empty((height, row.shape[1] + gap, 3), np.uint8)
    canvas[:] = np.asarray(np.median(edge, axis=0), np.uint8)
    top, left = (height - row.shape[0]) // 2, gap // 2
    canvas[top : top + row.shape[0], left : left + row.shape[1]] = row
    return canvas


def _beside(drawn: Drawn, one: Drawn) -> Pixels:
    """Return the line's coverage without one of its rows."""
    height, width = drawn.mask.shape
    bounds = (drawn.left, drawn.top, drawn.left + width, drawn.top + height)
    own = cv2.dilate(one.within(bounds), _ROUND)
    return np.where(own > 0, np.uint8(0), drawn.mask)


def _row_pieces(setting: LineSetting, drawn: Drawn) -> list[Piece]:
    pieces: list[Piece] = []
    place = np.array((drawn.left, drawn.top), np.float32)
    for row in setting.rows:
        corners = np.array(turned(row, setting), np.float32) - place
        wide = _grown(corners, _OVERHANG * setting.size, _TALL * setting.size)
        ink = rectified(drawn.mask, _quad(wide), outside=0) > _INK
        if ink.any():
            tight = _inner(wide, ink)
            border = _BORDER * min(setting.size, float(np.linalg.norm(tight[3] - tight[0])))
            border = max(border, 3.0)
            pieces.append(Piece(quad=_quad(_grown(tight, border, border) + place)))
    return pieces


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
