"""Lines: the finished strings of a variant, and how strictly each one is proofread."""

import dataclasses
import enum
import re

NUMBER_ROLES = re.compile(r"^(price|was_price|badge|code|date|phone|item_\d+_price)$")


class Policy(enum.StrEnum):
    """How a line is compared with what was read."""

    EXACT = "exact"
    EXACT_NUMBER = "exact-number"
    CASELESS = "caseless"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One string that must stand on the picture.

    Attributes:
        role: What the line is for: headline, offer, price, was_price, badge, cta, legal,
            code, brand, item_1, item_1_price and so on.
        text: The string as it is displayed, formatted once for the market's locale. It may
            hold no-break spaces and directional marks.
        policy: How strictly it is proofread.
    """

    role: str
    text: str
    policy: Policy

    @classmethod
    def of(cls, role: str, text: str) -> "Line":
        """Return the line with the policy that its role asks for."""
        return cls(role=role, text=text, policy=policy_of(role))


def policy_of(role: str) -> Policy:
    """Return the proof policy of a role: numbers are zero-tolerance."""
    return Policy.EXACT_NUMBER if NUMBER_ROLES.match(role) else Policy.EXACT
