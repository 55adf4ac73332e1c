"""The shelf: the last price list of each campaign, and the prices that its runs have used.

Both lie in the work folder, in `feeds/`; the bytes of the lists are in its store.
"""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Mapping, Sequence

import pydantic

from pipeline.campaign.feeds.snapshot import Amounts, Snapshot, Spot
from pipeline.campaign.scalars import Identifier
from pipeline.files import holding, write_whole
from pipeline.produce.store import Store

MOST_USES = 800
"""Uses that are remembered: with a new list every day, more than two years."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of a list that a server sent.

    Attributes:
        address: Where it came from, as the campaign names it, hashed: its query may be secret.
        sha256: Hash of its bytes.
        fetched: When the server last said that this is the list.
        etag: The server's name for it.
        modified: When it was last changed, as the server says it.
    """

    address: str
    sha256: str
    fetched: dt.datetime
    etag: str
    modified: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A run that took its prices from a list.

    Attributes:
        at: When.
        sha256: Hash of the list's bytes.
        prices: Offer to market to price and former price, as a campaign file writes them.
    """

    at: dt.datetime
    sha256: str
    prices: Mapping[str, Mapping[str, Amounts]]

    def by_spot(self) -> dict[Spot, Amounts]:
        """Return offer and market to price and former price."""
        return {
            (offer, market): amounts
            for offer, there in self.prices.items()
            for market, amounts in there.items()
        }


_KEPT = pydantic.TypeAdapter(Kept)
_USES = pydantic.TypeAdapter(tuple[Use, ...])
_NAME = pydantic.TypeAdapter(Identifier)


class Shelf:
    """What is kept of the price lists of all campaigns.

    Args:
        folder: The work folder.
        store: Keeps the bytes.
    """

    def __init__(self, folder: pathlib.Path, store: Store) -> None:
        self._folder = folder / "feeds"
        self._store = store

    def last(self, campaign: str, address: str) -> tuple[Kept, bytes] | None:
        """Return the last list that an address gave, and its bytes; None if there is none."""
        try:
            kept = _KEPT.validate_json(self._file(campaign, "last").read_bytes())
        except (OSError, ValueError):
            return None
        if kept.address != address:
            return None
        content = self._store.at_hand(kept.sha256)
        return (kept, content) if content is not None else None

    def keep(self, campaign: str, address: str, snapshot: Snapshot) -> None:
        """Remember what an address gave.

        Raises:
            OSError: If the disk is full.
        """
        kept = Kept(
            address=address,
            sha256=self._store.put(snapshot.content),
            fetched=snapshot.fetched,
            etag=snapshot.etag,
            modified=snapshot.modified,
        )
        write_whole(self._file(campaign, "last"), _KEPT.dump_json(kept))

    def uses(self, campaign: str) -> Sequence[Use]:
        """Return the lists that runs have used, the earliest first; a torn record is none."""
        try:
            return _USES.validate_json(self._file(campaign, "used").read_bytes())
        except (OSError, ValueError):
            return ()

    def use(
        self, campaign: str, snapshot: Snapshot, prices: Mapping[Spot, Amounts], at: dt.datetime
    ) -> None:
        """Remember that a run takes its prices from a list, and keep the list.

        Raises:
            OSError: If the disk is full.
        """
        table: dict[str, dict[str, Amounts]] = {}
        for (offer, market), amounts in prices.items():
            table.setdefault(offer, {})[market] = amounts
        new = Use(at=at, sha256=self._store.put(snapshot.content), prices=table)
        with holding(self._folder):
            before = self.uses(campaign)
            if before and (before[-1].sha256, before[-1].prices) == (new.sha256, table):
                return
            kept = (*before[-MOST_USES + 1 :], new)
            write_whole(self._file(campaign, "used"), _USES.dump_json(kept))

    def _file(self, campaign: str, what: str) -> pathlib.Path:
        """Return a file of a campaign.

        Raises:
            ValueError: If the name is none that a campaign may have.
        """
        return self._folder / f"{_NAME.validate_python(campaign)}-{what}.json"
