"""Text that nobody asked for."""

import pytest

from pipeline.proof.extra import unexplained
from pipeline.proof.find import quad_of
from pipeline.proof.pieces import Part, Piece
from pipeline.proof.reading import Reading

STRICT = frozenset({"strict"})


def piece(*readings: tuple[str, float, str]) -> Piece:
    made = tuple(
        Reading(text=text, confidence=(sure,) * len(text), reader=reader)
        for text, sure, reader in readings
    )
    return Piece(quad=quad_of((10, 20, 100, 40)), readings=made)


@pytest.mark.parametrize("text", ["50 %", "$", "7", "SALE", "限定", "nur heute", "9,99"])
def test_legible_text_is_extra(text: str) -> None:
    (found,) = unexplained([piece((text, 0.97, "strict"))], [], STRICT)
    assert (found.text, found.box) == (text, (10, 20, 100, 40))


@pytest.mark.parametrize(
    ("text", "sure"),
    [("50 %", 0.4), ("SALE", 0.6), ("o", 0.99), ("~·", 0.99), ("", 0.0), ("一", 0.99)],
)
def test_picture_detail_is_not_extra(text: str, sure: float) -> None:
    assert unexplained([piece((text, sure, "strict"))], [], STRICT) == []


def test_a_lenient_reader_must_see_the_same_twice() -> None:
    once = piece(("วันนี้", 0.95, "lenient/grey"), ("วันนั้น", 0.95, "lenient/distance"))
    twice = piece(("วันนี้", 0.95, "lenient/grey"), ("วันนี้", 0.95, "lenient/distance"))
    assert unexplained([once], [], STRICT) == []
    assert len(unexplained([twice], [], STRICT)) == 1


def test_what_a_line_explains_is_not_extra() -> None:
    one = piece(("SALE", 0.99, "strict"))
    assert unexplained([one], [Part(piece=one)], STRICT) == []


def test_the_rest_of_a_partly_explained_box_is_extra() -> None:
    one = piece(("SALE 50 %", 0.99, "strict"))
    used = Part(piece=one, reader="strict", start=0, end=4)
    (found,) = unexplained([one], [used], STRICT)
    assert found.text == "50 %"


def test_words_of_the_brand_are_allowed() -> None:
    one = piece(("Marlow & Pine", 0.99, "strict"))
    assert unexplained([one], [], STRICT, frozenset({"marlow & pine"})) == []
    assert unexplained([one], [], STRICT, frozenset({"Marlow", "&", "PINE"})) == []
    assert len(unexplained([one], [], STRICT, frozenset({"Marlow"}))) == 1


@pytest.mark.parametrize("text", ["٣٥٪", "ریال ۸۹", "₹१९९"])
def test_a_number_in_other_digits_needs_no_second_reader(text: str) -> None:
    (found,) = unexplained([piece(("rx", 0.3, "strict"), (text, 0.96, "strict:own"))], [], STRICT)
    assert "nobody asked for" in found.reason


@pytest.mark.parametrize(
    ("text", "sure", "reader"),
    [
        ("٣٥٪", 0.94, "strict:own"),
        ("١", 0.99, "strict:own"),  # a stroke
        ("35%", 0.99, "strict:own"),
        ("٣٥٪", 0.99, "lenient/grey"),
    ],
)
def test_a_further_alphabet_is_only_believed_where_no_other_reads(
    text: str, sure: float, reader: str
) -> None:
    assert unexplained([piece((text, sure, reader))], [], STRICT) == []
