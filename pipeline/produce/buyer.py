"""The buyer: pays for pictures one attempt after the other, and stops at the first that passes."""

import dataclasses
import decimal
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from pipeline.errors import ProviderError, StoreError
from pipeline.plan.job import PlateRequest
from pipeline.produce.attempts import Attempts, Brought, LateError, QuarantinedError
from pipeline.produce.canary import Canary, Flight, HaltedError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.rows import Entry, Purpose, Wanted
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.lost import regained
from pipeline.produce.providers.protocol import NotAcceptedError
from pipeline.produce.threads import threads

_LOG = logging.getLogger(__name__)

_OTHERS = 2.0
"""Seconds between two looks at an attempt that another run is at work on."""

_TURNED_DOWN = "its pictures were turned down before, by us or by the provider"
_PERHAPS_PAID = (
    "it was perhaps paid for before, and nobody can tell; `budget: resubmit: 1` in the campaign "
    "allows to try again"
)

T = TypeVar("T")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A picture that is wanted, and what may be paid for it.

    Attributes:
        request: What is asked for.
        purpose: What it is for.
        lettering: The roles that the image model draws, such as `cta+headline`, or `plate`.
        estimate: US dollars for one attempt, by our table.
        caps: The budgets.
        attempts: Pictures that may be paid for and turned down.
        resubmits: Whether an attempt of unknown outcome may be repeated once.
    """

    request: PlateRequest
    purpose: Purpose
    lettering: str
    estimate: decimal.Decimal
    caps: Caps
    attempts: int
    resubmits: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Generic[T]):
    """What somebody thinks of a picture.

    Attributes:
        passed: Whether it can be used.
        detail: Why not, in plain words.
        result: What was made of it.
        enough: Whether no further picture is wanted, although this one did not pass.
    """

    passed: bool
    detail: str
    result: T
    enough: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bought(Generic[T]):
    """What came of an order.

    Attributes:
        entry: The attempt that the result came of.
        judged: What was thought of it.
        attempts: Pictures that were judged for it now.
        fresh: Whether it was judged now; an attempt that was accepted before is taken as it is.
    """

    entry: Entry
    judged: Judged[T]
    attempts: int
    fresh: bool

    @property
    def ends(self) -> bool:
        """Return whether no further picture is to be paid for."""
        return self.judged.passed or self.judged.enough or not self.fresh


Judge = Callable[[Brought], Judged[T]]


class Buyer:
    """Pays for pictures.

    Args:
        attempts: Brings them home.
        canary: Lets a few go first where many are wanted, and stops when too few pass.
    """

    def __init__(self, attempts: Attempts, canary: Canary) -> None:
        self._attempts = attempts
        self._ledger = attempts.ledger
        self._canary = canary
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def buy(self, order: Order, judge: Judge[T]) -> Bought[T]:
        """Return the first picture that passes, or the last one that did not.

        Two orders of the same job wait for each other; the second takes what the first got.

        Args:
            order: What is wanted.
            judge: Makes something of a picture and says whether it can be used.

        Raises:
            BudgetError: If it does not fit into a budget, or all payments are stopped.
            ProviderError: If there is no picture to judge.
            LedgerError: If the ledger cannot be written.
        """
        with self._guard:
            lock = self._locks[order.request.fingerprint]
        with lock:
            return self._bought(order, judge)

    def _bought(self, order: Order, judge: Judge[T]) -> Bought[T]:
        judged, failure = list[Bought[T]](), None
        while not (judged and judged[-1].ends):
            if (spent := self._spent(order)) is not None:
                failure = failure or ProviderError(spent)
                break
            try:
                judged.append(self._one(order, judge, len(judged) + 1))
            except (LateError, QuarantinedError, HaltedError, NotAcceptedError):
                raise  # it may still come, or would only be refused again
            except ProviderError as error:
                failure = error
                if self._attempts.gate.closed:
                    break
        if judged:
            return judged[-1]
        raise failure or ProviderError(_TURNED_DOWN)

    def _spent(self, order: Order) -> str | None:
        """Return why nothing more is tried, or None: turned down ever, or failed in this run.

        What a provider's rules refuse once is not asked for again in the same words, and what
        was perhaps paid not more often than the order allows.
        """
        entries = self._ledger.attempts_of(order.request.fingerprint)
        stands = any(not one.has_ended or one.state is EntryState.ACCEPTED for one in entries)
        if not stands and sum(one.is_unknown for one in entries) > order.resubmits:
            return _PERHAPS_PAID
        ours = [entry for entry in entries if entry.purpose.run == order.purpose.run]
        turned_down = sum(entry.state is EntryState.REJECTED for entry in entries)
        failed = sum(entry.state is EntryState.FAILED for entry in ours)
        moderated = any(entry.state is EntryState.MODERATED for entry in entries)
        done = moderated or max(turned_down, failed) >= order.attempts
        return _TURNED_DOWN if done else None

    def _one(self, order: Order, judge: Judge[T], number: int) -> Bought[T]:
        with self._canary.flight(order.purpose.campaign) as flight:
            entry = self._intended(self._wanted(order), order.caps)
            kept = self._kept(entry)
            if entry.state is EntryState.ACCEPTED and kept is None:
                again = dataclasses.replace(self._wanted(order), renew=True)
                entry = self._intended(again, order.caps)
            brought = kept or self._paid(entry, order, flight)
            judged = judge(brought)
            flight.passed = judged.passed
        if kept is not None:
            return Bought(entry=entry, judged=judged, attempts=0, fresh=False)
        self._record(brought.entry, judged.passed, judged.detail)
        return Bought(entry=brought.entry, judged=judged, attempts=number, fresh=True)

    def _intended(self, wanted: Wanted, caps: Caps) -> Entry:
        """Return a new attempt, or the one of the job that stands and is ours to go on with.

        Raises:
            LateError: If another run is at work on one and does not finish it in time.
        """
        timing = self._attempts.timing
        until = timing.clock() + self._attempts.deadline
        while True:
            intended = self._ledger.intend(wanted, caps)
            entry = intended.entry
            if intended.fresh or entry.has_ended:
                return entry
            if entry.purpose.run == wanted.purpose.run:
                return self._doubted(entry, "its submit ended in an error of the program")
            inherited = self._ledger.inherit(entry.id, wanted.purpose.run)
            if inherited is not None:
                return self._doubted(inherited, "the program ended while it was being submitted")
            if timing.clock() >= until:
                other = f"run {entry.purpose.run} is paying for this picture"
                raise LateError(f"{other} as attempt {entry.id}; it is used when it is there")
            timing.sleep(_OTHERS)

    def _doubted(self, entry: Entry, reason: str) -> Entry:
        """Return an intent that is not new as unknown, since it was perhaps submitted."""
        if entry.state is not EntryState.INTENT:
            return entry
        return self._ledger.unknown(entry.id, reason)

    def _kept(self, entry: Entry) -> Brought | None:
        """Return the picture of an attempt that was accepted before; None if it is not there."""
        if entry.state is not EntryState.ACCEPTED:
            return None
        content = regained(self._attempts.provider, self._attempts.store, entry)
        return None if content is None else Brought(entry=entry, content=content)

    def _paid(self, entry: Entry, order: Order, flight: Flight) -> Brought:
        try:
            return self._brought(entry, order)
        except ProviderError:
            if self._ledger.entry(entry.id).charged:
                flight.passed = False  # a charge without a picture is a picture that did not pass
            raise

    def _brought(self, entry: Entry, order: Order) -> Brought:
        """Return the picture of an attempt; repeat a lost one once, if that is allowed."""
        try:
            return self._attempts.bring(entry, order.request)
        except QuarantinedError:
            if not order.resubmits or entry.resubmits is not None:
                raise
        again = dataclasses.replace(self._wanted(order), resubmits=entry.id)
        return self._attempts.bring(self._intended(again, order.caps), order.request)

    def _record(self, entry: Entry, passed: bool, detail: str) -> None:  # noqa: FBT001 - a finding
        if entry.state is EntryState.STORED:
            entry = self._ledger.proved(entry.id, passed=passed, detail=detail)
        ended = EntryState.ACCEPTED if entry.passed else EntryState.REJECTED
        self._ledger.ended(entry.id, ended, detail)

    def _wanted(self, order: Order) -> Wanted:
        return Wanted(
            job=order.request.fingerprint,
            purpose=order.purpose,
            lettering=order.lettering,
            estimated=order.estimate,
            reserve=order.estimate,
            seed=order.request.seed,
        )

    @property
    def active(self) -> int:
        """Return how many attempts the provider takes at a time."""
        return self._attempts.provider.capabilities.active

    def resume(
        self, entries: Sequence[Entry], requests: Mapping[str, PlateRequest], workers: int
    ) -> int:
        """Bring home what earlier runs paid for and did not finish; judge nothing yet.

        What was perhaps submitted when a run died is unknown: it is looked for.

        Args:
            entries: What this run has taken over from them.
            requests: Requests by fingerprint, as far as they are still known.
            workers: How many at a time.

        Returns:
            How many pictures came home.

        Raises:
            LedgerError: If the ledger cannot be used.
        """
        with threads(workers) as pool:
            return sum(pool.map(lambda entry: self._resumed(entry, requests), entries))

    def _resumed(self, entry: Entry, requests: Mapping[str, PlateRequest]) -> bool:
        request = requests.get(entry.job)
        entry = self._doubted(entry, "the program ended while it was being submitted")
        try:
            self._attempts.recover(entry, request)
        except (ProviderError, StoreError) as error:
            _LOG.warning("left by an earlier run: %s", error)
            return False
        return True
