"""With a frozen clock: each market day is made exactly once, soon after it has begun."""

import collections
import dataclasses
import datetime as dt
import decimal
import json
import pathlib
from collections.abc import Collection
from typing import Any

import pytest

from pipeline.campaign.calendar import first_instant
from pipeline.daily import Workshop, open_workshop, produce_batch
from pipeline.dayplan import RunRequest, prepare
from pipeline.due import Due, due
from pipeline.errors import UsageError
from pipeline.publish.export import Exporter
from pipeline.publish.manifest import NAME, manifests_under, read_manifest
from pipeline.settings import PROJECT, Settings
from tests.heldday import Doubting, Shop

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
HEAD = """\
campaign: week
template: deal
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [display-300x250]
"""
MARKETS = {
    "de": "Europe/Berlin",
    "gb": "Europe/London",
    "us": "America/New_York",
    "ca": "America/Los_Angeles",
    "cl": "America/Santiago",
    "lb": "Asia/Beirut",
    "eg": "Africa/Cairo",
    "py": "America/Asuncion",
    "cu": "America/Havana",
    "jp": "Asia/Tokyo",
    "in": "Asia/Kolkata",
    "np": "Asia/Kathmandu",
    "au": "Australia/Lord_Howe",
    "nz": "Pacific/Auckland",
    "ki": "Pacific/Kiritimati",
    "pf": "Pacific/Marquesas",
    "nl": "America/St_Johns",
    "br": "America/Sao_Paulo",
    "gl": "America/Nuuk",
    "ws": "Pacific/Pago_Pago",
}
"""Twenty markets: both ends of the calendar, quarters of an hour, and clocks that change."""
BOWLS = "{subject: a bowl, price: {%s}, copy: {headline: {en: Bowls}}}"


def campaign(markets: dict[str, str], offers: str = "", more: str = "") -> str:
    rows = [
        f"  {name}: {{locales: [en_US], currency: USD, time_zone: {zone}}}\n"
        for name, zone in markets.items()
    ]
    prices = ", ".join(f"{name}: 8.90" for name in markets)
    offers = offers or f"  bowl: {BOWLS % prices}\n"
    return f"{HEAD}markets:\n{''.join(rows)}offers:\n{offers}{more}"


class Works:
    """Makes what is due whenever its clock is set, and counts what it made."""

    def __init__(self, folder: pathlib.Path, text: str) -> None:
        self.file, self.out = folder / "week.yaml", folder / "out"
        self.file.write_text(text, "utf-8")
        self.settings = Settings(templates=PROJECT / "templates", work=folder / "work", workers=1)
        self.workshop: Workshop = open_workshop(self.settings, Doubting(), {"reader": "1"})
        self.made: dict[tuple[str, dt.date], list[dt.datetime]] = collections.defaultdict(list)
        self.skipped: list[str] = []

    def request(self, instant: dt.datetime) -> RunRequest:
        return RunRequest(files=(self.file,), out=self.out, instant=instant)

    def look(self, instant: dt.datetime, days_back: int = 2) -> Due:
        return due(self.request(instant), self.settings, days_back)

    def tick(self, instant: dt.datetime, days_back: int = 2) -> None:
        found = self.look(instant, days_back)
        self.skipped += map(str, found.skipped)
        for day_plan in found.plans:
            outcomes = [
                outcome
                for batch in day_plan.batches()
                for outcome in produce_batch(batch, self.workshop, lambda _: None)
            ]
            by_id = {outcome.variant: outcome for outcome in outcomes}
            exporter = Exporter(
                out=self.out,
                store=self.workshop.press.store,
                run=day_plan.request.run,
                instant=instant,
                versions=self.workshop.versions,
            )
            for plan in day_plan.plans:
                exporter.export(plan, by_id)
                for market, day in plan.days.items():
                    self.made[market, day].append(instant)

    def ticks(self, first: dt.datetime, last: dt.datetime, down: Collection[int] = ()) -> None:
        """Tick every hour; the hours of an outage are counted from the first."""
        for number in range(int((last - first) / HOUR)):
            if number not in down:
                self.tick(first + number * HOUR)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def begun(zone: str, day: dt.date) -> dt.datetime:
    start = first_instant(zone, day)
    assert start is not None
    return start


def test_a_week_in_twenty_markets_makes_each_market_day_once_within_its_first_hour(
    tmp_path: pathlib.Path,
) -> None:
    """The week in which Beirut has no midnight, and the clocks of Europe and Nuuk change."""
    works = Works(tmp_path, campaign(MARKETS))
    first, last = at("2026-03-26T00:00"), at("2026-04-02T00:00")
    down = {30, 31, 32, 100, 101}
    works.ticks(first, last, down)
    wanted = {
        (market, dt.date(2026, 3, 20) + number * DAY)
        for market, zone in MARKETS.items()
        for number in range(20)
        if begun(zone, dt.date(2026, 3, 20) + number * DAY) > first - DAY
        and begun(zone, dt.date(2026, 3, 20) + (number + 1) * DAY) > first
        and begun(zone, dt.date(2026, 3, 20) + number * DAY) <= last - HOUR
    }
    assert len(wanted) > 140
    assert works.made.keys() == wanted
    assert {key: len(when) for key, when in works.made.items() if len(when) != 1} == {}
    outages = [first + number * HOUR for number in down]
    for (market, day), (when,) in works.made.items():
        late = when - max(begun(MARKETS[market], day), first)
        allowed = 4 * HOUR if any(when - 4 * HOUR < one < when for one in outages) else HOUR
        assert dt.timedelta() <= late < allowed, (market, day, late)
    assert works.skipped == []


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/Santiago", dt.date(2026, 9, 6)),
        ("Asia/Beirut", dt.date(2027, 3, 28)),
        ("Africa/Cairo", dt.date(2026, 4, 24)),
        ("America/Havana", dt.date(2027, 3, 14)),
        ("America/Asuncion", dt.date(2026, 10, 4)),
        ("America/Havana", dt.date(2026, 11, 1)),
    ],
)
def test_around_a_midnight_that_is_not_or_is_twice_each_day_is_made_once(
    tmp_path: pathlib.Path, zone: str, day: dt.date
) -> None:
    works = Works(tmp_path, campaign({"xx": zone}))
    first = begun(zone, day - DAY).replace(minute=0)
    works.ticks(first, first + 3 * DAY)
    assert {made: len(when) for (_, made), when in works.made.items()} == {
        day + number * DAY: 1 for number in (-1, 0, 1)
    } | ({day + 2 * DAY: 1} if begun(zone, day + 2 * DAY) < first + 3 * DAY else {})
    (when,) = works.made["xx", day]
    assert when - begun(zone, day) < HOUR


def test_a_second_look_in_the_same_hour_finds_nothing_due(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin", "jp": "Asia/Tokyo"}))
    works.tick(at("2026-11-27T16:00"))
    found = works.look(at("2026-11-27T16:00"))
    assert (found.plans, found.done, found.skipped) == ((), 2, ())


def test_a_day_that_an_outage_swallowed_is_made_up_once_if_it_says_what_is_still_so(
    tmp_path: pathlib.Path,
) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}))
    works.tick(at("2026-11-24T10:00"))
    works.ticks(at("2026-11-26T10:00"), at("2026-11-26T14:00"))
    made = {day.isoformat(): len(when) for (_, day), when in works.made.items()}
    assert made == {"2026-11-24": 1, "2026-11-25": 1, "2026-11-26": 1}
    assert works.skipped == []
    days = [path.parent.parent.name for path in manifests_under(works.out)]
    assert days == ["2026-11-24", "2026-11-25", "2026-11-26"]


def test_what_ended_during_an_outage_is_never_made_and_is_named_once(
    tmp_path: pathlib.Path,
) -> None:
    offers = (
        f"  bowl: {BOWLS % 'de: 8.90'}\n"
        "  soup: {subject: soup, price: {de: 4.90}, copy: {headline: {en: Soup}}}\n"
    )
    days = "days: {every: bowl, 2026-11-25: soup}\n"
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}, offers, days))
    works.tick(at("2026-11-24T10:00"))
    works.ticks(at("2026-11-26T10:00"), at("2026-11-26T13:00"))
    assert ("de", dt.date(2026, 11, 25)) not in works.made
    assert works.skipped == ["week, de on 2026-11-25 was missed: soup ended with it"]


def test_a_line_that_names_the_day_goes_out_no_more_when_the_day_is_over(
    tmp_path: pathlib.Path,
) -> None:
    text = campaign({"de": "Europe/Berlin"}, more="copy: {legal: {en: 'Only on {day:long}.'}}\n")
    works = Works(tmp_path, text)
    works.tick(at("2026-11-24T10:00"))
    works.tick(at("2026-11-26T10:00"))
    assert sorted(day.day for _, day in works.made) == [24, 26]
    (said,) = works.skipped
    assert said.endswith("2026-11-25 was missed: bowl said what is no longer so")


def test_the_look_back_is_bounded_and_begins_after_a_markets_first_delivery(
    tmp_path: pathlib.Path,
) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}))
    works.tick(at("2026-11-10T10:00"), days_back=7)
    assert len(works.made) == 1  # nothing before the first delivery was missed
    works.tick(at("2026-11-26T10:00"), days_back=2)
    assert sorted(day.day for _, day in works.made) == [10, 24, 25, 26]
    works.tick(at("2026-12-20T10:00"), days_back=99)
    assert sorted(day.day for _, day in works.made if day.month == 12) == list(range(13, 21))


def test_a_changed_price_makes_the_day_due_again_but_no_day_before(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin", "jp": "Asia/Tokyo"}))
    works.tick(at("2026-11-26T10:00"))
    works.tick(at("2026-11-27T10:00"))
    text = works.file.read_text("utf-8").replace("de: 8.90", "de: 7.90")
    works.file.write_text(text, "utf-8")
    (day_plan,) = works.look(at("2026-11-27T11:00")).plans
    assert [plan.days for plan in day_plan.plans] == [{"de": dt.date(2026, 11, 27)}]


def test_a_file_that_was_lost_makes_its_market_due_again(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin", "gb": "Europe/London"}))
    works.tick(at("2026-11-27T10:00"))
    next(works.out.glob("2026-11-27/week/gb/*")).unlink()
    (day_plan,) = works.look(at("2026-11-27T11:00")).plans
    assert [plan.days.keys() for plan in day_plan.plans] == [{"gb"}]


def test_an_offer_that_was_taken_out_makes_its_market_due_again(tmp_path: pathlib.Path) -> None:
    offers = (
        f"  bowl: {BOWLS % 'de: 8.90'}\n"
        "  soup: {subject: soup, price: {de: 4.90}, copy: {headline: {en: Soup}}}\n"
    )
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}, offers))
    works.tick(at("2026-11-27T10:00"))
    works.file.write_text(campaign({"de": "Europe/Berlin"}), "utf-8")
    works.tick(at("2026-11-27T11:00"))
    (manifest,) = manifests_under(works.out)
    assert [one["offer"] for one in read_manifest(manifest)["creatives"]] == ["bowl"]
    assert works.look(at("2026-11-27T12:00")).plans == ()


def test_what_waits_for_a_person_is_not_made_again_each_hour(tmp_path: pathlib.Path) -> None:
    shop = Shop(tmp_path)
    shop.run()
    assert shop.british["status"] == "held"
    assert due(shop.request, shop.settings, 2).plans == ()


@pytest.mark.parametrize(
    "change",
    [
        {"proof": None},
        {"proof": {"verdict": "pass"}},
        {"decision": {"action": "retry"}},
        {"fingerprint": "0"},
        {"strings": {"headline": "Another"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_could_not_be_made_or_was_asked_for_again_is_due(
    tmp_path: pathlib.Path, change: dict[str, Any]
) -> None:
    shop = Shop(tmp_path)
    shop.run()
    (path,) = manifests_under(shop.out)
    manifest = read_manifest(path)
    for record in manifest["creatives"]:
        if record["market"] == "gb":
            if "decision" in change:
                said = {"variant": record["variant"], "by": "ann", "at": "2026-12-01T13:00:00Z"}
                said |= {"sha256": "", "copy_sha256": "", "fingerprint": ""}
                change = {"decision": said | change["decision"]}
            record.update(change)
    path.write_text(json.dumps(manifest), "utf-8")
    (day_plan,) = due(shop.request, shop.settings, 2).plans
    assert [plan.days.keys() for plan in day_plan.plans] == [{"gb"}]


def test_a_request_is_narrowed_by_time_zone_campaign_and_market(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign(MARKETS))
    request = works.request(at("2026-11-27T10:00"))
    only = dataclasses.replace(request, time_zones=("Asia/Tokyo", "Asia/Kolkata"))
    (day_plan,) = due(only, works.settings, 0).plans
    assert day_plan.plans[0].days.keys() == {"jp", "in"}
    none = dataclasses.replace(request, time_zones=("Europe/Rome",))
    assert due(none, works.settings, 0) == Due(plans=(), done=0)
    with pytest.raises(UsageError, match="there is no campaign fall; there are: week"):
        prepare(dataclasses.replace(request, campaigns=("fall",)), works.settings)


def test_a_cap_lowers_the_days_budget_and_never_raises_it(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}))
    request = works.request(at("2026-11-27T10:00"))
    for cap, left in ((3, 3), (99, 25)):
        asked = dataclasses.replace(request, cap=decimal.Decimal(cap))
        capped = prepare(asked, works.settings)
        assert {variant.budget.day for variant in capped.variants} == {left}


def test_another_provider_takes_the_place_of_the_campaigns_own(tmp_path: pathlib.Path) -> None:
    works = Works(tmp_path, campaign({"de": "Europe/Berlin"}))
    request = works.request(at("2026-11-27T10:00"))
    fal = prepare(dataclasses.replace(request, provider="fal"), works.settings)
    assert {variant.request.provider for variant in fal.variants} == {"fal"}
    assert fal.plans[0].cost > 0
    assert not (works.out / NAME).exists()
