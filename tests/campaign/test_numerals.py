"""Numerals: a market's numbers in its own digits, or in 0 to 9."""

import datetime as dt
import decimal

import pytest

from pipeline.campaign.message import format_message, parse_message
from pipeline.campaign.money import Money
from pipeline.campaign.numerals import icu_tag, other_digits, unread_digits, with_latin_digits
from pipeline.plan.localise import date_text, money_text, percent_text, unit_text

EGYPT = with_latin_digits("ar_EG")
PRICE = Money(amount=decimal.Decimal("1234.50"), currency="EGP")


def test_the_same_price_is_written_with_either_digits() -> None:
    assert "١٬٢٣٤٫٥٠" in money_text(PRICE, "ar_EG")
    assert "1,234.50" in money_text(PRICE, EGYPT)
    assert money_text(PRICE, "ar_EG").endswith("ج.م.\u200f")
    assert money_text(PRICE, EGYPT).endswith("ج.م.\u200f")


def test_dates_percents_measures_and_plurals_follow() -> None:
    texts = [
        date_text(dt.date(2026, 11, 27), "long", EGYPT),
        percent_text(-20, EGYPT),
        unit_text(decimal.Decimal(3), "gram", EGYPT),
        format_message(parse_message("{n, plural, one {#} other {# قطع}}"), EGYPT, {"n__count": 7}),
    ]
    assert not other_digits("".join(texts))
    assert other_digits(date_text(dt.date(2026, 11, 27), "long", "ar_EG"))


@pytest.mark.parametrize(
    ("locale", "tag"),
    [
        ("de_DE", "de-DE"),
        ("ar_EG", "ar-EG"),
        (EGYPT, "ar-EG-u-nu-latn"),
        ("zh_Hans_CN", "zh-Hans-CN"),
    ],
)
def test_icu_is_told_the_locale_and_the_digits(locale: str, tag: str) -> None:
    assert icu_tag(locale) == tag


def test_digits_of_other_scripts_are_told_from_0_to_9() -> None:
    assert other_digits("8,90 € um 14 Uhr") == ""
    assert other_digits("٢٩ و ۳ و ९ و ٢") == "٢٩۳९"


def test_digits_are_unread_outside_the_script_that_they_belong_to() -> None:
    assert unread_digits("8,90 € ٢٩ و ۳", "Arab") == ""
    assert unread_digits("8,90 € ٢٩ و ۳", "Latn") == "٢٩۳"
    assert unread_digits("१४९ / ১৪৯", "Deva") == "১৪৯"
    assert unread_digits("8,90 €", "Mymr") == ""
