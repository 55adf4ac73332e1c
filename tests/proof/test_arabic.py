"""Arabic script as seen and as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.arabic import order, seen, written

WORDS = ("سلام", "عرض", "ج.م.", "د.إ.", "كتاب")
DIGITS = st.text("٠١٢٣٤٥٦٧٨٩", min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("text", "picture"),
    [
        ("\u200f١٬٢٣٤٫٥٠\u00a0ج.م.\u200f", ".م.ج\u00a0١,٢٣٤,٥٠"),
        ("\u200eریال\u00a0۱۲٬۳۴۵", "١٢,٣٤٥\u00a0لاير"),
        ("خصم ٥٠٪", "%٥٠ مصخ"),
        ("(عرض)", "(ضرع)"),
        ("«٢» و»", "«و «٢»"),
        ("\u061c-١٦٪\u061c", "%١٦-"),
        ("49.90 درهم", "مهرد 49.90"),
        ("من 10 إلى 20", "20 ىلإ 10 نم"),
        ("٠١٢-٣٤٥", "٣٤٥-٠١٢"),
        ("۰۱۲-۳۴۵", "٠١٢-٣٤٥"),
        ("۱۷٪", "١٧%"),
        ("تخفیف ۱۷٪", "%١٧ فيفخت"),
        ("اشتر Pine & Oak الآن", "نآلا Pine & Oak رتشا"),
        ("12.05.2026 €5 حتى", "ىتح €5 12.05.2026"),
    ],
)
def test_a_row_is_seen_from_left_to_right(text: str, picture: str) -> None:
    assert seen(text) == picture


def test_marks_are_not_seen_and_a_persian_yeh_has_dots_inside_a_word_alone() -> None:
    assert seen("مجّانًا") == "اناجم"
    assert seen("می‌خواهی یک") == "كي ىهاوخىم"


@pytest.mark.parametrize("text", ["١٬٢٣٤٫٥٠ ج.م.", "خصم ٥٠٪ (اليوم)", "من 10 إلى 20", "-٥", ""])
def test_what_was_seen_is_written_again(text: str) -> None:
    folded = text.replace("٬", ",").replace("٫", ",").replace("٪", "%")
    assert written(seen(text), "ar_EG") == folded


def test_persian_is_spelt_with_its_own_letters() -> None:
    assert written(seen("ریال کیک"), "fa_IR") == "ریال کیک"
    assert written(seen("رياك"), "ar_EG") == "رياك"


@given(st.lists(st.one_of(st.sampled_from(WORDS), DIGITS), max_size=6).map(" ".join))
def test_words_and_arabic_numbers_always_come_back(text: str) -> None:
    assert written(seen(text), "ar_EG") == text


@given(st.text("سلام ١٢،.-%()aB12€/", max_size=12))
def test_every_character_has_its_place_in_the_row(picture: str) -> None:
    places = order(picture, "ar_EG")
    assert sorted(places) == list(range(len(picture)))
    said = written(picture, "ar_EG")
    brackets = str.maketrans("()", "((")
    moved = "".join(picture[place] for place in places)
    assert said.translate(brackets) == moved.translate(brackets)
