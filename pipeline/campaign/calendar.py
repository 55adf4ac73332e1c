"""The campaign day: which offers run in a market on its own local date."""

import dataclasses
import datetime as dt
import decimal
import zoneinfo
from collections.abc import Iterable

from pipeline.campaign.model import Campaign, DayEntry
from pipeline.campaign.scalars import WEEKDAYS

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


def running_offers(campaign: Campaign, day: dt.date) -> tuple[RunningOffer, ...]:
    """Return what runs on a day; nothing outside valid_from and valid_to.

    A date in `days` beats a weekday, a weekday beats `weekdays` and `weekend`, and those beat
    `every`. A campaign without `days` runs all its offers every day.
    """
    if campaign.valid_from and day < campaign.valid_from:
        return ()
    if campaign.valid_to and day > campaign.valid_to:
        return ()
    if not campaign.days:
        return tuple(RunningOffer(offer=name, price={}, was={}) for name in campaign.offers)
    for key in _keys(day):
        if key in campaign.days:
            return tuple(_running(entry) for entry in campaign.days[key])
    return ()


def _keys(day: dt.date) -> tuple[str, str, str, str]:
    group = "weekend" if day.weekday() >= _SATURDAY else "weekdays"
    return day.isoformat(), WEEKDAYS[day.weekday()], group, "every"


def _running(entry: DayEntry) -> RunningOffer:
    return RunningOffer(offer=entry.offer, price=entry.price, was=entry.was)
