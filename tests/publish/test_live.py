"""Live: what is out is held against the campaign files, on each market's own day."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign
from pipeline.plan.plan import Plan
from pipeline.publish.approvals import Wish, decide, seen
from pipeline.publish.decisions import Action
from pipeline.publish.live import Files, Out, State, whats_out
from pipeline.publish.manifest import read_manifest
from pipeline.settings import PROJECT

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
DRAWN_WITH = (PROJECT / "templates", "engine 1")
DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Looker:
    """Looks at what is out, at some instant."""

    out: pathlib.Path

    def __call__(
        self,
        *loaded: LoadedCampaign,
        at: dt.datetime = NOON,
        within: dt.timedelta = dt.timedelta(),
        only: frozenset[str] = frozenset(),
    ) -> dict[str, Out]:
        """Return locale to what is out."""
        found = whats_out(self.out, Files(loaded, DRAWN_WITH, at, within), only)
        assert len({one.locale for one in found}) == len(found)
        return {one.locale: one for one in found}


@pytest.fixture
def look(tmp_path: pathlib.Path) -> Looker:
    """Return what looks at the folder that `export` writes."""
    return Looker(tmp_path / "out")


def states(found: dict[str, Out]) -> dict[str, str]:
    return {locale: str(one.truth.state) for locale, one in found.items()}


def test_what_the_file_still_says_is_true(plan: MakePlan, export: Export, look: Looker) -> None:
    planned = plan()
    export(planned)
    found = look(planned.campaign)
    assert states(found) == {"de_CH": "true", "de_DE": "true", "fr_CH": "true"}
    assert found["de_DE"].file.startswith("2026-12-01/lunch/de/bowl-de-de-")
    assert {one.accepted_by for one in found.values()} == {"proof"}


def test_what_is_held_is_not_out_until_a_person_approves_it(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    planned = plan()
    manifest = export(planned, held=("fr_CH",))
    assert look(planned.campaign).keys() == {"de_CH", "de_DE"}
    (record,) = (r for r in read_manifest(manifest)["creatives"] if r["locale"] == "fr_CH")
    sha256, words, before = seen(record)
    wish = Wish(
        variant=record["variant"],
        action=Action.APPROVE,
        sha256=sha256,
        copy_sha256=words,
        before=before,
    )
    decide(manifest.parent, wish, "ann", "2026-12-01T07:00:00Z")
    assert look(planned.campaign)["fr_CH"].accepted_by == "ann"


def test_a_changed_price_is_told_with_both_prices_and_since_the_file_was_changed(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    export(plan())
    changed = plan(("de: 8.90", "de: 7.90")).campaign
    found = look(changed)
    assert states(found) == {"de_CH": "true", "de_DE": "changed", "fr_CH": "true"}
    truth = found["de_DE"].truth
    assert truth.reason == "price is “7,90\u00a0€” on 2026-12-01, not “8,90\u00a0€”"
    edited = dt.datetime.fromtimestamp(pathlib.Path(changed.document.file).stat().st_mtime, dt.UTC)
    assert truth.since == edited.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_campaign_that_ends_is_told_a_day_before_and_since_midnight_in_its_market(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    planned = plan(("offers:", "valid_to: 2026-12-01\noffers:"))
    export(planned)
    before = look(planned.campaign, within=DAY)["de_DE"].truth
    assert (before.state, before.since) == (State.ENDING, "2026-12-01T23:00:00Z")
    assert before.reason == "the campaign ended on 2026-12-01"
    assert states(look(planned.campaign, within=dt.timedelta(hours=1)))["de_DE"] == "true"
    just = dt.datetime(2026, 12, 1, 23, tzinfo=dt.UTC)  # midnight in Berlin
    assert states(look(planned.campaign, at=just - dt.timedelta(seconds=1)))["de_DE"] == "true"
    after = look(planned.campaign, at=just + 3 * DAY)["de_DE"].truth
    assert (after.state, after.since) == (State.EXPIRED, "2026-12-01T23:00:00Z")


def test_the_next_days_price_is_told_before_it_comes_and_since_when_it_holds(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    planned = plan(
        ("offers:", "days: {every: bowl, 2026-12-03: {offer: bowl, price: {de: 5.90}}}\noffers:")
    )
    export(planned)
    assert set(states(look(planned.campaign, within=DAY)).values()) == {"true"}
    ending = look(planned.campaign, at=NOON + DAY, within=DAY)["de_DE"].truth
    assert (ending.state, ending.since) == (State.ENDING, "2026-12-02T23:00:00Z")
    gone = look(planned.campaign, at=NOON + 2 * DAY)["de_DE"].truth
    assert (gone.state, gone.since) == (State.CHANGED, "2026-12-02T23:00:00Z")
    assert states(look(planned.campaign, at=NOON + 3 * DAY))["de_DE"] == "true"


def test_a_market_whose_midnight_is_skipped_has_its_day_begin_an_hour_later(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    cairo = ("time_zone: Europe/Berlin", "time_zone: Africa/Cairo")
    ends = ("offers:", "valid_to: 2026-04-23\noffers:")
    planned = plan(cairo, ends, markets=("de",), day=dt.date(2026, 4, 23))
    export(planned)
    midday = dt.datetime(2026, 4, 23, 12, tzinfo=dt.UTC)
    truth = look(planned.campaign, at=midday, within=DAY)["de_DE"].truth
    assert (truth.state, truth.since) == (State.ENDING, "2026-04-23T22:00:00Z")


@pytest.mark.parametrize(
    ("replacement", "says"),
    [
        (
            ("locales: [de_CH, fr_CH]", "locales: [de_CH]"),
            "the market has no locale fr_CH any more",
        ),
        (("offers:", "days: {2026-12-24: bowl}\noffers:"), "bowl does not run on 2026-12-01"),
        (("offers:", "valid_from: 2026-12-05\noffers:"), "does not begin before 2026-12-05"),
        (("display-300x250", "meta-square"), "has no format display-300x250 any more"),
    ],
)
def test_what_is_no_longer_asked_for_says_why(
    plan: MakePlan, export: Export, look: Looker, replacement: tuple[str, str], says: str
) -> None:
    export(plan())
    truth = look(plan(replacement).campaign)["fr_CH"].truth
    assert truth.state is State.EXPIRED
    assert says in truth.reason


def test_a_campaign_without_a_file_is_out_without_a_reason_unless_others_are_meant(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    export(plan())
    assert set(states(look()).values()) == {"expired"}
    assert look(only=frozenset({"dinner"})) == {}


def test_only_the_last_of_each_coordinate_is_out_and_yesterdays_stays_where_today_has_none(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    export(plan())
    tomorrow = plan(day=dt.date(2026, 12, 2))
    export(tomorrow, held=("fr_CH",), number=2, seed=1)
    found = look(tomorrow.campaign, at=NOON + DAY)
    assert {locale: one.day for locale, one in found.items()} == {
        "de_CH": "2026-12-02",
        "de_DE": "2026-12-02",
        "fr_CH": "2026-12-01",
    }
    assert set(states(found).values()) == {"true"}  # it says today what it said yesterday


def test_a_file_that_is_not_what_shipped_is_damaged(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    planned = plan()
    manifest = export(planned)
    file = next(manifest.parent.glob("de/*.jpg"))
    file.write_bytes(b"torn")
    assert states(look(planned.campaign))["de_DE"] == "damaged"
    file.unlink()
    assert states(look(planned.campaign))["de_DE"] == "damaged"


def test_an_offer_that_ends_this_evening_is_told_and_is_expired_with_the_minute(
    plan: MakePlan, export: Export, look: Looker
) -> None:
    planned = plan(("    price:", "    valid_to: 2026-12-01 18:00\n    price:"))
    export(planned)
    hour = dt.timedelta(hours=1)
    assert states(look(planned.campaign, within=2 * hour))["de_DE"] == "true"
    before = look(planned.campaign, within=6 * hour)["de_DE"].truth
    assert (before.state, before.since) == (State.ENDING, "2026-12-01T17:00:00Z")
    assert before.reason == "the offer bowl ends on 2026-12-01 18:00"
    after = look(planned.campaign, at=NOON + 5 * hour)["de_DE"].truth
    assert (after.state, after.reason) == (
        State.EXPIRED,
        "the offer bowl ended on 2026-12-01 18:00",
    )
