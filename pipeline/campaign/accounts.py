"""Accounts: campaigns that a platform makes for others, each with what its tier gives it."""

import dataclasses
import pathlib
from collections.abc import Sequence

from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.tiers import Tier, read_tiers
from pipeline.errors import CampaignError


def with_tiers(loaded: Sequence[LoadedCampaign], file: pathlib.Path) -> tuple[LoadedCampaign, ...]:
    """Return campaigns with what their accounts may have, the highest priority first.

    Args:
        loaded: The campaigns; those that name no account stay as they are.
        file: The file of tiers; it is read if any campaign names an account.

    Raises:
        CampaignError: If an account has no tier, or the file has problems.
    """
    if not any(one.campaign.account for one in loaded):
        return tuple(loaded)
    tiers = read_tiers(file)
    remedy = f"name it under `accounts:` in {file}"
    problems = tuple(
        one.problem(("account",), f"{one.campaign.account!r} has no tier", remedy)
        for one in loaded
        if one.campaign.account and one.campaign.account not in tiers
    )
    if problems:
        raise CampaignError(problems)
    given = (_given(one, tiers.get(one.campaign.account or "")) for one in loaded)
    return tuple(sorted(given, key=lambda one: -(one.tier.priority if one.tier else 0)))


def _given(loaded: LoadedCampaign, tier: Tier | None) -> LoadedCampaign:
    """Return a campaign with the model and quality of its account's tier."""
    if tier is None:
        return loaded
    given = {"model": tier.model, "quality": tier.quality}
    update = {name: value for name, value in given.items() if value is not None}
    campaign = loaded.campaign.model_copy(update=update)
    return dataclasses.replace(loaded, campaign=campaign, tier=tier)
