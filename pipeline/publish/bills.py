"""Bills: what the ledger has about the creatives of a run, as data for manifest and summary."""

import dataclasses
import datetime as dt
import decimal
from collections.abc import Iterator, Mapping, Sequence

from pipeline.plan.catalogue import STUDIO
from pipeline.plan.plan import Plan
from pipeline.plan.variants import Variant
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.report import manifest_row
from pipeline.produce.ledger.rows import Entry, Purpose
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.sentinel import SENTINEL

Row = Mapping[str, object]
"""What the manifest says about one paid attempt."""

_TURNED_DOWN = {EntryState.REJECTED, EntryState.MODERATED, EntryState.FAILED}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one run paid for one campaign day. Amounts are US dollars.

    Attributes:
        campaign: The campaign's name.
        day: The campaign day.
        spent: What the run was charged; for attempts it took over from a dead run, too.
        pictures: How many attempts it made or finished, without those that failed for nothing.
        turned_down: How many of those ended without being accepted.
        under_way: How many of those are not finished; a later run goes on with them.
        budget: The most that may be spent on the day.
        left: How much of that is left, after what is held back for attempts under way.
    """

    campaign: str
    day: dt.date
    spent: decimal.Decimal
    pictures: int
    turned_down: int
    under_way: int
    budget: decimal.Decimal
    left: decimal.Decimal


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """What the ledger has about the creatives of a run.

    Attributes:
        bills: One for each campaign day with a paid provider.
        rows: Variant id to the attempts that were first wanted for it, by whatever run.
    """

    bills: tuple[Bill, ...] = ()
    rows: Mapping[str, tuple[Row, ...]] = dataclasses.field(default_factory=dict)

    def of(self, campaign: str, day: dt.date | None = None) -> tuple[Bill, ...]:
        """Return the bills of a campaign, of one day or of all."""
        return tuple(
            bill for bill in self.bills if bill.campaign == campaign and day in {None, bill.day}
        )


NOTHING_PAID = Bills()
"""The bills of a run without paid providers."""


def bills_of(ledger: Ledger, run: str, plans: Sequence[Plan]) -> Bills:
    """Return what the ledger has about the creatives of a run.

    Args:
        ledger: The ledger.
        run: The run's id.
        plans: What it makes.

    Raises:
        LedgerError: If the ledger cannot be read.
    """
    bills, rows = list[Bill](), dict[str, list[Row]]()
    for first in _campaign_days(plans):
        for entry in ledger.accounts.entries_on(first.campaign, first.day):
            rows.setdefault(entry.purpose.variant, []).append(manifest_row(entry))
        bills.append(_bill(ledger, run, first))
    return Bills(bills=tuple(bills), rows={name: tuple(some) for name, some in rows.items()})


def _campaign_days(plans: Sequence[Plan]) -> Iterator[Variant]:
    """Yield one paid variant of each campaign day."""
    for plan in plans:
        paid = [variant for variant in plan.variants if variant.request.provider != STUDIO]
        yield from {variant.day: variant for variant in reversed(paid)}.values()


def _bill(ledger: Ledger, run: str, variant: Variant) -> Bill:
    every = [one for one in ledger.accounts.entries_of(run) if _is_for(one, variant)]
    ours = [one for one in every if one.state is not EntryState.FAILED or one.charged]
    purpose = Purpose(
        campaign=variant.campaign,
        market=variant.market,
        template=variant.template,
        locale=variant.locale,
        variant=variant.id,
        day=variant.day,
        run=run,
        provider=variant.request.provider,
        model=variant.request.model,
    )
    (use,) = ledger.budget(purpose, Caps(day=variant.budget.day))
    return Bill(
        campaign=variant.campaign,
        day=variant.day,
        spent=sum((one.charged or decimal.Decimal(0) for one in ours), decimal.Decimal(0)),
        pictures=sum(one.purpose.model != SENTINEL for one in ours),
        turned_down=sum(one.state in _TURNED_DOWN and not one.is_unknown for one in ours),
        under_way=sum(not one.has_ended for one in ours),
        budget=use.cap,
        left=use.left,
    )


def _is_for(entry: Entry, variant: Variant) -> bool:
    return (entry.purpose.campaign, entry.purpose.day) == (variant.campaign, variant.day)
