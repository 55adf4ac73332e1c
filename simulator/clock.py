"""The simulated clock: it runs with real time and can be moved forward or stopped."""

import datetime as dt
from collections.abc import Callable


class SimClock:
    """Seconds since 1970, shifted by what a test asked for.

    Args:
        real: Returns the real time in seconds since 1970.
    """

    def __init__(self, real: Callable[[], float]) -> None:
        self._real = real
        self._shift = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """Return the simulated time in seconds since 1970."""
        return (self._real() if self._frozen is None else self._frozen) + self._shift

    def advance(self, seconds: float) -> None:
        """Move the clock forward by a number of seconds."""
        self._shift += seconds

    def freeze(self) -> None:
        """Stop the clock; `advance` still moves it."""
        if self._frozen is None:
            self._frozen = self._real()

    def release(self) -> None:
        """Let the clock run on from where it stands."""
        if self._frozen is not None:
            self._shift += self._frozen - self._real()
            self._frozen = None


def iso(seconds: float, zone: str = "+00:00") -> str:
    """Return a time as ISO 8601 with milliseconds.

    Args:
        seconds: Seconds since 1970.
        zone: How UTC is written at the end: `+00:00` (Runflow) or `Z` (fal).
    """
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}{zone}"


def from_iso(text: str) -> float:
    """Return seconds since 1970 of an ISO 8601 date or time; without a zone it is UTC.

    Raises:
        ValueError: If the text is no date.
    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.timestamp()
