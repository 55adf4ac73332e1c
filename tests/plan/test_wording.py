"""The strings of a creative: which there are, and what they say."""

import datetime as dt
import decimal
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.campaign.money import Money
from pipeline.plan.wording import discount

Lines = Callable[..., dict[str, str]]

PRICES = st.decimals(min_value=decimal.Decimal("0.01"), max_value=9999, places=2, allow_nan=False)


def euro(amount: str) -> Money:
    return Money(amount=decimal.Decimal(amount), currency="EUR")


def test_a_creative_says_its_lines_in_reading_order(lines: Lines, text: str) -> None:
    assert lines(text, "de_DE") == {
        "brand": "Marlow & Pine",
        "badge": "-18\u00a0%",
        "headline": "Frische Bowls",
        "was_price": "10,90\u00a0€",
        "price": "8,90\u00a0€",
        "cta": "Jetzt bestellen",
        "legal": "Nur am 1. Dezember 2026.",
    }
    assert list(lines(text, "de_DE")) == [
        "brand",
        "badge",
        "headline",
        "was_price",
        "price",
        "cta",
        "legal",
    ]


def test_each_locale_of_a_market_has_its_own_words_and_forms(lines: Lines, text: str) -> None:
    french = lines(text, "fr_CH")
    assert french["headline"] == "Bols frais"
    assert french["price"].endswith("CHF")
    assert french["legal"] == "Le 1er décembre 2026."
    german = lines(text, "de_CH")
    assert german["headline"] == "Frische Bowls"  # de serves de_CH
    assert german["price"] == "CHF\u00a014.90"


@pytest.mark.parametrize(
    ("price", "was", "percent"),
    [
        ("8.90", "10.90", 18),  # 18.35
        ("7.50", "10.00", 25),
        ("7.51", "10.00", 24),  # 24.9, never rounded up
        ("9.99", "10.00", 0),
        ("0.01", "9.99", 99),
        ("6.66", "9.99", 33),
    ],
)
def test_a_reduction_is_rounded_down(price: str, was: str, percent: int) -> None:
    assert discount(euro(price), euro(was)) == percent


@given(price=PRICES, was=PRICES)
def test_a_badge_never_promises_more_than_the_price_keeps(
    price: decimal.Decimal, was: decimal.Decimal
) -> None:
    assume(price < was)
    percent = discount(Money(amount=price, currency="EUR"), Money(amount=was, currency="EUR"))
    assert 0 <= percent <= 99
    assert price * 100 <= was * (100 - percent)
    assert price * 100 > was * (100 - percent - 1)


def test_a_reduction_of_less_than_a_percent_has_no_badge(lines: Lines, text: str) -> None:
    said = lines(text.replace("de: 10.90", "de: 8.92"), "de_DE")
    assert "badge" not in said
    assert said["was_price"] == "8,92\u00a0€"


def test_an_offer_without_a_former_price_has_no_badge_and_no_former_price(
    lines: Lines, text: str
) -> None:
    assert lines(text, "de_DE", offer="soup").keys() == {"brand", "headline", "price"}


def test_an_offer_without_a_price_has_none(lines: Lines, text: str) -> None:
    words = text.replace("    price: {de: 4.90, ch: 6.90}\n", "")
    assert lines(words, "de_DE", offer="soup").keys() == {"brand", "headline"}


def test_a_badge_that_is_written_out_needs_no_former_price(lines: Lines, text: str) -> None:
    words = text.replace("{de: Heiße Suppe,", "{de: Suppe,")
    words += "      badge: {de: Neu, fr: Nouveau}\n"
    assert lines(words, "de_DE", offer="soup")["badge"] == "Neu"


def test_a_day_may_lower_a_price_and_everything_that_follows_from_it(
    lines: Lines, text: str
) -> None:
    days = "days:\n  2026-12-01: {offer: bowl, price: {de: 7.90}}\n  every: bowl\n"
    today = lines(text + days, "de_DE")
    assert (today["price"], today["badge"]) == ("7,90\u00a0€", "-27\u00a0%")
    tomorrow = lines(text + days, "de_DE", day=dt.date(2026, 12, 2))
    assert (tomorrow["price"], tomorrow["badge"]) == ("8,90\u00a0€", "-18\u00a0%")


def test_a_price_per_unit_says_the_unit(lines: Lines, text: str) -> None:
    words = text.replace("    price: {de: 4.90", "    unit: kilogram\n    price: {de: 4.90")
    assert lines(words, "de_DE", offer="soup")["price"] == "4,90\u00a0€/kg"
    assert lines(words, "fr_CH", offer="soup")["price"] == "6.90\u00a0CHF/kg"


@pytest.mark.parametrize(
    ("copy", "line"),
    [
        ("{price:number} Euro", "8,90 Euro"),
        ("statt {was} nur {price}", "statt 10,90\u00a0€ nur 8,90\u00a0€"),
        ("{saving} gespart", "2,00\u00a0€ gespart"),
        ("{discount} billiger", "-18\u00a0% billiger"),
        ("{saving:number} Euro weniger", "2,00 Euro weniger"),
        ("{day:weekday}", "Dienstag, 1. Dezember"),
        ("bis {until:short}", "bis 31.\u00a0Dez."),
        ("{slices, plural, one {# Stück} other {# Stücke}}", "8 Stücke"),
        ("{slices, plural, one {Stück} other {Stücke}}: {slices}", "Stücke: 8"),
        ("{weight} schwer", "240\u00a0g schwer"),
        ("ab {premiere:long}", "ab 15. Oktober 2027"),
        ("{hours} Stunden", "2,5 Stunden"),
        ("Oma's {slices} 'Stücke'", "Oma's 8 'Stücke'"),
    ],
)
def test_a_placeholder_becomes_the_locales_own_form(
    lines: Lines, text: str, copy: str, line: str
) -> None:
    facts = "    facts: {slices: 8, hours: 2.5, weight: 240 gram, premiere: 2027-10-15}\n"
    words = text.replace("    was:", facts + "    was:", 1).replace(
        "de: Frische Bowls", f'de: "{copy}"'
    )
    assert lines("valid_to: 2026-12-31\n" + words, "de_DE")["headline"] == line


def test_an_offers_own_line_comes_before_the_shared_one(lines: Lines, text: str) -> None:
    shared = 'copy:\n  price: {de: "nur {price}"}\n  legal: {de: Alle, fr: Tous}\n'
    assert lines(text + shared, "de_DE")["price"] == "nur 8,90\u00a0€"
    assert lines(text + shared, "de_DE")["legal"] == "Nur am 1. Dezember 2026."
    assert lines(text + shared, "de_DE", offer="soup")["legal"] == "Alle"
    assert lines(text + shared, "fr_CH")["price"].endswith("CHF")  # not served: its usual form


def test_traditional_chinese_takes_its_own_words_and_no_others(lines: Lines, text: str) -> None:
    words = text.replace("fr_CH", "zh_Hant_TW").replace("fr:", "zh_Hant:")
    assert lines(words, "zh_Hant_TW")["headline"] == "Bols frais"


def test_the_items_of_a_menu_stand_between_the_head_and_the_foot(lines: Lines, text: str) -> None:
    items = (
        "    items:\n"
        "      tea: {name: {de: Tee, fr: Thé}, price: {de: 2.50, ch: 3.90}}\n"
        "      cake: {name: {de: Kuchen, fr: Gâteau}, price: {de: 3.50, ch: 5.90}}\n"
    )
    said = lines(text.replace("  soup:\n", items + "  soup:\n"), "de_DE")
    assert list(said)[5:9] == ["item_1", "item_1_price", "item_2", "item_2_price"]
    assert said["item_2"] == "Kuchen"
    assert said["item_2_price"] == "3,50\u00a0€"
    assert list(said)[9:] == ["cta", "legal"]
