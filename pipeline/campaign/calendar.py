"""The campaign day: which offers run in a market on its own local date."""

import dataclasses
import datetime as dt
import decimal
import zoneinfo
from collections.abc import Iterable, Iterator

from pipeline.campaign.model import Campaign, DayEntry, Offer
from pipeline.campaign.scalars import FALLBACK, RANGE, WEEKDAYS

_SATURDAY = 5
_DAY = dt.timedelta(days=1)
_SECOND = dt.timedelta(seconds=1)
_AHEAD = 400
"""Days for which two zones must agree to count as one: a year and every change of clocks in it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunningOffer:
    """An offer on a day.

    Attributes:
        offer: The offer's id.
        price: Prices that differ on this day, by market.
        was: Former prices that differ on this day, by market.
    """

    offer: str
    price: dict[str, decimal.Decimal]
    was: dict[str, decimal.Decimal]


def campaign_day(time_zone: str, instant: dt.datetime) -> dt.date:
    """Return the local date of a market at an instant.

    The day is derived from the instant because local midnight does not exist on some days in
    some zones (Cairo on 2026-04-24, for one).

    Args:
        time_zone: IANA name.
        instant: An aware datetime.
    """
    return instant.astimezone(zoneinfo.ZoneInfo(time_zone)).date()


def first_instant(time_zone: str, day: dt.date) -> dt.datetime | None:
    """Return the first instant of a campaign day in UTC; None if the zone leaves the day out.

    Where the clocks go forward at midnight, the day begins as they do; where they go back over
    midnight, it begins with the first of the two.

    Args:
        time_zone: IANA name.
        day: The local date.
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    # With fold=0 a time that is left out counts by the offset before it (PEP 495): if the gap
    # begins at midnight this is the very instant of the change.
    found = dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
    if found.astimezone(zone).date() != day:
        return None
    if (found - _SECOND).astimezone(zone).date() < day:
        return found
    low, high = found - _DAY, found  # the gap began before midnight: look for its end
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        low, high = (middle, high) if middle.astimezone(zone).date() < day else (low, middle)
    return high.replace(microsecond=0)


def day_groups(time_zones: Iterable[str], since: dt.date) -> tuple[tuple[str, ...], ...]:
    """Return time zones grouped by whether their days begin at the same instants.

    Args:
        time_zones: IANA names; the first of a group is the one that comes first here.
        since: The first of the days that are compared, about 13 months of them.
    """
    groups: dict[tuple[dt.datetime | None, ...], list[str]] = {}
    for name in dict.fromkeys(time_zones):
        days = (since + number * _DAY for number in range(_AHEAD))
        groups.setdefault(tuple(first_instant(name, day) for day in days), []).append(name)
    return tuple(tuple(names) for names in groups.values())


def running_offers(
    campaign: Campaign, day: dt.date, at: dt.datetime | None = None
) -> tuple[RunningOffer, ...]:
    """Return what runs on a day; nothing outside valid_from and valid_to.

    The most specific key of `days` decides: a date, then days in a row (the fewest first), a
    weekday, `weekdays` and `weekend`, `every`. If none of its offers is valid, or there is no
    such key, `fallback` does. A campaign without `days` runs all its offers every day.

    Args:
        campaign: The campaign.
        day: The campaign day.
        at: The time on the market's wall clock, without a zone, by which an offer that begins
            or ends on this day is judged; None counts any part of the day.
    """
    if campaign.valid_from and day < campaign.valid_from:
        return ()
    if campaign.valid_to and day > campaign.valid_to:
        return ()
    for entries in _entries(campaign, day):
        running = tuple(one for one in entries if is_valid(campaign.offers[one.offer], day, at))
        if running:
            return running
    return ()


def is_valid(offer: Offer, day: dt.date, at: dt.datetime | None = None) -> bool:
    """Return whether an offer is valid on a day, or at a time of it.

    Args:
        offer: The offer.
        day: The campaign day.
        at: The time on the market's wall clock, without a zone; another day's does not count.
    """
    begin, end = dt.datetime.combine(day, dt.time()), dt.datetime.combine(day, dt.time()) + _DAY
    if at is not None and at.date() == day:
        begin, end = at, at + dt.timedelta.resolution
    starts = offer.valid_from is None or offer.valid_from.begin < end
    lasts = offer.valid_to is None or offer.valid_to.end > begin
    return starts and lasts


def not_valid(campaign: Campaign, offer: str, day: dt.date, at: dt.datetime) -> str:
    """Return why a creative may not go out at a time, in plain words; empty if it may.

    Args:
        campaign: The campaign.
        offer: The offer's id.
        day: The campaign day it is made for; one made ahead may go out before its offer begins.
        at: The time on the market's wall clock, without a zone.
    """
    over = "; nothing of it may go out any more"
    if campaign.valid_to and at.date() > campaign.valid_to:
        return f"the campaign ended on {campaign.valid_to}{over}"
    begin, end = campaign.offers[offer].valid_from, campaign.offers[offer].valid_to
    if end and at >= end.end:
        return f"the offer {offer} ended on {end}{over}"
    if begin and at < begin.begin and day <= at.date():
        return f"the offer {offer} does not begin before {begin}; run again then"
    return ""


def wall_clock(time_zone: str, instant: dt.datetime) -> dt.datetime:
    """Return what a clock on the wall of a market shows at an instant, without a zone.

    Args:
        time_zone: IANA name.
        instant: An aware datetime.
    """
    return instant.astimezone(zoneinfo.ZoneInfo(time_zone)).replace(tzinfo=None)


def day_keys(keys: Iterable[str], day: dt.date) -> tuple[str, ...]:
    """Return those of the keys of `days` that speak of a day: the one that decides, the fallback.

    Args:
        keys: The keys there are.
        day: The campaign day.
    """
    there = list(keys)
    rows = sorted((key for key in there if RANGE in key and _spans(key, day)), key=row_length)
    group = "weekend" if day.weekday() >= _SATURDAY else "weekdays"
    ranked = (day.isoformat(), *rows, WEEKDAYS[day.weekday()], group, "every")
    return (*[key for key in ranked if key in there][:1], *(k for k in there if k == FALLBACK))


def row_length(key: str) -> dt.timedelta:
    """Return how long after the first of some days in a row the last one is.

    Args:
        key: The days, as `days` has them: `2026-12-01..2026-12-24`.
    """
    first, _, last = key.partition(RANGE)
    return dt.date.fromisoformat(last) - dt.date.fromisoformat(first)


def _entries(campaign: Campaign, day: dt.date) -> Iterator[tuple[RunningOffer, ...]]:
    """Yield what may run on a day, the first choice first."""
    if not campaign.days:
        yield tuple(RunningOffer(offer=name, price={}, was={}) for name in campaign.offers)
    for key in day_keys(campaign.days, day):
        yield tuple(_running(entry) for entry in campaign.days[key])


def _spans(key: str, day: dt.date) -> bool:
    first, _, last = key.partition(RANGE)
    return first <= day.isoformat() <= last


def _running(entry: DayEntry) -> RunningOffer:
    return RunningOffer(offer=entry.offer, price=entry.price, was=entry.was)
