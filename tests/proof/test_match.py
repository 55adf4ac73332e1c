"""Which of the text on the picture makes up which line."""

import pytest

from pipeline.plan.lines import Line
from pipeline.proof.find import quad_of
from pipeline.proof.match import Candidate, in_reading_order, is_torn, joint_texts, match
from pipeline.proof.pieces import Part, Piece, combined, corresponding
from pipeline.proof.reading import Reading
from pipeline.proof.verdict import Box

READERS = ("strict", "lenient")


def piece(text: str, left: int, top: int, width: int = 200, height: int = 40) -> Piece:
    readings = tuple(
        Reading(text=text, confidence=(0.99,) * len(text), reader=reader) for reader in READERS
    )
    return Piece(quad=quad_of((left, top, width, height)), readings=readings)


def texts(found: Candidate | None) -> str:
    return combined(found.parts)[0].text if found else ""


def test_each_line_finds_its_own_text() -> None:
    pieces = [piece("8,90 €", 10, 200), piece("Frische Bowls", 10, 10)]
    lines = [Line.of("headline", "Frische Bowls"), Line.of("price", "8,90 €")]
    assert [texts(found) for found in match(lines, pieces)] == ["Frische Bowls", "8,90 €"]


def test_a_line_may_wrap_over_rows_in_any_order_of_discovery() -> None:
    pieces = [piece("der Vorrat reicht.", 12, 60), piece("Nur solange", 10, 10)]
    (found,) = match([Line.of("legal", "Nur solange der Vorrat reicht.")], pieces)
    assert texts(found) == "Nur solange der Vorrat reicht."


def test_a_line_may_stand_in_two_boxes_of_one_row() -> None:
    pieces = [piece("bestellen", 230, 12), piece("Jetzt", 10, 10)]
    (found,) = match([Line.of("cta", "Jetzt bestellen")], pieces)
    assert texts(found) == "Jetzt bestellen"


def test_boxes_of_a_row_are_joined_in_its_direction_alone() -> None:
    swapped = [piece("7.90", 10, 10, 100), piece("CHF", 130, 12, 80)]
    (found,) = match([Line.of("price", "CHF 7.90")], swapped)
    assert texts(found) != "CHF 7.90"


def test_boxes_of_a_row_from_right_to_left_are_joined_from_the_right() -> None:
    pieces = [piece("الآن", 10, 12), piece("اطلب", 230, 10)]
    (found,) = match([Line.of("cta", "اطلب الآن")], pieces, mirrored=True)
    assert texts(found) == "اطلب الآن"
    assert [p.box[0] for p in in_reading_order(pieces, mirrored=True)] == [230, 10]


def test_a_row_that_was_found_whole_is_taken_before_two_boxes_that_overlap() -> None:
    torn = [piece("Jetzt b", 10, 10), piece("bestellen", 190, 12)]
    assert is_torn(torn)
    assert not is_torn([torn[0], piece("bestellen", 230, 12)])
    assert not is_torn([torn[0], piece("Nur heute", 10, 45)])  # the next row
    halves = [piece("Jetzt", 10, 10), piece("bestellen", 190, 12)]
    whole = piece("Jetzt bestellen", 10, 8, 380, 44)
    (found,) = match([Line.of("cta", "Jetzt bestellen")], [*halves, whole])
    assert found is not None
    assert [part.piece for part in found.parts] == [whole]


def test_two_lines_may_share_one_box() -> None:
    pieces = [piece("Jetzt bestellen 8,90 €", 10, 10, 500)]
    lines = [Line.of("cta", "Jetzt bestellen"), Line.of("price", "8,90 €")]
    first, second = match(lines, pieces)
    assert (texts(first), texts(second)) == ("Jetzt bestellen", "8,90 €")
    assert first is not None
    assert second is not None
    assert not first.clashes(second)


def test_no_text_serves_two_lines() -> None:
    pieces = [piece("8,90 €", 10, 10)]
    lines = [Line.of("price", "8,90 €"), Line.of("was_price", "8,90 €")]
    assert sum(found is not None for found in match(lines, pieces)) == 1


def test_the_best_choice_for_all_beats_the_best_for_one() -> None:
    # "8,90 €" is closest to both lines; the greedy choice would leave one of them worse off.
    pieces = [piece("8,90 €", 10, 10), piece("8,99 €", 10, 300)]
    lines = [Line.of("was_price", "8,91 €"), Line.of("price", "8,90 €")]
    assert [texts(found) for found in match(lines, pieces)] == ["8,99 €", "8,90 €"]


def test_a_line_that_is_not_there_is_not_found() -> None:
    (found,) = match([Line.of("legal", "Solange der Vorrat reicht.")], [piece("8,90 €", 10, 10)])
    assert found is None


def test_a_price_is_recognised_by_its_digits_beside_unreadable_words() -> None:
    (found,) = match([Line.of("price", "39.00 د.إ.")], [piece("wqy. 39.00", 10, 10)])
    assert texts(found) == "wqy. 39.00"


def test_many_equal_lines_do_not_take_for_ever() -> None:
    pieces = [piece("8,90 €", 10, 100 * row) for row in range(24)]
    lines = [Line.of(f"item_{row}_price", "8,90 €") for row in range(24)]
    found = match(lines, pieces)
    assert all(found)
    places = [part.piece.quad for one in found if one for part in one.parts]
    assert len(set(places)) == 24


def test_a_part_is_found_again_in_another_reading() -> None:
    start, end = corresponding("Jetzt bestellen 8,90 €", 16, 22, "jetzt bestelle 8,90 €")
    assert "jetzt bestelle 8,90 €"[start:end] == "8,90 €"
    other = Reading(text="jetzt bestelle 8,90€", confidence=(0.8,) * 20, reader="lenient")
    shared = piece("Jetzt bestellen 8,90 €", 10, 10)
    shared = Piece(quad=shared.quad, readings=(shared.readings[0], other))
    part = Part(piece=shared, reader="strict", start=16, end=22)
    assert [reading.text for reading in part.readings()] == ["8,90 €", "8,90€"]


def read_once(text: str, box: Box, sure: float = 0.9, reader: str = "strict") -> Piece:
    reading = Reading(text=text, confidence=(sure,) * len(text), reader=reader)
    return Piece(quad=quad_of(box), readings=(reading,))


def span(found: Candidate | None) -> tuple[int, int] | None:
    """Return the stretch that a line takes of a piece; (0, 0) stands for the whole piece."""
    return (found.parts[0].start, found.parts[0].end) if found else None


FIRST = (400, 900, 200, 40)


@pytest.mark.parametrize(
    ("second", "together"),
    [
        # Beside it: up to two heights away, in the direction of reading.
        ((640, 900, 200, 40), True),
        ((680, 900, 200, 40), True),
        ((681, 900, 200, 40), False),
        ((120, 900, 200, 40), False),
        ((1100, 900, 200, 40), False),
        # In the same row: middles less than half a height apart.
        ((640, 919, 200, 40), True),
        ((640, 920, 200, 40), False),
        ((640, 881, 200, 40), True),
        ((640, 880, 200, 40), False),
        ((640, 880, 200, 80), True),
        ((640, 899, 200, 80), True),
        ((640, 900, 200, 80), False),
        ((640, 910, 200, 20), True),
        # Of like size: at most twice as high.
        ((640, 879, 200, 81), False),
        ((640, 911, 200, 19), False),
        ((640, 870, 200, 100), False),
        # On the next row: at most one height below, over or under a bit of it.
        ((400, 945, 200, 40), True),
        ((400, 980, 200, 40), True),
        ((400, 981, 200, 40), False),
        ((400, 920, 200, 40), True),
        ((400, 850, 200, 40), False),
        ((599, 950, 200, 40), True),
        ((600, 950, 200, 40), False),
        ((201, 950, 200, 40), True),
        ((200, 950, 200, 40), False),
        ((400, 970, 200, 20), False),
        ((400, 960, 200, 20), True),
    ],
)
def test_a_line_goes_on_beside_its_beginning_or_right_under_it(
    second: Box, *, together: bool
) -> None:
    pieces = [read_once("Nur solange", FIRST), read_once("der Vorrat reicht.", second)]
    (found,) = match([Line.of("legal", "Nur solange der Vorrat reicht.")], pieces)
    expected = "Nur solange der Vorrat reicht." if together else "der Vorrat reicht."
    assert texts(found) == expected


@pytest.mark.parametrize(("top", "together"), [(941, True), (940, False)])
def test_rows_of_different_height_may_reach_into_each_other(top: int, *, together: bool) -> None:
    tall, flat = (400, 900, 200, 80), (580, top, 200, 40)
    pieces = [read_once("Nur solange", tall), read_once("der Vorrat reicht.", flat)]
    (found,) = match([Line.of("legal", "Nur solange der Vorrat reicht.")], pieces)
    assert (found is not None and len(found.parts) == 2) is together


@pytest.mark.parametrize(
    "boxes",
    [
        # One row each, from left to right by the middles.
        [(90, 0, 20, 40), (100, 1, 10, 40)],
        [(25, 0, 6, 40), (0, 1, 60, 40)],
        [(200, 0, 40, 40), (100, 1, 500, 40)],
        # One under the other by the middles.
        [(0, 20, 40, 4), (0, 0, 40, 60)],
        [(0, 80, 40, 30), (0, 100, 40, 10)],
        [(500, 0, 40, 40), (0, 20, 40, 40)],
        [(0, 19, 40, 40), (500, 0, 40, 40)],
    ],
)
def test_the_middles_of_places_give_the_reading_order(boxes: list[Box]) -> None:
    pieces = [read_once("a", box) for box in boxes]
    assert in_reading_order(pieces) == pieces
    assert in_reading_order(pieces[::-1]) == pieces


@pytest.mark.parametrize(
    ("line", "text", "stretch"),
    [
        ("Bowls", "heute Bowls lecker", (6, 11)),
        ("Bowls", "  Bowls heute lecker", (2, 7)),
        ("Bowls", "FrischeBowls heute lecker", None),
        ("Bowls", "Bowlsfrische heute lecker", None),
        # At least 0.6 of the line, and no more than 1.5 of it and two characters.
        ("abcdefghij", "abcdef xxxxxxx", (0, 6)),
        ("abcdefghij", "abcde xxxxxxx", None),
        ("abcdefghij", "a b c d e f g h i j xxxxx", (0, 17)),
        ("abcdefghij", "ab c d e f g h i j xxxxx", (0, 16)),
        # A text that is hardly longer than the line is taken whole.
        ("abcdefghijklmnopqrst", "abcdefghijklmnopqrst xyz", (0, 0)),
        ("abcdefghijklmnopqrst", "abcdefghijklmnopqrst wxyz", (0, 20)),
    ],
)
def test_a_line_takes_whole_words_of_a_longer_text(
    line: str, text: str, stretch: tuple[int, int] | None
) -> None:
    (found,) = match([Line.of("headline", line)], [read_once(text, FIRST)])
    assert span(found) == stretch


def test_any_reading_may_show_the_line_among_other_words() -> None:
    both = read_once("??", FIRST).also(read_once("Bowls heute", FIRST, reader="lenient").readings)
    (found,) = match([Line.of("headline", "Bowls")], [both])
    assert span(found) == (0, 5)
    assert found is not None
    assert found.parts[0].reader == "lenient"


def test_of_equal_texts_the_surest_reading_is_taken() -> None:
    weak, sure = read_once("Bowls", (0, 0, 90, 40), 0.6), read_once("Bowls", (0, 300, 90, 40), 0.9)
    for pieces in ([weak, sure], [sure, weak]):
        (found,) = match([Line.of("headline", "Bowls")], pieces)
        assert found is not None
        assert found.parts[0].piece == sure


def test_of_equal_wrapped_texts_the_surest_reading_is_taken() -> None:
    rows = [
        read_once(text, (left, top, 200, 40), sure)
        for left, sure in ((0, 0.6), (600, 0.9))
        for text, top in (("Frische", 0), ("Bowls", 50))
    ]
    (found,) = match([Line.of("headline", "Frische Bowls")], rows)
    assert found is not None
    assert [part.piece for part in found.parts] == rows[2:]


def test_a_sure_word_does_not_make_up_for_a_weak_one() -> None:
    even = [read_once("Frische", (0, 0, 90, 40), 0.8), read_once("Bowls", (0, 50, 90, 40), 0.8)]
    odd = [read_once("Frische", (600, 0, 90, 40), 1.0), read_once("Bowls", (600, 50, 90, 40), 0.7)]
    (found,) = match([Line.of("headline", "Frische Bowls")], [*odd, *even])
    assert found is not None
    assert [part.piece for part in found.parts] == even


def test_of_equally_sure_texts_the_first_in_reading_order_is_taken() -> None:
    left, right = read_once("8,90 €", (0, 0, 90, 40)), read_once("8,90 €", (600, 0, 90, 40))
    for mirrored, first in ((False, left), (True, right)):
        (found,) = match([Line.of("price", "8,90 €")], [right, left], mirrored=mirrored)
        assert found is not None
        assert found.parts[0].piece == first


def test_the_right_text_is_found_among_many_like_it() -> None:
    wrong = [
        read_once(f"Bowl{char}", (0, 100 * row, 90, 40)) for row, char in enumerate("abcdefgh")
    ]
    right = read_once("Bowls", (0, 900, 90, 40))
    (found,) = match([Line.of("headline", "Bowls")], [*wrong, right])
    assert texts(found) == "Bowls"


def test_numbers_from_right_to_left_are_found_in_reverse() -> None:
    line, pieces = Line.of("price", "من 49 إلى 89"), [read_once("89 xx 49", FIRST)]
    assert texts(match([line], pieces, mirrored=True)[0]) == "89 xx 49"
    assert match([line], pieces) == [None]


def test_other_words_with_other_digits_are_no_attempt_at_a_price() -> None:
    assert match([Line.of("price", "8,90 €")], [read_once("Solange 12", FIRST)]) == [None]
    assert match([Line.of("price", "8,90 €")], [read_once("", FIRST)]) == [None]
    assert match([Line.of("price", "8,90 €")], [Piece(quad=quad_of(FIRST))]) == [None]


def test_the_texts_of_a_run_are_those_of_each_reader() -> None:
    run = [piece("Jetzt", 10, 10), piece("bestellen", 230, 10)]
    assert list(joint_texts(run)) == ["Jetzt bestellen"] * 2
    beside = read_once("gleich", (230, 10, 90, 40), reader="third")
    assert list(joint_texts([run[0], beside])) == ["Jetzt", "Jetzt", "gleich"]


def test_a_line_may_wrap_over_six_rows_and_no_more() -> None:
    words = ["Solange", "der", "Vorrat", "heute", "noch", "reicht", "danach"]
    rows = [read_once(word, (0, 50 * row, 200, 40)) for row, word in enumerate(words)]
    (six,) = match([Line.of("legal", " ".join(words[:6]))], rows)
    assert texts(six) == " ".join(words[:6])
    (seven,) = match([Line.of("legal", " ".join(words))], rows)
    assert seven is not None
    assert len(seven.parts) == 6


def test_more_equal_lines_than_texts_do_not_take_for_ever() -> None:
    pieces = [piece("8,90 €", 10, 100 * row) for row in range(4)]
    found = match([Line.of("price", "8,90 €")] * 24, pieces)
    assert sum(one is not None for one in found) == 4
