"""Price history as a value: which price and former price stood on a day, and what follows from it.

A reduction that is announced today began on the first of the days in a row, up to today, on which
a former price was announced and the price did not rise. So a price that falls step by step is one
reduction, and one that goes up in between ends it (Directive 98/6/EC, Article 6a (5) lets Member
States allow the former).
"""

import bisect
import dataclasses
import datetime as dt
import decimal
import functools
from collections.abc import Mapping

from pipeline.campaign.calendar import campaign_day, day_keys

WINDOW_DAYS = 30
"""Days before a reduction whose lowest price counts (Directive 98/6/EC, Article 6a (2))."""

FURTHEST_DAYS = 366
"""Days that a reduction is followed back, at most."""

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was asked for an offer in a market.

    Attributes:
        price: The price.
        was: The former price that was announced with it; None if there was none.
    """

    price: decimal.Decimal
    was: decimal.Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """What a key of `days` says of an offer.

    Attributes:
        price: Market to price.
        was: Market to former price.
    """

    price: Mapping[str, decimal.Decimal]
    was: Mapping[str, decimal.Decimal]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The prices of a campaign from an instant until the next version's.

    Attributes:
        since: When it began to stand.
        usual: Offer and market to price and former price.
        days: Key of `days` to offer to what differs.
    """

    since: dt.datetime
    usual: Mapping[tuple[str, str], Figures]
    days: Mapping[str, Mapping[str, Special]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    """The lowest price before a reduction.

    Attributes:
        price: The price.
        day: The last day that had it.
        begin: The first day of the reduction.
    """

    price: decimal.Decimal
    day: dt.date
    begin: dt.date


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The versions of a campaign's prices.

    Attributes:
        versions: The earliest first; the last is the file at hand, which stands from now on.
        why: Why no more is known, in plain words; empty if git gave all it has.
    """

    versions: tuple[Version, ...]
    why: str = ""

    def begins(self, time_zone: str) -> dt.date:
        """Return the first day of which anything is known, in a time zone."""
        return campaign_day(time_zone, self.versions[0].since)

    def at(self, market: str, time_zone: str) -> "Story":
        """Return the history as a market lived it: each of its days ends on its own clock."""
        days = [campaign_day(time_zone, one.since) for one in self.versions]
        return Story(versions=self.versions, market=market, since=days)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The history of one market.

    Attributes:
        versions: The versions, the earliest first.
        market: The market's id.
        since: The market's day with which each version begins. The last one of a day counts.
    """

    versions: tuple[Version, ...]
    market: str
    since: list[dt.date]

    def on(self, offer: str, day: dt.date) -> Figures | None:
        """Return what stood at the end of a day; None if it is not known or there was nothing."""
        standing = self._standing(day)
        if standing is None:
            return None
        usual = standing.usual.get((offer, self.market))
        special = _special(standing, offer, day)
        if special is None:
            return usual
        price = special.price.get(self.market, usual.price if usual else None)
        was = special.was.get(self.market, usual.was if usual else None)
        return None if price is None else Figures(price=price, was=was)

    def last_price(self, offer: str, day: dt.date) -> decimal.Decimal | None:
        """Return the usual price to hold a day's against; None if none is known.

        It is the one of two days before, so that a change that was committed on the eve of the
        day is seen too; the earliest one that is known, if the history is shorter.

        Args:
            offer: The offer's id.
            day: The campaign day; one that is to come is held against what stands now.
        """
        now = min(day, self.since[-1])
        before = self._standing(now - 2 * _DAY) or self.versions[0]
        figures = before.usual.get((offer, self.market))
        return figures.price if figures else None

    def lowest(self, offer: str, day: dt.date, price: decimal.Decimal) -> Lowest | None:
        """Return the lowest price of the 30 days before today's reduction; None if none is known.

        Args:
            offer: The offer's id.
            day: The campaign day, on which a former price is announced.
            price: Its price.
        """
        begin = self.begin(offer, day, price)
        known = [
            (figures.price, -back)
            for back in range(1, WINDOW_DAYS + 1)
            if (figures := self.on(offer, begin - back * _DAY))
        ]
        if not known:
            return None
        low = min(price for price, _ in known)
        latest = max(back for price, back in known if price == low)
        return Lowest(price=low, day=begin + latest * _DAY, begin=begin)

    def begin(self, offer: str, day: dt.date, price: decimal.Decimal) -> dt.date:
        """Return the first day of the reduction that is announced on a day.

        Args:
            offer: The offer's id.
            day: The campaign day, on which a former price is announced.
            price: Its price.
        """
        for _ in range(FURTHEST_DAYS):
            before = self.on(offer, day - _DAY)
            if before is None or before.was is None or before.price < price:
                break
            day, price = day - _DAY, before.price
        return day

    def _standing(self, day: dt.date) -> Version | None:
        place = bisect.bisect_right(self.since, day)
        return self.versions[place - 1] if place else None


def _special(version: Version, offer: str, day: dt.date) -> Special | None:
    key = _deciding(tuple(version.days), day)
    return version.days[key].get(offer) if key else None


@functools.lru_cache(maxsize=4096)
def _deciding(keys: tuple[str, ...], day: dt.date) -> str | None:
    """Return the key of `days` that decides about a day; the fallback does not."""
    return next(iter(day_keys([key for key in keys if key != "fallback"], day)), None)
