"""A campaign in two markets, and the tools to plan it."""

import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.calendar import running_offers
from pipeline.campaign.load import LoadedCampaign
from pipeline.plan.choice import UNKNOWN
from pipeline.plan.lines import Line
from pipeline.plan.plan import Delivered, Plan, make_plan
from pipeline.plan.wording import Coordinate, lines_of
from tests.lunch import lunch

PROJECT = pathlib.Path(__file__).parent.parent.parent

CAMPAIGN = (
    lunch("meta-feed-4x5, google-landscape", de="de_DE", ch="de_CH, fr_CH")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, ch: 14.90}
    was: {de: 10.90, ch: 17.90}
    copy:
      headline: {de: Frische Bowls, fr: Bols frais}
      cta: {de: Jetzt bestellen, fr: Commander}
      legal: {de: "Nur am {day:long}.", fr: "Le {day:long}."}
  soup:
    subject: a bowl of soup
    price: {de: 4.90, ch: 6.90}
    copy:
      headline: {de: Heiße Suppe, fr: Soupe chaude}
"""
)

DAY = dt.date(2026, 12, 1)


@pytest.fixture
def text() -> str:
    """Return the campaign's text: two markets, three locales, two offers, two formats."""
    return CAMPAIGN


@pytest.fixture
def templates() -> pathlib.Path:
    """Return the project's templates."""
    return PROJECT / "templates"


@pytest.fixture
def plan(load: Callable[[str], LoadedCampaign], templates: pathlib.Path) -> Callable[..., Plan]:
    """Return what plans a campaign: its text, what was delivered, what else differs."""

    def make(
        text: str,
        delivered: dict[str, Delivered] | None = None,
        *,
        folder: pathlib.Path = templates,
        engine: str = "engine 1",
        day: dt.date = DAY,
    ) -> Plan:
        loaded = load(text)
        days = dict.fromkeys(loaded.campaign.markets, day)
        return make_plan(loaded, days, (folder, engine), delivered or {}, UNKNOWN)

    return make


@pytest.fixture
def lines(load: Callable[[str], LoadedCampaign]) -> Callable[..., dict[str, str]]:
    """Return what words a coordinate: role to string."""

    def word(text: str, locale: str, offer: str = "bowl", day: dt.date = DAY) -> dict[str, str]:
        campaign = load(text).campaign
        market = next(name for name, m in campaign.markets.items() if locale in m.locales)
        running = next(r for r in running_offers(campaign, day) if r.offer == offer)
        at = Coordinate(
            campaign=campaign, offer=offer, running=running, market=market, locale=locale, day=day
        )
        return {line.role: line.text for line in _unique(lines_of(at))}

    return word


def _unique(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    assert len({line.role for line in lines}) == len(lines)
    return lines
