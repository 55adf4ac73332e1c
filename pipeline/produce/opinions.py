"""Second opinions: Sentinel's paid judgement of an accepted creative, for the record only."""

import dataclasses
import decimal
import hashlib
from collections.abc import Callable

from pipeline.errors import BudgetError, ProviderError
from pipeline.plan.job import Picture, PlateRequest, Reference
from pipeline.plan.variants import Variant
from pipeline.produce.attempts import Brought
from pipeline.produce.buyer import Judged, Order
from pipeline.produce.providers.sentinel import SENTINEL, Opinion, no_opinion, read_opinion
from pipeline.produce.store import Store
from pipeline.produce.till import Till


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Asks for second opinions; none of them accepts or holds anything.

    They are paid for as pictures are: held back from the same budgets before they are asked for,
    booked at the vendor's own figure, and gone on with by the next run if this one dies.

    Attributes:
        till: Pays for them.
        store: Where the delivered files are.
        price: Returns what one costs, in US dollars.
    """

    till: Till
    store: Store
    price: Callable[[], decimal.Decimal]

    def of(self, variant: Variant, label: str, content: bytes) -> Opinion:
        """Return what Sentinel thinks of a delivered file; without a verdict if it gives none.

        Args:
            variant: What was asked for.
            label: Names the file; an opinion of the same file is not paid for again.
            content: The file.

        Raises:
            LedgerError: If the ledger cannot be used; nothing may be paid then.
        """
        try:
            order = self._order(variant, label, content)
            bought = self.till.buyer(SENTINEL).buy(order, _taken)
        except (BudgetError, ProviderError) as error:
            return no_opinion(str(error))
        opinion = bought.judged.result
        return opinion if bought.fresh else dataclasses.replace(opinion, cost=decimal.Decimal(0))

    def _order(self, variant: Variant, label: str, content: bytes) -> Order:
        sha256 = hashlib.sha256(content).hexdigest()
        picture = Picture(path=self.store.file(sha256), sha256=sha256)
        task = f"A {variant.format.name} advertisement of {variant.campaign} in {variant.locale}."
        request = PlateRequest(
            provider=SENTINEL,
            model=SENTINEL,
            quality=variant.request.quality,
            prompt=f"{task}\n{variant.request.prompt}",
            width=variant.format.width,
            height=variant.format.height,
            seed=0,
            backdrop={},
            references=(Reference(name=label, picture=picture),),
        )
        order = self.till.order(variant, request)
        return dataclasses.replace(order, lettering="", estimate=self.price(), attempts=1)


def _taken(brought: Brought) -> Judged[Opinion]:
    """Take an opinion as it is: to have come is all that is asked of it."""
    return Judged(passed=True, detail="", result=read_opinion(brought.content))
