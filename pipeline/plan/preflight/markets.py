"""Rules about markets: what belongs together, what the law or the market wants to be said."""

import datetime as dt
from collections.abc import Iterator

import babel
from babel.core import get_global
from babel.numbers import get_territory_currencies

from pipeline.campaign.calendar import day_keys, is_valid
from pipeline.campaign.document import Path
from pipeline.campaign.model import Market
from pipeline.plan.preflight.channels import states_validity
from pipeline.plan.preflight.finding import Desk, Finding
from pipeline.plan.variants import Variant


def market_findings(desk: Desk, days: dict[str, dt.date]) -> Iterator[Finding]:
    """Yield what does not fit the markets of a campaign.

    Args:
        desk: The campaign.
        days: Market to campaign day.
    """
    for name, market in desk.loaded.campaign.markets.items():
        here: Path = ("markets", name)
        about = [variant for variant in desk.variants if variant.market == name]
        yield from _money(desk, here, market, about)
        yield from _clock(desk, here, market)
        for variant in about:
            yield from _needs(desk, here, market, variant)
    for name, day in days.items():
        yield from _left_out(desk, name, day)


def _money(desk: Desk, here: Path, market: Market, about: list[Variant]) -> Iterator[Finding]:
    for locale in market.locales:
        territory = babel.Locale.parse(locale).territory
        if territory is None or market.foreign_currency:
            continue
        tender = get_territory_currencies(territory)
        if tender and market.currency not in tender:
            what = f"{market.currency} is not the money of {locale}, but {', '.join(tender)}"
            said = (what, "correct it, or write `foreign_currency: true` if it is meant")
            mine = [variant for variant in about if variant.locale == locale]
            yield desk.error("currency and locale", (*here, "currency"), said, mine)


def _clock(desk: Desk, here: Path, market: Market) -> Iterator[Finding]:
    territory = get_global("zone_territories").get(market.time_zone)
    own = {str(babel.Locale.parse(locale).territory or "") for locale in market.locales} - {""}
    if territory and own and territory not in own:
        what = f"{market.time_zone} is the clock of {territory}, not of {', '.join(sorted(own))}"
        said = (what, "correct it if the day is to begin there")
        yield desk.warning("time zone and locale", (*here, "time_zone"), said)


def _needs(desk: Desk, here: Path, market: Market, variant: Variant) -> Iterator[Finding]:
    path = (*here, "needs")
    if "legal" in market.needs and not any(line.role == "legal" for line in variant.lines):
        said = (f"{variant.offer} has no legal line", "add `legal` to its copy")
        yield desk.error("legal line", path, said, [variant])
    if "validity" in market.needs and not states_validity(desk, variant):
        said = (f"{variant.offer} does not say when it holds", "name {day} or {until} in a line")
        yield desk.error("validity text", path, said, [variant])


def _left_out(desk: Desk, market: str, day: dt.date) -> Iterator[Finding]:
    """Yield the offers that a day names and that are over or have not begun."""
    campaign = desk.loaded.campaign
    keys = day_keys(campaign.days, day)[:1]
    for entry in (entry for key in keys for entry in campaign.days[key]):
        offer = campaign.offers[entry.offer]
        if not is_valid(offer, day):
            over = offer.valid_to is not None and offer.valid_to.day < day
            when = f"ended on {offer.valid_to}" if over else f"begins on {offer.valid_from}"
            said = (f"it is named for {day} in {market}, but {when}", "correct `days` or the offer")
            key = "valid_to" if over else "valid_from"
            yield desk.warning("not valid", ("offers", entry.offer, key), said)
