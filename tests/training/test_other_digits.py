"""Training scripts with digits of their own: what is written, drawn, and to be read there."""

import unicodedata

import numpy as np
import pytest

from pipeline.proof.alphabet import alphabets
from pipeline.proof.normalise import normalise
from pipeline.typeset.fonts import files_of
from training.drawing import drawn
from training.features import Backbone
from training.measure import measure
from training.numbers import CURRENCIES, Numerals, number
from training.scripts import scripts
from training.typefaces import able, typefaces
from training.writing import line

ARABIC = scripts()["arabic"]
DEVANAGARI = scripts()["devanagari"]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize("name", ["arabic", "devanagari"])
def test_half_of_what_is_written_are_numbers_mostly_in_the_digits_of_the_script(
    name: str, rng: np.random.Generator
) -> None:
    script = scripts()[name]
    parts = " ".join(line(script, (), rng) for _ in range(600))
    digits = [char for char in parts if char.isdecimal()]
    own = sum(not char.isascii() for char in digits) / len(digits)
    assert 0.6 < own < 0.9
    assert set(map(unicodedata.digit, (char for char in digits if char.isascii()))) == {*range(10)}
    assert {one.digits for one in script.numerals} >= {"0123456789"}


def test_a_number_keeps_to_one_set_of_digits(rng: np.random.Generator) -> None:
    for numerals in {one for script in (ARABIC, DEVANAGARI) for one in script.numerals}:
        for _ in range(200):
            text = number(rng, numerals, CURRENCIES)
            assert {char for char in text if char.isdecimal()} <= set(numerals.digits)


def test_thousands_and_cents_are_told_apart(rng: np.random.Generator) -> None:
    marks = Numerals(decimal=(",", "."), thousands=(",", "."))
    found = (number(rng, marks, ("€",)) for _ in range(2000))
    both = [text for text in found if text.count(",") + text.count(".") == 2 and "/" not in text]
    prices = [text for text in both if text.rstrip(" €")[-3:-2] in {",", "."} and ":" not in text]
    assert prices
    assert all("," in text and "." in text for text in prices if not _is_date(text))


def _is_date(text: str) -> bool:
    return text.count(".") == 2 and "," not in text


def test_random_devanagari_begins_with_a_letter_and_joins_only_letters(
    rng: np.random.Generator,
) -> None:
    words = [DEVANAGARI.random(rng) for _ in range(400)]
    assert all(unicodedata.category(word[0]) == "Lo" for word in words)
    for word in words:
        for place, char in enumerate(word):
            if char == "\u094d":
                assert unicodedata.category(word[place + 1]) == "Lo"


def test_an_arabic_line_is_to_be_read_as_it_is_seen(rng: np.random.Generator) -> None:
    faces = list(able([file.path for file in files_of("Amiri")], ARABIC.needed))
    one = drawn(ARABIC, faces, lambda: "١٬٢٣٤٫٥٠ ج.م.", rng)
    assert one.text == ".م.ج ١,٢٣٤,٥٠"
    assert normalise(one.text) == ".م.ج 1,234,50"


def test_an_arabic_line_is_drawn_from_the_right(rng: np.random.Generator) -> None:
    faces = list(able([file.path for file in files_of("Cairo")], ARABIC.needed))
    lines = [drawn(ARABIC, faces, lambda: "١١١١ ممم", rng).pixels for _ in range(9)]
    uprights = 0
    for pixels in lines:
        grey = pixels.astype(float).mean(axis=2)
        # Four ones cross the upper half as strokes; the letters stand on the row's lower half.
        upper = np.abs(np.diff(grey[8:20], axis=1)).mean(axis=0)
        uprights += upper[len(upper) // 2 :].sum() > upper[: len(upper) // 2].sum()
    assert uprights >= 7


def test_the_fonts_of_the_press_come_more_often_than_others(rng: np.random.Generator) -> None:
    faces = [face.path.name for face in typefaces(DEVANAGARI.needed, rng)]
    assert faces.count("Baloo2[wght].ttf") == 4


@pytest.mark.ocr
@pytest.mark.parametrize(("name", "family"), [("arabic", "Cairo"), ("devanagari", "Baloo 2")])
def test_a_committed_head_reads_numbers_in_digits_of_its_own(
    name: str, family: str, rng: np.random.Generator
) -> None:
    script, head = scripts()[name], alphabets()[name]
    faces = list(able([file.path for file in files_of(family)], script.needed))
    numerals = script.numerals[0]
    lines = [drawn(script, faces, lambda: number(rng, numerals, ("€",)), rng) for _ in range(20)]
    samples = list(Backbone().samples(lines, rng))
    quality = measure(lambda one: head.steps(one.T[None, :, None]), samples, head.characters[1:])
    assert quality.lines == 20
    assert quality.errors < 0.15
