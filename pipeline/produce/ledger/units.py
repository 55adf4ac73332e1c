"""Units of the database: whole micro-dollars and whole microseconds, exact in every database."""

import datetime as dt
import decimal

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_MILLION = 1_000_000


def micros_of(amount: decimal.Decimal) -> int:
    """Return US dollars as micro-dollars; what is finer is rounded, half to even.

    Raises:
        ValueError: If the amount is negative or not a number.
    """
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{amount} is no amount of money: it must be 0 or more US dollars")
    return int((amount * _MILLION).to_integral_value(decimal.ROUND_HALF_EVEN))


def dollars_of(micros: int) -> decimal.Decimal:
    """Return micro-dollars as US dollars, exactly."""
    return decimal.Decimal(int(micros)) / _MILLION


def ticks_of(instant: dt.datetime) -> int:
    """Return an instant as microseconds since 1970-01-01 00:00 UTC.

    Raises:
        ValueError: If it has no offset from UTC.
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no offset from UTC")
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(ticks: int) -> dt.datetime:
    """Return microseconds since 1970-01-01 00:00 UTC as an instant in UTC."""
    return _EPOCH + ticks * _MICROSECOND
