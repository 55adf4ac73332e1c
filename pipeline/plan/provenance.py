"""Provenance: where each line of a creative has its words from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from pipeline.campaign.copychecks import served_by
from pipeline.campaign.document import Path
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.messages.words import Provenance
from pipeline.plan.variants import Variant


def path_of(loaded: LoadedCampaign, variant: Variant, role: str) -> Path:
    """Return the path of what a line was made of."""
    here: Path = ("offers", variant.offer)
    offer = loaded.campaign.offers[variant.offer]
    if role == "brand":
        return ("brand", "name")
    if role.startswith("item_"):
        name, item = list(offer.items.items())[int(role.split("_")[1]) - 1]
        if role.endswith("_price"):
            return (*here, "items", name, "price", variant.market)
        return (*here, "items", name, "name", served_by(item.name, variant.locale) or "")
    for table, path in ((offer.copy_, (*here, "copy")), (loaded.campaign.copy_, ("copy",))):
        texts = cast("Mapping[str, Mapping[str, str]]", table).get(role, {})
        if key := served_by(texts, variant.locale):
            return (*path, role, key)
    return (*here, "price" if role == "price" else "was", variant.market)


def provenance_of(loaded: LoadedCampaign, variant: Variant) -> dict[str, Provenance]:
    """Return role to where the words of its line come from."""
    return {line.role: _of(loaded, path_of(loaded, variant, line.role)) for line in variant.lines}


def provenances(loaded: LoadedCampaign, variants: Sequence[Variant]) -> Counter[Provenance]:
    """Return how many texts of some creatives come from where, each text counted once."""
    paths = {path_of(loaded, one, line.role) for one in variants for line in one.lines}
    return Counter(_of(loaded, path) for path in paths)


def _of(loaded: LoadedCampaign, path: Path) -> Provenance:
    if path[0] == "offers" and (path[2] in {"price", "was"} or path[4:5] == ("price",)):
        return Provenance.FORMATTED
    return loaded.words.provenance_of(path)
