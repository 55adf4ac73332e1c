"""Snapshots: a price list as it was at an instant, and where such lists come from."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from pipeline.campaign.feed import Feed

Spot: TypeAlias = tuple[str, str]
"""Offer and market; an item of a menu is `offer/item`."""

Amounts: TypeAlias = tuple[str, str]
"""Price and former price as a campaign file writes them; an empty former price is none."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A price list as it was read.

    Attributes:
        source: The file as a person can open it, or the address without its query.
        content: Its bytes.
        fetched: When they were read, or the server last said that they have not changed.
        etag: The server's name for them; empty if it gave none.
        modified: When they were last changed, as the server says it; empty if it does not.
        note: Why an older snapshot is used; empty if it is the present one.
    """

    source: str
    content: bytes = dataclasses.field(repr=False)
    fetched: dt.datetime
    etag: str = ""
    modified: str = ""
    note: str = ""

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Prices of a list that a run has used.

    Attributes:
        at: When; they stand until another run uses others.
        prices: Offer and market to price and former price.
    """

    at: dt.datetime
    prices: Mapping[Spot, Amounts]


class Supply(Protocol):
    """Where price lists come from, and what is known of earlier ones."""

    def snapshot(self, campaign: str, feed: Feed, file: str) -> Snapshot:
        """Return the price list of a campaign.

        Args:
            campaign: The campaign's name.
            feed: What its file says.
            file: The campaign file.

        Raises:
            FeedError: If it cannot be had.
        """

    def used(self, campaign: str) -> Sequence[Used]:
        """Return the prices that runs have used, the earliest first."""

    def day_of(self, market: str, time_zone: str) -> dt.date | None:
        """Return the day of a market for which rows must be valid; None if nobody knows it."""
