"""Write numbers, prices, percents, dates and units as a locale writes them.

ICU formats the values (through its number and date skeletons), because Babel 2.18 ignores
native digits, minimum grouping, currency spacing and the side of a minus sign; Babel knows
the locales. The locale is always passed, never taken from the machine; it may be one from
`numerals.with_latin_digits`.
"""

import datetime as dt
import decimal
import functools
import re

import babel
from icu4py.messageformat import MessageFormat

from pipeline.campaign.money import Money
from pipeline.campaign.numerals import icu_tag, without_digits

_NO_BREAK_SPACE = "\u00a0"
_SHORT_DATE = 14
_PLAIN_FIRST = frozenset({"PT"})
"""Territories that write the first of a month as 1, unlike others of their language."""
_DATE_SKELETONS = {"": "yMMMMd", "long": "yMMMMd", "short": "MMMd", "weekday": "EEEEMMMMd"}


def money_text(money: Money, locale: str) -> str:
    """Return a price with its currency sign, as in `8,90 €` or `CHF 14.90`.

    It shows the decimals it was written with. The full-width yen sign that CLDR gives for
    Japanese is narrowed, since a price stands among half-width digits.
    """
    skeleton = f"currency/{money.currency} {_precision(money.decimals)}"
    return _number(money.amount, skeleton, locale).replace("￥", "¥")


def amount_text(money: Money, locale: str) -> str:
    """Return a price without a currency sign, as in `1,180` before 円."""
    return _number(money.amount, _precision(money.decimals), locale)


def unit_price_text(money: Money, unit: str, locale: str) -> str:
    """Return a price per unit, as in `2,99 €/kg`."""
    one = unit_text(decimal.Decimal(1), unit, locale)
    symbol = "".join(c for c in one if not c.isdigit()).strip(" \u00a0\u202f\u200e\u200f")
    return f"{money_text(money, locale)}/{symbol}"


def percent_text(value: int, locale: str) -> str:
    """Return a whole percentage, as in `-25 %` for -25; the sign stands where it belongs."""
    return _number(decimal.Decimal(value), "percent", locale)


def unit_text(value: decimal.Decimal, unit: str, locale: str) -> str:
    """Return a measure, as in `350 g`, with the decimals it was written with.

    Args:
        value: The number.
        unit: A CLDR unit identifier such as `gram`.
        locale: CLDR locale identifier.
    """
    language = babel.Locale.parse(without_digits(locale)).language
    # Hindi writes units out: CLDR's ग्रा॰ for ग्राम is for tables, and hard to read in copy.
    width = "full-name" if language == "hi" else "short"
    skeleton = f"unit/{unit} unit-width-{width} {_precision(_decimals(value))}"
    text = _number(value, skeleton, locale).replace(" ", _NO_BREAK_SPACE)
    # Japanese sets no space inside a line; CLDR's, before a unit, would tear the line apart.
    return text.replace(_NO_BREAK_SPACE, "") if language == "ja" else text


def number_text(value: decimal.Decimal, locale: str) -> str:
    """Return a bare number with the locale's digits and separators."""
    return _number(value, _precision(_decimals(value)), locale)


def date_text(day: dt.date, style: str, locale: str) -> str:
    """Return a date in the locale's own order and calendar.

    Args:
        day: The date.
        style: `long` (27 November 2026, also for the empty style), `short` (27 Nov) or
            `weekday` (Friday 27 November).
        locale: CLDR locale identifier.

    A short date is held together with no-break spaces.
    """
    pattern = f"{{value, date, ::{_DATE_SKELETONS[style]}}}"
    text = _spoken_date(_format(pattern, locale).format({"value": day}), day, locale)
    return text.replace(" ", _NO_BREAK_SPACE) if len(text) <= _SHORT_DATE else text


def _spoken_date(text: str, day: dt.date, locale: str) -> str:
    """Return a date as people write it in a sentence, where CLDR's skeletons are for tables.

    French and Brazilian Portuguese write the first of a month as an ordinal; Vietnamese puts
    the word for year, not a comma, before the year.
    """
    parsed = babel.Locale.parse(without_digits(locale))
    if parsed.language == "vi":
        return text.replace(f", {day.year}", f" năm {day.year}")
    first = {"fr": "1er", "pt": "1º"}.get(parsed.language)
    if day.day != 1 or not first or parsed.territory in _PLAIN_FIRST:
        return text
    return re.sub(r"\b1\b", first, text, count=1)


def _decimals(value: decimal.Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _precision(decimals: int) -> str:
    return f".{'0' * decimals}" if decimals else "precision-integer"


def _number(value: decimal.Decimal, skeleton: str, locale: str) -> str:
    return _format(f"{{value, number, ::{skeleton}}}", locale).format({"value": value})


@functools.lru_cache(maxsize=4096)
def _format(pattern: str, locale: str) -> MessageFormat:
    return MessageFormat(pattern, icu_tag(locale))
