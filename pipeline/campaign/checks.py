"""Checks that need more than one place of the file: prices, copy, days, pictures."""

import datetime as dt
import decimal
import pathlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from pipeline.campaign.calendar import row_length
from pipeline.campaign.copychecks import Finding, Names, copy_findings, spoken
from pipeline.campaign.document import Path
from pipeline.campaign.model import Campaign, DayEntry, Item, Offer
from pipeline.campaign.money import precision_problem
from pipeline.campaign.references import OWN_REFERENCES, called_references
from pipeline.campaign.scalars import RANGE


def findings(campaign: Campaign, names: Names, folder: pathlib.Path) -> Iterator[Finding]:
    """Yield everything that is wrong between the parts of a campaign.

    Args:
        campaign: The parts of the file that are valid in themselves.
        names: Lets a reference to a part that has its own problem pass in silence.
        folder: Where the campaign file is; pictures are named from there.
    """
    yield from _twice(("formats",), campaign.formats)
    for name, market in campaign.markets.items():
        yield from _twice(("markets", name, "locales"), market.locales)
    for name, offer in campaign.offers.items():
        here: Path = ("offers", name)
        yield from _amounts(campaign, names, (*here, "price"), offer.price)
        yield from _amounts(campaign, names, (*here, "was"), offer.was)
        yield from _order((*here, "was"), offer.price, offer.was)
        if offer.price:
            yield from _complete(campaign, names, (*here, "price"))
        yield from _picture(folder, (*here, "picture"), offer.picture)
        yield from _references(folder, (*here, "references"), offer.references)
        yield from _called(campaign, names, name)
        yield from _validity(campaign, here, offer)
        for item_name, item in offer.items.items():
            yield from _item(campaign, names, (*here, "items", item_name), item)
    yield from copy_findings(campaign, names)
    yield from _picture(folder, ("brand", "logo"), campaign.brand.logo)
    yield from _references(folder, ("brand", "references"), campaign.brand.references)
    yield from _calendar(campaign, names)
    yield from _ranges(campaign)


def _twice(here: Path, entries: Iterable[str]) -> Iterator[Finding]:
    for entry, count in Counter(entries).items():
        if count > 1:
            yield here, f"has {entry!r} twice", "keep one of the two"


def _amounts(
    campaign: Campaign, names: Names, here: Path, table: Mapping[str, decimal.Decimal]
) -> Iterator[Finding]:
    for market, amount in table.items():
        path = (*here, market)
        if market in campaign.markets:
            if problem := precision_problem(amount, campaign.markets[market].currency):
                yield path, f"{amount} cannot be shown", problem
        elif market not in names(("markets",)):
            known = ", ".join(campaign.markets)
            yield path, f"there is no market {market!r}", f"use one of: {known}"


def _order(
    here: Path, price: Mapping[str, decimal.Decimal], was: Mapping[str, decimal.Decimal]
) -> Iterator[Finding]:
    for market in [market for market in was if market in price]:
        if was[market] <= price[market]:
            what = f"the former price {was[market]} is not higher than {price[market]}"
            yield (*here, market), what, "correct one of the two or remove `was`"


def _complete(campaign: Campaign, names: Names, here: Path) -> Iterator[Finding]:
    for market in sorted(campaign.markets.keys() - names(here)):
        remedy = f"add `{market}: <amount>`, or remove the market"
        yield here, f"the market {market!r} has no price", remedy


def _item(campaign: Campaign, names: Names, here: Path, item: Item) -> Iterator[Finding]:
    yield from _amounts(campaign, names, (*here, "price"), item.price)
    yield from _complete(campaign, names, (*here, "price"))
    yield from spoken(campaign, names, (*here, "name"))
    for locale, text in item.name.items():
        if "{" in text or "}" in text:
            yield (*here, "name", locale), "has a brace", "an item's name takes no placeholders"


def _calendar(campaign: Campaign, names: Names) -> Iterator[Finding]:
    for key, entries in campaign.days.items():
        yield from _twice(("days", key), (entry.offer for entry in entries))
        listed = "offer" not in names(("days", key)) and len(entries) > 1
        for index, entry in enumerate(entries):
            yield from _entry(
                campaign, names, ("days", key, index) if listed else ("days", key), entry
            )
    if campaign.valid_from and campaign.valid_to and campaign.valid_from > campaign.valid_to:
        what = f"{campaign.valid_to} is before valid_from {campaign.valid_from}"
        yield ("valid_to",), what, "swap or correct the two dates"


def _validity(campaign: Campaign, here: Path, offer: Offer) -> Iterator[Finding]:
    begin, end = offer.valid_from, offer.valid_to
    if begin and end and begin.begin >= end.end:
        yield (*here, "valid_to"), f"{end} is before valid_from {begin}", "correct one of the two"
    for moment, key in ((begin, "valid_from"), (end, "valid_to")):
        if moment and _outside(campaign, moment.day):
            what = f"{moment} is outside the campaign's valid_from and valid_to"
            yield (*here, key), what, "correct one of the two"


def _outside(campaign: Campaign, day: dt.date) -> bool:
    early = campaign.valid_from is not None and day < campaign.valid_from
    return early or (campaign.valid_to is not None and day > campaign.valid_to)


def _ranges(campaign: Campaign) -> Iterator[Finding]:
    """Yield days in a row that cannot be told which of them decides."""
    rows = [key for key in campaign.days if RANGE in key]
    for index, key in enumerate(rows):
        first, _, last = key.partition(RANGE)
        for other in rows[:index]:
            begins, _, ends = other.partition(RANGE)
            if row_length(key) == row_length(other) and first <= ends and begins <= last:
                yield ("days", key), f"overlaps {other}, which is as long", "shorten one of the two"


def _never(campaign: Campaign, key: str, entry: DayEntry) -> bool:
    """Return whether an entry names days on all of which its offer is not valid."""
    first, _, last = key.partition(RANGE)
    if not first[:1].isdigit():
        return False
    offer = campaign.offers[entry.offer]
    begins, ends = (dt.date.fromisoformat(day) for day in (first, last or first))
    late = offer.valid_from is not None and offer.valid_from.day > ends
    return late or (offer.valid_to is not None and offer.valid_to.day < begins)


def _entry(campaign: Campaign, names: Names, here: Path, entry: DayEntry) -> Iterator[Finding]:
    yield from _amounts(campaign, names, (*here, "price"), entry.price)
    yield from _amounts(campaign, names, (*here, "was"), entry.was)
    offer = campaign.offers.get(entry.offer)
    if offer is None:
        if entry.offer not in names(("offers",)):
            known = ", ".join(campaign.offers)
            yield here, f"there is no offer {entry.offer!r}", f"use one of: {known}"
        return
    if _never(campaign, str(here[1]), entry):
        begin, end = offer.valid_from, offer.valid_to
        limits = " ".join([f"from {begin}"] * bool(begin) + [f"until {end}"] * bool(end))
        what = f"the offer {entry.offer!r} is not valid then, but {limits}"
        yield here, what, "correct one of the two"
    usual = {market: was for market, was in offer.was.items() if market not in entry.was}
    yield from _order((*here, "price"), entry.price, usual)
    yield from _order((*here, "was"), {**offer.price, **entry.price}, entry.was)


def _references(folder: pathlib.Path, here: Path, table: Mapping[str, str]) -> Iterator[Finding]:
    for name, file in table.items():
        if name in OWN_REFERENCES:
            remedy = "take another name"
            yield (*here, name), f"{name!r} is the name of the campaign's own picture", remedy
        yield from _picture(folder, (*here, name), file)


def _called(campaign: Campaign, names: Names, name: str) -> Iterator[Finding]:
    """Yield the references that an offer's subject calls and that the campaign does not have."""
    offer, here = campaign.offers[name], ("offers", name)
    known = {
        *(["product"] if "picture" in names(here) else []),
        *(["logo"] if "logo" in names(("brand",)) else []),
        *names(("brand", "references")),
        *names((*here, "references")),
    }
    for called in called_references(offer.subject):
        if called not in known:
            have = ", ".join(f"@{one}" for one in sorted(known)) or "none yet"
            remedy = f"add it under `references:`; there are: {have}"
            yield (*here, "subject"), f"there is no picture @{called}", remedy


def _picture(folder: pathlib.Path, here: Path, name: str | None) -> Iterator[Finding]:
    if name is None:
        return
    try:
        target = (folder / name).resolve()
        there = target.is_file()
    except (OSError, ValueError):  # too long a name, or a character that no name may have
        yield here, "is not a file name", "write the name of a picture beside the campaign"
        return
    if not target.is_relative_to(folder.resolve()):
        yield here, f"{name!r} lies outside the campaign's folder", "move it beside the campaign"
    elif not there:
        yield here, f"there is no file {name!r}", f"put it into {folder}"
    elif target.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp"}:
        yield here, f"{name!r} is not a picture", "use PNG, JPEG or WebP"
