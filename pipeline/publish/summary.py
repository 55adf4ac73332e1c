"""The summary of a run: what passed, what it cost, what is held and why, where the files are."""

import decimal
from collections.abc import Iterable, Mapping, Sequence

from pipeline.produce.outcome import Outcome, Status
from pipeline.publish.bills import NOTHING_PAID, Bill, Bills

_MOST_SHOWN = 20


def run_summary(
    outcomes: Mapping[str, Sequence[Outcome]],
    gallery: str,
    out: str,
    selftest: str = "",
    bills: Bills = NOTHING_PAID,
) -> str:
    """Return what a person reads at the end of a run.

    Args:
        outcomes: Campaign to its outcomes.
        gallery: Where the gallery is.
        out: Where the files are.
        selftest: What came of the self-test, in one line; empty if there was none.
        bills: What the ledger has about it.
    """
    width = max((len(name) for name in outcomes), default=0)
    rows = [_campaign_row(name, some, width, bills.of(name)) for name, some in outcomes.items()]
    rows += ["", *map(_bill_row, bills.bills)] if bills.bills else []
    rows += ["", f"self-test  {selftest}"] if selftest else []
    every = [outcome for some in outcomes.values() for outcome in some]
    stand_ins = [outcome for outcome in every if outcome.fallback]
    if stand_ins:
        what = "on the studio's plate, since there is no paid picture that passes:"
        rows += ["", f"{len(stand_ins)} {what}"]
        rows += _listed((outcome.variant, outcome.fallback) for outcome in stand_ins)
    held = [outcome for outcome in every if outcome.status is Status.HELD]
    if held:
        rows += ["", f"{len(held)} held; nobody will see them until they are put right:"]
        rows += _listed((outcome.variant, outcome.reason) for outcome in held)
    return "\n".join([*rows, "", f"files    {out}", f"gallery  {gallery}"])


def _listed(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """Return variants with their reasons, under each other where the reason is the same."""
    every = list(reasons)
    by_reason: dict[str, list[str]] = {}
    for variant, reason in every[:_MOST_SHOWN]:
        by_reason.setdefault(reason, []).append(f"  {variant}")
    rows = [row for reason, names in by_reason.items() for row in [*names, f"      {reason}"]]
    if len(every) > _MOST_SHOWN:
        rows.append(f"  … and {len(every) - _MOST_SHOWN} more, in the gallery")
    return rows


def _campaign_row(name: str, outcomes: Sequence[Outcome], width: int, bills: Sequence[Bill]) -> str:
    accepted = sum(outcome.status is Status.ACCEPTED for outcome in outcomes)
    kept = sum(
        bool(o.attempts == 0 and o.plate and o.plate.reused and not o.reason) for o in outcomes
    )
    # What was accepted for all that its proof says against it, was by a person.
    approved = sum(o.status is Status.ACCEPTED and bool(o.reason) for o in outcomes)
    note = f", {kept} of them as before" if kept else ""
    note += f", {approved} approved by a person" if approved else ""
    paid = sum((bill.spent for bill in bills), decimal.Decimal(0)) if bills else spent(outcomes)
    return (
        f"{name:<{width}}  {accepted - approved} of {len(outcomes)} passed{note}, {_dollars(paid)}"
    )


def _bill_row(bill: Bill) -> str:
    """Return what was paid for a campaign day, and what is left of its budget."""
    pictures = "1 picture" if bill.pictures == 1 else f"{bill.pictures} pictures"
    what = f"paid {_dollars(bill.spent)} for {pictures}" if bill.pictures else "paid nothing"
    turned_down = f", {bill.turned_down} of them turned down" if bill.turned_down else ""
    under_way = f", {bill.under_way} not finished yet" if bill.under_way else ""
    left = f"{_dollars(bill.left)} of the day's {_dollars(bill.budget)} left"
    return f"{bill.campaign} on {bill.day}: {what}{turned_down}{under_way}; {left}"


def _dollars(amount: decimal.Decimal) -> str:
    """Return US dollars, with fractions of a cent only where there are any."""
    cents = amount.quantize(decimal.Decimal("0.01"))
    sign = "-" if amount < 0 else ""
    return f"{sign}${abs(amount):.2f}" if amount == cents else f"{sign}${abs(amount):.4f}"


def spent(outcomes: Sequence[Outcome]) -> decimal.Decimal:
    """Return what some outcomes cost in US dollars, each new plate once."""
    plates = {
        outcome.plate.sha256: outcome.plate.cost
        for outcome in outcomes
        if outcome.plate and not outcome.plate.reused
    }
    return sum(plates.values(), decimal.Decimal(0))
