"""The plan: what would be made, why, and what it would cost; a value, looked at before paying."""

import dataclasses
import datetime as dt
import decimal
import json
import pathlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import Problem
from pipeline.plan.asked import dropped
from pipeline.plan.choice import Known
from pipeline.plan.provenance import path_of, provenance_of
from pipeline.plan.sharing import Sharing
from pipeline.plan.variants import Variant, variants_of
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import lay_out
from pipeline.typeset.renderer import Renderer

UNCHANGED = "unchanged"
NEW = "new"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was last delivered for a coordinate.

    Attributes:
        fingerprint: Hash of everything that shaped the picture.
        inputs: What shaped it, by name.
    """

    fingerprint: str
    inputs: dict[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A variant and the reason to make it.

    Attributes:
        variant: The variant.
        reason: `new`, `unchanged`, or what changed.
    """

    variant: Variant
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be made for one campaign.

    Attributes:
        campaign: The campaign and its file.
        days: Market to campaign day.
        planned: The variants with their reasons, in the order of the file.
        plates: Fingerprints of plates that are already in the store.
    """

    campaign: LoadedCampaign
    days: dict[str, dt.date]
    planned: tuple[Planned, ...]
    plates: frozenset[str]

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Return all variants."""
        return tuple(planned.variant for planned in self.planned)

    @property
    def to_make(self) -> tuple[Variant, ...]:
        """Return the variants that are not as they were last delivered."""
        return tuple(p.variant for p in self.planned if p.reason != UNCHANGED)

    @property
    def cost(self) -> decimal.Decimal:
        """Return the US dollars for the plates still to obtain, each once."""
        missing = {v.request.fingerprint: decimal.Decimal(v.cost) for v in self._to_obtain}
        return sum(missing.values(), decimal.Decimal(0))

    @property
    def saved(self) -> decimal.Decimal:
        """Return the US dollars that planned sizes save on the plates still to obtain."""
        missing = {v.request.fingerprint: decimal.Decimal(v.saved) for v in self._to_obtain}
        return sum(missing.values(), decimal.Decimal(0))

    @property
    def _to_obtain(self) -> tuple[Variant, ...]:
        return tuple(v for v in self.variants if v.request.fingerprint not in self.plates)

    def reasons(self, market: str) -> Counter[str]:
        """Return how many variants of a market have which reason."""
        return Counter(p.reason for p in self.planned if p.variant.market == market)

    def to_json(self) -> str:
        """Return the plan for machines: the same plan gives the same bytes."""
        tree = {
            "campaign": self.campaign.campaign.campaign,
            "file_sha256": self.campaign.sha256,
            "cost_usd": str(self.cost),
            "saved_usd": str(self.saved),
            "dropped": {one.name: one.value for one in dropped(self.campaign.campaign)},
            "days": {market: day.isoformat() for market, day in sorted(self.days.items())},
            "catalogues": self.campaign.words.hashes(),
            "feed": _feed_tree(self.campaign),
            "translations": [str(note) for note in self.campaign.words.notes],
            "variants": [_tree(self.campaign, planned) for planned in self.planned],
        }
        return json.dumps(tree, ensure_ascii=False, indent=2, sort_keys=True)


def make_plan(
    loaded: LoadedCampaign,
    days: Mapping[str, dt.date],
    drawn_with: tuple[pathlib.Path, str],
    delivered: Mapping[str, Delivered],
    known: Known,
    instant: dt.datetime | None = None,
) -> Plan:
    """Plan a campaign; no network, no clock.

    Args:
        loaded: The campaign.
        days: Market to campaign day.
        drawn_with: The folder of all templates, and the typesetting engine's version.
        delivered: Variant key to what was last delivered.
        known: What earlier runs left behind, by which a way of lettering is chosen.
        instant: The instant it is planned for, by which offers begin and end; None for whole days.

    Raises:
        TemplateError: If a scene template cannot be rendered.
        UsageError: If there is no such provider.
    """
    before = {key: one.fingerprint for key, one in delivered.items()}
    known = dataclasses.replace(known, delivered=before)
    sharing = Sharing()
    variants = map(sharing.shared, variants_of(loaded, days, drawn_with, known, instant))
    planned = tuple(Planned(variant=v, reason=reason_of(v, delivered.get(v.key))) for v in variants)
    return Plan(campaign=loaded, days=dict(days), planned=planned, plates=known.plates)


def misfits(variants: Sequence[Variant], renderer: Renderer) -> Iterator[tuple[Variant, Misfit]]:
    """Yield the variants whose words do not fit, or for which a font lacks a character."""
    for variant in variants:
        laid = lay_out(variant.scene.lettering, variant.sheet, renderer)
        if isinstance(laid, Misfit):
            yield variant, laid


def misfit_problem(loaded: LoadedCampaign, variant: Variant, misfit: Misfit) -> Problem:
    """Return the problem at the place of the file that a misfit's words come from."""
    what = f"{misfit.text!r} {misfit.what} ({variant.locale}, {variant.format.name})"
    return loaded.problem(path_of(loaded, variant, misfit.role), what, misfit.remedy)


_CAUSES = {
    "template": "template changed",
    "format": "format changed",
    "layout": "layout changed",
    "plate": "picture changed",
    "logo": "logo changed",
    "type": "fonts or typesetter changed",
    "scene": "brand changed",
    "palette": "brand changed",
    "allowed": "allowed words changed",
    "safe": "safe box changed",
    "checks": "checks changed",
}


def reason_of(variant: Variant, before: Delivered | None) -> str:
    """Return why a variant is made: `new`, `unchanged`, or what changed.

    Args:
        variant: The variant.
        before: What was last delivered for its coordinate; None if nothing was.
    """
    if before is None:
        return NEW
    if before.fingerprint == variant.fingerprint:
        return UNCHANGED
    old, new = before.inputs, variant.inputs
    changed = [name for name in {**new, **old} if new.get(name) != old.get(name)]
    words = [name.removeprefix("line ") for name in changed if name.startswith("line ")]
    if "price" in words:
        was, now = old.get("line price", "none"), new.get("line price", "none")
        return f"price changed {was} → {now}"
    if words:
        return f"{', '.join(word.replace('_', ' ') for word in words)} changed"
    return next((text for name, text in _CAUSES.items() if name in changed), "settings changed")


def _feed_tree(loaded: LoadedCampaign) -> dict[str, object]:
    """Return what of a price list does not depend on when it was fetched; empty without one."""
    if loaded.fed.snapshot is None:
        return {}
    sha256 = loaded.fed.snapshot.sha256
    return {"from": loaded.fed.name, "sha256": sha256, "changed": list(loaded.fed.changed)}


def _tree(loaded: LoadedCampaign, planned: Planned) -> dict[str, object]:
    variant = planned.variant
    words = provenance_of(loaded, variant)
    return {
        "id": variant.id,
        "reason": planned.reason,
        "fingerprint": variant.fingerprint,
        "market": variant.market,
        "locale": variant.locale,
        "format": variant.format.name,
        "day": variant.day.isoformat(),
        "lines": [
            {"role": line.role, "text": line.text, "words": str(words[line.role])}
            for line in variant.lines
        ],
        "lettering": variant.lettering,
        "lettering_why": variant.why,
        "job": variant.request.fingerprint,
        "prompt": variant.request.prompt,
        "seed": variant.request.seed,
        "size": [variant.request.width, variant.request.height],
        "parameters": variant.request.parameters.tree(),
        "references": [reference.name for reference in variant.request.references],
        "cost_usd": variant.cost,
        "saved_usd": variant.saved,
    }
