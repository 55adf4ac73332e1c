"""Supply: price lists from files and servers, with a snapshot to fall back on.

Only the load step asks it, before anything is planned.
"""

import dataclasses
import datetime as dt
import decimal
import functools
import hashlib
import os
import time
from collections.abc import Callable, Mapping, Sequence

from pipeline.campaign.calendar import campaign_day
from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.beside import read_beside
from pipeline.campaign.feeds.merge import Fed
from pipeline.campaign.feeds.snapshot import Snapshot, Used
from pipeline.errors import FeedError
from pipeline.feeds.fetch import SECONDS, Call, Sending, fetch
from pipeline.feeds.shelf import Kept, Shelf
from pipeline.produce.providers.wire import Wire
from pipeline.produce.store import open_store
from pipeline.settings import Settings

_HOUR = dt.timedelta(hours=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FeedSupply:
    """Where price lists come from.

    Attributes:
        open_shelf: Returns what keeps the lists; called when there is something to keep.
        instant: Now.
        open_wire: Returns what sends requests; called when there is something to fetch.
        day: The day for which rows must be valid; None for each market's own at `instant`.
        days: Market to its day, where it is another.
        environment: Keys of the servers; not shown.
        seconds: For a price list, from its first byte asked to its last one read.
    """

    open_shelf: Callable[[], Shelf]
    instant: dt.datetime
    open_wire: Callable[[], Sending]
    day: dt.date | None = None
    days: Mapping[str, dt.date] = dataclasses.field(default_factory=dict)
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)
    seconds: float = SECONDS

    def snapshot(self, campaign: str, feed: Feed, file: str) -> Snapshot:
        """Return the price list of a campaign.

        Raises:
            FeedError: If it cannot be had, and there is no snapshot that is young enough.
        """
        if not feed.is_remote:
            return read_beside(feed, file, self.instant)
        address = hashlib.sha256(feed.from_.encode()).hexdigest()
        shelf = self.open_shelf()
        known = shelf.last(campaign, address)
        try:
            snapshot = self._fetched(feed, known)
        except FeedError as error:
            return self._instead(feed, known, error)
        shelf.keep(campaign, address, snapshot)
        return snapshot

    def used(self, campaign: str) -> Sequence[Used]:
        """Return the prices that runs have used, the earliest first."""
        return [Used(at=one.at, prices=one.by_spot()) for one in self.open_shelf().uses(campaign)]

    def day_of(self, market: str, time_zone: str) -> dt.date | None:
        """Return the day of a market for which rows must be valid; None if it has no clock."""
        if day := self.days.get(market, self.day):
            return day
        try:
            return campaign_day(time_zone, self.instant)
        except (KeyError, ValueError, OSError):  # a zone that has its own problem
            return None

    def _fetched(self, feed: Feed, known: tuple[Kept, bytes] | None) -> Snapshot:
        etag, modified = (known[0].etag, known[0].modified) if known else ("", "")
        call = Call(url=feed.from_, key=self._key(feed), etag=etag, modified=modified)
        answer = fetch(call, self.open_wire(), self.seconds)
        if answer is None and known is not None:
            return Snapshot(
                source=feed.shown,
                content=known[1],
                fetched=self.instant,
                etag=etag,
                modified=modified,
            )
        if answer is None:
            raise FeedError(f"{feed.shown} answered 304, and nothing was asked under a condition")
        return Snapshot(
            source=feed.shown,
            content=answer.body,
            fetched=self.instant,
            etag=answer.headers.get("etag", ""),
            modified=answer.headers.get("last-modified", ""),
        )

    def _key(self, feed: Feed) -> str:
        if feed.key_variable is None:
            return ""
        key = self.environment.get(feed.key_variable, "")
        if not key or not key.isascii() or not key.isprintable():
            raise FeedError(f"{feed.key_variable} holds no key; set it in the environment")
        return key

    def _instead(self, feed: Feed, known: tuple[Kept, bytes] | None, error: FeedError) -> Snapshot:
        """Return the last snapshot, if it is young enough for the campaign."""
        what, _, remedy = str(error).partition("; ")
        if known is None:
            raise FeedError(f"{what}, and there is no snapshot; {remedy or _AGAIN}") from None
        kept, content = known
        age = max(0.0, (self.instant - kept.fetched) / _HOUR)
        since = f"the snapshot of {kept.fetched:%Y-%m-%d %H:%M} UTC, {age:.1f} hours old"
        if decimal.Decimal(age) >= feed.stale_hours:
            hint = f"{remedy or _AGAIN}, or allow {since}, with `stale_hours`"
            raise FeedError(f"{what}; {hint}") from None
        return Snapshot(
            source=feed.shown,
            content=content,
            fetched=kept.fetched,
            etag=kept.etag,
            modified=kept.modified,
            note=f"{what}, so {since}, is used",
        )


_AGAIN = "look at the server and run again"


def open_supply(
    settings: Settings,
    instant: dt.datetime | None = None,
    day: dt.date | None = None,
    days: Mapping[str, dt.date] | None = None,
) -> FeedSupply:
    """Return where the price lists of this machine's campaigns come from.

    Args:
        settings: Folders and limits.
        instant: Now; the machine's clock if left out.
        day: The day for which rows must be valid; each market's own if left out.
        days: Market to its day, where it is another.
    """
    return FeedSupply(
        open_shelf=functools.cache(functools.partial(open_shelf, settings)),
        instant=instant or dt.datetime.fromtimestamp(time.time(), dt.UTC),
        day=day,
        days=days or {},
        environment=os.environ,
        open_wire=_wire,
    )


def open_shelf(settings: Settings) -> Shelf:
    """Return what this machine keeps of price lists.

    Raises:
        UsageError: If the bucket's address is none.
    """
    return Shelf(settings.work, open_store(settings))


def freeze(fed: Fed, campaign: str, settings: Settings, at: dt.datetime) -> None:
    """Keep the price list that a run uses, and remember that it does; nothing without one.

    Raises:
        OSError: If the disk is full.
    """
    if fed.snapshot is not None:
        open_shelf(settings).use(campaign, fed.snapshot, fed.prices, at)


@functools.cache
def _wire() -> Wire:
    """Return the one client of this process; what it needs for TLS takes a while to read."""
    return Wire(time.monotonic)
