"""Flags stand at their boxes and hide neither each other nor the text."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.flags import Rect, placed

ROOM = (960.0, 600.0)


def meet(first: Rect, second: Rect) -> bool:
    return all(first[a] < second[a + 2] and second[a] < first[a + 2] for a in (0, 1))


def test_a_flag_stands_above_its_box() -> None:
    assert placed([(100, 100, 300, 150)], [(60, 24)], ROOM) == [(100, 76, 160, 100)]


def test_at_the_upper_edge_it_stands_below() -> None:
    assert placed([(100, 5, 300, 50)], [(60, 24)], ROOM) == [(100, 50, 160, 74)]


def test_a_box_as_large_as_the_picture_has_its_flag_inside() -> None:
    (flag,) = placed([(0, 0, 960, 600)], [(60, 24)], ROOM)
    assert flag == (0, 0, 60, 24)


def test_the_lines_of_a_menu_close_together_keep_their_flags_apart() -> None:
    boxes: list[Rect] = []
    for row in range(12):
        boxes += [
            (500, 40 + row * 34, 700, 70 + row * 34),
            (800, 40 + row * 34, 940, 70 + row * 34),
        ]
    flags = placed(boxes, [(90, 24)] * len(boxes), ROOM)
    assert not [pair for pair in itertools.combinations(flags, 2) if meet(*pair)]
    covered = [(flag, box) for flag in flags for box in boxes if meet(flag, box)]
    assert len(covered) <= 6


@given(
    st.lists(
        st.tuples(
            st.integers(0, 900), st.integers(0, 560), st.integers(2, 300), st.integers(2, 90)
        ),
        max_size=16,
    )
)
def test_wherever_the_boxes_are_no_flag_meets_another_or_leaves_the_picture(
    places: list[tuple[int, int, int, int]],
) -> None:
    boxes: list[Rect] = [(x, y, min(960, x + w), min(600, y + h)) for x, y, w, h in places]
    flags = placed(boxes, [(110, 24)] * len(boxes), ROOM)
    assert len(flags) == len(boxes)
    assert not [pair for pair in itertools.combinations(flags, 2) if meet(*pair)]
    assert all(f[0] >= 0 and f[1] >= 0 and f[2] <= 960 and f[3] <= 600 for f in flags)


@pytest.mark.parametrize("room", [(40.0, 10.0), (100.0, 30.0)])
def test_a_picture_too_small_for_its_flags_still_has_them(room: tuple[float, float]) -> None:
    assert len(placed([(2, 2, 20, 8)] * 3, [(90, 24)] * 3, room)) == 3
