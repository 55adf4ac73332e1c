"""Price lists that lie beside their campaign; whoever asks for one on a server needs more."""

import datetime as dt
import pathlib
from collections.abc import Sequence

from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.rows import MOST_BYTES
from pipeline.campaign.feeds.snapshot import Snapshot, Used
from pipeline.errors import FeedError


def read_beside(feed: Feed, file: str, fetched: dt.datetime) -> Snapshot:
    """Return a price list that lies beside its campaign.

    Args:
        feed: What the campaign says of it.
        file: The campaign file.
        fetched: The present instant.

    Raises:
        FeedError: If it is not there, lies elsewhere or is too large.
    """
    folder = pathlib.Path(file).parent
    path = folder / feed.from_
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
        size = path.stat().st_size if inside else 0
        content = path.read_bytes() if inside and size <= MOST_BYTES else b""
    except (OSError, ValueError):
        raise FeedError(f"there is no price list {feed.from_!r}; put it into {folder}") from None
    if not inside:
        raise FeedError(f"{feed.from_!r} lies outside the campaign's folder; move it beside it")
    if size > MOST_BYTES:
        raise FeedError(f"{feed.from_!r} is more than {MOST_BYTES:,} bytes; shorten it")
    return Snapshot(source=str(path), content=content, fetched=fetched)


class Beside:
    """Knows files alone, no clock and no past: the rows of all days count as valid."""

    def snapshot(self, _campaign: str, feed: Feed, file: str) -> Snapshot:
        """Return a price list that lies beside its campaign.

        Raises:
            FeedError: If it cannot be read, or comes from a server.
        """
        if feed.is_remote:
            raise FeedError(f"{feed.shown} comes from a server; read it with `proofpress plan`")
        return read_beside(feed, file, dt.datetime.min.replace(tzinfo=dt.UTC))

    def used(self, _campaign: str) -> Sequence[Used]:
        """Return nothing."""
        return ()

    def day_of(self, _market: str, _time_zone: str) -> dt.date | None:
        """Return None: nobody says which day it is."""
        return None


BESIDE = Beside()
