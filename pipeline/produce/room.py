"""Room: where lines stand on a picture, and whether places meet."""

from pipeline.proof.redraw import Bounds, turned
from pipeline.proof.verdict import Box
from pipeline.typeset.setting import LineSetting

_MARGIN = 0.5


def around(setting: LineSetting) -> Bounds:
    """Return the place of a line with a margin of half an em."""
    corners = [point for row in setting.rows for point in turned(row, setting)]
    margin = _MARGIN * setting.size
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (
        int(min(xs) - margin),
        int(min(ys) - margin),
        int(max(xs) + margin),
        int(max(ys) + margin),
    )


def inside(box: Bounds, size: tuple[int, int]) -> bool:
    """Return whether a place lies on a picture of this width and height."""
    return min(box[:2]) >= 0 and box[2] <= size[0] and box[3] <= size[1]


def meet(first: Bounds, second: Bounds) -> bool:
    """Return whether two places share a pixel."""
    across = first[0] < second[2] and second[0] < first[2]
    return across and first[1] < second[3] and second[1] < first[3]


def near(box: Box, ink: Bounds, margin: int) -> bool:
    """Return whether a box of a proof comes within a margin, in pixels, of some ink."""
    left, top, width, height = box
    return meet((left - margin, top - margin, left + width + margin, top + height + margin), ink)


def union(first: Bounds, second: Bounds) -> Bounds:
    """Return the smallest place that holds both."""
    return (
        min(first[0], second[0]),
        min(first[1], second[1]),
        max(first[2], second[2]),
        max(first[3], second[3]),
    )
