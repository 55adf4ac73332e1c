"""Digits that are not 0 to 9: which are read, and that a wrong one never passes."""

import dataclasses
import sys
import unicodedata

import babel.localedata
import numpy as np
import pytest

from pipeline.campaign.numerals import unread_digits
from pipeline.plan.lines import Line
from pipeline.proof.alphabet import alphabet_for
from pipeline.proof.corruption import Kind, wrong_versions
from pipeline.proof.normalise import bare
from pipeline.proof.numbers import holds_numbers, same_numbers
from pipeline.proof.ppocr import PpOcr
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import Verdict
from pipeline.typeset.fonts import script_of
from tests.proof.conftest import Pixels, Studio

DIGITS = [one for one in map(chr, range(sys.maxunicode)) if unicodedata.category(one) == "Nd"]
OTHERS = "".join(one for one in DIGITS if not unicodedata.normalize("NFKC", one).isascii())
PRICES = {
    "ar_EG": "\u200f١٬٢٣٤٫٥٠\u00a0ج.م.\u200f",
    "ar_KW": "\u200f٦٧٫٨٩٠\u00a0د.ك.\u200f",
    "fa_IR": "\u200eریال\u00a0۸۹٬۳۴۵",
    "mr_IN": "₹१,२३४.५०",
    "ne_NP": "नेरू ६,७८९",
}


@pytest.fixture(scope="module")
def recogniser() -> PpOcr:
    return PpOcr()


@pytest.mark.ocr
def test_what_preflight_lets_through_is_what_an_alphabet_of_the_locale_reads() -> None:
    for locale in babel.localedata.locale_identifiers():
        alphabet, script = alphabet_for(locale), script_of(locale)
        if script in {"Arab", "Deva"} and alphabet is None:
            continue  # a language that no reader reads at all: refused by its name
        read = {one for one in OTHERS if alphabet is not None and alphabet.knows(one)}
        assert set(unread_digits(OTHERS, script)) == set(OTHERS) - read, locale
        assert unread_digits("0123456789", script) == ""


@pytest.mark.ocr
def test_the_recogniser_alone_knows_no_digits_but_0_to_9(recogniser: PpOcr) -> None:
    assert recogniser.vouches("pp-ocr", "1,234.50")
    for price in ("१,२३४.५०", "١٬٢٣٤٫٥٠", "۱۲٬۳۴۵"):
        assert not recogniser.vouches("pp-ocr", price)
        assert recogniser.knows(price)
    assert not recogniser.knows("১,২৩৪.৫০")


def test_a_digit_of_other_numerals_is_another_digit() -> None:
    assert same_numbers("९", "९")
    assert not same_numbers("९", "9")
    assert not holds_numbers("٤٩ ج.م.", "49")
    assert same_numbers("۴۹", "٤٩")
    assert same_numbers("١٬٢٣٤٫٥٠", "١,٢٣٤,٥٠")
    assert not same_numbers("١٬٢٣٤٫٥٠", "١,٢٣٤٥٠")


@pytest.mark.parametrize("price", PRICES.values())
def test_planted_digits_stay_in_their_set(price: str) -> None:
    own = {one for one in price if one.isdecimal()}
    zero = min(ord(one) - unicodedata.digit(one) for one in own)
    for kind in (Kind.DIGIT, Kind.DIGIT_DROPPED, Kind.DIGIT_DOUBLED, Kind.SEPARATOR):
        for wrong in wrong_versions(price, kind, "ar_EG", 3):
            assert all(0 <= ord(one) - zero <= 9 for one in wrong if one.isdecimal())
            assert bare(wrong) != bare(price)
    assert len(wrong_versions(price, Kind.DIGIT, "ar_EG", 3)) == 9 * sum(map(str.isdecimal, price))
    assert wrong_versions(price, Kind.SEPARATOR, "ar_EG", 3)


@pytest.mark.ocr
@pytest.mark.parametrize(("locale", "price"), PRICES.items())
def test_a_price_in_digits_of_its_own_is_read(
    studio: Studio, recogniser: PpOcr, locale: str, price: str
) -> None:
    read = _read(studio, recogniser, locale, price)
    assert same_numbers(price, read), read


@pytest.mark.ocr
@pytest.mark.parametrize(
    ("locale", "words"),
    [("ar_AE", "سلطات طازجة"), ("fa_IR", "نوشیدنی گرم"), ("hi_IN", "आज की बचत")],
)
def test_words_are_read_in_the_order_and_the_letters_of_their_locale(
    studio: Studio, recogniser: PpOcr, locale: str, words: str
) -> None:
    assert bare(_read(studio, recogniser, locale, words)) == bare(words)


def _read(studio: Studio, recogniser: PpOcr, locale: str, text: str) -> str:
    """Return what the alphabet of a locale reads of a drawn line."""
    setting = studio.set(text, locale, direction=_direction(locale))
    right = round(setting.rows[0].x + setting.rows[0].width)
    ((_, further),) = recogniser.read([studio.picture([setting])[14:80, 14 : right + 6]], locale)
    assert len(further.text) == len(further.confidence)
    return further.text


@pytest.mark.ocr
@pytest.mark.parametrize(("locale", "price"), PRICES.items())
def test_a_right_price_passes_and_a_wrong_digit_or_separator_does_not(
    studio: Studio, proofreader: Proofreader, locale: str, price: str
) -> None:
    right = dataclasses.replace(
        studio.set(price, locale, direction=_direction(locale)), role="price"
    )
    ground = studio.picture([], quality=100)
    lines = [Line.of("price", price)]

    def verdict(shown: Pixels) -> Verdict:
        return proofreader.prove(shown, lines, locale, [right], ground=ground).verdict

    assert verdict(studio.picture([right])) is Verdict.PASS
    for kind in (Kind.DIGIT, Kind.DIGIT_DROPPED, Kind.SEPARATOR):
        (wrong, *_) = wrong_versions(price, kind, locale, 5)
        row = dataclasses.replace(right.rows[0], text=wrong)
        planted = studio.picture([dataclasses.replace(right, text=wrong, rows=(row,))])
        assert np.abs(planted.astype(int) - studio.picture([right])).max() > 100
        assert verdict(planted) is not Verdict.PASS, wrong


def _direction(locale: str) -> str:
    return "rtl" if script_of(locale) == "Arab" else "ltr"
