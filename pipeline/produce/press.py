"""The press: from a variant to an outcome. Plate, words, file, proof; each ends in a proof."""

import dataclasses
import decimal
from collections.abc import Mapping

from pipeline.errors import BudgetError, ProviderError, StoreError
from pipeline.plan.catalogue import STUDIO
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor, held
from pipeline.produce.ladder import Ladder
from pipeline.produce.opinions import Opinions
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.plates import Plates
from pipeline.produce.store import Store
from pipeline.produce.till import Till


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Everything that making a creative takes.

    Attributes:
        plates: Where plates come from.
        compositor: Letters and proves them.
        store: Keeps pictures and outcomes.
        till: Pays for pictures; None if nothing may be paid.
        opinions: Asks for second opinions; None if nobody wants one.
        refused: Variant id to why it is not made, as preflight found.
    """

    plates: Plates
    compositor: Compositor
    store: Store
    till: Till | None = None
    opinions: Opinions | None = None
    refused: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def produce(self, variant: Variant) -> Outcome:
        """Return how a variant ended.

        An accepted outcome of the same fingerprint is taken over as it is, but for a stand-in:
        another day may have a budget for the real one. Words that do not
        fit and a proof that does not pass are outcomes, not errors. Where a picture was to be
        paid for and there is none that passes, the studio's plate with set lines stands in.

        Raises:
            ToolMissingError: If an engine or font is not installed.
        """
        if variant.id in self.refused:
            return held(variant, self.compositor.engine, self.refused[variant.id], None)
        known = self.store.outcome(variant.fingerprint)
        as_wanted = known and known.signed == bool(self.compositor.credentials)
        if known and as_wanted and known.deliverable and self.store.holds(known.pictures):
            return _reused(known, variant)
        try:
            outcome = self._made(variant)
        except ProviderError as error:
            return held(variant, self.compositor.engine, str(error), None)
        if outcome.status is Status.ACCEPTED:
            outcome = self._with_opinion(variant, outcome)
        if outcome.status is Status.ACCEPTED and not outcome.fallback:
            self.store.keep_outcome(outcome)
        return outcome

    def _with_opinion(self, variant: Variant, outcome: Outcome) -> Outcome:
        """Return an accepted outcome with Sentinel's opinion, if one is wanted."""
        delivered = outcome.deliverable
        content = self.store.get(delivered.sha256) if delivered else None
        if not (variant.second_opinion and self.opinions and delivered and content):
            return outcome
        opinion = self.opinions.of(variant, f"opinion-{delivered.sha256[:40]}", content)
        return dataclasses.replace(outcome, opinion=opinion)

    def _made(self, variant: Variant) -> Outcome:
        if variant.request.pin:
            pinned = self.plates.pinned(variant.request, variant.format)
            return self.compositor.letter(variant, pinned)
        if variant.request.provider == STUDIO:
            return self.compositor.letter(variant, self.plates.obtain(variant.request))
        ladder = Ladder(plates=self.plates, compositor=self.compositor, till=self.till)
        try:
            return ladder.creative(variant)
        except (BudgetError, ProviderError, StoreError) as error:
            return self._stand_in(variant, str(error))

    def _stand_in(self, variant: Variant, reason: str) -> Outcome:
        """Return the creative on the studio's plate, every line set."""
        plain = variant.on_fallback("the studio's plate stands in")
        outcome = self.compositor.letter(plain, self.plates.obtain(plain.request))
        return dataclasses.replace(outcome, fallback=reason)


def _reused(known: Outcome, variant: Variant) -> Outcome:
    free = decimal.Decimal(0)
    plate = dataclasses.replace(known.plate, reused=True, cost=free) if known.plate else None
    return dataclasses.replace(known, variant=variant.id, plate=plate, attempts=0)
