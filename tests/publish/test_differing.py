import pytest

from pipeline.publish.differing import Piece, differing, whole


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("asked", "read", "asked_marked", "read_marked"),
    [
        ("8,90 €", "3,90 €", "[8],90 €", "[3],90 €"),
        ("8,90 €", "8,90", "8,90 [€]", "8,90"),
        ("50 %", "150 %", "50 %", "[1]50 %"),
        ("₹349", "₹849", "₹[3]49", "₹[8]49"),
        ("1,180円", "1,180元", "1,180[円]", "1,180[元]"),
        ("12,900원", "12.900원", "12[,]900원", "12[.]900원"),
    ],
)
def test_the_characters_that_differ_are_marked(
    asked: str, read: str, asked_marked: str, read_marked: str
) -> None:
    left, right = differing(asked, read)
    assert (marked(left), marked(right)) == (asked_marked, read_marked)


def test_kinds_of_space_and_invisible_marks_do_not_differ() -> None:
    left, right = differing("\u200f39.90\u00a0₪", "39.90 ₪")
    assert not [piece for piece in (*left, *right) if piece.differs]


def test_a_lost_vowel_sign_marks_its_whole_letter() -> None:
    left, right = differing("पिज़्ज़ा", "पज़्ज़ा")
    assert marked(left) == "[पि]ज़्ज़ा"
    assert marked(right) == "पज़्ज़ा"


def test_no_character_is_lost_or_added() -> None:
    asked, read = "Nur am 24. November", "Nur arn 24, Novemher"
    left, right = differing(asked, read)
    assert "".join(piece.text for piece in left) == asked
    assert "".join(piece.text for piece in right) == read


def test_an_empty_reading_has_no_pieces() -> None:
    left, right = differing("8,90 €", "")
    assert right == ()
    assert [piece.differs for piece in left if piece.text.strip()]
    assert whole("") == ()
