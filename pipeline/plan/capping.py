"""Caps: a plan whose creatives may spend less than their campaign allows."""

import dataclasses
import decimal

from pipeline.plan.plan import Plan, Planned


def capped(plan: Plan, cap: decimal.Decimal | None) -> Plan:
    """Return a plan whose creatives may spend no more than a cap on their day.

    Args:
        plan: The plan of one campaign.
        cap: US dollars; None for what the campaign allows.
    """
    if cap is None:
        return plan
    return dataclasses.replace(plan, planned=tuple(_under(one, cap) for one in plan.planned))


def _under(planned: Planned, cap: decimal.Decimal) -> Planned:
    variant = planned.variant
    budget = variant.budget.model_copy(update={"day": min(variant.budget.day, cap)})
    lower = tuple(dataclasses.replace(one, budget=budget) for one in variant.lower)
    made = dataclasses.replace(variant, budget=budget, lower=lower)
    return dataclasses.replace(planned, variant=made)
