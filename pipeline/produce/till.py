"""The till: where a run pays. One ledger, and one buyer for each provider that its plan needs."""

import dataclasses
import datetime as dt
import decimal
import threading
from collections.abc import Callable, Mapping

from pipeline.plan.catalogue import STUDIO
from pipeline.plan.job import PlateRequest
from pipeline.plan.rates import lettering_of
from pipeline.plan.variants import Variant
from pipeline.produce.attempts import DEADLINE, Attempts
from pipeline.produce.buyer import Bought, Buyer, Judge, Order, T
from pipeline.produce.canary import Canary
from pipeline.produce.gate import Gate, Timing
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.rows import Purpose, Saving, SavingKind
from pipeline.produce.providers.protocol import Provider
from pipeline.produce.providers.sentinel import SENTINEL
from pipeline.produce.store import Store

_NOTES = 100
"""Savings that are booked in one transaction: they are no money, and each commit is a flush."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What it takes to pay.

    Attributes:
        ledger: Where every step is written first.
        store: Where pictures are kept.
        open_provider: Returns a provider by its name, with its key.
        timing: Time and chance.
        now: Returns the present instant, with its offset from UTC.
        deadline: Seconds for one attempt.
    """

    ledger: Ledger
    store: Store
    open_provider: Callable[[str], Provider]
    timing: Timing
    now: Callable[[], dt.datetime]
    deadline: float = DEADLINE


class Till:
    """Pays for the variants of one run.

    Args:
        means: What it takes.
        run: Id of the run, unique for ever.
        wanted: Campaign to the number of pictures that the run may have to pay for.
    """

    def __init__(self, means: Means, run: str, wanted: Mapping[str, int]) -> None:
        self.ledger = means.ledger
        self.run = run
        self._means = means
        self._canary = Canary(wanted)
        self._guard = threading.Lock()
        self._buyers: dict[str, Buyer] = {}
        self._notes: list[Saving] = []

    def buy(self, variant: Variant, judge: Judge[T]) -> Bought[T]:
        """Return the first picture for a variant that passes, or the last that did not.

        Raises:
            BudgetError: If there is no key, a budget is used up, or all payments are stopped.
            ProviderError: If there is no picture to judge.
            LedgerError: If the ledger cannot be written.
        """
        order = self.order(variant, variant.request)
        return self.buyer(variant.request.provider).buy(order, judge)

    def saved(self, variant: Variant) -> None:
        """Note that a picture which is there already served a variant."""
        amount = decimal.Decimal(variant.cost)
        self._note(variant, SavingKind.CACHE, amount)

    def planned(self, variant: Variant) -> None:
        """Note what the planned size saved against the naive one."""
        self._note(variant, SavingKind.PLANNING, decimal.Decimal(variant.saved))

    def resume(self, requests: Mapping[str, PlateRequest], workers: int) -> int:
        """Bring home what earlier runs paid for, before anything new is paid.

        Args:
            requests: The plan's requests by fingerprint.
            workers: How many at a time.

        Returns:
            How many pictures came home.

        Raises:
            BudgetError: If a provider's key is missing.
            LedgerError: If the ledger cannot be used.
        """
        entries = self.ledger.take_over(self.run)
        providers = {entry.purpose.provider for entry in entries}
        return sum(
            self.buyer(name).resume(
                [entry for entry in entries if entry.purpose.provider == name], requests, workers
            )
            for name in sorted(providers)
        )

    def active(self, provider: str) -> int:
        """Return how many attempts a provider takes at a time."""
        return self.buyer(provider).active

    def buyer(self, provider: str) -> Buyer:
        """Return who pays one provider.

        Raises:
            BudgetError: If its key is missing.
        """
        with self._guard:
            if provider not in self._buyers:
                # Opinions say nothing about how many pictures pass.
                canary = Canary({}) if provider == SENTINEL else self._canary
                opened = self._means.open_provider(provider)
                self._buyers[provider] = self._opened(opened, canary)
            return self._buyers[provider]

    def _opened(self, provider: Provider, canary: Canary) -> Buyer:
        means = self._means
        attempts = Attempts(
            provider=provider,
            ledger=means.ledger,
            store=means.store,
            gate=Gate(provider.capabilities.active, means.timing),
            timing=means.timing,
            now=means.now,
            deadline=means.deadline,
        )
        return Buyer(attempts, canary)

    def order(self, variant: Variant, request: PlateRequest) -> Order:
        """Return an order of a variant, within its budgets.

        Args:
            variant: What it is for.
            request: What is asked for: the variant's own picture, or what is asked about it.
        """
        budget = variant.budget
        return Order(
            request=request,
            purpose=self._purpose(variant, request),
            lettering=lettering_of(variant.drawn),
            estimate=decimal.Decimal(variant.cost),
            caps=Caps(
                creative=budget.creative,
                campaign=budget.campaign,
                day=budget.day,
                month=budget.month,
                pictures=variant.quota,
            ),
            attempts=budget.attempts,
            resubmits=budget.resubmit > 0,
        )

    def _purpose(self, variant: Variant, request: PlateRequest) -> Purpose:
        return Purpose(
            campaign=variant.campaign,
            market=variant.market,
            template=variant.template,
            locale=variant.locale,
            variant=variant.id,
            day=variant.day,
            run=self.run,
            provider=request.provider,
            model=request.model,
            account=variant.account,
        )

    def _note(self, variant: Variant, kind: SavingKind, amount: decimal.Decimal) -> None:
        if amount > 0 and variant.request.provider != STUDIO:
            purpose, job = self._purpose(variant, variant.request), variant.request.fingerprint
            saving = Saving(kind=kind, purpose=purpose, job=job, amount=amount)
            with self._guard:
                self._notes.append(saving)
                full = len(self._notes) >= _NOTES
            if full:
                self.write_notes()

    def write_notes(self) -> None:
        """Book in the ledger what was saved so far.

        Raises:
            LedgerError: If the ledger cannot be written.
        """
        with self._guard:
            notes, self._notes = self._notes, []
        self.ledger.accounts.save(notes)
