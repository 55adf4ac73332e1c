"""Rules that look at earlier prices: the lawful former price, the jump from the last price."""

import datetime as dt
import decimal
from collections.abc import Iterator, Mapping

import babel
from babel.core import get_global

from pipeline.campaign.calendar import day_keys
from pipeline.campaign.document import Path
from pipeline.campaign.history import WINDOW_DAYS, History
from pipeline.campaign.model import Market
from pipeline.plan.preflight.finding import Desk, Finding, Severity
from pipeline.plan.preflight.prices import MEANT, jumped
from pipeline.plan.variants import Variant

EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
"""Members of the European Union (european-union.europa.eu, EU countries), where Directive 98/6/EC
holds, with the Article 6a that Directive (EU) 2019/2161 inserted."""

OUTERMOST = frozenset({"GF", "GP", "MF", "MQ", "RE", "YT"})
"""Outermost regions with a code of their own, where Union law holds too (TFEU, Article 355 (1))."""

EEA = frozenset({"IS", "LI", "NO"})
"""Members of the European Economic Area outside the Union; the Commission's notice on Article 6a
(2021/C 526/02) is a text with EEA relevance."""

_Coordinate = tuple[str, str]


def feed_findings(desk: Desk) -> Iterator[Finding]:
    """Yield what should be known of the price list of a campaign."""
    for note in desk.loaded.fed.notes:
        yield Finding(rule="price feed", severity=Severity.WARNING, problem=note)


def former_findings(desk: Desk, days: Mapping[str, dt.date], history: History) -> Iterator[Finding]:
    """Yield former prices that are unlawful or unknown, and prices that have jumped.

    Args:
        desk: The campaign.
        days: Market to campaign day.
        history: What is known of its earlier prices.
    """
    by_place: dict[_Coordinate, list[Variant]] = {}
    for variant in desk.variants:
        by_place.setdefault((variant.offer, variant.market), []).append(variant)
    for place, about in by_place.items():
        yield from _jump(desk, place, days[place[1]], history, about)
    if desk.loaded.campaign.preflight.former_price == "off":
        return
    unknown: list[tuple[Path, list[Variant]]] = []
    for place, about in by_place.items():
        if is_in_union(desk.loaded.campaign.markets[place[1]]) and "was" in about[0].prices:
            yield from _former(desk, days[place[1]], history, about, unknown)
    if unknown:
        yield _nothing_known(desk, history, unknown)


def is_in_union(market: Market) -> bool:
    """Return whether a market is, by a locale or its clock, in the EU or the EEA."""
    of_clock = get_global("zone_territories").get(market.time_zone)
    own = {babel.Locale.parse(locale).territory for locale in market.locales} | {of_clock}
    return bool(own & (EU | OUTERMOST | EEA))


def _former(
    desk: Desk,
    day: dt.date,
    history: History,
    about: list[Variant],
    unknown: list[tuple[Path, list[Variant]]],
) -> Iterator[Finding]:
    """Yield what is wrong with a former price; what cannot be told goes into `unknown`."""
    offer, market = about[0].offer, about[0].market
    price, was = about[0].prices["price"], about[0].prices["was"]
    story = history.at(market, desk.loaded.campaign.markets[market].time_zone)
    lowest = story.lowest(offer, day, price)
    path = _path(desk, offer, market, day)
    if lowest is None:
        unknown.append((path, about))
    elif was > lowest.price:
        what = (
            f"the former price {was} is above {lowest.price} of {lowest.day}, the lowest of the "
            f"{WINDOW_DAYS} days before the reduction began on {lowest.begin}"
        )
        yield desk.error("former price", path, (what, _remedy(lowest.price, price)), about)


def _remedy(lowest: decimal.Decimal, price: decimal.Decimal) -> str:
    if lowest > price:
        return f"print {lowest} as the former price (Directive 98/6/EC, Article 6a)"
    return f"print none, as {lowest} is not above today's {price} (Directive 98/6/EC, Article 6a)"


def _path(desk: Desk, offer: str, market: str, day: dt.date) -> Path:
    """Return where a day's former price is written."""
    campaign = desk.loaded.campaign
    for key in day_keys(campaign.days, day)[:1]:
        tree = desk.loaded.document.tree
        days = tree.get("days") if isinstance(tree, dict) else None
        listed = isinstance(days, dict) and isinstance(days.get(key), list)
        for index, entry in enumerate(campaign.days[key]):
            if entry.offer == offer and market in entry.was:
                return ("days", key, *((index,) if listed else ()), "was", market)
    return ("offers", offer, "was", market)


def _nothing_known(
    desk: Desk, history: History, unknown: list[tuple[Path, list[Variant]]]
) -> Finding:
    about = [variant for _, some in unknown for variant in some]
    zone = desk.loaded.campaign.markets[about[0].market].time_zone
    count = "1 former price" if len(unknown) == 1 else f"{len(unknown)} former prices"
    what = f"{count} cannot be checked: history begins on {history.begins(zone)}"
    what += f", as {history.why}" if history.why else ""
    remedy = (
        f"see that each is the lowest price of the {WINDOW_DAYS} days before its reduction, or "
        "write `preflight: {former_price: off}`"
    )
    return desk.warning("former price", unknown[0][0], (what, remedy), about)


def _jump(
    desk: Desk, place: _Coordinate, day: dt.date, history: History, about: list[Variant]
) -> Iterator[Finding]:
    """Yield a usual price that has jumped since it was last known."""
    campaign, (offer, market) = desk.loaded.campaign, place
    most, now = campaign.preflight.price_jump, campaign.offers[offer].price.get(market)
    if not most or now is None:
        return
    before = history.at(market, campaign.markets[market].time_zone).last_price(offer, day)
    if jump := jumped(now, before, most):
        said = (f"{now} is {jump} the last price, {before}", MEANT)
        yield desk.error("price jump", ("offers", offer, "price", market), said, about)
