"""Numbers to learn from: prices, discounts, times, dates, codes and telephone numbers."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")

CURRENCIES = tuple("€$£¥₽₴₺₪₩₹฿₫")
_LATIN = "0123456789"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Numerals:
    """What numbers are written with.

    Attributes:
        digits: From 0 to 9.
        decimal: What may stand before the cents.
        thousands: What may stand between thousands.
        percent: What may stand for a percent sign.
    """

    digits: str = _LATIN
    decimal: tuple[str, ...] = (",", ".")
    thousands: tuple[str, ...] = (" ", ".", ",")
    percent: tuple[str, ...] = ("%",)

    def spelt(self, text: str) -> str:
        """Return a text with these digits for 0 to 9."""
        return text.translate(str.maketrans(_LATIN, self.digits))


LATIN = Numerals()


def picked(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Return one of several things, each as likely."""
    return options[int(rng.integers(len(options)))]


def number(
    rng: np.random.Generator,
    numerals: Numerals = LATIN,
    currencies: Sequence[str] = CURRENCIES,
) -> str:
    """Return a price, a time, a date, a day or year, a discount, a code or a telephone number.

    Args:
        rng: The source of chance.
        numerals: What it is written with.
        currencies: What may stand beside it.
    """
    text = numerals.spelt(picked(rng, _NUMBERS)(rng, numerals))
    if rng.random() < 0.35:
        sign = picked(rng, currencies)
        return picked(rng, (f"{text} {sign}", f"{sign} {text}" if len(sign) > 1 else sign + text))
    return text


def _price(rng: np.random.Generator, numerals: Numerals) -> str:
    return f"{rng.integers(1, 1000)}{picked(rng, numerals.decimal)}{rng.integers(100):02d}"


def _thousands(rng: np.random.Generator, numerals: Numerals) -> str:
    cents = f"{picked(rng, numerals.decimal)}{rng.integers(100):02d}" if rng.random() < 0.2 else ""
    mark = picked(rng, [one for one in numerals.thousands if one != cents[:1]])
    return f"{rng.integers(1, 100)}{mark}{rng.integers(1000):03d}{cents}"


def _time(rng: np.random.Generator, _: Numerals) -> str:
    return f"{rng.integers(24)}:{rng.integers(60):02d}"


def _date(rng: np.random.Generator, _: Numerals) -> str:
    mark, year = picked(rng, "./"), picked(rng, ("", ".2026", "/26"))
    return f"{rng.integers(1, 32)}{mark}{rng.integers(1, 13):02d}{year}"


def _percentage(rng: np.random.Generator, numerals: Numerals) -> str:
    sign = picked(rng, numerals.percent)
    return f"{picked(rng, ('-', '–', '−', ''))}{rng.integers(1, 100)}{picked(rng, (' ', ''))}{sign}"


def _count(rng: np.random.Generator, _: Numerals) -> str:
    return str(rng.integers(1, 100) if rng.random() < 0.7 else rng.integers(1400, 2100))


def _code(rng: np.random.Generator, _: Numerals) -> str:
    return "".join(picked(rng, _LATIN) for _ in range(int(rng.integers(1, 12))))


def _telephone(rng: np.random.Generator, _: Numerals) -> str:
    country, area, first = rng.integers(1, 100), rng.integers(10, 1000), rng.integers(100, 1000)
    return f"+{country} {area} {first}{picked(rng, '- ')}{rng.integers(10, 10000)}"


_NUMBERS: tuple[Callable[[np.random.Generator, Numerals], str], ...] = (
    _price,
    _price,
    _thousands,
    _thousands,
    _time,
    _date,
    _percentage,
    _count,
    _code,
    _telephone,
)
"""Prices are what the proof must read best, so they come twice as often."""
