"""The look that is had at every plan before anything is paid: all rules, each finding once."""

import dataclasses
from collections.abc import Iterable, Iterator

from pipeline.campaign.history import History
from pipeline.plan.plan import Plan, misfit_problem, misfits
from pipeline.plan.preflight.channels import channel_findings
from pipeline.plan.preflight.colours import colour_findings
from pipeline.plan.preflight.digits import digit_findings
from pipeline.plan.preflight.drawing import drawing_findings
from pipeline.plan.preflight.finding import Desk, Finding, Severity
from pipeline.plan.preflight.former import feed_findings, former_findings
from pipeline.plan.preflight.markets import market_findings
from pipeline.plan.preflight.prices import price_findings
from pipeline.plan.preflight.words import word_findings
from pipeline.typeset.renderer import Renderer

_LONGEST_REASON = 300


def findings(plan: Plan, history: History | None = None) -> tuple[Finding, ...]:
    """Return what the rules find in a plan, in the order of the file.

    Whether the words fit is not among it, since that takes a typesetter: `unfit` says that.

    Args:
        plan: The plan of one campaign.
        history: What is known of its earlier prices; None leaves out the rules that need it.
    """
    desk = Desk(loaded=plan.campaign, variants=plan.variants)
    return _once(
        (
            *word_findings(desk),
            *price_findings(desk),
            *market_findings(desk, plan.days),
            *colour_findings(desk),
            *digit_findings(desk),
            *channel_findings(desk),
            *drawing_findings(desk),
            *feed_findings(desk),
            *(former_findings(desk, plan.days, history) if history else ()),
        )
    )


def unfit(plan: Plan, renderer: Renderer) -> tuple[Finding, ...]:
    """Return the lines that cannot be set: too long, or with a character that no font has.

    What stands unchanged was set and accepted before, so it is not laid out again.

    Args:
        plan: The plan of one campaign.
        renderer: Measures.
    """
    return _once(
        Finding(
            rule="text fit",
            severity=Severity.ERROR,
            problem=misfit_problem(plan.campaign, variant, misfit),
            variants=frozenset({variant.id}),
        )
        for variant, misfit in misfits(plan.to_make, renderer)
    )


def refusals(found: Iterable[Finding]) -> dict[str, str]:
    """Return variant id to why it is not made, for what errors are about."""
    wrong: dict[str, list[str]] = {}
    for finding in found:
        for variant in finding.variants if finding.severity is Severity.ERROR else ():
            wrong.setdefault(variant, []).append(str(finding.problem))
    return {variant: "; ".join(said)[:_LONGEST_REASON] for variant, said in wrong.items()}


def _once(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the file, each once for all creatives that it is about."""
    merged: dict[tuple[object, ...], Finding] = {}
    for one in found:
        key = (one.rule, one.severity, one.problem)
        known = merged.get(key, one)
        merged[key] = dataclasses.replace(one, variants=known.variants | one.variants)
    return tuple(sorted(merged.values(), key=_place))


def _place(finding: Finding) -> tuple[str, int, str, str]:
    problem = finding.problem
    return problem.file, problem.line, problem.path, problem.what


def said(found: Iterable[Finding], severity: Severity) -> Iterator[Finding]:
    """Yield the findings of a severity."""
    return (one for one in found if one.severity is severity)
