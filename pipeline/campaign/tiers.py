"""Tiers: what the accounts of a platform may have, from a file that the platform keeps."""

import pathlib
from typing import Any, Literal, cast

from pydantic import Field, ValidationError

from pipeline.campaign.document import read_document
from pipeline.campaign.generation import Frozen
from pipeline.campaign.problems import problem_at, problem_of
from pipeline.campaign.scalars import Count, Identifier
from pipeline.errors import CampaignError


class Tier(Frozen):
    """What an account has: it counts in the place of what its campaigns say."""

    model: Identifier | None = Field(default=None, description="Which image model")
    quality: Literal["draft", "production", "final"] | None = None
    daily: Count | None = Field(default=None, description="Paid pictures a campaign day")
    priority: Count = Field(default=0, description="Who has more goes first")


class Tiers(Frozen):
    """The file of all tiers."""

    tiers: dict[Identifier, Tier] = Field(min_length=1)
    accounts: dict[Identifier, Identifier] = Field(description="Account to tier")


def read_tiers(file: pathlib.Path) -> dict[str, Tier]:
    """Return account to tier.

    Args:
        file: The file of tiers.

    Raises:
        CampaignError: With all problems of the file.
    """
    document = read_document(file)
    if document.problems:
        raise CampaignError(document.problems)
    try:
        found = Tiers.model_validate(document.tree)
    except ValidationError as error:
        entries = [cast("dict[str, Any]", one) for one in error.errors(include_url=False)]
        paths = [tuple(part for part in one["loc"] if part != "[key]") for one in entries]
        problems = [
            problem_of(document, {**one, "loc": path}, Tiers)
            for one, path in zip(entries, paths, strict=True)
        ]
        raise CampaignError(tuple(sorted(problems, key=lambda one: one.line))) from None
    have = ", ".join(found.tiers)
    unknown = [
        problem_at(
            document, ("accounts", name), f"there is no tier {tier!r}", f"use one of: {have}"
        )
        for name, tier in found.accounts.items()
        if tier not in found.tiers
    ]
    if unknown:
        raise CampaignError(tuple(unknown))
    return {name: found.tiers[tier] for name, tier in found.accounts.items()}
