"""When an offer is valid, what runs in a row, and what runs where nothing else does."""

import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.campaign.calendar import not_valid, running_offers, wall_clock
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.model import Campaign
from pipeline.errors import CampaignError

Load = Callable[[str], LoadedCampaign]
Make = Callable[..., Campaign]

SOUP = """\
  soup:
    price: {{de: 4.90}}
    {valid}
    copy: {{headline: {{de: Suppe}}}}
"""
DAY = dt.date(2026, 11, 27)  # a Friday


@pytest.fixture
def make(load: Load, good: str) -> Make:
    """Return what makes a campaign with a soup of some validity, and some days."""

    def campaign(valid: str = "", days: str = "") -> Campaign:
        return load(good + SOUP.format(valid=valid) + days).campaign

    return campaign


def running(campaign: Campaign, day: dt.date = DAY, time: str = "") -> list[str]:
    at = dt.datetime.combine(day, dt.time.fromisoformat(time)) if time else None
    return [one.offer for one in running_offers(campaign, day, at)]


def problem(make: Make, valid: str = "", days: str = "") -> str:
    with pytest.raises(CampaignError) as caught:
        make(valid, days)
    (one,) = caught.value.problems
    return f"{one.path}: {one.what}"


def test_an_offer_runs_from_its_first_day_to_its_last(make: Make) -> None:
    campaign = make("valid_from: 2026-11-26\n    valid_to: 2026-11-27")
    shown = {day: "soup" in running(campaign, dt.date(2026, 11, day)) for day in (25, 26, 27, 28)}
    assert shown == {25: False, 26: True, 27: True, 28: False}


def test_an_offer_begins_and_ends_at_a_minute_of_the_markets_clock(make: Make) -> None:
    campaign = make("valid_from: 2026-11-27 11:00\n    valid_to: 2026-11-27 18:00")
    assert "soup" in running(campaign)  # some part of the day
    shown = {time: "soup" in running(campaign, time=time) for time in ("10:59", "11:00", "17:59")}
    assert shown == {"10:59": False, "11:00": True, "17:59": True}
    assert "soup" not in running(campaign, time="18:00")


def test_the_time_of_another_day_does_not_count(make: Make) -> None:
    campaign = make("valid_to: 2026-11-27 18:00")
    late = dt.datetime.fromisoformat("2026-11-26T23:00")
    assert "soup" in [one.offer for one in running_offers(campaign, DAY, late)]


@pytest.mark.parametrize(
    ("valid", "at", "what"),
    [
        ("valid_to: 2026-11-27 18:00", "2026-11-27T17:59", ""),
        ("valid_to: 2026-11-27 18:00", "2026-11-27T18:00", "the offer soup ended on 2026-11-27"),
        ("valid_to: 2026-11-27", "2026-11-27T23:59", ""),
        ("valid_to: 2026-11-27", "2026-11-28T00:00", "the offer soup ended on 2026-11-27"),
        ("valid_from: 2026-11-27 11:00", "2026-11-27T10:59", "the offer soup does not begin"),
        ("valid_from: 2026-11-27 11:00", "2026-11-26T10:59", ""),  # made ahead
    ],
)
def test_what_is_not_valid_any_more_or_not_yet_does_not_go_out(
    make: Make, valid: str, at: str, what: str
) -> None:
    said = not_valid(make(valid), "soup", DAY, dt.datetime.fromisoformat(at))
    assert said.startswith(what)
    assert bool(said) == bool(what)


def test_one_minute_is_another_instant_in_each_market() -> None:
    instant = dt.datetime(2026, 11, 27, 17, tzinfo=dt.UTC)
    assert wall_clock("Europe/Berlin", instant) == dt.datetime.fromisoformat("2026-11-27T18:00")
    assert wall_clock("Asia/Tokyo", instant) == dt.datetime.fromisoformat("2026-11-28T02:00")


def test_days_in_a_row_beat_a_weekday_and_a_date_beats_them(make: Make) -> None:
    days = "days:\n  friday: bowl\n  2026-11-20..2026-11-30: soup\n"
    assert running(make(days=days)) == ["soup"]
    assert running(make(days=days), dt.date(2026, 12, 4)) == ["bowl"]
    assert running(make(days=days + "  2026-11-27: [bowl, soup]\n")) == ["bowl", "soup"]


def test_of_two_rows_of_days_the_shorter_decides(make: Make) -> None:
    days = "days:\n  2026-11-01..2026-12-31: bowl\n  2026-11-26..2026-11-28: soup\n"
    assert running(make(days=days)) == ["soup"]
    assert running(make(days=days), dt.date(2026, 11, 29)) == ["bowl"]


def test_the_fallback_runs_where_nothing_else_does(make: Make) -> None:
    days = "days:\n  friday: soup\n  fallback: bowl\n"
    assert running(make(days=days)) == ["soup"]
    assert running(make(days=days), dt.date(2026, 11, 28)) == ["bowl"]
    assert running(make("valid_to: 2026-11-26", days)) == ["bowl"]
    assert running(make("valid_to: 2026-11-27 18:00", days), time="18:30") == ["bowl"]


def test_without_a_fallback_nothing_runs_in_the_place_of_what_has_ended(make: Make) -> None:
    assert running(make("valid_to: 2026-11-26", "days:\n  friday: soup\n")) == []


@pytest.mark.parametrize(
    ("valid", "days", "what"),
    [
        (
            "valid_from: 2026-11-28\n    valid_to: 2026-11-27",
            "",
            "offers.soup.valid_to: 2026-11-27 is before valid_from 2026-11-28",
        ),
        ("valid_to: 2026-11-27 25:00", "", "offers.soup.valid_to: 2026-11-27 25:00 is not a time"),
        ("valid_to: soon", "", "offers.soup.valid_to: 'soon' is not valid"),
        (
            "valid_to: 2026-11-20",
            "days:\n  2026-11-27: soup\n",
            "days.2026-11-27: the offer 'soup' is not valid then, but until 2026-11-20",
        ),
        (
            "valid_to: 2026-12-24",
            "valid_to: 2026-12-01\n",
            "offers.soup.valid_to: 2026-12-24 is outside the campaign's valid_from and valid_to",
        ),
        (
            "",
            "days:\n  2026-11-01..2026-11-10: soup\n  2026-11-05..2026-11-14: bowl\n",
            "days.2026-11-05..2026-11-14: overlaps 2026-11-01..2026-11-10, which is as long",
        ),
        ("", "days:\n  2026-11-10..2026-11-01: soup\n", "days.2026-11-10..2026-11-01: 2026-11-01"),
        ("", "days:\n  2026-11-10..: soup\n", "days.2026-11-10..: "),
    ],
)
def test_mistakes_in_validity_and_days_are_reported(
    make: Make, valid: str, days: str, what: str
) -> None:
    assert problem(make, valid, days).startswith(what)
