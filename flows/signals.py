"""Signals: what a run tells Prefect's automations, made of ids and counts, never of copy."""

import collections
import dataclasses
import decimal
from collections.abc import Iterator, Mapping, Sequence

from pipeline.produce.ledger.accounts import AcceptRate
from pipeline.produce.outcome import Outcome, Status
from pipeline.publish.bills import Bill

HELD = "proofpress.creatives.held"
BUDGET = "proofpress.budget.low"
COLLAPSE = "proofpress.accept-rate.collapsed"

BUDGET_SHARE = decimal.Decimal("0.8")
"""The share of a day's budget from which on it is told to be low."""
COLLAPSED = 0.5
"""Below this share of accepted pictures something is wrong that more tries will not cure."""
FEWEST = 10
"""Fewer pictures than these say nothing about a rate."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that somebody may want to be told.

    Attributes:
        event: Its name.
        campaign: The campaign's name.
        facts: What is told about it, in plain words and numbers.
    """

    event: str
    campaign: str
    facts: Mapping[str, str]


def held_signals(groups: Mapping[str, Sequence[Outcome]]) -> Iterator[Signal]:
    """Yield a signal for each campaign of which something is held.

    Args:
        groups: Campaign to its outcomes.
    """
    for campaign, outcomes in groups.items():
        held = sum(outcome.status is Status.HELD for outcome in outcomes)
        if held:
            said = f"{held} of {len(outcomes)} creatives are held"
            facts = {"held": str(held), "creatives": str(len(outcomes)), "said": said}
            yield Signal(event=HELD, campaign=campaign, facts=facts)


def budget_signals(bills: Sequence[Bill]) -> Iterator[Signal]:
    """Yield a signal for each campaign day of whose budget 80 % are spent or held back."""
    for bill in bills:
        used = bill.budget - bill.left
        if bill.budget > 0 and used >= BUDGET_SHARE * bill.budget:
            said = f"${used:.2f} of ${bill.budget:.2f} are used on {bill.day}"
            facts = {
                "day": bill.day.isoformat(),
                "used": f"{used:.2f}",
                "budget": f"{bill.budget:.2f}",
                "said": said,
            }
            yield Signal(event=BUDGET, campaign=bill.campaign, facts=facts)


def collapse_signals(
    rates: Mapping[str, AcceptRate], groups: Mapping[str, Sequence[Outcome]]
) -> Iterator[Signal]:
    """Yield a signal for each campaign of whose pictures less than half is accepted.

    What counts are the latest paid attempts; where nothing is paid, this run's creatives.

    Args:
        rates: Campaign to how its latest paid attempts ended.
        groups: Campaign to its outcomes.
    """
    for campaign, outcomes in groups.items():
        statuses = collections.Counter(outcome.status for outcome in outcomes)
        ours = AcceptRate(accepted=statuses[Status.ACCEPTED], ended=len(outcomes))
        rate = rates.get(campaign) or ours
        rate = rate if rate.ended else ours
        if rate.ended >= FEWEST and rate.accepted < COLLAPSED * rate.ended:
            said = f"only {rate.accepted} of the latest {rate.ended} pictures were accepted"
            facts = {"accepted": str(rate.accepted), "of": str(rate.ended), "said": said}
            yield Signal(event=COLLAPSE, campaign=campaign, facts=facts)
