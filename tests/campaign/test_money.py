"""Amounts are decimal strings that the currency can express, shown as they are written."""

import decimal
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.money import Money, is_known_currency, precision_problem

CURRENCY = "currency: EUR"


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("8.90", "EUR"),
        ("9", "EUR"),
        ("1.250", "KWD"),
        ("1", "KWD"),
        ("1180", "JPY"),
        ("89000", "VND"),
        ("0.05", "USD"),
        ("999999999999.99", "INR"),
    ],
)
def test_an_amount_with_all_or_none_of_the_currencys_decimals_is_fine(
    amount: str, currency: str
) -> None:
    assert precision_problem(decimal.Decimal(amount), currency) == ""


@pytest.mark.parametrize(
    ("amount", "currency", "remedy"),
    [
        ("980.50", "JPY", "JPY has no decimals, write a whole amount"),
        ("980.0", "KRW", "KRW has no decimals, write a whole amount"),
        ("8.9", "EUR", "EUR has 2 decimals, write 8.90"),
        ("8.999", "EUR", "EUR has 2 decimals, write no more of them"),
        ("1.25", "KWD", "KWD has 3 decimals, write 1.250"),
        ("1.2505", "KWD", "KWD has 3 decimals, write no more of them"),
    ],
)
def test_an_amount_the_currency_cannot_express_is_never_rounded_for_the_marketer(
    amount: str, currency: str, remedy: str
) -> None:
    assert precision_problem(decimal.Decimal(amount), currency) == remedy


@pytest.mark.parametrize(
    ("currency", "amount", "told"),
    [
        ("JPY", "980.50", ["11: offers.bowl.price.de: 980.50 cannot be shown; "]),
        ("EUR", "8.9", ["11: offers.bowl.price.de: 8.9 cannot be shown; "]),
        ("KWD", "1.250", []),
    ],
)
def test_prices_of_a_file_are_checked_in_the_markets_currency(
    said: Callable[[str], list[str]], good: str, currency: str, amount: str, told: list[str]
) -> None:
    answers = said(good.replace("EUR", currency).replace("8.90", amount))
    assert [answer[: len(start)] for answer, start in zip(answers, told, strict=True)] == told


def test_a_price_keeps_its_zeros(load: Callable[[str], LoadedCampaign], good: str) -> None:
    amount = load(good).campaign.offers["bowl"].price["de"]
    assert str(amount) == "8.90"
    assert Money(amount=amount, currency="EUR").decimals == 2


def test_only_currencies_of_iso_4217_are_known() -> None:
    assert is_known_currency("EUR")
    assert not any(map(is_known_currency, ["eur", "EURO", "", "€", "ZZZ"]))
