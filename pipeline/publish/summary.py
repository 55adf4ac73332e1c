"""The summary of a run: what passed, what is held and why, where the files are."""

import decimal
from collections.abc import Mapping, Sequence

from pipeline.produce.outcome import Outcome, Status

_MOST_HELD = 20


def run_summary(
    outcomes: Mapping[str, Sequence[Outcome]], gallery: str, out: str, selftest: str = ""
) -> str:
    """Return what a person reads at the end of a run.

    Args:
        outcomes: Campaign to its outcomes.
        gallery: Where the gallery is.
        out: Where the files are.
        selftest: What came of the self-test, in one line; empty if there was none.
    """
    width = max((len(name) for name in outcomes), default=0)
    rows = [_campaign_row(name, some, width) for name, some in outcomes.items()]
    rows += ["", f"self-test  {selftest}"] if selftest else []
    held = [o for some in outcomes.values() for o in some if o.status is Status.HELD]
    if held:
        rows += ["", f"{len(held)} held; nobody will see them until they are put right:"]
        rows += _held_rows(held[:_MOST_HELD])
        if len(held) > _MOST_HELD:
            rows.append(f"  … and {len(held) - _MOST_HELD} more, in the gallery")
    return "\n".join([*rows, "", f"files    {out}", f"gallery  {gallery}"])


def _held_rows(held: Sequence[Outcome]) -> list[str]:
    """Return what is held, under each other where the reason is the same."""
    by_reason: dict[str, list[str]] = {}
    for outcome in held:
        by_reason.setdefault(outcome.reason, []).append(f"  {outcome.variant}")
    return [row for reason, names in by_reason.items() for row in [*names, f"      {reason}"]]


def _campaign_row(name: str, outcomes: Sequence[Outcome], width: int) -> str:
    accepted = sum(outcome.status is Status.ACCEPTED for outcome in outcomes)
    kept = sum(outcome.attempts == 0 for outcome in outcomes)
    note = f", {kept} of them as before" if kept else ""
    return f"{name:<{width}}  {accepted} of {len(outcomes)} passed{note}, ${spent(outcomes):.2f}"


def spent(outcomes: Sequence[Outcome]) -> decimal.Decimal:
    """Return what some outcomes cost in US dollars, each new plate once."""
    plates = {
        outcome.plate.sha256: outcome.plate.cost
        for outcome in outcomes
        if outcome.plate and not outcome.plate.reused
    }
    return sum(plates.values(), decimal.Decimal(0))
