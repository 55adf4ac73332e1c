"""The scalars of a campaign file: strings that must be something."""

import datetime as dt
import decimal
import functools
import re
import zoneinfo
from typing import Annotated, Any, Literal, TypeAlias

import babel
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from pipeline.campaign.formats import known_formats
from pipeline.campaign.money import is_known_currency
from pipeline.campaign.text import text_problem

UNITS = (
    "gram", "kilogram", "milliliter", "liter", "centimeter", "meter", "kilometer", "minute",
    "hour", "day", "week", "month", "year", "megabyte", "gigabyte",
)  # fmt: skip
"""CLDR unit identifiers that facts and unit prices may use."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_GROUPS = ("weekdays", "weekend", "every")
FALLBACK = "fallback"
"""What runs where nothing else does."""

RANGE = ".."
"""Between the first and the last day of several in a row."""
LONGEST_COPY = 300
"""Characters that a text may have, its plural forms included."""
OFF = "off"
"""What switches a check of the picture off."""

_THRESHOLD = re.compile(r"(0|[1-9][0-9]{0,7})(\.[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _like(regex: str) -> Any:  # noqa: ANN401 - pydantic types what Field returns so
    """Return what tells editors how a string looks."""
    return Field(json_schema_extra={"pattern": f"^({regex})$"})


def _pattern(regex: str, expected: str) -> BeforeValidator:
    compiled = re.compile(regex)

    def check(value: object) -> object:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            msg = f"expected {expected}"
            raise ValueError(msg)
        return value

    return BeforeValidator(check)


def _date(value: object) -> dt.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        msg = "expected a date such as 2026-11-27"
        raise ValueError(msg)
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        msg = f"{value} is not a day of the calendar"
        raise ValueError(msg) from None


def _locale(value: str) -> str:
    try:
        full = str(babel.Locale.parse(value))
    except (ValueError, babel.UnknownLocaleError):
        msg = f"unknown locale {value!r}; expected one such as de_DE or zh_Hans_CN"
        raise ValueError(msg) from None
    if full != value:  # one spelling, so that copy and markets always mean the same locale
        msg = f"{value!r} is not the locale's full name; write {full}"
        raise ValueError(msg)
    return full


def _currency(value: str) -> str:
    if not is_known_currency(value):
        msg = f"unknown currency {value!r}; expected an ISO 4217 code such as EUR"
        raise ValueError(msg)
    return value


def _time_zone(value: str) -> str:
    if value not in _time_zones():
        msg = f"unknown time zone {value!r}; expected one such as Europe/Berlin"
        raise ValueError(msg)
    return value


@functools.cache
def _time_zones() -> frozenset[str]:
    """Return all zones; to list them takes a walk through the time zone folder."""
    return frozenset(zoneinfo.available_timezones())


def _format(value: str) -> str:
    if value not in known_formats():
        msg = f"unknown format {value!r}; known are {', '.join(known_formats())}"
        raise ValueError(msg)
    return value


def _day_key(value: str) -> str:
    if value in WEEKDAYS or value in DAY_GROUPS or value == FALLBACK:
        return value
    first, between, last = value.partition(RANGE)
    if not _DATE.fullmatch(first) or (between and not _DATE.fullmatch(last)):
        known = ", ".join((*DAY_GROUPS, FALLBACK))
        raise ValueError(
            f"expected a weekday, {known}, a date such as 2026-11-27 or days in a row such as "
            "2026-12-01..2026-12-24"
        )
    if between and _date(first) > _date(last):
        raise ValueError(f"{last} is before {first}")
    return str(_date(first)) if not between else f"{_date(first)}{RANGE}{_date(last)}"


def _copy_text(value: str) -> str:
    if problem := text_problem(value):
        raise ValueError(problem)
    return value


def _fact(value: object) -> object:
    return str(_date(value)) if isinstance(value, str) and _DATE.fullmatch(value) else value


def _flag(value: object) -> object:
    """Let a switch be `true` or `false` in words, as a campaign file has no other kind."""
    known = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value not in known:
        msg = "expected true or false"
        raise ValueError(msg)
    return known[value]


def _threshold(value: object) -> object:
    """Let a threshold be a number above zero, or `off`."""
    if value in {OFF, None}:
        return None
    if not _THRESHOLD.fullmatch(str(value)) or not decimal.Decimal(str(value)):
        msg = f"expected a number above 0 such as 4.5, or {OFF}"
        raise ValueError(msg)
    return value


_NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string"}]}
_THRESHOLD_SCHEMA = {
    "anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string"}, {"const": False}]
}
"""An editor that follows YAML 1.1 reads `off` as false."""

_NAME = r"(?=.{1,48}$)[a-z0-9]+(-[a-z0-9]+)*"
_HEX = r"#[0-9A-Fa-f]{6}"

Identifier: TypeAlias = Annotated[
    str, _pattern(_NAME, "a short name of a-z, 0-9 and -"), _like(_NAME)
]
FactName: TypeAlias = Annotated[
    str, _pattern(r"(?=.{1,31}$)[a-z][a-z0-9]*(_[a-z0-9]+)*", "a name of a-z, 0-9 and single _")
]
Role: TypeAlias = Literal[
    "headline", "offer", "badge", "price", "was_price", "cta", "legal", "code"
]
Sha256: TypeAlias = Annotated[
    str, _pattern("[0-9a-f]{64}", "a SHA-256 of 64 digits 0-9 and a-f"), _like("[0-9a-f]{64}")
]
Hex: TypeAlias = Annotated[str, _pattern(_HEX, "a colour such as #FFC83D"), _like(_HEX)]
Amount: TypeAlias = Annotated[
    decimal.Decimal,
    _pattern(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?", "an amount such as 8.90"),
    WithJsonSchema(_NUMBER_SCHEMA),
]
Threshold: TypeAlias = Annotated[
    decimal.Decimal | None, BeforeValidator(_threshold), WithJsonSchema(_THRESHOLD_SCHEMA)
]
Count: TypeAlias = Annotated[
    int, _pattern(r"0|[1-9][0-9]{0,5}", "a whole number"), WithJsonSchema(_NUMBER_SCHEMA)
]
Seed: TypeAlias = Annotated[
    int,
    _pattern(r"0|[1-9][0-9]{0,9}", "a whole number"),
    Field(ge=0, le=2**31 - 1),
    WithJsonSchema(_NUMBER_SCHEMA),
]
Guidance: TypeAlias = Annotated[
    decimal.Decimal,
    _pattern(r"[0-9]{1,2}(\.[0-9])?", "a number with at most one decimal, such as 3.5"),
    WithJsonSchema(_NUMBER_SCHEMA),
]
Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Date: TypeAlias = Annotated[
    dt.date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})
]
LocaleId: TypeAlias = Annotated[str, AfterValidator(_locale)]
CopyText: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=LONGEST_COPY), AfterValidator(_copy_text)
]
Currency: TypeAlias = Annotated[str, AfterValidator(_currency)]
TimeZone: TypeAlias = Annotated[str, AfterValidator(_time_zone)]
FormatName: TypeAlias = Annotated[str, AfterValidator(_format)]
DayKey: TypeAlias = Annotated[str, AfterValidator(_day_key)]
CopyTable: TypeAlias = dict[Role, dict[LocaleId, CopyText]]
FactText: TypeAlias = Annotated[
    str,
    _pattern(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}|"
        rf"(0|[1-9][0-9]{{0,8}})(\.[0-9]{{1,3}})?( ({'|'.join(UNITS)}))?",
        f"a number, a number with a unit ({', '.join(UNITS)}) or a date",
    ),
    AfterValidator(_fact),
    WithJsonSchema(_NUMBER_SCHEMA),
]
