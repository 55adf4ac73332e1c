"""A small vendor with a bill of its own: each submit meets what the script says."""

import dataclasses
import datetime as dt
import decimal
import threading
from collections import deque
from collections.abc import Iterator

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    ClosedError,
    ExpiredError,
    ModeratedError,
    NotAcceptedError,
    OutcomeUnknownError,
    Poll,
    SpoiltError,
    State,
    ThrottledError,
    Ticket,
    TransientError,
)

PRICE = decimal.Decimal("0.05")
FREE = decimal.Decimal(0)

GONE = ExpiredError("the address is no longer valid")
BROKEN = SpoiltError("that is no picture")
OUTAGE = TransientError("no answer")


@dataclasses.dataclass(slots=True)
class Work:
    """One accepted request.

    Attributes:
        attempt: Our id of it.
        seed: Its seed.
        polls: What the next polls meet; READY after that.
        fetches: What the next downloads meet; the picture after that.
        fate: How it ends.
    """

    attempt: str
    seed: int
    polls: deque[Poll | Exception] = dataclasses.field(default_factory=deque)
    fetches: deque[Exception] = dataclasses.field(default_factory=deque)
    fate: State = State.READY


class Vendor:
    """A provider that does what it is told; its jobs and its bill outlive any program.

    Args:
        able: Whose declaration it has; `runflow` looks up and is idempotent, `bfl` neither.
        active: Attempts under way at a time.
        price: US dollars it charges for a picture.
    """

    def __init__(
        self, able: str = "runflow", active: int = 4, price: decimal.Decimal = PRICE
    ) -> None:
        self._able = dataclasses.replace(capabilities(able), active=active)
        self._lock = threading.Lock()
        self.price = price
        self.submits: deque[str] = deque()
        self.works: dict[str, Work] = {}
        self.bill: dict[str, decimal.Decimal] = {}
        self.asked: list[str] = []
        self.polled: list[str] = []
        self.polls: deque[Poll | Exception] = deque()
        self.fetches: deque[Exception] = deque()
        self.listed = True

    @property
    def capabilities(self) -> Capabilities:
        return self._able

    @property
    def total(self) -> decimal.Decimal:
        return sum(self.bill.values(), FREE)

    def submit(self, attempt: Attempt) -> Ticket:
        """Meet the next word of the script; without one all is well."""
        with self._lock:
            self.asked.append(attempt.id)
            word, _, after = (self.submits.popleft() if self.submits else "").partition(" ")
            known = next((n for n, w in self.works.items() if w.attempt == attempt.id), None)
            if known and self._able.idempotent:
                return Ticket(request_id=known)
            if word in _REFUSALS:
                raise _REFUSALS[word]
            if word == "throttled":
                raise ThrottledError("too many", after=float(after) if after else None)
            if word == "unanswered":
                raise OutcomeUnknownError("no answer, and it was not accepted")
            ticket = self._accept(attempt, word)
        if word == "lost":
            raise OutcomeUnknownError("no answer, and it was accepted")
        return ticket

    def _accept(self, attempt: Attempt, word: str) -> Ticket:
        name = f"req-{len(self.works) + 1}"
        work = Work(attempt=attempt.id, seed=attempt.seed)
        work.polls, self.polls = self.polls, deque()
        work.fetches, self.fetches = self.fetches, deque()
        if word in {"stuck", "failed", "moderates"}:
            work.fate = {"stuck": State.WAITING, "failed": State.FAILED}.get(word, State.MODERATED)
        self.works[name] = work
        if work.fate is State.READY:
            self.bill[name] = self.price
        return Ticket(request_id=name)

    def finish(self) -> None:
        """Let everything that is stuck become ready, and charge it."""
        for name, work in self.works.items():
            if work.fate is State.WAITING:
                work.fate, self.bill[name] = State.READY, self.price

    def poll(self, ticket: Ticket) -> Poll:
        with self._lock:
            self.polled.append(ticket.request_id)
            work = self.works[ticket.request_id]
            if work.polls:
                answer = work.polls.popleft()
                if isinstance(answer, Exception):
                    raise answer
                return answer
            cost = {State.READY: self.price, State.WAITING: None}.get(work.fate, FREE)
            return Poll(state=work.fate, url="/picture", detail="so it is", cost=cost)

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        assert url == "/picture"
        work = self.works[ticket.request_id]
        if work.fetches:
            raise work.fetches.popleft()
        return f"picture {ticket.request_id} of {work.attempt} with {work.seed}".encode()

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        assert since.tzinfo
        found = (name for name, work in self.works.items() if work.attempt == attempt.id)
        return next((Ticket(request_id=name) for name in found if self.listed), None)

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        for name, cost in self.bill.items():
            attempt = self.works[name].attempt
            yield Charge(request_id=name, attempt=attempt, cost=cost, at=since)


_REFUSALS: dict[str, Exception] = {
    "moderated": ModeratedError("these words are not allowed"),
    "closed": ClosedError("no credit is left; check the account"),
    "refused": NotAcceptedError("a field is wrong", retry=False),
    "mumbled": ProviderError("something went wrong"),
    "broken": RuntimeError("a mistake in the program"),
    "unreachable": NotAcceptedError("cannot be reached", retry=True),
}
