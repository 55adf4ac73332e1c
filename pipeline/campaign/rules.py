"""Rules that a campaign sets itself: what its markets demand, and what looks like a mistake."""

import decimal
from typing import Literal

from pydantic import Field

from pipeline.campaign.generation import Frozen
from pipeline.campaign.scalars import CopyText, Identifier, Threshold


class Preflight(Frozen):
    """What is looked at before anything is paid; `off` leaves a rule out."""

    price_jump: Threshold = Field(
        default=decimal.Decimal(2),
        description="A price may be at most this many times the last one, or that part of it",
    )
    former_price: Literal["lowest-30", "off"] = Field(
        default="lowest-30",
        description="In the EU a former price is the lowest one of the 30 days before the "
        "reduction (Directive 98/6/EC, Article 6a)",
    )
    forbidden: dict[Identifier, tuple[CopyText, ...]] = Field(
        default={}, description="Language (`und`: any) to words that no line may have"
    )
