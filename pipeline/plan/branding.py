"""Branding: what all creatives of a campaign have in common, worked out once for all of them."""

import dataclasses

from pipeline.campaign.load import LoadedCampaign
from pipeline.plan.job import Picture, canonical
from pipeline.plan.pictures import picture_of


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """What all creatives of a campaign have in common.

    Attributes:
        fonts: `display` and `text` to font character.
        palette: Colour name to #RRGGBB.
        allowed_words: Words that may stand on a picture unasked.
        logo: The brand's logo; None if its name is written out.
        inputs: What of it shapes a picture, by name.
    """

    fonts: dict[str, str]
    palette: dict[str, str]
    allowed_words: frozenset[str]
    logo: Picture | None
    inputs: dict[str, str]


def branding_of(loaded: LoadedCampaign) -> Branding:
    """Return what all creatives of a campaign have in common."""
    campaign, brand = loaded.campaign, loaded.campaign.brand
    palette, logo = brand.palette.model_dump(), picture_of(loaded, brand.logo)
    # A logo mostly says the brand's name.
    allowed = frozenset(brand.allowed_words) | ({brand.name} if brand.logo else set())
    return Branding(
        fonts=brand.fonts.model_dump(),
        palette=palette,
        allowed_words=allowed,
        logo=logo,
        inputs={
            "allowed": ", ".join(sorted(allowed)),
            "checks": canonical(campaign.checks.model_dump(mode="json")),
            "palette": canonical(palette),
            "logo": logo.sha256 if logo else "",
        },
    )
