"""Write numbers, prices, percents, dates and units as a locale writes them.

ICU formats the values (through its number and date skeletons), because Babel 2.18 ignores
native digits, minimum grouping, currency spacing and the side of a minus sign; Babel knows
the locales. The locale is always passed, never taken from the machine.
"""

import datetime as dt
import decimal
import functools

import babel
from icu4py.messageformat import MessageFormat

from pipeline.campaign.money import Money

_NO_BREAK_SPACE = "\u00a0"
_SHORT_DATE = 14
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
    """Return a measure, as in `350 g`.

    Args:
        value: The number.
        unit: A CLDR unit identifier such as `gram`.
        locale: CLDR locale identifier.
    """
    return _number(value, f"unit/{unit} unit-width-short", locale).replace(" ", _NO_BREAK_SPACE)


def number_text(value: decimal.Decimal, locale: str) -> str:
    """Return a bare number with the locale's digits and separators."""
    exponent = value.as_tuple().exponent
    return _number(value, _precision(-exponent if isinstance(exponent, int) else 0), locale)


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
    text = _format(pattern, locale).format({"value": day})
    return text.replace(" ", _NO_BREAK_SPACE) if len(text) <= _SHORT_DATE else text


def _precision(decimals: int) -> str:
    return f".{'0' * decimals}" if decimals else "precision-integer"


def _number(value: decimal.Decimal, skeleton: str, locale: str) -> str:
    return _format(f"{{value, number, ::{skeleton}}}", locale).format({"value": value})


@functools.lru_cache(maxsize=4096)
def _format(pattern: str, locale: str) -> MessageFormat:
    return MessageFormat(pattern, str(babel.Locale.parse(locale)).replace("_", "-"))
