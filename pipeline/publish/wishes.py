"""Wishes: what a reviewer asked the next run of the day for, worked into its plan."""

import dataclasses
import pathlib
from collections.abc import Collection, Sequence

from pipeline.plan.plan import UNCHANGED, Plan, Planned
from pipeline.plan.variants import Variant
from pipeline.publish.decisions import Action, Decision, copy_sha256, decisions_of
from pipeline.publish.manifest import NAME, delivered_before, read_manifest

_WHY = "a person asked for it"


def with_wishes(plan: Plan, out: pathlib.Path) -> Plan:
    """Return a plan in which the day's wishes are granted.

    What is to be typeset instead is planned on a plate without words that is there already, else
    on the studio's, with every line set. What is to be tried again may have one more paid
    picture for each time that was asked. A wish holds for its day and its words.

    Args:
        plan: The plan of one campaign.
        out: The folder of all campaign days.

    Raises:
        UsageError: If a manifest cannot be read.
    """
    name = plan.campaign.campaign.campaign
    manifests = [out / day.isoformat() / name / NAME for day in sorted(set(plan.days.values()))]
    every = [d for path in manifests if path.exists() for d in decisions_of(read_manifest(path))]
    if not any(decision.action in {Action.TYPESET, Action.RETRY} for decision in every):
        return plan
    before = {key: one.fingerprint for key, one in delivered_before(out, name).items()}
    return dataclasses.replace(
        plan, planned=tuple(_granted(one, every, plan.plates, before) for one in plan.planned)
    )


def _granted(
    planned: Planned,
    decisions: Sequence[Decision],
    plates: Collection[str],
    before: dict[str, str],
) -> Planned:
    variant = planned.variant
    asked = copy_sha256({line.role: line.text for line in variant.lines})
    mine = [d for d in decisions if (d.variant, d.copy_sha256) == (variant.id, asked)]
    wishes = [d for d in mine if d.action in {Action.TYPESET, Action.RETRY}]
    if not wishes:
        return planned
    if wishes[-1].action is Action.RETRY:
        again = sum(wish.action is Action.RETRY for wish in wishes)
        budget = variant.budget.model_copy(update={"attempts": variant.budget.attempts + again})
        return dataclasses.replace(planned, variant=dataclasses.replace(variant, budget=budget))
    refused = {wish.fingerprint for wish in wishes if wish.action is Action.TYPESET}
    plain = _typeset(variant, plates, refused)
    stands = before.get(plain.key) == plain.fingerprint
    return Planned(variant=plain, reason=UNCHANGED if stands else "typeset instead")


def _typeset(variant: Variant, plates: Collection[str], refused: Collection[str]) -> Variant:
    """Return a variant with every line set, at no cost."""
    for way in (variant, *variant.lower):
        if not way.drawn and way.request.fingerprint in plates and way.fingerprint not in refused:
            return way
    inputs = {**variant.inputs, "plate": variant.fallback.fingerprint}
    return dataclasses.replace(variant.on_fallback(_WHY), cost="0", saved="0", inputs=inputs)
