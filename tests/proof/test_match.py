"""Which of the text on the picture makes up which line."""

from pipeline.plan.lines import Line
from pipeline.proof.find import quad_of
from pipeline.proof.match import Candidate, in_reading_order, match
from pipeline.proof.pieces import Part, Piece, combined, corresponding
from pipeline.proof.reading import Reading

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


def test_boxes_of_a_row_from_right_to_left_are_joined_from_the_right() -> None:
    pieces = [piece("الآن", 10, 12), piece("اطلب", 230, 10)]
    (found,) = match([Line.of("cta", "اطلب الآن")], pieces, mirrored=True)
    assert texts(found) == "اطلب الآن"
    assert [p.box[0] for p in in_reading_order(pieces, mirrored=True)] == [230, 10]


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
