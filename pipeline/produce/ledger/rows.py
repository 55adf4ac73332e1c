"""Rows: what goes into the ledger and what comes out of it. Amounts are US dollars."""

import dataclasses
import datetime as dt
import decimal
import enum

from pipeline.produce.ledger.states import ENDED, EntryState
from pipeline.produce.providers.protocol import Ticket


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What money is spent or saved for.

    Attributes:
        campaign: The campaign's name.
        market: The market's id.
        template: The scene template's name.
        locale: CLDR locale identifier.
        variant: Id of the variant for which it was first wanted; it names the creative.
        day: The market's campaign day; the budgets of a day and a month count by it.
        run: Id of the run.
        provider: Who is asked.
        model: Which model.
        account: Who it is made for; empty if nobody is named.
    """

    campaign: str
    market: str
    template: str
    locale: str
    variant: str
    day: dt.date
    run: str
    provider: str
    model: str
    account: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An attempt that somebody intends to pay.

    Attributes:
        job: Fingerprint of the request; letters and digits.
        purpose: What it is for.
        lettering: The roles that the image model draws, such as `cta+headline`, or `plate`.
        estimated: Price by our table.
        reserve: The most that it may cost; it is held back from the budgets until it is settled.
        seed: 0 to 2^31 - 1, if it is the job's first attempt. That of each further one, and of
            the first if it is None, is derived from the attempt's id, so that the seed names the
            attempt in a provider's own history.
        resubmits: Id of the attempt with unknown outcome that this one repeats; that one is
            written off in the same transaction. None mostly.
        renew: Pay although an accepted attempt of the job exists, because its file is lost.
    """

    job: str
    purpose: Purpose
    lettering: str
    estimated: decimal.Decimal
    reserve: decimal.Decimal
    seed: int | None = None
    resubmits: str | None = None
    renew: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An attempt as the ledger has it.

    Attributes:
        id: Unique; idempotency key at the provider. Digits, letters, hyphens, at most 64; it
            sorts by time.
        job: Fingerprint of the request.
        number: Which attempt of the job, from 1.
        seed: 0 to 2^31 - 1.
        purpose: What it is for.
        lettering: The roles that the image model draws, such as `cta+headline`, or `plate`.
        state: Where it stands.
        reserved: What is still held back for it; 0 as soon as it is charged.
        charged: What it cost; None while nobody knows.
        by_vendor: Whether the charge is the vendor's own figure, not our estimate.
        estimated: Price by our table.
        request_id: The provider's id; empty until it is submitted.
        poll_url: Where to ask about it; empty if that follows from the id.
        sha256: Hash of the bytes; empty until they are stored.
        passed: Whether the proof passed; None until it is proved.
        detail: What happened last, in plain words.
        resubmits: Id of the attempt that it repeats, or None.
        created: When it was intended, UTC.
        updated: When it last changed, UTC.
    """

    id: str
    job: str
    number: int
    seed: int
    purpose: Purpose
    lettering: str
    state: EntryState
    reserved: decimal.Decimal
    charged: decimal.Decimal | None
    by_vendor: bool
    estimated: decimal.Decimal
    request_id: str
    poll_url: str
    sha256: str
    passed: bool | None
    detail: str
    resubmits: str | None
    created: dt.datetime
    updated: dt.datetime

    @property
    def has_ended(self) -> bool:
        """Return whether nothing more can happen to it."""
        return self.state in ENDED

    @property
    def is_unknown(self) -> bool:
        """Return whether it was booked as spent though nobody knows if it was ever accepted."""
        unheard = self.state is EntryState.FAILED and not self.request_id
        return unheard and bool(self.charged) and not self.by_vendor

    @property
    def ticket(self) -> Ticket | None:
        """Return what the provider gave for it, to go on polling; None before it is submitted."""
        if not self.request_id:
            return None
        return Ticket(request_id=self.request_id, poll_url=self.poll_url)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Intended:
    """The answer to an intent.

    Attributes:
        entry: The new attempt; or the one that stands in its way: it is under way, or accepted.
        fresh: Whether it is the new one. Only then may it be submitted.
    """

    entry: Entry
    fresh: bool


class EventKind(enum.StrEnum):
    """What an event tells."""

    STATE = "state"
    SETTLED = "settled"
    TAKEN = "taken"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to an attempt.

    Attributes:
        attempt: The attempt's id.
        kind: A new state, a settlement, or another run that took the attempt over.
        state: Its state afterwards.
        amount: What was settled; None for another kind.
        at: When, UTC.
        detail: In plain words.
    """

    attempt: str
    kind: EventKind
    state: EntryState
    amount: decimal.Decimal | None
    at: dt.datetime
    detail: str


class SavingKind(enum.StrEnum):
    """Why something was not paid."""

    CACHE = "cache"
    PLANNING = "planning"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What was not paid for a variant.

    Attributes:
        kind: CACHE if a stored plate served it; PLANNING if a cheaper size did.
        purpose: What it was for.
        job: Fingerprint of the request.
        amount: What it would have cost more.
    """

    kind: SavingKind
    purpose: Purpose
    job: str
    amount: decimal.Decimal


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The answer to a claim of one campaign and market day.

    Attributes:
        granted: Whether it is ours now.
        campaign: The campaign's name.
        market: The market's id.
        day: The market's campaign day.
        run: Id of the run that has it; empty if a process is just ending and names none.
        since: Since when, UTC.
    """

    granted: bool
    campaign: str
    market: str
    day: dt.date
    run: str
    since: dt.datetime

    def __str__(self) -> str:
        what = f"{self.campaign} for {self.market} on {self.day}"
        if self.granted:
            return f"run {self.run} makes {what}"
        since = f"{self.since:%Y-%m-%d %H:%M:%S} UTC"
        return f"{what} is already being made, by run {self.run or 'unknown'} since {since}"
