"""Rules about earlier prices: lawful former prices in the EU, and jumps from the last price."""

import dataclasses
import datetime as dt
import pathlib
import subprocess
from collections.abc import Callable

import pytest

from pipeline.campaign.history import History, Version
from pipeline.campaign.model import Market
from pipeline.dayplan import RunRequest, preflight, prepare
from pipeline.history.revision import prices_of
from pipeline.plan.plan import Plan
from pipeline.plan.preflight.finding import Finding
from pipeline.plan.preflight.former import EEA, EU, is_in_union
from pipeline.plan.preflight.look import findings, refusals
from pipeline.settings import PROJECT, Settings
from tests.lunch import lunch

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("meta-feed-4x5, meta-square", de="de_DE", ch="de_CH")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, ch: 14.90}
    was:
      de: 10.90
      ch: 17.90
    copy: {headline: {de: Bowls}}
"""
)
REGULAR = CAMPAIGN.replace("    was:\n      de: 10.90\n      ch: 17.90\n", "").replace(
    "{de: 8.90, ch: 14.90}", "{de: 10.90, ch: 17.90}"
)

Look = Callable[..., list[Finding]]


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)


def request(tmp_path: pathlib.Path, text: str) -> RunRequest:
    file = tmp_path / "lunch.yaml"
    file.write_text(text, "utf-8")
    return RunRequest(files=(file,), out=tmp_path / "out", instant=NOON)


def version(days_ago: int, text: str) -> Version:
    since = NOON - dt.timedelta(days=days_ago)
    return dataclasses.replace(prices_of(text.encode())[0], since=since)


@pytest.fixture
def look(tmp_path: pathlib.Path, settings: Settings) -> Look:
    """Return what holds a campaign's text against earlier ones, by how many days ago they were."""

    def looked(text: str, earlier: dict[int, str], why: str = "") -> list[Finding]:
        (plan,) = prepare(request(tmp_path, text), settings).plans
        versions = [version(ago, one) for ago, one in sorted(earlier.items(), reverse=True)]
        return about_prices(plan, History(versions=(*versions, version(0, text)), why=why))

    return looked


def about_prices(plan: Plan, history: History) -> list[Finding]:
    rules = {"former price", "price jump"}
    return [one for one in findings(plan, history) if one.rule in rules]


def test_a_lawful_former_price_has_nothing_to_say(look: Look) -> None:
    assert look(CAMPAIGN, {40: REGULAR}) == []
    low = REGULAR.replace("de: 10.90", "de: 10.00")
    assert look(CAMPAIGN.replace("de: 10.90", "de: 9.90"), {40: low}) == []  # below is lawful


def test_a_former_price_above_the_lowest_is_held_with_the_figure_to_print(look: Look) -> None:
    (found,) = look(CAMPAIGN, {40: REGULAR, 20: REGULAR.replace("de: 10.90", "de: 9.90")})
    assert str(found).startswith("will be held: ")
    assert (found.problem.line, found.problem.path) == (15, "offers.bowl.was.de")
    assert found.problem.what == (
        "the former price 10.90 is above 9.90 of 2026-11-30, the lowest of the 30 days before the "
        "reduction began on 2026-12-01"
    )
    assert found.problem.remedy == (
        "print 9.90 as the former price (Directive 98/6/EC, Article 6a)"
    )
    assert sorted(found.variants) == [
        "lunch--bowl--de--de-de--meta-feed-4x5--2026-12-01",
        "lunch--bowl--de--de-de--meta-square--2026-12-01",
    ]


def test_where_todays_price_is_no_reduction_none_is_to_be_printed(look: Look) -> None:
    (found,) = look(CAMPAIGN, {40: REGULAR, 20: REGULAR.replace("de: 10.90", "de: 8.90")})
    assert found.problem.remedy.startswith("print none, as 8.90 is not above today's 8.90")


def test_outside_the_union_and_where_it_is_switched_off_there_is_no_such_rule(look: Look) -> None:
    cheap = REGULAR.replace("ch: 17.90", "ch: 15.00")
    assert look(CAMPAIGN, {40: cheap}) == []
    cheap = cheap.replace("de: 10.90", "de: 9.00")
    assert look(CAMPAIGN + "preflight: {former_price: off}\n", {40: cheap}) == []


def test_a_former_price_of_a_day_is_told_at_its_line(look: Look) -> None:
    text = CAMPAIGN + (
        "  soup:\n    subject: soup\n    price: {de: 5.00, ch: 9.00}\n"
        "    copy: {headline: {de: Suppe}}\n"
        "days:\n  every: [bowl, soup]\n"
        "  2026-12-01:\n    - soup\n    - offer: bowl\n      was: {de: 11.90}\n"
    )
    (found,) = [one for one in look(text, {40: REGULAR}) if one.severity == "error"]
    assert (found.problem.line, found.problem.path) == (27, "days.2026-12-01.1.was.de")
    assert "the former price 11.90 is above 10.90" in found.problem.what


def test_what_nobody_can_know_is_said_once_for_a_campaign(look: Look) -> None:
    (found,) = look(CAMPAIGN, {9: CAMPAIGN})
    assert (found.severity, found.problem.line) == ("warning", 15)
    assert found.problem.what == ("1 former price cannot be checked: history begins on 2026-11-22")
    (found,) = look(CAMPAIGN, {}, "the file is in no git repository")
    assert found.problem.what.endswith(
        "history begins on 2026-12-01, as the file is in no git repository"
    )


def test_a_price_that_jumped_since_it_was_last_known_is_held(look: Look) -> None:
    slip = CAMPAIGN.replace("de: 8.90", "de: 3.90")
    (found,) = look(slip, {40: REGULAR})
    assert (found.rule, found.severity, found.problem.line) == ("price jump", "error", 13)
    assert found.problem.what == "3.90 is 1/2.8 of the last price, 10.90"
    assert look(slip + "preflight: {price_jump: 3}\n", {40: REGULAR}) == []
    assert look(slip + "preflight: {price_jump: off}\n", {40: REGULAR}) == []
    assert len(look(slip, {40: REGULAR, 1: slip})) == 1  # committed on the eve
    assert look(slip, {40: REGULAR, 3: slip}) == []  # it has been out for days


@pytest.mark.parametrize(
    ("locale", "zone", "inside"),
    [
        ("de_DE", "Europe/Berlin", True),
        ("en_GB", "Europe/Dublin", True),
        ("fr_RE", "Indian/Reunion", True),
        ("nb_NO", "Europe/Oslo", True),
        ("de_CH", "Europe/Zurich", False),
        ("en_GB", "Europe/London", False),
        ("tr_TR", "Europe/Istanbul", False),
        ("es_MX", "America/Mexico_City", False),
    ],
)
def test_a_market_is_in_the_union_by_a_locale_or_its_clock(
    locale: str,
    zone: str,
    inside: bool,  # noqa: FBT001 - a table
) -> None:
    assert is_in_union(Market(locales=(locale,), currency="EUR", time_zone=zone)) is inside


def test_the_union_has_its_members() -> None:
    assert (len(EU), len(EEA)) == (27, 3)
    assert not {"GB", "CH", "TR", "UA"} & (EU | EEA)


def test_a_run_holds_what_git_shows_to_be_unlawful(
    tmp_path: pathlib.Path, settings: Settings
) -> None:
    def git(*arguments: str, at: str = "") -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(
            ["git", "-C", str(tmp_path), *who, *arguments],  # noqa: S607
            check=True,
            capture_output=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_COMMITTER_DATE": at},
        )

    request(tmp_path, REGULAR.replace("de: 10.90", "de: 9.90"))
    git("init", "-q")
    git("add", "lunch.yaml")
    git("commit", "-q", "-m", "prices", at="2026-11-02T09:00:00+00:00")
    day_plan = prepare(request(tmp_path, CAMPAIGN), settings)
    (found,) = [one for one in preflight(day_plan) if one.rule == "former price"]
    assert "is above 9.90 of 2026-11-30" in found.problem.what
    held = refusals(preflight(day_plan))
    assert held.keys() == found.variants
    assert all("print 9.90 as the former price" in why for why in held.values())


def test_the_examples_stay_lawful_on_every_day_of_their_calendar(tmp_path: pathlib.Path) -> None:
    """A low price of one day in the EU would make the former prices of a month unlawful."""
    file = PROJECT / "campaigns" / "daily-deals.yaml"
    settings = Settings(templates=PROJECT / "templates", work=tmp_path, workers=1)
    held: list[str] = []
    for day in (dt.date(2026, 11, 30), dt.date(2026, 12, 6), dt.date(2026, 12, 28)):
        asked = RunRequest(files=(file,), out=tmp_path / "out", instant=NOON, day=day)
        (plan,) = prepare(asked, settings).plans
        since = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
        stood = dataclasses.replace(prices_of(file.read_bytes())[0], since=since)
        history = History(versions=(stood,))
        held += [str(one) for one in about_prices(plan, history) if one.severity == "error"]
    assert held == []
