"""Placement: move blocks that may roam to the calmest spot, and all of them clear of words.

Every spot on a grid within a block's reach is weighed on the real plate: how restless it is
there, how well the words would stand out, and how far it is from where the scene wants it.
"""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.typeset.calm import Calm, Rects
from pipeline.typeset.canvas import Canvas
from pipeline.typeset.contrast import needed_ratio
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import LaidBlock, Rect, Sheet

Values = npt.NDArray[np.float64]

_STEP = 0.8
"""Distance between two spots that are tried, in percent of the geometric mean of the sides."""
_MOST_STEPS = 8
_STRIPS = 7
"""A disc is weighed as so many strips."""
_MARGIN = 0.8
"""Room around words that stand on no shape, in percent of the geometric mean of the sides."""
_EDGE = 4.0
"""No block moves nearer to the edge of the picture, in the same measure, unless it is there."""
_FAR = 0.35
"""What one percent of distance costs, in grey levels of restlessness."""
_FAINT = 8.0
"""What it costs to miss the needed contrast by 1, likewise."""
_BETTER, _CLEARLY = 0.8, 1.5
"""A block moves for a spot that costs at most this share of its own, and so many levels less."""
_TOUCH = 1.0
"""Square pixels of overlap that are rounding."""


def settle(laid: Sequence[LaidBlock], canvas: Canvas) -> tuple[LaidBlock, ...] | Misfit:
    """Return the blocks where they are to stand, or a line that would stand on other words.

    A block with no reach never moves. One that may roam goes to the best spot of its reach if
    that is clearly better than its own: never onto another block, more of a subject, what the
    picture draws, or out of the safe box. Rows keep their place on the pixel grid.
    """
    if not (canvas.taken or any(_reach(one, canvas.sheet) != (0, 0) for one in laid)):
        return tuple(laid)
    calm = Calm.of(canvas.plate)
    settled = list(laid)
    for index, one in enumerate(laid):
        others = [block for at, block in enumerate(settled) if at != index]
        offset = _best(one, others, canvas, calm)
        if offset is None:
            return _in_the_way(one)
        settled[index] = moved(one, *offset)
    return tuple(settled)


def moved(laid: LaidBlock, across: int, down: int) -> LaidBlock:
    """Return a block moved by whole pixels."""

    def shifted(rect: Rect) -> Rect:
        return (rect[0] + across, rect[1] + down, rect[2], rect[3])

    settings = [
        dataclasses.replace(
            setting,
            rows=tuple(
                dataclasses.replace(row, x=row.x + across, y=row.y + down) for row in setting.rows
            ),
            origin=(setting.origin[0] + across, setting.origin[1] + down),
        )
        for setting in laid.settings
    ]
    return dataclasses.replace(
        laid, place=shifted(laid.place), extent=shifted(laid.extent), settings=tuple(settings)
    )


def footprint(laid: LaidBlock, sheet: Sheet) -> Values:
    """Return what a block covers with its shape: left, top, right, bottom, shape [n, 4]."""
    unit = sheet.scale / 100
    shape, (x, y) = laid.block.shape, laid.origin
    left, top, width, height = laid.place
    if shape in {"burst", "disc"}:
        return _disc(x, y, min(width, height) / 2)
    if shape == "panel":
        middle = (left + width / 2 - x, top + height / 2 - y)
        return _turned(laid, middle, (width / 2, height / 2))
    _, _, width, height = laid.extent
    room = laid.block.pad if shape in {"pill", "tag"} else (_MARGIN, _MARGIN)
    return _turned(laid, (0, 0), (width / 2 + room[0] * unit, height / 2 + room[1] * unit))


def _disc(x: float, y: float, radius: float) -> Values:
    edges = np.linspace(-radius, radius, _STRIPS + 1)
    inner = np.minimum(np.abs(edges[:-1]), np.abs(edges[1:]))
    inner[_STRIPS // 2] = 0.0  # the middle strip lies on both sides of the middle
    half = np.sqrt(radius**2 - inner**2)
    return np.stack([x - half, y + edges[:-1], x + half, y + edges[1:]], axis=1)


def _turned(laid: LaidBlock, middle: tuple[float, float], half: tuple[float, float]) -> Values:
    angle = math.radians(laid.block.rotation)
    cos, sin = math.cos(angle), math.sin(angle)
    x = laid.origin[0] + middle[0] * cos - middle[1] * sin
    y = laid.origin[1] + middle[0] * sin + middle[1] * cos
    wide = abs(half[0] * cos) + abs(half[1] * sin)
    tall = abs(half[0] * sin) + abs(half[1] * cos)
    return np.array([[x - wide, y - tall, x + wide, y + tall]])


def _words(laid: LaidBlock) -> Values:
    _, _, width, height = laid.extent
    return _turned(laid, (0, 0), (width / 2, height / 2))


def _reach(laid: LaidBlock, sheet: Sheet) -> tuple[int, int]:
    across, down = laid.block.roam
    return int(across * sheet.width / 100), int(down * sheet.height / 100)


def _best(
    laid: LaidBlock, others: Sequence[LaidBlock], canvas: Canvas, calm: Calm
) -> tuple[int, int] | None:
    """Return how far a block moves; None if it has no room."""
    offsets = _offsets(_reach(laid, canvas.sheet), canvas.sheet.scale)
    own = footprint(laid, canvas.sheet)
    spots = own[None] + np.tile(offsets, 2)[:, None]
    free = _overlap(spots, _corners(canvas.taken)) <= _TOUCH
    if not free.any():
        return None
    blocks = [footprint(one, canvas.sheet) for one in others]
    for obstacles in (
        np.concatenate(blocks) if blocks else _corners(()),
        _corners(canvas.subjects),
    ):
        over = _overlap(spots, obstacles)
        free &= over <= over[0] + _TOUCH
    free &= _kept_inside(_words(laid)[None] + np.tile(offsets, 2)[:, None], canvas)
    inner = _whole(canvas.sheet, _EDGE / 2)
    free &= _outside(spots, inner) <= _outside(own[None], inner)
    if not free.any():
        return None
    cost = _costs(laid, spots, offsets, canvas, calm)
    chosen = int(np.argmin(np.where(free, cost, np.inf)))
    if free[0] and cost[chosen] > min(_BETTER * cost[0], cost[0] - _CLEARLY):
        return 0, 0
    return int(offsets[chosen, 0]), int(offsets[chosen, 1])


def _offsets(reach: tuple[int, int], scale: float) -> Values:
    """Return the moves to try in pixels, shape [n, 2]; the first is none."""
    sides = []
    for side in reach:
        steps = min(_MOST_STEPS, math.ceil(side / (scale * _STEP / 100)))
        sides.append(np.rint(np.linspace(-side, side, 2 * steps + 1)) if steps else np.zeros(1))
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    return grid[np.argsort(np.abs(grid).sum(axis=1), kind="stable")]


def _corners(rects: Sequence[Rect]) -> Values:
    sides = np.array(rects, float).reshape(-1, 4)
    return np.concatenate([sides[:, :2], sides[:, :2] + sides[:, 2:]], axis=1)


def _whole(sheet: Sheet, margin: float = 0.0) -> Values:
    """Return the picture's edges, or a box inside them; the margin is in percent of the scale."""
    inset = margin * sheet.scale / 100
    return np.array([inset, inset, sheet.width - inset, sheet.height - inset])


def _overlap(spots: Values, obstacles: Values) -> Values:
    """Return how much of the obstacles each spot covers, in square pixels, shape [spots]."""
    low = np.maximum(spots[:, :, None, :2], obstacles[None, None, :, :2])
    high = np.minimum(spots[:, :, None, 2:], obstacles[None, None, :, 2:])
    return np.asarray(np.maximum(high - low, 0.0).prod(axis=-1).sum(axis=(1, 2)))


def _outside(spots: Values, box: Values) -> Values:
    """Return how far each spot reaches out of a box, in pixels, shape [spots]."""
    out = np.maximum(np.concatenate([box[:2] - spots[..., :2], spots[..., 2:] - box[2:]], -1), 0.0)
    return np.asarray(out.sum(axis=-1).max(axis=-1))


def _kept_inside(words: Values, canvas: Canvas) -> npt.NDArray[np.bool_]:
    margin = _outside(words, _whole(canvas.sheet, _EDGE))
    safe = _whole(canvas.sheet) if canvas.safe is None else _corners((canvas.safe,))[0]
    covered = _outside(words, safe)
    return np.asarray((margin <= margin[0]) & (covered <= covered[0]))


def _costs(laid: LaidBlock, spots: Values, offsets: Values, canvas: Canvas, calm: Calm) -> Values:
    sheet = canvas.sheet
    limits = np.array([sheet.width, sheet.height] * 2)
    rects: Rects = np.clip(np.rint(spots), 0, limits).astype(np.int_)
    distance = np.hypot(offsets[:, 0], offsets[:, 1]) / sheet.scale * 100
    cost = calm.restlessness(rects) + _FAR * distance
    if laid.block.fill and laid.block.shape not in {"none", "rule"}:
        return np.asarray(cost)  # the words stand on their own shape
    for setting in laid.settings:
        colours = {setting.colour, canvas.palette["ink"], canvas.palette["paper"]}
        ratio = np.max([calm.contrast(rects, colour) for colour in sorted(colours)], axis=0)
        missed = np.maximum(needed_ratio(setting.size, sheet.scale) - ratio, 0.0)
        cost = cost + _FAINT * missed / len(laid.settings)
    return np.asarray(cost)


def _in_the_way(laid: LaidBlock) -> Misfit:
    line = laid.settings[0]
    what = "would stand on words that the picture draws"
    if laid.block.roam != (0.0, 0.0):
        what += ", as far as its block may move"
    remedy = f"let the block {laid.block.name} roam (farther), or let the picture draw fewer lines"
    return Misfit(role=line.role, text=line.text, what=what, remedy=remedy)
