"""Attempts: from an intent in the ledger to bytes on disk, whatever happens on the way.

Each step is in the ledger before the next one begins, so that after a crash somebody else goes on
where this one stopped. A submit is repeated only if it was provably not accepted; a question or
a download is repeated until the attempt's deadline. This is the only place that repeats anything.
"""

import contextlib
import dataclasses
import datetime as dt
import decimal
import itertools
from collections.abc import Callable, Iterator

from pipeline.errors import ProviderError
from pipeline.plan.job import PlateRequest
from pipeline.produce.gate import Gate, Timing
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import (
    Attempt,
    ClosedError,
    ExpiredError,
    ModeratedError,
    NotAcceptedError,
    OutcomeUnknownError,
    Poll,
    Provider,
    SpoiltError,
    State,
    ThrottledError,
    Ticket,
    TransientError,
)
from pipeline.produce.store import Store

DEADLINE = 300.0
"""Seconds that an attempt may take from its submit to its picture; then it is left for later."""

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 1.0, 5.0, 1.5
"""Seconds between polls: almost every picture is ready within a minute."""

_JITTER = 0.2
"""Share by which a pause varies, so that workers do not ask all at once."""

_LONGEST_ASKED = 60.0
"""A provider may ask for so many seconds between two questions, at most."""

_MISSING = 5.0
"""Seconds for which a provider may not know yet what it has just accepted."""

_DOWNLOADS = 4
"""How often a picture is fetched before it counts as spoilt, or its address as gone."""

_LOOKS = 6
"""How often an attempt with unknown outcome is looked for at once; records appear with delay."""

REPLAYED = dt.timedelta(hours=1)
"""Age up to which an idempotent provider is trusted to know an attempt again; none says so."""

FORGOTTEN = dt.timedelta(hours=24)
"""Age from which an attempt that was not found, or never finished, is given up."""

_FREE = decimal.Decimal(0)


class QuarantinedError(ProviderError):
    """Nobody knows whether the provider accepted the attempt; it is set aside."""


class LateError(ProviderError):
    """The provider has not finished in time; the attempt goes on and is fetched later."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A picture that is paid for and on disk.

    Attributes:
        entry: Its attempt.
        content: Its bytes.
    """

    entry: Entry
    content: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """Brings attempts home.

    Attributes:
        provider: Who is asked.
        ledger: Where each step is written first.
        store: Where bytes go.
        gate: Lets workers submit.
        timing: Time and chance.
        now: Returns the present instant, with its offset from UTC.
        deadline: Seconds for one attempt.
    """

    provider: Provider
    ledger: Ledger
    store: Store
    gate: Gate
    timing: Timing
    now: Callable[[], dt.datetime]
    deadline: float = DEADLINE

    def bring(self, entry: Entry, request: PlateRequest) -> Brought:
        """Return the picture of an attempt, from wherever it stands.

        Args:
            entry: The attempt, under way. An intent must be this program's own and new.
            request: What it asks for.

        Raises:
            ProviderError: If there is no picture; the ledger says how the attempt ended. It is
                a QuarantinedError or LateError if the attempt has not ended.
            LedgerError: If the ledger cannot be written.
        """
        until = self.timing.clock() + self.deadline
        if entry.state is EntryState.INTENT:
            return self._from_intent(entry, request, until)
        if entry.state is EntryState.UNKNOWN:
            entry = self._found(entry, request, until)
        return self.collect(entry)

    def collect(self, entry: Entry) -> Brought:
        """Return the picture of an attempt that was submitted; its request is not needed.

        Raises:
            ProviderError: As `bring`.
            LedgerError: If the ledger cannot be written.
        """
        if entry.state in {EntryState.SUBMITTED, EntryState.READY}:
            return self._collected(entry, self.timing.clock() + self.deadline)
        content = self.store.get(entry.sha256)
        if content is None:
            raise self._failed(entry, "its file is lost", None)
        return Brought(entry=entry, content=content)

    def _from_intent(self, entry: Entry, request: PlateRequest, until: float) -> Brought:
        while True:
            with self._slot(entry, until):
                submitted = self._submit(entry, request)
                if submitted is not None and submitted.state is not EntryState.UNKNOWN:
                    return self._collected(submitted, until)
            if submitted is not None:
                return self._collected(self._found(submitted, request, until), until)

    @contextlib.contextmanager
    def _slot(self, entry: Entry, until: float) -> Iterator[None]:
        """Hold a slot; without one the attempt ends, and was never submitted."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(self.gate.slot(until))
            except ProviderError as error:
                raise self._failed(entry, str(error), _FREE) from error
            yield

    def _submit(self, entry: Entry, request: PlateRequest) -> Entry | None:
        """Return the attempt as submitted or unknown; None if the same may be submitted again."""
        attempt = Attempt(id=entry.id, request=request, seed=entry.seed)
        try:
            ticket = self.provider.submit(attempt)
        except ThrottledError as error:
            self.gate.throttled(error.after)
            return None
        except NotAcceptedError as error:
            self._refused(entry, error)
            return None
        except OutcomeUnknownError as error:
            self.gate.failed()
            return self.ledger.unknown(entry.id, str(error))
        self.gate.accepted()
        return self.ledger.submitted(entry.id, ticket)

    def _refused(self, entry: Entry, error: NotAcceptedError) -> None:
        if isinstance(error, ClosedError):
            self.gate.close(str(error))
        elif error.retry:
            self.gate.failed()
            if error.after is not None:
                self.gate.throttled(error.after)
            return
        moderated = isinstance(error, ModeratedError)
        state = EntryState.MODERATED if moderated else EntryState.FAILED
        self.ledger.ended(entry.id, state, str(error), _FREE)
        raise error

    def _found(self, entry: Entry, request: PlateRequest, until: float) -> Entry:
        """Return an attempt of unknown outcome as submitted, if the provider knows it.

        Raises:
            QuarantinedError: If that cannot be told.
            ProviderError: If it was not accepted, or was given up.
        """
        able, age = self.provider.capabilities, self.now() - entry.created
        ticket = None if able.look_up == "none" else self._looked_up(entry, request)
        if ticket is None and able.idempotent and age < REPLAYED:
            ticket = self._replayed(entry, request, until)
        if ticket is not None:
            self.gate.accepted()
            return self.ledger.submitted(entry.id, ticket)
        if able.look_up != "none" and age > FORGOTTEN:
            raise self._failed(entry, "the provider has no record of it", _FREE)
        raise QuarantinedError(
            f"nobody knows whether {able.name} accepted attempt {entry.id}; it is set aside and "
            "looked for again in the next run"
        )

    def _looked_up(self, entry: Entry, request: PlateRequest) -> Ticket | None:
        attempt = Attempt(id=entry.id, request=request, seed=entry.seed)
        for pause in self._pauses(_LOOKS):
            try:
                ticket = self.provider.look_up(attempt, entry.created)
            except TransientError:
                self.timing.sleep(pause)
                continue
            if ticket is not None:
                return ticket
            self.timing.sleep(pause)
        return None

    def _replayed(self, entry: Entry, request: PlateRequest, until: float) -> Ticket | None:
        """Submit the same attempt again, where that cannot make it a second one."""
        attempt = Attempt(id=entry.id, request=request, seed=entry.seed)
        for pause in self._pauses(_LOOKS):
            try:
                with self.gate.slot(until):
                    return self.provider.submit(attempt)
            except ThrottledError as error:
                self.gate.throttled(error.after)
            except ProviderError:
                self.timing.sleep(pause)
        return None

    def _collected(self, entry: Entry, until: float) -> Brought:
        """Poll an attempt and fetch its picture.

        Raises:
            LateError: If it is not ready in time.
            ProviderError: If it failed.
        """
        begun, spoilt, pauses = self.timing.clock(), 0, self._pauses()
        while self.timing.clock() < until:
            after = None
            try:
                answer = self._polled(entry, self.timing.clock() - begun)
                if answer.state is State.READY:
                    if entry.state is not EntryState.READY:
                        entry = self.ledger.ready(entry.id, answer.cost)
                    return self._fetched(entry, answer)
            except (ExpiredError, SpoiltError) as error:
                spoilt += 1
                if spoilt >= _DOWNLOADS:
                    raise self._failed(entry, str(error), None) from error
            except TransientError as error:
                after = error.after
            self.timing.sleep(max(next(pauses), min(after or 0.0, _LONGEST_ASKED)))
        seconds = f"{self.deadline:.0f} s"
        raise LateError(f"attempt {entry.id} is not ready after {seconds}; it is fetched later")

    def _polled(self, entry: Entry, waited: float) -> Poll:
        """Return where an attempt stands; end it if it failed."""
        answer = self.provider.poll(_ticket(entry))
        if answer.state is State.MISSING and waited < _MISSING:
            raise TransientError("the provider does not know the attempt yet")
        if answer.state is State.MODERATED:
            self.ledger.ended(entry.id, EntryState.MODERATED, answer.detail, answer.cost)
            raise ProviderError(f"the provider moderated attempt {entry.id}: {answer.detail}")
        if answer.state in {State.FAILED, State.MISSING}:
            detail = answer.detail or "the provider does not know it"
            raise self._failed(entry, f"the provider made no picture: {detail}", answer.cost)
        return answer

    def _fetched(self, entry: Entry, answer: Poll) -> Brought:
        content = self.provider.fetch(_ticket(entry), answer.url)
        return Brought(entry=self.ledger.stored(entry.id, self.store.put(content)), content=content)

    def _failed(self, entry: Entry, detail: str, charged: decimal.Decimal | None) -> ProviderError:
        self.ledger.ended(entry.id, EntryState.FAILED, detail, charged)
        return ProviderError(f"attempt {entry.id}: {detail}")

    def _pauses(self, most: int | None = None) -> Iterator[float]:
        """Yield seconds to wait, longer and longer, endlessly or so many."""
        pause = _FIRST_PAUSE
        for _ in itertools.count() if most is None else range(most):
            yield pause * (1 + _JITTER * (2 * self.timing.dice() - 1))
            pause = min(_LONGEST_PAUSE, pause * _GROWTH)


def _ticket(entry: Entry) -> Ticket:
    if entry.ticket is None:
        raise ValueError(f"attempt {entry.id} is {entry.state}: it has no ticket")
    return entry.ticket
