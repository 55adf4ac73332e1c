"""What runs on a day, and which day it is."""

import datetime as dt
import zoneinfo
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaign.calendar import campaign_day, running_offers
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign

Load = Callable[[str], LoadedCampaign]

OFFERS = """\
  soup:
    price: {de: 4.90}
    copy: {headline: {de: Suppe}}
"""


@pytest.fixture
def campaign(load: Load, good: str) -> Callable[[str], Campaign]:
    """Return what makes a campaign with two offers and some more lines."""
    return lambda more: load(good + OFFERS + more).campaign


def running(campaign: Campaign, day: str) -> list[str]:
    return [r.offer for r in running_offers(campaign, dt.date.fromisoformat(day))]


FRIDAY, SATURDAY, SUNDAY, MONDAY = "2026-11-27", "2026-11-28", "2026-11-29", "2026-11-30"


def test_without_days_every_offer_runs_every_day(campaign: Callable[[str], Campaign]) -> None:
    assert running(campaign(""), FRIDAY) == ["bowl", "soup"]


def test_a_date_beats_a_weekday_and_a_weekday_beats_its_group_and_a_group_beats_every(
    campaign: Callable[[str], Campaign],
) -> None:
    days = [
        "  every: soup",
        "  weekdays: bowl",
        "  friday: [soup, bowl]",
        "  2026-11-27: [bowl]",
    ]
    shown = [
        running(campaign("days:\n" + "\n".join(days[:count])), FRIDAY) for count in range(1, 5)
    ]
    assert shown == [["soup"], ["bowl"], ["soup", "bowl"], ["bowl"]]


def test_the_order_of_the_lines_does_not_matter(campaign: Callable[[str], Campaign]) -> None:
    assert running(campaign("days:\n  2026-11-27: bowl\n  every: soup"), FRIDAY) == ["bowl"]


def test_the_weekend_is_saturday_and_sunday(campaign: Callable[[str], Campaign]) -> None:
    week = campaign("days:\n  weekend: bowl\n  weekdays: soup")
    assert [running(week, day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [
        ["soup"],
        ["bowl"],
        ["bowl"],
        ["soup"],
    ]


def test_a_day_that_no_line_names_has_no_offer(campaign: Callable[[str], Campaign]) -> None:
    assert running(campaign("days:\n  friday: bowl"), SATURDAY) == []


def test_a_day_carries_its_own_prices(campaign: Callable[[str], Campaign]) -> None:
    (entry,) = running_offers(
        campaign("days:\n  friday: {offer: bowl, price: {de: 7.90}, was: {de: 9.90}}"),
        dt.date.fromisoformat(FRIDAY),
    )
    assert (str(entry.price["de"]), str(entry.was["de"])) == ("7.90", "9.90")


def test_nothing_runs_before_the_first_day_or_after_the_last(
    campaign: Callable[[str], Campaign],
) -> None:
    window = campaign(f"valid_from: {FRIDAY}\nvalid_to: {SUNDAY}")
    shown = {day: bool(running(window, day)) for day in ("2026-11-26", FRIDAY, SUNDAY, MONDAY)}
    assert shown == {"2026-11-26": False, FRIDAY: True, SUNDAY: True, MONDAY: False}


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", dt.date(2026, 4, 24)),
        ("America/Havana", dt.date(2026, 3, 8)),
        ("Asia/Beirut", dt.date(2026, 3, 29)),
        ("America/Santiago", dt.date(2026, 9, 6)),
    ],
)
def test_a_day_without_a_midnight_begins_in_the_second_in_which_the_day_before_ends(
    zone: str, day: dt.date
) -> None:
    local = dt.datetime.combine(day, dt.time(), zoneinfo.ZoneInfo(zone))
    assert local.astimezone(dt.UTC).astimezone(zoneinfo.ZoneInfo(zone)).hour == 1  # no 00:00
    first = next(
        instant
        for hours in range(-15, 15)
        if campaign_day(
            zone,
            instant := dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
            + dt.timedelta(hours=hours),
        )
        == day
    )
    assert campaign_day(zone, first - dt.timedelta(seconds=1)) == day - dt.timedelta(days=1)
    assert campaign_day(zone, first + dt.timedelta(hours=22, minutes=59)) == day
    assert campaign_day(zone, first + dt.timedelta(hours=23)) == day + dt.timedelta(days=1)


def test_one_instant_is_two_days_in_two_markets() -> None:
    instant = dt.datetime(2026, 11, 27, 20, 0, tzinfo=dt.UTC)
    assert campaign_day("Asia/Tokyo", instant) == dt.date(2026, 11, 28)
    assert campaign_day("Europe/Berlin", instant) == dt.date(2026, 11, 27)


ZONES = st.sampled_from(sorted(zoneinfo.available_timezones()))
INSTANTS = st.datetimes(
    dt.datetime(2020, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    dt.datetime(2037, 12, 30),  # noqa: DTZ001
    timezones=ZONES.map(zoneinfo.ZoneInfo),
)


@settings(max_examples=300, deadline=None)
@given(zone=ZONES, instant=INSTANTS)
def test_the_campaign_day_is_the_zones_own_local_date(zone: str, instant: dt.datetime) -> None:
    offset = zoneinfo.ZoneInfo(zone).utcoffset(instant.astimezone(zoneinfo.ZoneInfo(zone)))
    assert offset is not None
    shifted = instant.astimezone(dt.UTC).replace(tzinfo=None) + offset
    assert campaign_day(zone, instant) == shifted.date()
