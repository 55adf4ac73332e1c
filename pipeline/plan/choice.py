"""Choice: what is known when it is chosen who letters a creative."""

import dataclasses
from collections.abc import Mapping

from pipeline.campaign.copychecks import served_by
from pipeline.campaign.model import Campaign
from pipeline.plan.catalogue import capabilities
from pipeline.plan.rates import UNMEASURED, Asked, Rates
from pipeline.plan.requests import Asker
from pipeline.plan.routing import DRAWN_ROLES, TYPESET, Demand


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What earlier runs left behind, by which a way of lettering is chosen.

    Attributes:
        rates: How often pictures with drawn words came out right.
        plates: Fingerprints of the requests whose picture is in the store.
        delivered: Variant key to the fingerprint of what was last delivered.
    """

    rates: Rates = UNMEASURED
    plates: frozenset[str] = frozenset()
    delivered: Mapping[str, str] = dataclasses.field(default_factory=dict)


UNKNOWN = Known()


def demand_of(asker: Asker, known: Known) -> Demand:
    """Return by what the way of lettering a creative is chosen; one on a pinned picture is set."""
    campaign = asker.at.campaign
    able = capabilities(campaign.provider)
    pinned = asker.format.name in campaign.plate.pins.get(asker.at.offer, {})
    blocks = asker.scene.lettering
    return Demand(
        policy=TYPESET if pinned else campaign.lettering,
        draws_words=able.draws_words,
        plain=frozenset(
            line.role for block in blocks if block.shape == "none" for line in block.lines
        ),
        asked=Asked(
            template=campaign.template,
            locale=asker.at.locale,
            model=able.only or campaign.model,
        ),
        rates=known.rates,
    )


def wordings(campaign: Campaign, offer: str) -> int:
    """Return how many different pictures with drawn words all locales would take."""
    tables = (campaign.offers[offer].copy_, campaign.copy_)
    texts = [
        {str(key): text for key, text in table[role].items()}
        for role in DRAWN_ROLES
        for table in tables
        if role in table
    ]
    locales = {locale for market in campaign.markets.values() for locale in market.locales}
    return len({tuple(text.get(served_by(text, one) or "") for text in texts) for one in locales})
