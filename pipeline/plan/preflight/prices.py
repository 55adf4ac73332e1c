"""Rules about prices: slips of the keyboard, and words that do not agree with the figures."""

import decimal
import functools
import re
from collections.abc import Iterator, Mapping

from babel.numbers import get_currency_symbol

from pipeline.campaign.document import Path
from pipeline.campaign.money import Money
from pipeline.plan.preflight.finding import Desk, Finding, text_at
from pipeline.plan.provenance import path_of
from pipeline.plan.variants import Variant
from pipeline.plan.wording import discount

_Amounts = Mapping[str, decimal.Decimal]

_ODD = 4
"""Times by which prices of one offer in one currency may differ between markets; ten times is a
slip of the decimal point."""

_MOST_OFF = 90
"""Percent of reduction from which a price is rather a slip."""

_PERCENT = re.compile(r"(\d{1,3})\s?[%\u066a]")
_ALL = 100


def price_findings(desk: Desk) -> Iterator[Finding]:
    """Yield the prices of a campaign that look wrong."""
    campaign = desk.loaded.campaign
    for name, offer in campaign.offers.items():
        here: Path = ("offers", name, "price")
        yield from _free(desk, here, offer.price)
        yield from _apart(desk, here, name)
        for market, was in offer.was.items():
            yield from _reduced(desk, ("offers", name, "was", market), offer.price.get(market), was)
    for key, entries in campaign.days.items():
        for entry in entries:
            path: Path = ("days", key, "price")
            yield from _free(desk, path, entry.price)
            yield from _jumps(desk, path, entry.price, campaign.offers[entry.offer].price)
    for variant in desk.variants:
        yield from _said(desk, variant)


def _free(desk: Desk, here: Path, prices: _Amounts) -> Iterator[Finding]:
    for market, amount in prices.items():
        if not amount:
            about = _in(desk, here, market)
            said = ("is 0", "write the price, or say in words that it is free")
            yield desk.error("price of nothing", (*here, market), said, about)


def _jumps(desk: Desk, here: Path, prices: _Amounts, usual: _Amounts) -> Iterator[Finding]:
    most = desk.loaded.campaign.preflight.price_jump
    for market, amount in prices.items():
        if most and (jump := jumped(amount, usual.get(market), most)):
            said = (f"{amount} is {jump} {usual[market]}", MEANT)
            yield desk.error("price jump", (*here, market), said, _in(desk, here, market))


MEANT = "correct it, or raise `preflight: {price_jump: …}` if it is meant"
"""What to do about a price that has jumped."""


def jumped(now: decimal.Decimal, before: decimal.Decimal | None, most: decimal.Decimal) -> str:
    """Return by how much a price has jumped, in words; empty if that is within bounds.

    Args:
        now: The price.
        before: The one to hold it against; None if there is none.
        most: How many times the other it may be, or which part of it.
    """
    if not before or not now:
        return ""
    if now > before * most:
        return f"{now / before:.1f} times"
    return f"1/{before / now:.1f} of" if now * most < before else ""


def _apart(desk: Desk, here: Path, offer: str) -> Iterator[Finding]:
    campaign = desk.loaded.campaign
    prices = campaign.offers[offer].price
    by_currency: dict[str, dict[str, decimal.Decimal]] = {}
    for market, amount in prices.items():
        by_currency.setdefault(campaign.markets[market].currency, {})[market] = amount
    for currency, there in by_currency.items():
        middle = sorted(there.values())[(len(there) - 1) // 2]
        for market, amount in there.items():
            if jump := jumped(amount, middle, decimal.Decimal(_ODD)):
                said = (f"{amount} {currency} is {jump} what other markets pay", "look again")
                yield desk.warning("price apart", (*here, market), said)


def _reduced(
    desk: Desk, here: Path, price: decimal.Decimal | None, was: decimal.Decimal
) -> Iterator[Finding]:
    if price and price * _ALL < was * (_ALL - _MOST_OFF):
        said = (f"{was} for {price} is more than {_MOST_OFF} % off", "look at both prices")
        yield desk.warning("reduction", here, said)


def _said(desk: Desk, variant: Variant) -> Iterator[Finding]:
    """Yield percents and amounts that are written out and do not agree with the prices."""
    price, was = variant.prices.get("price"), variant.prices.get("was")
    if price is None:
        return
    currency = desk.loaded.campaign.markets[variant.market].currency
    off = (
        discount(Money(amount=price, currency=currency), Money(amount=was, currency=currency))
        if was
        else 0
    )
    for line in variant.lines:
        path = path_of(desk.loaded, variant, line.role)
        text = text_at(desk.loaded, path)
        for percent in map(int, _PERCENT.findall(text)):
            if was and percent not in {off, off + 1, _ALL}:
                said = (f"says {percent} %, the prices say {off} %", "write {discount} instead")
                yield desk.error("percent and prices", path, said, [variant])
        amounts = set(variant.prices.values())
        for amount in _amounts_in(text, currency, variant.locale):
            if decimal.Decimal(amount.replace(",", ".")) not in amounts:
                said = (f"says {amount}, the price is {price}", "write {price} instead")
                yield desk.warning("amount and price", path, said, [variant])


@functools.lru_cache(maxsize=4096)
def _amounts_in(text: str, currency: str, locale: str) -> tuple[str, ...]:
    """Return the figures of a text that stand beside the market's currency."""
    signs = {currency, get_currency_symbol(currency, locale), get_currency_symbol(currency, "en")}
    sign = "|".join(re.escape(one) for one in sorted(signs, key=len, reverse=True))
    figure = r"(\d+(?:[.,]\d{1,2})?)(?![\d.,]\d)"
    found = re.findall(rf"(?:{sign})\s?{figure}|(?<![\d.,]){figure}\s?(?:{sign})", text)
    return tuple(before or after for before, after in found)


def _in(desk: Desk, path: Path, market: str) -> list[Variant]:
    campaign = desk.loaded.campaign
    if path[0] == "offers":
        return [v for v in desk.variants if (v.offer, v.market) == (path[1], market)]
    offers = {entry.offer for entry in campaign.days[str(path[1])]}
    return [v for v in desk.variants if v.market == market and v.offer in offers]
