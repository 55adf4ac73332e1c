"""Numbers and dates as each locale writes them: snapshots, and laws that hold for all."""

import datetime as dt
import decimal
import pathlib
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaign.load import load_campaign
from pipeline.campaign.money import Money
from pipeline.campaign.scalars import UNITS
from pipeline.plan.localise import (
    amount_text,
    date_text,
    money_text,
    number_text,
    percent_text,
    unit_price_text,
    unit_text,
)
from pipeline.settings import read_settings

PROJECT = pathlib.Path(__file__).parent.parent.parent
GOLDEN = pathlib.Path(__file__).parent / "golden"


def _used() -> list[tuple[str, str]]:
    """Return every locale of the example campaigns with its market's currency."""
    files = sorted((PROJECT / "campaigns").glob("*.yaml"))
    loaded = [load_campaign(file, read_settings({}, 1).template_names()) for file in files]
    used = {
        (locale, market.currency)
        for campaign in loaded
        for market in campaign.campaign.markets.values()
        for locale in market.locales
    }
    return sorted(used)


USED = _used()
WHOLE = {"JPY", "KRW", "VND"}
PRICES = st.decimals(
    min_value=0, max_value=decimal.Decimal("99999999.99"), places=2, allow_nan=False
)


def money(amount: str, currency: str) -> Money:
    return Money(amount=decimal.Decimal(amount), currency=currency)


def digits(text: str) -> str:
    """Return the digits of a text as ASCII, whatever script they are in."""
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())


def snapshot(locale: str, currency: str) -> str:
    price, much = ("980", "1249900") if currency in WHOLE else ("8.90", "12499.00")
    first, other = dt.date(2026, 12, 1), dt.date(2026, 11, 27)
    rows = {
        "price": money_text(money(price, currency), locale),
        "much": money_text(money(much, currency), locale),
        "whole": money_text(money("9", currency), locale),
        "bare": amount_text(money(much, currency), locale),
        "percent": percent_text(-25, locale),
        "long": date_text(other, "long", locale),
        "short": date_text(other, "short", locale),
        "weekday": date_text(other, "weekday", locale),
        "the first": date_text(first, "long", locale),
        "short first": date_text(first, "short", locale),
        "weekday first": date_text(first, "weekday", locale),
        "weight": unit_text(decimal.Decimal(240), "gram", locale),
        "volume": unit_text(decimal.Decimal("1.50"), "liter", locale),
        "hours": unit_text(decimal.Decimal(40), "hour", locale),
        "per unit": unit_price_text(money(price, currency), "kilogram", locale),
        "number": number_text(decimal.Decimal("12345.50"), locale),
    }
    visible = {name: _visible(text) for name, text in rows.items()}
    return "\n".join([f"{locale} {currency}", *(f"  {n:14}{t}" for n, t in visible.items())])


def _visible(text: str) -> str:
    """Return a text whose invisible characters and special spaces can be reviewed in a diff."""
    return "".join(
        f"<{ord(c):04X}>" if c != " " and unicodedata.category(c) in {"Zs", "Cf"} else c
        for c in text
    )


def test_every_locale_of_the_campaigns_writes_as_it_did(
    golden: Callable[[pathlib.Path, str], None],
) -> None:
    text = "\n\n".join(snapshot(locale, currency) for locale, currency in USED)
    golden(GOLDEN / "localised.txt", text + "\n")


@pytest.mark.parametrize(
    ("locale", "day", "style", "text"),
    [
        ("fr_FR", dt.date(2026, 12, 1), "long", "1er décembre 2026"),
        ("fr_CA", dt.date(2026, 12, 1), "weekday", "mardi 1er décembre"),
        ("fr_FR", dt.date(2026, 12, 11), "long", "11 décembre 2026"),
        ("fr_FR", dt.date(2026, 12, 21), "long", "21 décembre 2026"),
        ("pt_BR", dt.date(2026, 12, 1), "long", "1º de dezembro de 2026"),
        ("pt_BR", dt.date(2026, 12, 2), "long", "2 de dezembro de 2026"),
        ("pt_PT", dt.date(2026, 12, 1), "long", "1 de dezembro de 2026"),
        ("vi_VN", dt.date(2026, 11, 27), "long", "27 tháng 11 năm 2026"),
        ("de_DE", dt.date(2026, 12, 1), "", "1. Dezember 2026"),
        ("th_TH", dt.date(2026, 12, 1), "long", "1\u00a0ธันวาคม\u00a02569"),
        ("ja_JP", dt.date(2026, 12, 1), "long", "2026年12月1日"),
    ],
)
def test_dates_read_as_people_write_them(locale: str, day: dt.date, style: str, text: str) -> None:
    assert date_text(day, style, locale) == text


@pytest.mark.parametrize("unit", UNITS)
def test_japanese_measures_have_no_space(unit: str) -> None:
    text = unit_text(decimal.Decimal(240), unit, "ja_JP")
    assert text == "".join(text.split())


@pytest.mark.parametrize("unit", UNITS)
def test_hindi_measures_are_not_abbreviated(unit: str) -> None:
    assert "॰" not in unit_text(decimal.Decimal(240), unit, "hi_IN")


@pytest.mark.parametrize("locale", [locale for locale, _ in USED])
def test_every_unit_has_a_name_in_every_locale(locale: str) -> None:
    for unit in UNITS:
        text = unit_text(decimal.Decimal(240), unit, locale)
        assert digits(text) == "240"
        assert " " not in text
        assert any(c.isalpha() for c in text)
        assert f"-{unit}" not in text  # CLDR's own id, where a locale lacks the unit


def test_the_yen_sign_is_as_narrow_as_the_digits() -> None:
    assert money_text(money("1180", "JPY"), "ja_JP") == "¥1,180"


def test_a_currency_of_three_decimals_shows_them_all() -> None:
    assert digits(money_text(money("1.250", "KWD"), "ar_KW")) == "1250"


def test_a_native_digit_locale_keeps_its_own_digits() -> None:
    assert "١٢٤٩" in money_text(money("1249", "EGP"), "ar_EG").replace("٬", "")


@pytest.mark.parametrize(("locale", "currency"), USED)
def test_a_price_stays_on_one_row(locale: str, currency: str) -> None:
    assert " " not in money_text(money("12499", currency), locale)


@settings(max_examples=200, deadline=None)
@given(amount=PRICES, at=st.sampled_from(USED))
def test_a_price_keeps_its_digits_in_every_locale(
    amount: decimal.Decimal, at: tuple[str, str]
) -> None:
    locale, currency = at
    written = amount.quantize(decimal.Decimal(1)) if currency in WHOLE else amount
    expected = str(written).replace(".", "")
    price = Money(amount=written, currency=currency)
    assert digits(money_text(price, locale)) == expected
    assert digits(amount_text(price, locale)) == expected
    assert digits(unit_price_text(price, "kilogram", locale)) == expected


@settings(max_examples=200, deadline=None)
@given(
    number=st.decimals(min_value=0, max_value=999_999, places=3, allow_nan=False),
    places=st.integers(0, 3),
    unit=st.sampled_from(UNITS),
    locale=st.sampled_from([locale for locale, _ in USED]),
)
def test_a_number_keeps_its_digits_in_every_locale(
    number: decimal.Decimal, places: int, unit: str, locale: str
) -> None:
    written = number.quantize(decimal.Decimal(1).scaleb(-places))
    expected = str(written).replace(".", "")
    assert digits(number_text(written, locale)) == expected
    # Arabic and Hebrew say one and two of a thing in words, without a digit.
    in_words = locale in {"ar_AE", "he_IL"} and written in {1, 2}
    assert digits(unit_text(written, unit, locale)) in ({expected, ""} if in_words else {expected})


@settings(max_examples=200, deadline=None)
@given(
    day=st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)),
    locale=st.sampled_from([locale for locale, _ in USED]),
)
def test_a_date_keeps_its_day_and_year_in_every_locale(day: dt.date, locale: str) -> None:
    long = date_text(day, "long", locale)
    year = day.year + 543 if locale == "th_TH" else day.year  # the Buddhist calendar
    assert str(year) in long
    assert str(day.day) in long.replace(str(year), "", 1)
    assert str(day.day) in date_text(day, "short", locale)
    assert str(day.day) in date_text(day, "weekday", locale)


@given(value=st.integers(1, 99), locale=st.sampled_from([locale for locale, _ in USED]))
def test_a_percentage_keeps_its_digits_and_its_sign(value: int, locale: str) -> None:
    text = percent_text(-value, locale)
    assert digits(text) == str(value)
    assert "-" in text or "\u2212" in text
    assert "%" in text
