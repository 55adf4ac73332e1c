"""The plan as a person reads it: per campaign and market, what and why, and what it costs."""

from collections.abc import Iterator

from pipeline.plan.plan import Plan


def plan_report(plan: Plan) -> str:
    """Return the report of one campaign's plan, ready for the terminal."""
    campaign = plan.campaign.campaign
    head = f"{campaign.campaign}  ({plan.campaign.document.file})"
    rows = list(_rows(plan))
    width = max((len(row[0]) for row in rows), default=0)
    body = [f"  {name:<{width}}  {day}  {what}" for name, day, what in rows]
    return "\n".join([head, *body, f"  {_total(plan)}"])


def _rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    for market, day in plan.days.items():
        reasons = plan.reasons(market)
        what = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        yield market, day.isoformat(), what or "nothing runs on this day"


def _total(plan: Plan) -> str:
    jobs = {planned.variant.request.fingerprint for planned in plan.planned}
    there = len(jobs & plan.plates)
    provider = plan.campaign.campaign.provider
    plates = f"{len(jobs)} plates, {there} of them in the store" if there else f"{len(jobs)} plates"
    return f"{len(plan.planned)} creatives on {plates}; {provider} costs ${plan.cost:.2f}"
