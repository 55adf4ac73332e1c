"""What every provider of pictures offers: submit, poll, fetch, look up, and a declaration.

Each call is made once: whether and when to repeat one is decided in one place, by whoever
calls. So that it can decide, a call that goes wrong says what it knows: whether the provider
may have accepted (and will charge for) what was asked.
"""

import dataclasses
import datetime as dt
import decimal
import enum
from collections.abc import Iterator
from typing import Protocol

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities
from pipeline.plan.job import PlateRequest


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One paid try of a job.

    Attributes:
        id: Unique for ever; it goes to the provider as idempotency key and reference, where the
            provider takes one. Letters, digits and hyphens, at most 64.
        request: What is asked for.
        seed: This attempt's seed, 0 to 2^31 - 1; it stands in the place of the request's.
    """

    id: str
    request: PlateRequest
    seed: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a provider gave for an accepted attempt; all that is needed to ask about it later.

    Attributes:
        request_id: The provider's id.
        poll_url: Where to ask; empty if that follows from the id.
        result_url: Where the result is; empty if the poll says so.
        cost: US dollars by the provider's own figure; None if it gave none.
    """

    request_id: str
    poll_url: str = ""
    result_url: str = ""
    cost: decimal.Decimal | None = None


class State(enum.StrEnum):
    """Where a submitted attempt stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    MODERATED = "moderated"
    MISSING = "missing"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The answer to one poll.

    Attributes:
        state: Where the attempt stands; MISSING if the provider does not know it.
        detail: Why it failed, in the provider's words; empty otherwise.
        url: Where the picture is, if it is ready; it may be a `data:` URL, and it may carry a
            signature, so it is never logged.
        cost: US dollars by the provider's own figure; None if it gave none.
        prompt: The prompt that was run, if the provider tells; empty otherwise.
    """

    state: State
    detail: str = ""
    url: str = dataclasses.field(default="", repr=False)
    cost: decimal.Decimal | None = None
    prompt: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One line of a provider's own record.

    Attributes:
        request_id: The provider's id of the request.
        attempt: Our id of the attempt, where the provider keeps it; empty otherwise.
        cost: US dollars.
        at: When.
    """

    request_id: str
    attempt: str
    cost: decimal.Decimal
    at: dt.datetime


class NotAcceptedError(ProviderError):
    """The provider provably did not accept an attempt, so nothing is charged.

    Args:
        message: What is wrong and what to do.
        retry: Whether the same attempt may be accepted later.
        after: Seconds to wait first, if the provider said so.
    """

    def __init__(self, message: str, *, retry: bool, after: float | None = None) -> None:
        super().__init__(message)
        self.retry = retry
        self.after = after


class ThrottledError(NotAcceptedError):
    """Too many requests at a time."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message, retry=True, after=after)


class ClosedError(NotAcceptedError):
    """No key, no credit or no access: nothing will be accepted until a person acts."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class ModeratedError(NotAcceptedError):
    """The provider refuses the prompt by its rules."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


class OutcomeUnknownError(ProviderError):
    """The provider may or may not have accepted the attempt; it must not simply be repeated."""


class TransientError(ProviderError):
    """A question or a download failed in a way that may pass; nothing is lost by repeating it.

    Args:
        message: What is wrong.
        after: Seconds to wait first, if the provider said so.
    """

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class ExpiredError(ProviderError):
    """The picture's address is no longer valid; polling again may give a new one."""


class SpoiltError(ProviderError):
    """What was downloaded is not a usable picture; downloading again may help."""


class Provider(Protocol):
    """A source of pictures. Providers differ by declaration, not by discovery."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what the provider can do and what it costs."""
        ...

    def submit(self, attempt: Attempt) -> Ticket:
        """Ask for a picture.

        Raises:
            NotAcceptedError: If it was provably not accepted.
            OutcomeUnknownError: If that cannot be told.
        """
        ...

    def poll(self, ticket: Ticket) -> Poll:
        """Return where an attempt stands.

        Raises:
            TransientError: If no answer came, or one that says nothing.
        """
        ...

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        """Return the bytes of a picture that is ready: whole, and of a picture format.

        Raises:
            TransientError: If it did not come whole or in time.
            ExpiredError: If its address is no longer valid.
            SpoiltError: If what came whole is not a picture.
        """
        ...

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Return the ticket of an attempt whose outcome is unknown; None if there is none.

        Args:
            attempt: The attempt.
            since: When it was submitted.

        Raises:
            TransientError: If no answer came.
            NotImplementedError: If the provider has no way to find it, as declared.
        """
        ...

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Yield the provider's own record of what it charged.

        Raises:
            TransientError: If no answer came.
            NotImplementedError: If the provider has no such record, as declared.
        """
        ...
