"""The search: whether a provider knows an attempt whose submit got no answer."""

import dataclasses
import datetime as dt
import decimal

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities
from pipeline.plan.job import PlateRequest
from pipeline.produce.gate import Gate, Timing
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.providers.protocol import (
    Attempt,
    Provider,
    ThrottledError,
    Ticket,
    TransientError,
)

LOOKS = 6
"""How often an attempt with unknown outcome is looked for at once; records appear with delay."""

REPLAYED = dt.timedelta(hours=1)
"""Age up to which an idempotent provider is trusted to know an attempt again; none says so."""

FORGOTTEN = dt.timedelta(hours=24)
"""Age from which an attempt that was not found, or never finished, is given up."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an attempt of unknown outcome ends.

    Attributes:
        detail: Why, in plain words.
        charged: US dollars; None for all that was held back for it.
    """

    detail: str
    charged: decimal.Decimal | None


def end_of(able: Capabilities, age: dt.timedelta, *, asked: bool) -> End | None:
    """Return how an attempt that was not found ends, or None if it may still be found.

    Where nobody can tell what became of it, it is booked as spent from when its picture would
    be gone, so that it holds back no money for ever.

    Args:
        able: The provider.
        age: How long ago it was submitted, perhaps.
        asked: Whether the provider was asked for it; that takes its request.
    """
    looks_up = able.look_up != "none"
    if age <= (FORGOTTEN if looks_up else dt.timedelta(seconds=able.result_life)):
        return None
    if looks_up and asked:
        return End(detail="the provider has no record of it", charged=decimal.Decimal(0))
    doubt = f"nobody knows whether {able.name} accepted it; it is booked as spent"
    return End(detail=doubt, charged=None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Looks for attempts at one provider.

    Attributes:
        provider: Who is asked.
        gate: Lets submits in, also repeated ones.
        timing: Time and chance.
    """

    provider: Provider
    gate: Gate
    timing: Timing

    def ticket_of(
        self, entry: Entry, request: PlateRequest, age: dt.timedelta, until: float
    ) -> Ticket | None:
        """Return the ticket of an attempt; None if the provider cannot or does not tell.

        Args:
            entry: The attempt, as it was submitted, perhaps.
            request: What it asks for.
            age: How long ago that was.
            until: Monotonic instant after which nothing is submitted again.
        """
        able = self.provider.capabilities
        attempt = Attempt(id=entry.id, request=request, seed=entry.seed)
        ticket = None if able.look_up == "none" else self._looked_up(attempt, entry.created)
        if ticket is None and able.idempotent and age < REPLAYED:
            return self._replayed(attempt, until)
        return ticket

    def _looked_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        for pause in self.timing.pauses(LOOKS):
            try:
                ticket = self.provider.look_up(attempt, since)
            except TransientError:
                ticket = None
            if ticket is not None:
                return ticket
            self.timing.sleep(pause)
        return None

    def _replayed(self, attempt: Attempt, until: float) -> Ticket | None:
        """Submit the same attempt again, where that cannot make it a second one."""
        for pause in self.timing.pauses(LOOKS):
            try:
                with self.gate.slot(until):
                    return self.provider.submit(attempt)
            except ThrottledError as error:
                self.gate.throttled(error.after)
            except ProviderError:
                self.timing.sleep(pause)
        return None
