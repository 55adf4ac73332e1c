"""The plan as a person reads it: per campaign and market, what and why, and what it costs."""

import decimal
from collections.abc import Iterator

from pipeline.campaign.messages.words import Provenance
from pipeline.plan.asked import dropped
from pipeline.plan.plan import Plan
from pipeline.plan.provenance import provenances
from pipeline.plan.sizes import MOST_CROP, exactly
from pipeline.plan.variants import Variant

_SOURCES = {
    Provenance.FILE: "from the campaign file",
    Provenance.APPROVED: "from translators",
    Provenance.FALLBACK: "from the language's catalogue for want of the locale's",
    Provenance.MACHINE: "from a machine, approved by nobody",
}

_MOST_CHANGES = 40
"""Changed prices that a person is shown; the plan for machines has them all."""


def plan_report(plan: Plan) -> str:
    """Return the report of one campaign's plan, ready for the terminal."""
    campaign = plan.campaign.campaign
    head = f"{campaign.campaign}  ({plan.campaign.document.file})"
    rows = list(_rows(plan))
    width = max((len(row[0]) for row in rows), default=0)
    body = [f"  {name:<{width}}  {day}  {what}" for name, day, what in rows]
    notes = [f"  left out: {one.name} {one.value}; {one.why}" for one in dropped(campaign)]
    told = [*_sizes(plan), *notes, *_words(plan), *_feed(plan)]
    parts = [head, *body, *told, f"  {_total(plan)}"]
    return "\n".join(parts)


def _rows(plan: Plan) -> Iterator[tuple[str, str, str]]:
    for market, day in plan.days.items():
        reasons = plan.reasons(market)
        what = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        yield market, day.isoformat(), what or "nothing runs on this day"


def _sizes(plan: Plan) -> Iterator[str]:
    """Yield a row for each format whose planned size saves money, or is cut to get its ratio."""
    for name, variant in {variant.format.name: variant for variant in plan.variants}.items():
        made = f"{variant.request.width}x{variant.request.height}"
        if decimal.Decimal(variant.saved):
            yield f"  {name}: made as {made}, which saves ${variant.saved} a picture"
        if not variant.request.pin and (cut := _cut(variant)) > MOST_CROP:
            yield f"  {name}: made as {made}, of which {cut:.0%} is cut away to get its ratio"


def _cut(variant: Variant) -> float:
    size, fmt = variant.request, variant.format
    return exactly(size.width, size.height, (fmt.width, fmt.height)).crop


def _words(plan: Plan) -> Iterator[str]:
    """Yield where the words come from, and what translators should know; nothing if all are ours.

    Formatted prices are no words.
    """
    words = plan.campaign.words
    if not words.catalogues:
        return
    counts = provenances(plan.campaign, plan.variants)
    found = [f"{counts[kind]} {name}" for kind, name in _SOURCES.items() if counts[kind]]
    if found:
        yield f"  words: {', '.join(found)}"
    for note in words.notes:
        yield f"  translation: {note}"


def _feed(plan: Plan) -> Iterator[str]:
    """Yield what the price list is, and what changed since the last one that a run used."""
    fed = plan.campaign.fed
    if fed.snapshot is None:
        return
    left = "".join(f", {count} of {what} left out" for what, count in fed.left_out.items())
    yield f"  prices: {len(fed.prices)} from {fed.name} ({fed.rows} rows{left})"
    for change in fed.changed[:_MOST_CHANGES]:
        yield f"  prices: {change}"
    if more := len(fed.changed[_MOST_CHANGES:]):
        yield f"  prices: and {more} more changes"


def _total(plan: Plan) -> str:
    jobs = {planned.variant.request.fingerprint for planned in plan.planned}
    there = len(jobs & plan.plates)
    provider = plan.campaign.campaign.provider
    plates = f"{len(jobs)} plates, {there} of them in the store" if there else f"{len(jobs)} plates"
    return f"{len(plan.planned)} creatives on {plates}; {provider} costs ${plan.cost:.2f}"
