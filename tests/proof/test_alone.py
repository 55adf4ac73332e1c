"""Letters cut out of a line and read alone."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.proof.alone import ReadAlone, judged_alone, taken_for
from pipeline.proof.cutout import Located, cut_out
from pipeline.proof.find import quad_of
from pipeline.proof.pieces import Part, Piece
from pipeline.proof.ppocr import LOOKS, PpOcr
from pipeline.proof.reading import Reading

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio

PAPER, INK = (250, 240, 230), (30, 40, 120)


def read_as(text: str, sure: float = 0.99, reader: str = "pp-ocr") -> Reading:
    return Reading(text=text, confidence=(sure,) * len(text), reader=reader)


def row(*strokes: tuple[int, int, int, int]) -> "Pixels":
    """Return a row of 100 pixels height with strokes at left, top, width and height."""
    picture = np.full((100, 400, 3), PAPER, np.uint8)
    for left, top, width, height in strokes:
        picture[top : top + height, left : left + width] = INK
    return picture


def at(*middles: float) -> list[Located]:
    return [Located(char="é", middle=middle / 400) for middle in middles]


def inked(letter: "Pixels") -> int:
    return int((np.abs(letter.astype(int) - PAPER).max(axis=2) > 60).sum())


def test_a_letter_is_cut_out_with_its_mark_and_a_border() -> None:
    letters = cut_out(row((100, 40, 30, 40), (110, 20, 10, 8), (200, 40, 30, 40)), at(115, 215))
    assert set(letters) == {0, 1}
    assert letters[0].shape == (60 + 16, 30 + 16, 3)
    assert inked(letters[0]) == 30 * 40 + 10 * 8


def test_a_neighbour_that_reaches_into_the_border_is_covered() -> None:
    letters = cut_out(row((100, 40, 30, 40), (133, 40, 30, 40)), at(115, 148))
    assert inked(letters[0]) == inked(letters[1]) == 30 * 40


def test_letters_that_touch_are_left_out() -> None:
    letters = cut_out(row((100, 40, 60, 40), (200, 40, 30, 40)), at(115, 145, 215))
    assert set(letters) == {2}


def test_a_letter_with_ink_beside_it_that_is_no_letter_is_left_out() -> None:
    strokes = ((100, 40, 30, 40), (135, 40, 5, 40), (200, 40, 30, 40))
    assert set(cut_out(row(*strokes), at(110, 215))) == {1}


def test_nothing_is_cut_out_of_an_empty_row() -> None:
    assert cut_out(row(), at(100)) == {}


@pytest.mark.parametrize("char", "ßäÉñłąŞœếđ")
def test_letters_outside_ascii_are_judged_alone(char: str) -> None:
    assert judged_alone(char)


@pytest.mark.parametrize("char", "aZ0!€þıжαλ夏한")
def test_others_are_not(char: str) -> None:
    assert not judged_alone(char)


@pytest.mark.parametrize(
    ("char", "read"), [("ß", "A"), ("ß", "R"), ("é", "c"), ("Ü", "A"), ("ñ", "m"), ("ł", "k")]
)
def test_another_shape_is_another_letter(char: str, read: str) -> None:
    assert taken_for(char, read_as(read)) == read


@pytest.mark.parametrize(
    ("char", "read"),
    [("ß", "B"), ("ß", "β"), ("ß", "8"), ("é", "É"), ("é", "e"), ("ö", "0"), ("ł", "t"), ("í", "l"),
     ("ż", "之"), ("ß", "!"), ("ß", "AB"), ("ß", "")],
)  # fmt: skip
def test_what_fonts_letters_are_taken_for_says_nothing(char: str, read: str) -> None:
    assert taken_for(char, read_as(read)) == ""


def test_an_unsure_reading_says_nothing() -> None:
    assert taken_for("ß", read_as("A", 0.79)) == ""


class Misled:
    """Reads like another reader, but in its line takes one letter for another one."""

    strict = True

    def __init__(self, reader: PpOcr, drawn: str, meant: str) -> None:
        self._reader, self._drawn, self._meant = reader, drawn, meant
        self.name, self.border, self.read = reader.name, reader.border, reader.read
        self.knows, self.vouches, self.versions = reader.knows, reader.vouches, reader.versions

    def located(self, crop: "Pixels") -> tuple[Located, ...]:
        return tuple(
            dataclasses.replace(one, char=one.char.replace(self._drawn, self._meant))
            for one in self._reader.located(crop)
        )


@pytest.fixture(scope="module")
def recogniser() -> PpOcr:
    return PpOcr()


def doubt(studio: "Studio", recogniser: PpOcr, text: str, drawn: str, meant: str) -> str:
    """Return what is thought of a drawn text, of which every reader takes a letter for another."""
    picture = studio.picture([studio.set(text, "de_DE", (20, 14, 40))], (640, 80))
    readings = (read_as(text.replace(drawn, meant)),)
    piece = Piece(quad=quad_of((0, 0, 640, 80)), readings=readings)
    looks = [Misled(recogniser.at(look), drawn, meant) for look in LOOKS[:2]]
    return ReadAlone(looks).doubt([Part(piece=piece)], picture)


@pytest.mark.ocr
def test_the_recogniser_says_where_each_character_stands(
    studio: "Studio", recogniser: PpOcr
) -> None:
    setting = studio.set("Süß", "de_DE", (20, 14, 40))
    row = setting.rows[0]
    located = recogniser.located(studio.picture([setting], (640, 80)))
    assert "".join(one.char for one in located) == "Süß"
    starts = [one.middle * 640 for one in located]
    assert row.x < starts[0] < starts[1] < starts[2] < row.x + row.width


@pytest.mark.ocr
@pytest.mark.parametrize("drawn", ["R", "A", "H"])
def test_a_letter_that_only_its_word_tells_is_doubted(
    studio: "Studio", recogniser: PpOcr, drawn: str
) -> None:
    said = doubt(studio, recogniser, f"Gro{drawn}e Pause", drawn, "ß")
    assert said == f"the ß looks unlike any ß: alone it reads {drawn}"


@pytest.mark.ocr
@pytest.mark.parametrize(
    "text", ["Große Süße für Öl", "À la crème brûlée", "Żółty ser śląski", "Güneş ığdır"]
)
def test_right_letters_are_not_doubted(studio: "Studio", recogniser: PpOcr, text: str) -> None:
    assert doubt(studio, recogniser, text, "ß", "ß") == ""


@pytest.mark.ocr
def test_letters_of_another_part_of_the_place_are_left_alone(
    studio: "Studio", recogniser: PpOcr
) -> None:
    picture = studio.picture([studio.set("GroRe Süße", "de_DE", (20, 14, 40))], (640, 80))
    own = read_as("Große Süße")
    piece = Piece(quad=quad_of((0, 0, 640, 80)), readings=(own,))
    judge = ReadAlone([Misled(recogniser.at(look), "R", "ß") for look in LOOKS[:2]])
    first, second = (
        Part(piece=piece, reader=own.reader, start=start, end=end)
        for start, end in ((0, 5), (6, 10))
    )
    assert judge.doubt([first], picture)
    assert judge.doubt([second], picture) == ""
