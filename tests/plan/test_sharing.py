"""Sharing: a plan says the same, and keeps once what its variants have in common."""

import datetime as dt
from collections.abc import Callable

from pipeline.campaign.load import LoadedCampaign
from pipeline.plan.choice import UNKNOWN
from pipeline.plan.plan import make_plan
from pipeline.plan.variants import variants_of
from pipeline.settings import PROJECT
from tests.lunch import lunch

DAY = dt.date(2026, 12, 1)
DRAWN_WITH = (PROJECT / "templates", "engine 1")
CAMPAIGN = (
    lunch("display-300x250, meta-square", de="de_DE", at="de_AT")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, at: 9.20}
    copy: {headline: {de: Bowls}, cta: {de: Jetzt}}
provider: PROVIDER
model: flux-2-flex
lettering: auto
"""
)


def test_a_plan_has_the_variants_it_had(load: Callable[[str], LoadedCampaign]) -> None:
    for text in (
        CAMPAIGN.replace("PROVIDER", "runflow"),
        CAMPAIGN.replace("PROVIDER\nmodel: flux-2-flex\nlettering: auto", "studio"),
    ):
        campaign = load(text)
        days = dict.fromkeys(campaign.campaign.markets, DAY)
        planned = make_plan(campaign, days, DRAWN_WITH, {}, UNKNOWN).variants
        bare = list(variants_of(campaign, days, DRAWN_WITH))
        assert list(planned) == bare
        assert [one.fingerprint for one in planned] == [one.fingerprint for one in bare]


def test_what_two_markets_have_in_common_is_in_memory_once(
    load: Callable[[str], LoadedCampaign],
) -> None:
    campaign = load(CAMPAIGN.replace("PROVIDER", "runflow"))
    days = dict.fromkeys(campaign.campaign.markets, DAY)
    plan = make_plan(campaign, days, DRAWN_WITH, {}, UNKNOWN)
    german, austrian = (
        next(one for one in plan.variants if (one.market, one.format.name) == (name, "meta-square"))
        for name in ("de", "at")
    )
    assert german.request is austrian.request
    assert german.scene.background is austrian.scene.background
    first, second = (
        {line.role: line for block in one.scene.lettering for line in block.lines}
        for one in (german, austrian)
    )
    assert first["headline"] is second["headline"]
    assert first["price"].text != second["price"].text
