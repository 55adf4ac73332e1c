"""Flags: where the names of boxes go, so that none hides another or the text it names."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

Rect = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""

_STEP = 6
_WEIGHED = 100
"""How many of the nearest free places are compared."""
_OWN = 0.5
_FAR = 0.6


def placed(
    boxes: Sequence[Rect], sizes: Sequence[tuple[float, float]], room: tuple[float, float]
) -> list[Rect]:
    """Return the place of each box's flag, in the order of the boxes.

    A flag stands at its box if it can, on as little of other boxes as possible; where all
    places there are taken it goes to the nearest free one. Only if the room is full do two
    flags meet.

    Args:
        boxes: The boxes; those that come first choose first.
        sizes: Width and height of each flag.
        room: Width and height of the picture.
    """
    flags: list[Rect] = []
    for index, (box, size) in enumerate(zip(boxes, sizes, strict=True)):
        others = [other for number, other in enumerate(boxes) if number != index]
        near = [one for one in _beside(box, size) if _inside(one, room)]
        free = [one for one in near if not _hits(one, flags)]
        free = free or _nearest(box, size, room, flags)
        flags.append(min(free or near or [(box[0], box[1], box[0] + size[0], box[1] + size[1])],
                         key=lambda one: _cost(one, box, others)))  # fmt: skip
    return flags


def _beside(box: Rect, size: tuple[float, float]) -> Iterator[Rect]:
    """Yield the places at a box, the best first: above, below, beside, on it."""
    left, top, right, bottom = box
    width, height = size
    across = (left, right - width, (left + right - width) / 2)
    down = (top, bottom - height, (top + bottom - height) / 2)
    above_and_below = itertools.product((top - height, bottom), across)
    beside = itertools.product((left - width, right), down)
    inside = itertools.product((top, bottom - height), across)
    for y, x in itertools.chain(above_and_below, ((y, x) for x, y in beside), inside):
        yield (x, y, x + width, y + height)


def _nearest(
    box: Rect, size: tuple[float, float], room: tuple[float, float], flags: Sequence[Rect]
) -> list[Rect]:
    """Return the free places of the picture that are nearest to a box."""
    width, height = size
    across = np.arange(0, room[0] - width + 1, _STEP)
    down = np.arange(0, room[1] - height + 1, _STEP)
    free = np.ones((len(down), len(across)), np.bool_)
    for left, top, right, bottom in flags:
        rows = (down + height > top) & (down < bottom)
        columns = (across + width > left) & (across < right)
        free[np.ix_(rows, columns)] = False
    sideways = np.maximum(0, np.maximum(box[0] - across - width, across - box[2]))
    upright = np.maximum(0, np.maximum(box[1] - down - height, down - box[3]))
    away = np.where(free, upright[:, None] + sideways[None, :], np.inf)
    order = np.argsort(away, axis=None, kind="stable")[:_WEIGHED]
    places = [divmod(int(at), len(across)) for at in order if np.isfinite(away.flat[at])]
    corners = [(float(across[column]), float(down[row])) for row, column in places]
    return [(x, y, x + width, y + height) for x, y in corners]


def _cost(flag: Rect, box: Rect, others: Sequence[Rect]) -> float:
    """Return how bad a place is: what it covers, as a share of itself, and how far it is."""
    area = (flag[2] - flag[0]) * (flag[3] - flag[1])
    covered = sum(_shared(flag, other) for other in others) + _OWN * _shared(flag, box)
    away = max(box[0] - flag[2], flag[0] - box[2], 0) + max(box[1] - flag[3], flag[1] - box[3], 0)
    return covered / area + _FAR * away / (flag[3] - flag[1])


def _shared(first: Rect, second: Rect) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(0.0, width) * max(0.0, height)


def _hits(one: Rect, flags: Sequence[Rect]) -> bool:
    return any(_shared(one, flag) > 0 for flag in flags)


def _inside(one: Rect, room: tuple[float, float]) -> bool:
    return one[0] >= 0 and one[1] >= 0 and one[2] <= room[0] and one[3] <= room[1]
