"""Market groups: one deployment for all markets whose days begin at the same instants."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from pipeline.campaign.calendar import day_groups, first_instant
from pipeline.campaign.load import LoadedCampaign

EVERYWHERE = "everywhere"
"""The deployment that looks at all markets: once at the start, and hourly for what was left."""

_YEAR = 400
_HOUR = 60
_LEFT_OVER = 50
"""Minute of each hour at which everywhere is looked for what is due and not done."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Markets whose days begin together.

    Attributes:
        name: The deployment's name, such as europe-berlin.
        time_zones: Their time zones; empty for all there are.
        cron: When to look what is due, in UTC: hourly, after the minute at which days begin.
        description: What a person reads in the UI.
    """

    name: str
    time_zones: tuple[str, ...]
    cron: str
    description: str


def groups_of(loaded: Sequence[LoadedCampaign], since: dt.date) -> tuple[Group, ...]:
    """Return the groups of some campaigns, and the one that looks everywhere.

    Each looks a minute after the one before it, so that they do not all start at once.

    Args:
        loaded: The campaigns; a group is named after the zone that is named first.
        since: From which day on the zones are compared.
    """
    markets: dict[str, list[str]] = {}
    for campaign in loaded:
        for name, market in campaign.campaign.markets.items():
            known = markets.setdefault(market.time_zone, [])
            known += [name] if name not in known else []
    found = enumerate(day_groups(markets, since))
    groups = [_group(zones, markets, number, since) for number, zones in found]
    return (*groups, _everywhere())


def _group(
    zones: tuple[str, ...], markets: dict[str, list[str]], number: int, since: dt.date
) -> Group:
    minutes = sorted({(minute + 1 + number) % _HOUR for minute in _minutes(zones[0], since)})
    names = sorted({market for zone in zones for market in markets[zone]})
    return Group(
        name=zones[0].lower().replace("/", "-").replace("_", "-"),
        time_zones=zones,
        cron=f"{','.join(map(str, minutes))} * * * *",
        description=(
            f"Markets {', '.join(names)} ({', '.join(zones)}). Looks every hour which market "
            "days have begun and are not done, and makes those."
        ),
    )


def _minutes(zone: str, since: dt.date) -> set[int]:
    """Return the minutes of the hour, in UTC, at which the days of a year begin."""
    days = (since + dt.timedelta(days=number) for number in range(_YEAR))
    return {start.minute for day in days if (start := first_instant(zone, day))}


def _everywhere() -> Group:
    return Group(
        name=EVERYWHERE,
        time_zones=(),
        cron=f"{_LEFT_OVER} * * * *",
        description=(
            "All markets, also those whose time zone is new in a campaign file. Looks every "
            "hour for what is due and not done, and is the one to start by hand."
        ),
    )
