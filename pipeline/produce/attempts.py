"""Attempts: from an intent in the ledger to bytes on disk, whatever happens on the way.

Each step is in the ledger before the next one begins, so that after a crash somebody else goes on
where this one stopped. A submit is repeated only if it was provably not accepted; a question or
a download is repeated until the attempt's deadline. This is the only place that repeats anything.
"""

import contextlib
import dataclasses
import datetime as dt
import decimal
from collections.abc import Callable, Iterator

from pipeline.errors import ProviderError
from pipeline.plan.job import PlateRequest
from pipeline.produce.gate import Gate, Timing
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.lost import regained
from pipeline.produce.providers.protocol import (
    Attempt,
    ClosedError,
    ExpiredError,
    ModeratedError,
    NotAcceptedError,
    Poll,
    Provider,
    SpoiltError,
    State,
    ThrottledError,
    Ticket,
    TransientError,
)
from pipeline.produce.search import FORGOTTEN, Search, end_of
from pipeline.produce.store import Store

DEADLINE = 300.0
"""Seconds that an attempt may take from its submit to its picture; then it is left for later."""

_LONGEST_ASKED = 60.0
"""A provider may ask for so many seconds between two questions, at most."""

_MISSING = 5.0
"""Seconds for which a provider may not know yet what it has just accepted."""

_DOWNLOADS = 4
"""How often a picture is fetched before it counts as spoilt, or its address as gone."""

_LATE = 10.0
"""Seconds for an attempt that an earlier run left behind; the day does not wait for stuck ones."""

_FREE = decimal.Decimal(0)


class QuarantinedError(ProviderError):
    """Nobody knows whether the provider accepted the attempt; it is set aside."""


class LateError(ProviderError):
    """The provider has not finished in time; the attempt goes on and is fetched later."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A picture that is paid for and on disk: its attempt and its bytes."""

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

    def recover(self, entry: Entry, request: PlateRequest | None) -> Brought:
        """Return the picture of an attempt that another run left behind, if it is there by now.

        Args:
            entry: The attempt, under way; not an intent.
            request: What it asks for; None if that is no longer known.

        Raises:
            ProviderError: As `bring`.
            LedgerError: If the ledger cannot be written.
        """
        if entry.state is EntryState.UNKNOWN:
            if request is None:
                raise self._in_doubt(entry, None)
            entry = self._found(entry, request, self.timing.clock() + self.deadline)
        return self.collect(entry, _LATE)

    def collect(self, entry: Entry, seconds: float | None = None) -> Brought:
        """Return the picture of an attempt that was submitted; its request is not needed.

        Args:
            entry: The attempt.
            seconds: How long to wait for it; None for the deadline.

        Raises:
            ProviderError: As `bring`.
            LedgerError: If the ledger cannot be written.
        """
        if entry.state in {EntryState.SUBMITTED, EntryState.READY}:
            wait = self.deadline if seconds is None else min(seconds, self.deadline)
            return self._collected(entry, self.timing.clock() + wait)
        content = regained(self.provider, self.store, entry)
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
                found = self._found(submitted, request, until)
                return self._collected(found, self.timing.clock() + self.deadline)

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
        except ProviderError as error:  # an OutcomeUnknownError, or one that does not say
            self.gate.failed()
            return self.ledger.unknown(entry.id, str(error))
        self.gate.accepted()
        return self._priced(self.ledger.submitted(entry.id, ticket))

    def _priced(self, entry: Entry) -> Entry:
        """Return an entry; close the gate if the vendor charged more than our table says.

        Budgets hold back what the table says, so with a wrong table they would not hold.
        """
        if entry.by_vendor and entry.charged is not None and entry.charged > entry.estimated:
            name = self.provider.capabilities.name
            self.gate.close(
                f"{name} charged ${entry.charged:.4f} for attempt {entry.id}, and "
                f"pipeline/plan/providers/{name}.toml says ${entry.estimated:.4f}; correct its "
                "prices before any more is paid"
            )
        return entry

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
        search = Search(provider=self.provider, gate=self.gate, timing=self.timing)
        ticket = search.ticket_of(entry, request, self.now() - entry.created, until)
        if ticket is None:
            raise self._in_doubt(entry, request)
        self.gate.accepted()
        return self._priced(self.ledger.submitted(entry.id, ticket))

    def _in_doubt(self, entry: Entry, request: PlateRequest | None) -> ProviderError:
        """Return why an attempt of unknown outcome has no picture; end it if none can come."""
        able, age = self.provider.capabilities, self.now() - entry.created
        end = end_of(able, age, asked=request is not None)
        if end is not None:
            return self._failed(entry, end.detail, end.charged)
        then = "booked as spent" if able.look_up == "none" else "looked for again"
        return QuarantinedError(
            f"nobody knows whether {able.name} accepted attempt {entry.id}; it is set aside, and "
            f"{then} by a later run"
        )

    def _collected(self, entry: Entry, until: float) -> Brought:
        """Poll an attempt and fetch its picture.

        Raises:
            LateError: If it is not ready in time.
            ProviderError: If it failed.
        """
        begun, spoilt, trouble, pauses = self.timing.clock(), 0, "", self.timing.pauses()
        while self.timing.clock() < until:
            after = None
            try:
                answer = self._polled(entry, self.timing.clock() - begun)
                if answer.state is State.READY:
                    if entry.state is not EntryState.READY:
                        entry = self._priced(self.ledger.ready(entry.id, answer.cost))
                    return self._fetched(entry, answer)
                trouble = ""
            except (ExpiredError, SpoiltError) as error:
                spoilt, trouble = spoilt + 1, f": {error}"
                if spoilt >= _DOWNLOADS:
                    raise self._failed(entry, str(error), None) from error
            except TransientError as error:
                after, trouble = error.after, f": {error}"
            pause = max(next(pauses), min(after or 0.0, _LONGEST_ASKED))
            self.timing.wait(entry.request_id, pause)
        if self.now() - entry.created > FORGOTTEN:
            raise self._failed(entry, f"the provider never finished it{trouble}", None)
        raise LateError(f"attempt {entry.id} is not ready in time; it is fetched later{trouble}")

    def _polled(self, entry: Entry, waited: float) -> Poll:
        """Return where an attempt stands; end it if it failed."""
        answer = self.provider.poll(_ticket(entry))
        if answer.state is State.MISSING and waited < _MISSING:
            raise TransientError("the provider does not know the attempt yet")
        if answer.state is State.MODERATED:
            ended = self.ledger.ended(entry.id, EntryState.MODERATED, answer.detail, answer.cost)
            self._priced(ended)
            raise ProviderError(f"the provider moderated attempt {entry.id}: {answer.detail}")
        if answer.state in {State.FAILED, State.MISSING}:
            detail = answer.detail or "the provider does not know it"
            raise self._failed(entry, f"the provider made no picture: {detail}", answer.cost)
        return answer

    def _fetched(self, entry: Entry, answer: Poll) -> Brought:
        content = self.provider.fetch(_ticket(entry), answer.url)
        try:
            sha256 = self.store.put(content, flushed=True)
        except OSError as error:
            reason = f"pictures cannot be kept ({error.strerror or error}); free some disk space"
            self.gate.close(f"{reason}, then run again")
            raise LateError(f"{reason}; attempt {entry.id} is fetched by the next run") from error
        return Brought(entry=self.ledger.stored(entry.id, sha256), content=content)

    def _failed(self, entry: Entry, detail: str, charged: decimal.Decimal | None) -> ProviderError:
        self._priced(self.ledger.ended(entry.id, EntryState.FAILED, detail, charged))
        return ProviderError(f"attempt {entry.id}: {detail}")


def _ticket(entry: Entry) -> Ticket:
    if entry.ticket is None:
        raise ValueError(f"attempt {entry.id} is {entry.state}: it has no ticket")
    return entry.ticket
