"""The campaign day: which offers run in a market on its own local date."""

import dataclasses
import datetime as dt
import decimal
import zoneinfo

from pipeline.campaign.model import Campaign, DayEntry
from pipeline.campaign.scalars import WEEKDAYS

_SATURDAY = 5


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
