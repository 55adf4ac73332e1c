"""Wording: the finished lines of a variant, each string made once."""

import dataclasses
import datetime as dt
import decimal
from collections.abc import Callable, Mapping

from pipeline.campaign.calendar import RunningOffer
from pipeline.campaign.copychecks import FORMER, localized
from pipeline.campaign.message import AUTOMATIC, Placeholder, format_message, parse_message
from pipeline.campaign.model import Campaign, Market, Offer
from pipeline.campaign.money import Money
from pipeline.campaign.numerals import with_latin_digits
from pipeline.campaign.scalars import Role
from pipeline.plan.lines import Line
from pipeline.plan.localise import (
    amount_text,
    date_text,
    money_text,
    number_text,
    percent_text,
    unit_price_text,
    unit_text,
)

_BEFORE_ITEMS: tuple[Role, ...] = ("badge", "headline", "offer", "was_price", "price")
_AFTER_ITEMS: tuple[Role, ...] = ("cta", "legal", "code")
"""Roles in reading order; the items of a menu stand between the two groups."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate:
    """What decides the words: campaign, offer, market, locale and day.

    Attributes:
        campaign: The campaign.
        offer: The offer's id.
        running: What differs on the day.
        market: The market's id.
        locale: CLDR locale identifier.
        day: The market's campaign day.
    """

    campaign: Campaign
    offer: str
    running: RunningOffer
    market: str
    locale: str
    day: dt.date

    @property
    def price(self) -> Money | None:
        """Return the price of the day; None if the offer has none."""
        return self._money(self.running.price, self._offer.price)

    @property
    def was(self) -> Money | None:
        """Return the former price; None if there is none."""
        return self._money(self.running.was, self._offer.was)

    @property
    def numbers(self) -> str:
        """Return the locale that numbers are written in: its own, or with the digits 0 to 9."""
        latin = self._market.digits == "latin"
        return with_latin_digits(self.locale) if latin else self.locale

    @property
    def amounts(self) -> dict[str, decimal.Decimal]:
        """Return `price` and `was` to the day's amounts, for those there are."""
        found = {"price": self.price, "was": self.was}
        return {name: money.amount for name, money in found.items() if money}

    @property
    def until(self) -> dt.date:
        """Return the last day of the offer, or of the campaign if the offer names none."""
        end = self._offer.valid_to
        return end.day if end else self.campaign.valid_to or self.day

    def _money(
        self, today: Mapping[str, decimal.Decimal], usual: Mapping[str, decimal.Decimal]
    ) -> Money | None:
        amount = today.get(self.market, usual.get(self.market))
        return None if amount is None else Money(amount=amount, currency=self._market.currency)

    @property
    def _offer(self) -> Offer:
        return self.campaign.offers[self.offer]

    @property
    def _market(self) -> Market:
        return self.campaign.markets[self.market]


def discount(price: Money, was: Money) -> int:
    """Return the reduction in whole percent, rounded down, so that it never says too much."""
    return int((1 - price.amount / was.amount) * 100)


def lines_of(at: Coordinate) -> tuple[Line, ...]:
    """Return all lines of a coordinate, in reading order, formatted for its locale."""
    offer = at.campaign.offers[at.offer]
    lines = [Line.of("brand", at.campaign.brand.name)]
    for role in _BEFORE_ITEMS:
        lines += _line(at, role)
    for number, item in enumerate(offer.items.values(), start=1):
        name = localized(item.name, at.locale) or ""
        currency = at.campaign.markets[at.market].currency
        price = Money(amount=item.price[at.market], currency=currency)
        lines.append(Line.of(f"item_{number}", name))
        lines.append(Line.of(f"item_{number}_price", money_text(price, at.numbers)))
    for role in _AFTER_ITEMS:
        lines += _line(at, role)
    return tuple(lines)


def _line(at: Coordinate, role: Role) -> list[Line]:
    texts = at.campaign.offers[at.offer].copy_.get(role) or at.campaign.copy_.get(role) or {}
    text = localized(texts, at.locale) or _automatic(at, role)
    if text is None:
        return []
    message = parse_message(text)
    if role in AUTOMATIC and any(_lacks(at, place.name) for place in message.placeholders):
        return []
    values = {place.argument: value_text(at, place) for place in message.placeholders}
    return [Line.of(role, format_message(message, at.numbers, values))]


def _lacks(at: Coordinate, name: str) -> bool:
    """Return whether a price's value is missing, or a reduction that would read as 0 %."""
    if name == "price":
        return at.price is None
    if name in FORMER:
        less = discount(at.price, at.was) if at.price and at.was else 0
        return at.was is None or (name == "discount" and less < 1)
    return False


def _automatic(at: Coordinate, role: str) -> str | None:
    if role == "price" and at.campaign.offers[at.offer].unit:
        return "{price:unit}"
    return AUTOMATIC.get(role)


def value_text(at: Coordinate, place: Placeholder) -> str | int:
    """Return what stands in the place of a placeholder; a whole number where it chooses."""
    builders: dict[str, Callable[[], str]] = {
        "price": lambda: _price_text(at, at.price, place.style),
        "was": lambda: _price_text(at, at.was, place.style),
        "saving": lambda: _price_text(at, _saving(at), place.style),
        "discount": lambda: _discount_text(at),
        "day": lambda: date_text(at.day, place.style, at.numbers),
        "until": lambda: date_text(at.until, place.style, at.numbers),
    }
    if place.name in builders:
        return builders[place.name]()
    return _fact(at.campaign.offers[at.offer].facts[place.name], place, at.numbers)


def _price_text(at: Coordinate, money: Money | None, style: str) -> str:
    if money is None:
        return ""
    if style == "number":
        return amount_text(money, at.numbers)
    unit = at.campaign.offers[at.offer].unit
    if style == "unit" and unit:
        return unit_price_text(money, unit, at.numbers)
    return money_text(money, at.numbers)


def _saving(at: Coordinate) -> Money | None:
    if at.price is None or at.was is None:
        return None
    return Money(amount=at.was.amount - at.price.amount, currency=at.price.currency)


def _discount_text(at: Coordinate) -> str:
    if at.price is None or at.was is None:
        return ""
    return percent_text(-discount(at.price, at.was), at.numbers)


def _fact(text: str, place: Placeholder, locale: str) -> str | int:
    value, _, unit = text.partition(" ")
    if place.chooses:
        return int(decimal.Decimal(value))
    if unit:
        return unit_text(decimal.Decimal(value), unit, locale)
    if value.count("-"):
        return date_text(dt.date.fromisoformat(value), place.style, locale)
    return number_text(decimal.Decimal(value), locale)
