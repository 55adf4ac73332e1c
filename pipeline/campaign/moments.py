"""Moments: when an offer begins and ends, on the wall clock of whatever market it runs in.

`2026-11-27` is a whole day, `2026-11-27 18:00` a minute of it. The time zone is the market's, so
one offer ends at 18:00 in Berlin and at 18:00 in Tokyo, eight hours earlier.
"""

import dataclasses
import datetime as dt
import re
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, WithJsonSchema

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?: ([0-9]{2}:[0-9]{2}))?")
_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A day or a minute on the wall clock.

    Attributes:
        day: The date.
        time: The minute; None for the whole day.
    """

    day: dt.date
    time: dt.time | None = None

    @property
    def begin(self) -> dt.datetime:
        """Return the wall-clock time with which it begins, without a time zone."""
        return dt.datetime.combine(self.day, self.time or dt.time())

    @property
    def end(self) -> dt.datetime:
        """Return the wall-clock time that is the first one after an offer that ends with it."""
        return self.begin if self.time else self.begin + _DAY

    def __str__(self) -> str:
        return f"{self.day} {self.time:%H:%M}" if self.time else str(self.day)


def _instant(value: object) -> object:
    if isinstance(value, Instant):
        return value
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("expected a date such as 2026-11-27, or one with a time: 2026-11-27 18:00")
    try:
        day = dt.date.fromisoformat(match[1])
        return Instant(day, dt.time.fromisoformat(match[2]) if match[2] else None)
    except ValueError:
        raise ValueError(f"{value} is not a time of the calendar") from None


Moment: TypeAlias = Annotated[
    Instant, BeforeValidator(_instant), WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-"})
]
