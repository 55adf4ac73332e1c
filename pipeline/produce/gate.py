"""The gate: one for all workers of a provider, so that together they never ask too much.

How many attempts are under way, how long to wait after a refusal, and whether to submit at all
is decided here and nowhere else. Polling and downloads never pass it: what is paid for is
brought home while nothing new is submitted.
"""

import contextlib
import dataclasses
import itertools
import threading
from collections.abc import Callable, Iterator

from pipeline.errors import ProviderError
from pipeline.produce.doorbell import Doorbell

_TICK = 0.05
"""Seconds between two looks at a full gate."""

_FIRST, _LONGEST = 1.0, 32.0
"""Seconds of the first pause after a refusal without a figure, doubled each time, and the
longest; Runflow's own rule for its clients."""

_LONGEST_ASKED = 300.0
"""A provider may ask for at most so many seconds; a longer or senseless figure counts as this."""

_FIRST_LOOK, _LONGEST_LOOK, _GROWTH = 1.0, 5.0, 1.5
"""Seconds between two questions: almost every picture is ready within a minute."""

_JITTER = 0.2
"""Share by which those vary, so that workers do not ask all at once."""

_FAULTS = 5
"""Faults in a row from which the provider counts as down."""

_DOWN, _LONGEST_DOWN = 15.0, 240.0
"""Seconds for which nothing is submitted to a provider that is down, doubled each time."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Effects of time and chance.

    Attributes:
        clock: Monotonic seconds.
        sleep: Waits for some seconds.
        dice: Returns a number from 0 to 1, so that workers do not come back all at once.
        doorbell: Rung by callbacks; None if none can come.
    """

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    dice: Callable[[], float]
    doorbell: Doorbell | None = None

    def wait(self, request_id: str, seconds: float) -> None:
        """Wait for some seconds, or until a callback says that a request has ended."""
        if self.doorbell is None:
            self.sleep(seconds)
        else:
            self.doorbell.wait(request_id, seconds)

    def pauses(self, most: int | None = None) -> Iterator[float]:
        """Yield seconds to wait between questions, longer and longer, endlessly or so many."""
        pause = _FIRST_LOOK
        for _ in itertools.count() if most is None else range(most):
            yield pause * (1 + _JITTER * (2 * self.dice() - 1))
            pause = min(_LONGEST_LOOK, pause * _GROWTH)


class Gate:
    """Lets workers submit, as many at a time as the provider takes.

    Args:
        most: Attempts under way at a time.
        timing: Time and chance.
    """

    def __init__(self, most: int, timing: Timing) -> None:
        self._timing = timing
        self._lock = threading.Lock()
        self._most = float(most)
        self._limit = float(most)
        self._inside = 0
        self._not_before = timing.clock()
        self._refusals = 0
        self._faults = 0
        self._outages = 0
        self._closed = ""

    @contextlib.contextmanager
    def slot(self, until: float) -> Iterator[None]:
        """Wait for a free slot and for the end of a pause, and hold the slot.

        Args:
            until: Monotonic instant at which to give up.

        Raises:
            ProviderError: If the gate is closed, or no slot came free in time.
        """
        while (now := self._timing.clock()) >= until or not self._entered():
            if now >= until:
                raise ProviderError(
                    self._closed or "the provider takes no more at the moment; try again later"
                )
            self._timing.sleep(min(max(_TICK, self._not_before - now), until - now))
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1

    def _entered(self) -> bool:
        with self._lock:
            if self._closed:
                raise ProviderError(self._closed)
            if self._timing.clock() < self._not_before or self._inside >= int(self._limit):
                return False
            self._inside += 1
            return True

    def accepted(self) -> None:
        """Note that the provider accepted an attempt: all is well, a little more may be asked."""
        with self._lock:
            self._refusals = self._faults = self._outages = 0
            self._limit = min(self._most, self._limit + 1 / self._limit)

    def throttled(self, after: float | None) -> None:
        """Note that the provider had too much to do: everybody waits, and fewer come back.

        Args:
            after: Seconds that it asked for; None if it did not say.
        """
        with self._lock:
            if not self._pausing():  # what comes in during a pause was sent before it
                self._refusals += 1
                self._limit = max(1.0, self._limit / 2)
            pause = min(_LONGEST, _FIRST * 2 ** min(self._refusals - 1, 8))
            self._pause(_within(after) if after is not None else pause * self._timing.dice())

    def failed(self) -> None:
        """Note that a submit failed through the provider's fault; after some it counts as down."""
        with self._lock:
            self._faults += 1
            if self._faults >= _FAULTS and not self._pausing():
                pause = min(_LONGEST_DOWN, _DOWN * 2 ** min(self._outages, 8))
                self._outages += 1
                self._pause(pause * (1 + self._timing.dice()) / 2)

    def close(self, reason: str) -> None:
        """Let nobody submit any more.

        Args:
            reason: Why, and what a person can do.
        """
        with self._lock:
            self._closed = self._closed or reason

    @property
    def closed(self) -> str:
        """Return why nobody may submit; empty if they may."""
        return self._closed

    def _pausing(self) -> bool:
        return self._timing.clock() < self._not_before

    def _pause(self, seconds: float) -> None:
        self._not_before = max(self._not_before, self._timing.clock() + seconds)


def _within(after: float) -> float:
    return min(_LONGEST_ASKED, max(_TICK, after))
