"""Places that were read, and parts of what was read there."""

import pytest

from pipeline.proof.find import Quad, quad_of
from pipeline.proof.pieces import (
    Part,
    Piece,
    box_around,
    combined,
    corresponding,
    covered,
    same_text,
)
from pipeline.proof.reading import Reading
from pipeline.proof.verdict import Box

BOX = (100, 50, 40, 20)


def read(text: str, reader: str = "strict", sure: float = 0.9) -> Reading:
    return Reading(text=text, confidence=(sure,) * len(text), reader=reader)


def piece(box: Box, *readings: Reading) -> Piece:
    return Piece(quad=quad_of(box), readings=readings)


def part(box: Box, start: int, end: int, reader: str = "strict") -> Part:
    return Part(
        piece=piece(box, read("Frische Bowls", reader)), reader=reader, start=start, end=end
    )


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (BOX, True),
        ((110, 50, 40, 20), True),
        ((80, 50, 40, 20), False),  # half of it: exactly the limit
        ((81, 50, 40, 20), True),
        ((120, 50, 40, 20), False),
        ((119, 50, 40, 20), True),
        ((100, 60, 40, 20), False),
        ((100, 59, 40, 20), True),
        ((100, 41, 40, 20), True),
        ((105, 52, 10, 10), True),  # a small one inside
        ((140, 50, 40, 20), False),
        ((60, 50, 40, 20), False),
        ((100, 70, 40, 20), False),
        ((100, 30, 40, 20), False),
        ((100, 500, 40, 20), False),
        ((500, 50, 40, 20), False),
        ((50, 100, 20, 40), False),
    ],
)
def test_places_with_over_half_in_common_hold_the_same_text(other: Box, *, same: bool) -> None:
    assert same_text(piece(BOX), piece(other)) is same
    assert same_text(piece(other), piece(BOX)) is same


def test_slanted_places_in_one_box_may_be_apart() -> None:
    falling: Quad = ((0, 0), (10, 0), (100, 90), (90, 90))
    inside_corner: Quad = ((80, 0), (100, 0), (100, 20), (80, 20))
    assert not same_text(Piece(quad=falling), Piece(quad=inside_corner))


def test_the_covered_share_is_of_the_smaller_place() -> None:
    assert covered(quad_of((0, 0, 40, 20)), []) == 0.0
    assert covered(quad_of((0, 0, 40, 20)), [quad_of((30, 0, 20, 20))]) == pytest.approx(0.5)
    assert covered(quad_of((30, 0, 20, 20)), [quad_of((0, 0, 40, 20))]) == pytest.approx(0.5)


def test_what_several_others_cover_is_added_up() -> None:
    quarter, half = quad_of((0, 0, 10, 20)), quad_of((20, 0, 20, 20))
    whole = quad_of((0, 0, 40, 20))
    assert covered(whole, [quarter, half]) == pytest.approx(2.0)
    beside = [quad_of((30, 0, 40, 20)), quad_of((-30, 0, 40, 20))]
    assert covered(whole, beside) == pytest.approx(0.5)


def test_places_smaller_than_a_pixel_count_as_one_pixel() -> None:
    small = quad_of((5, 5, 1, 1))
    assert covered(small, [small]) == pytest.approx(1.0)
    tiny: Quad = ((5, 5), (5.5, 5), (5.5, 5.5), (5, 5.5))
    assert covered(tiny, [tiny]) == pytest.approx(0.25)


def test_stretches_of_one_reading_overlap_where_they_share_a_character() -> None:
    first, second, third = part(BOX, 0, 7), part(BOX, 7, 13), part(BOX, 6, 13)
    assert not first.overlaps(second)
    assert not second.overlaps(first)
    assert first.overlaps(third)
    assert third.overlaps(first)
    assert first.overlaps(first)


def test_stretches_of_two_readings_of_one_place_are_taken_to_overlap() -> None:
    assert part(BOX, 0, 7).overlaps(part(BOX, 8, 13, "lenient"))
    assert Part(piece=piece(BOX)).overlaps(part(BOX, 8, 13))
    assert Part(piece=piece(BOX)).overlaps(Part(piece=piece(BOX)))


def test_parts_of_two_places_overlap_if_these_show_the_same_text() -> None:
    assert part(BOX, 0, 7).overlaps(part((101, 50, 40, 20), 8, 13))
    assert not part(BOX, 0, 7).overlaps(part((200, 50, 40, 20), 0, 7))


def test_a_part_cuts_every_reading_with_its_probabilities() -> None:
    own = read("ab cd")
    other = Reading(text="xb cd", confidence=(0.1, 0.2, 0.3, 0.4, 0.5), reader="lenient")
    cut = Part(piece=piece(BOX, own, other), reader="strict", start=3, end=5).readings()
    assert cut[0] == Reading(text="cd", confidence=(0.9, 0.9), reader="strict")
    assert cut[1] == Reading(text="cd", confidence=(0.4, 0.5), reader="lenient")


def test_a_whole_piece_keeps_its_readings() -> None:
    whole = piece(BOX, read("ab"), read("ac", "lenient"))
    assert Part(piece=whole).readings() == whole.readings


def test_further_readings_come_after_those_there_are() -> None:
    first, second = read("ab"), read("ac", "lenient")
    assert piece(BOX, first).also([second]) == piece(BOX, first, second)


@pytest.mark.parametrize(
    ("stretch", "other", "found"),
    [
        ((0, 2), "abcd", (0, 2)),
        ((2, 4), "abcd", (2, 4)),
        ((2, 4), "cd", (0, 2)),
        ((0, 2), "cd", (0, 0)),
        ((0, 1), "bcd", (0, 0)),
        ((1, 3), "abbcd", (2, 4)),
        ((2, 3), "abd", (0, 0)),
        ((2, 2), "abcd", (0, 0)),
        ((0, 4), "", (0, 0)),
    ],
)
def test_a_stretch_stands_where_its_characters_do(
    stretch: tuple[int, int], other: str, found: tuple[int, int]
) -> None:
    assert corresponding("abcd", *stretch, other) == found


def test_only_readers_that_read_every_part_read_the_line() -> None:
    first = Part(piece=piece(BOX, read("Jetzt"), read("jetzt", "lenient")))
    second = Part(piece=piece((200, 50, 40, 20), read("kaufen"), read("kaufen", "third")))
    assert combined([first, second]) == [
        Reading(text="Jetzt kaufen", confidence=(*(0.9,) * 5, 1.0, *(0.9,) * 6), reader="strict")
    ]
    assert [reading.reader for reading in combined([first])] == ["strict", "lenient"]
    assert combined([]) == []


def test_the_box_around_several_places_holds_them_all() -> None:
    assert box_around([quad_of((10, 20, 30, 40)), quad_of((5, 50, 10, 20))]) == (5, 20, 35, 50)
    assert piece(BOX).box == BOX
