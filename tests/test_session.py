"""Sessions: one run a campaign and market day, and nothing ships that the file no longer says."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.dayplan import DayPlan, RunRequest, prepare
from pipeline.produce.compositor import held
from pipeline.produce.outcome import Outcome, Status
from pipeline.session import Session, open_session, still_true
from pipeline.settings import PROJECT, Settings
from tests.lunch import lunch

NOW = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 12, 2, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", jp="ja_JP")
    + """\
offers:
  bowl:
    price: {de: 8.90, jp: 1180}
    copy: {headline: {de: Bowls, ja: ボウル}}
"""
)


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)


@pytest.fixture
def planned(tmp_path: pathlib.Path, settings: Settings) -> Callable[..., DayPlan]:
    """Return what plans the day, of all markets or some, after a change of the file."""

    def plan(*markets: str, changed: tuple[str, str] = ("", "")) -> DayPlan:
        file = tmp_path / "lunch.yaml"
        file.write_text(CAMPAIGN.replace(*changed) if changed[0] else CAMPAIGN, "utf-8")
        request = RunRequest(
            files=(file,), out=tmp_path / "out", instant=NOW, day=NOW.date(), markets=markets
        )
        return prepare(request, settings)

    return plan


def accepted(session: Session) -> list[Outcome]:
    return [
        dataclasses.replace(held(variant, "engine 1", "", None), status=Status.ACCEPTED)
        for variant in session.day_plan.variants
    ]


def said(session: Session) -> dict[str, str]:
    """Return market to why its creative is held; empty if it is not."""
    ended = still_true(session, accepted(session), "engine 1")
    markets = [variant.market for variant in session.day_plan.variants]
    assert [one.status is Status.HELD for one in ended] == [bool(one.reason) for one in ended]
    return dict(zip(markets, (one.reason for one in ended), strict=True))


def test_a_second_run_gets_only_what_no_other_makes_and_all_when_that_has_ended(
    planned: Callable[..., DayPlan], settings: Settings
) -> None:
    first = open_session(planned("de"), settings, lambda: NOW)
    second = open_session(planned(), settings, lambda: NOW)
    assert [variant.market for variant in second.day_plan.variants] == ["jp"]
    (taken,) = second.taken
    assert str(taken).startswith(
        f"lunch for de on 2026-12-01 is already being made, by run {first.run}"
    )
    second.close("published")
    first.close("published")
    third = open_session(planned(), settings, lambda: NOW)
    assert (third.day_plan.size, third.taken) == (2, ())
    third.close("published")


def test_what_the_file_still_says_ships(
    planned: Callable[..., DayPlan], settings: Settings
) -> None:
    session = open_session(planned(), settings, lambda: NOW)
    assert said(session) == {"de": "", "jp": ""}
    planned(changed=("campaign: lunch", "# a remark\ncampaign: lunch"))
    assert said(session) == {"de": "", "jp": ""}
    session.close("published")


def test_a_changed_price_holds_its_market_and_no_other(
    planned: Callable[..., DayPlan], settings: Settings
) -> None:
    session = open_session(planned(), settings, lambda: NOW)
    planned(changed=("de: 8.90", "de: 7.90"))
    reasons = said(session)
    assert "price is now '7,90\\xa0€', not '8,90\\xa0€'" in reasons["de"]
    assert reasons["jp"] == ""
    session.close("published")


def test_a_translation_that_changed_during_the_run_holds_its_market(
    planned: Callable[..., DayPlan], settings: Settings, tmp_path: pathlib.Path
) -> None:
    catalogue = tmp_path / "locale" / "lunch" / "ja.po"
    catalogue.parent.mkdir(parents=True)
    entry = 'msgctxt "lunch/bowl/headline"\nmsgid "Bowls"\nmsgstr "ボウル"\n'
    catalogue.write_text(entry, "utf-8")
    session = open_session(planned(changed=("ja: ボウル", "fr: Bols")), settings, lambda: NOW)
    assert said(session) == {"de": "", "jp": ""}
    catalogue.write_text(entry.replace("ボウル", "どんぶり"), "utf-8")
    reasons = said(session)
    assert "headline is now 'どんぶり', not 'ボウル'" in reasons["jp"]
    assert reasons["de"] == ""
    catalogue.write_text(f"#, fuzzy\n{entry}", "utf-8")
    assert all("has problems now; run again" in reason for reason in said(session).values())
    session.close("published")


def test_a_file_that_is_broken_during_the_run_holds_everything(
    planned: Callable[..., DayPlan], settings: Settings, tmp_path: pathlib.Path
) -> None:
    session = open_session(planned(), settings, lambda: NOW)
    (tmp_path / "lunch.yaml").write_text("campaign: [", "utf-8")
    assert all("has problems now; run again" in reason for reason in said(session).values())
    session.close("published")


def test_a_campaign_that_ended_meanwhile_holds_everything(
    planned: Callable[..., DayPlan], settings: Settings
) -> None:
    ends = ("offers:", "valid_to: 2026-12-01\noffers:")
    session = open_session(planned(changed=ends), settings, lambda: LATER)
    assert set(said(session).values()) == {
        "the campaign ended on 2026-12-01; nothing of it may go out any more"
    }
    session.close("published")


def test_an_offer_that_ended_meanwhile_is_held_in_the_markets_where_it_is_over(
    planned: Callable[..., DayPlan], settings: Settings
) -> None:
    ends = ("    price: {de: 8.90", "    valid_to: 2026-12-01 22:00\n    price: {de: 8.90")
    evening = dt.datetime(2026, 12, 1, 13, 30, tzinfo=dt.UTC)  # 22:30 in Tokyo
    session = open_session(planned(changed=ends), settings, lambda: evening)
    assert said(session) == {
        "de": "",
        "jp": "the offer bowl ended on 2026-12-01 22:00; nothing of it may go out any more",
    }
    session.close("published")


def test_an_offer_that_is_over_or_has_not_begun_is_not_planned(
    planned: Callable[..., DayPlan],
) -> None:
    over = ("    price: {de: 8.90", "    valid_to: 2026-12-01 18:00\n    price: {de: 8.90")
    assert {one.market for one in planned(changed=over).variants} == {"de"}  # 21:00 in Tokyo
    later = ("    price: {de: 8.90", "    valid_from: 2026-12-01 20:00\n    price: {de: 8.90")
    assert {one.market for one in planned(changed=later).variants} == {"jp"}
