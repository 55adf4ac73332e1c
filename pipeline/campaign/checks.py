"""Checks that need more than one place of the file: prices, copy, days, pictures."""

import datetime as dt
import decimal
import pathlib
from collections.abc import Callable, Iterator, Mapping

import babel

from pipeline.campaign.document import Path
from pipeline.campaign.message import (
    AUTOMATIC,
    BUILT_IN,
    DAY_STYLES,
    MessageSyntaxError,
    parse_message,
)
from pipeline.campaign.model import Campaign, Item, Offer
from pipeline.campaign.money import precision_problem
from pipeline.campaign.scalars import CopyTable

Finding = tuple[Path, str, str]
"""Path, what is wrong, what to do."""

Names = Callable[[Path], frozenset[str]]
"""The keys that the file has under a path, valid or not."""


def findings(campaign: Campaign, names: Names, folder: pathlib.Path) -> Iterator[Finding]:
    """Yield everything that is wrong between the parts of a campaign.

    Args:
        campaign: The parts of the file that are valid in themselves.
        names: Lets a reference to a part that has its own problem pass in silence.
        folder: Where the campaign file is; pictures are named from there.
    """
    for name, offer in campaign.offers.items():
        here: Path = ("offers", name)
        yield from _amounts(campaign, names, here, offer.price, offer.was)
        if offer.price:
            yield from _complete(campaign, names, (*here, "price"))
        yield from _messages(campaign, names, offer, (*here, "copy"))
        yield from _picture(folder, (*here, "picture"), offer.picture)
        for item_name, item in offer.items.items():
            yield from _item(campaign, names, (*here, "items", item_name), item)
    yield from _picture(folder, ("brand", "logo"), campaign.brand.logo)
    for offer in list(campaign.offers.values())[:1]:
        yield from _messages(campaign, names, offer, ("copy",))
    yield from _days(campaign, names)


def _amounts(
    campaign: Campaign,
    names: Names,
    here: Path,
    price: Mapping[str, decimal.Decimal],
    was: Mapping[str, decimal.Decimal],
) -> Iterator[Finding]:
    for key, table in (("price", price), ("was", was)):
        for market, amount in table.items():
            path = (*here, key, market)
            if market in campaign.markets:
                if problem := precision_problem(amount, campaign.markets[market].currency):
                    yield path, f"{amount} cannot be shown", problem
            elif market not in names(("markets",)):
                known = ", ".join(campaign.markets)
                yield path, f"there is no market {market!r}", f"use one of: {known}"
    for market in was.keys() & price.keys():
        if was[market] <= price[market]:
            what = f"the former price {was[market]} is not higher than {price[market]}"
            yield (*here, "was", market), what, "correct one of the two or remove `was`"


def _complete(campaign: Campaign, names: Names, here: Path) -> Iterator[Finding]:
    for market in sorted(campaign.markets.keys() - names(here)):
        remedy = f"add `{market}: <amount>`, or remove the market"
        yield here, f"the market {market!r} has no price", remedy


def _spoken(campaign: Campaign, names: Names, here: Path) -> Iterator[Finding]:
    written = dict.fromkeys(names(here), "")
    for locale in _locales(campaign):
        if localized(written, locale) is None:
            yield here, f"has no text for {locale}", f"add `{locale}: …`"


def _item(campaign: Campaign, names: Names, here: Path, item: Item) -> Iterator[Finding]:
    yield from _amounts(campaign, names, here, item.price, {})
    yield from _complete(campaign, names, (*here, "price"))
    yield from _spoken(campaign, names, (*here, "name"))


def _messages(campaign: Campaign, names: Names, offer: Offer, here: Path) -> Iterator[Finding]:
    table: CopyTable = campaign.copy_ if here == ("copy",) else offer.copy_
    known = known_placeholders(campaign, offer)
    for role, texts in table.items():
        for locale, text in texts.items():
            path = (*here, role, locale)
            yield from ((path, what, remedy) for what, remedy in _message(text, known))
        if role not in AUTOMATIC:
            yield from _spoken(campaign, names, (*here, role))


def _message(text: str, known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    try:
        message = parse_message(text)
    except MessageSyntaxError as error:
        yield str(error), "close every { with a }"
        return
    for placeholder in message.placeholders:
        if placeholder.name not in known:
            yield f"unknown placeholder {{{placeholder.name}}}", f"known: {', '.join(known)}"
        elif placeholder.style not in known[placeholder.name]:
            styles = ", ".join(filter(None, known[placeholder.name])) or "none"
            what = f"{{{placeholder.name}}} has no style {placeholder.style!r}"
            yield what, f"its styles: {styles}"


def known_placeholders(campaign: Campaign, offer: Offer) -> dict[str, tuple[str, ...]]:
    """Return the placeholders that an offer's copy may use, with their styles.

    `{price}` needs a price, `{was}`, `{saving}` and `{discount}` a former one, `{until}` needs
    valid_to.
    """
    entries = [entry for entries in campaign.days.values() for entry in entries]
    lacking = {
        "price": not offer.price,
        "was": not offer.was and not any(entry.was for entry in entries),
        "until": campaign.valid_to is None,
    }
    lacking["saving"] = lacking["discount"] = lacking["was"]
    facts = {name: DAY_STYLES if _is_date(text) else ("",) for name, text in offer.facts.items()}
    known = {name: styles for name, styles in BUILT_IN.items() if not lacking.get(name)}
    return {**known, **facts}


def _days(campaign: Campaign, names: Names) -> Iterator[Finding]:
    for key, entries in campaign.days.items():
        for entry in entries:
            if entry.offer not in names(("offers",)):
                known = ", ".join(campaign.offers)
                what = f"there is no offer {entry.offer!r}"
                yield ("days", key), what, f"use one of: {known}"
            offer = campaign.offers.get(entry.offer)
            was = {**offer.was, **entry.was} if offer else entry.was
            lower = {market: was[market] for market in was.keys() & entry.price.keys()}
            yield from _amounts(campaign, names, ("days", key), entry.price, lower)
    if campaign.valid_from and campaign.valid_to and campaign.valid_from > campaign.valid_to:
        what = f"{campaign.valid_to} is before valid_from {campaign.valid_from}"
        yield ("valid_to",), what, "swap or correct the two dates"


def _picture(folder: pathlib.Path, here: Path, name: str | None) -> Iterator[Finding]:
    if name is None:
        return
    target = (folder / name).resolve()
    if not target.is_relative_to(folder.resolve()):
        yield here, f"{name!r} lies outside the campaign's folder", "move it beside the campaign"
    elif not target.is_file():
        yield here, f"there is no file {name!r}", f"put it into {folder}"
    elif target.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp"}:
        yield here, f"{name!r} is not a picture", "use PNG, JPEG or WebP"


def localized(texts: Mapping[str, str], locale: str) -> str | None:
    """Return the text for a locale: its own, or that of its language (and script).

    Never of another language or script: `zh_Hant` is not served by `zh_Hans`.
    """
    parsed = babel.Locale.parse(locale)
    with_script = f"{parsed.language}_{parsed.script}" if parsed.script else parsed.language
    for key in (locale, with_script, parsed.language):
        if key in texts:
            return texts[key]
    return None


def _locales(campaign: Campaign) -> tuple[str, ...]:
    every = (locale for market in campaign.markets.values() for locale in market.locales)
    return tuple(dict.fromkeys(every))


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
