"""Every campaign day begins once, at its first instant, in every zone of the world."""

import collections
import datetime as dt
import importlib.resources
import pathlib
import zoneinfo

import pytest

from pipeline.campaign.calendar import campaign_day, day_groups, first_instant

SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2028, 12, 31)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=dt.UTC)


def rules() -> dict[bytes, list[str]]:
    """Return the rules of all zones, each with its names: the same bytes are the same rules."""
    packaged = pathlib.Path(str(importlib.resources.files("tzdata"))) / "zoneinfo"
    folders = [*map(pathlib.Path, zoneinfo.TZPATH), packaged]
    names = collections.defaultdict(list)
    for name in sorted(zoneinfo.available_timezones() - {"localtime"}):
        file = next(found for folder in folders if (found := folder / name).is_file())
        names[file.read_bytes()].append(name)
    return names


def test_in_every_zone_each_day_of_three_years_begins_once_at_its_first_instant() -> None:
    every = rules()
    assert sum(map(len, every.values())) > 590
    for names in every.values():
        zone, day, before = names[0], FIRST, None
        while day <= LAST:
            start = first_instant(zone, day)
            assert start is not None, (zone, day)
            assert campaign_day(zone, start) == day, (zone, day)
            # The instant before belongs to the day before, of which it is the last: so no
            # instant is without a day, and none has two.
            assert campaign_day(zone, start - SECOND) == day - DAY, (zone, day)
            assert before is None or DAY * 0.9 < start - before < DAY * 1.1, (zone, day)
            day, before = day + DAY, start


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Africa/Cairo", dt.date(2026, 4, 24), utc(2026, 4, 23, 22)),
        ("America/Havana", dt.date(2026, 3, 8), utc(2026, 3, 8, 5)),
        ("Asia/Beirut", dt.date(2026, 3, 29), utc(2026, 3, 28, 22)),
        ("America/Santiago", dt.date(2026, 9, 6), utc(2026, 9, 6, 4)),
        ("America/Asuncion", dt.date(2023, 10, 1), utc(2023, 10, 1, 4)),
        # Clocks go back over midnight: the day begins with the first of two midnights.
        ("America/Sao_Paulo", dt.date(2019, 2, 17), utc(2019, 2, 17, 3)),
        # The gap begins before midnight: from 23:30 to 00:30.
        ("America/Toronto", dt.date(1919, 3, 31), utc(1919, 3, 31, 4, 30)),
    ],
)
def test_a_day_begins_in_the_instant_in_which_its_clocks_first_show_it(
    zone: str, day: dt.date, start: dt.datetime
) -> None:
    assert first_instant(zone, day) == start


def test_a_day_that_a_zone_left_out_does_not_begin() -> None:
    assert first_instant("Pacific/Apia", dt.date(2011, 12, 30)) is None
    assert first_instant("Pacific/Apia", dt.date(2011, 12, 31)) == utc(2011, 12, 30, 10)


def test_zones_whose_days_begin_together_are_one_group_named_by_the_first() -> None:
    zones = ["Europe/Berlin", "America/New_York", "Europe/Rome", "Europe/Berlin", "Europe/London"]
    assert day_groups(zones, dt.date(2026, 11, 23)) == (
        ("Europe/Berlin", "Europe/Rome"),
        ("America/New_York",),
        ("Europe/London",),
    )


def test_zones_that_agree_only_for_half_of_the_year_are_two_groups() -> None:
    winter = dt.date(2026, 11, 23)
    assert len(day_groups(["Africa/Lagos", "Europe/Paris"], winter)) == 2
    assert len(day_groups(["America/Phoenix", "America/Denver"], winter)) == 2
