"""The canary: a few pictures before many, and a stop when too few pass.

A template that a model cannot draw, or a proof that refuses everything, would otherwise cost the
whole budget before anybody looks.
"""

import contextlib
import dataclasses
import threading
from collections import Counter, deque
from collections.abc import Iterator, Mapping

from pipeline.errors import ProviderError

FIRST = 5
"""Pictures that go first."""

LARGE = 20
"""Pictures from which a campaign's run is large."""

WINDOW, LEAST = 20, 0.1
"""Of the last 20 pictures of a campaign at least one in ten must pass. By published word accuracy
a FLUX.2 model draws 8 words right in about 40 of 100 pictures."""


class HaltedError(ProviderError):
    """So few pictures of a campaign pass that no more are paid for."""


@dataclasses.dataclass(slots=True)
class Flight:
    """One picture under way.

    Attributes:
        passed: Whether it passed; set by whoever judges it. None says nothing about pictures:
            there was none to judge.
    """

    passed: bool | None = None


class Canary:
    """Watches how many pictures pass.

    Args:
        wanted: Campaign to the number of pictures that its run may have to pay for.
    """

    def __init__(self, wanted: Mapping[str, int]) -> None:
        self._wanted = wanted
        self._change = threading.Condition()
        self._begun: Counter[str] = Counter()
        self._landed: Counter[str] = Counter()
        self._last: dict[str, deque[bool]] = {}

    @contextlib.contextmanager
    def flight(self, campaign: str) -> Iterator[Flight]:
        """Wait until a picture of a campaign may be paid for, and note how it ended.

        Raises:
            HaltedError: If too few pictures of the campaign pass.
        """
        with self._change:
            self._change.wait_for(lambda: self._free(campaign))
            self._refuse(campaign)
            self._begun[campaign] += 1
        flight = Flight()
        try:
            yield flight
        finally:
            with self._change:
                self._landed[campaign] += 1
                if flight.passed is not None:
                    self._last.setdefault(campaign, deque(maxlen=WINDOW)).append(flight.passed)
                self._change.notify_all()

    def _free(self, campaign: str) -> bool:
        if self._wanted.get(campaign, 0) < LARGE or self._begun[campaign] < FIRST:
            return True
        return self._landed[campaign] >= FIRST

    def _refuse(self, campaign: str) -> None:
        last = self._last.get(campaign, deque())
        least = FIRST if self._wanted.get(campaign, 0) >= LARGE else WINDOW
        if len(last) >= least and sum(last) < max(1, int(LEAST * len(last))):
            raise HaltedError(
                f"{sum(last)} of the last {len(last)} pictures of {campaign} passed the proof, so "
                "no more are paid for; look at the held ones, then change the template or model"
            )
