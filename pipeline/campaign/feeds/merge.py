"""A campaign file with the prices of its feed in the place of its own.

What a day of `days` says still beats the feed: somebody wrote it for that very day.
"""

import dataclasses
from collections.abc import Iterator, Mapping

from pydantic import TypeAdapter, ValidationError

from pipeline.campaign.document import Document, Node, Path
from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.prices import Names, Read, changes, read_prices
from pipeline.campaign.feeds.snapshot import Amounts, Snapshot, Spot, Supply, Used
from pipeline.campaign.money import is_known_currency
from pipeline.campaign.problems import problem_at
from pipeline.campaign.scalars import Identifier
from pipeline.campaign.tree import Table, placed, table_at
from pipeline.errors import FeedError, Problem

_NAME = TypeAdapter(Identifier)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What a feed made of a campaign file.

    Attributes:
        document: The file with the feed's prices in its tree, each with the place it is from.
        name: What the campaign calls the price list; an address without its query.
        snapshot: The price list; None if there is no feed, or it cannot be had.
        prices: Offer and market to the feed's price and former price.
        rows: How many rows the list has.
        left_out: What the rows that are not used are about, to how many there are.
        problems: What keeps creatives from being made.
        notes: What does not, and should be known.
        changed: What is not as in the last list that a run used.
        used: The prices that runs have used, the earliest first.
    """

    document: Document
    name: str = ""
    snapshot: Snapshot | None = None
    prices: Mapping[Spot, Amounts] = dataclasses.field(default_factory=dict)
    rows: int = 0
    left_out: Mapping[str, int] = dataclasses.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    changed: tuple[str, ...] = ()
    used: tuple[Used, ...] = ()

    def record(self) -> dict[str, str]:
        """Return what a manifest says of the price list; empty if there is none."""
        if self.snapshot is None:
            return {}
        return {
            "from": self.name,
            "sha256": self.snapshot.sha256,
            "etag": self.snapshot.etag,
            "fetched": self.snapshot.fetched.isoformat(timespec="seconds"),
        }


def fed(document: Document, supply: Supply) -> Fed:
    """Return a campaign file with the prices of its feed; without one, as it is.

    What is wrong with the block `feed:` itself is found with the rest of the file.

    Args:
        document: The file.
        supply: Where price lists come from.
    """
    tree = document.tree if isinstance(document.tree, dict) else {}
    feed, campaign = _feed_of(tree), str(tree.get("campaign", ""))
    if feed is None or not _is_name(campaign):
        return Fed(document=document)
    names = _names_of(tree, supply)
    if problems := tuple(_unknown(document, feed, names)):
        return Fed(document=document, problems=problems)
    try:
        snapshot = supply.snapshot(campaign, feed, document.file)
    except FeedError as error:
        what, _, remedy = str(error).partition("; ")
        found = problem_at(document, ("feed", "from"), what, remedy)
        return Fed(document=document, problems=(found,))
    read = read_prices(snapshot, feed, names)
    prices = read.prices
    missing = tuple(_missing(document, feed, names, read)) if not read.problems else ()
    notes = [one for is_error, one in missing if not is_error]
    if snapshot.note:
        remedy = "look at the server; `feed.stale_hours` says how old a snapshot may be"
        notes.insert(0, problem_at(document, ("feed", "from"), snapshot.note, remedy))
    used = tuple(supply.used(campaign))
    return Fed(
        document=_merged(document, snapshot, read, has_was=bool(feed.columns.was)),
        name=feed.shown,
        snapshot=snapshot,
        prices=prices,
        rows=read.rows,
        left_out=read.left_out,
        problems=(*read.problems, *(one for is_error, one in missing if is_error)),
        notes=tuple(notes),
        changed=tuple(changes(used[-1].prices, prices)) if used else (),
        used=used,
    )


def _feed_of(tree: Table) -> Feed | None:
    """Return the block `feed:`; None if there is none, or it is wrong in itself."""
    try:
        return Feed.model_validate(tree["feed"]) if "feed" in tree else None
    except ValidationError:
        return None


def _is_name(text: str) -> bool:
    try:
        _NAME.validate_python(text)
    except ValidationError:
        return False
    return True


def _names_of(tree: Table, supply: Supply) -> Names:
    """Return the names of what is whole; what is not has its own problem."""
    markets = {
        name: one for name, one in table_at(tree, "markets").items() if isinstance(one, dict)
    }
    money = {name: str(one.get("currency", "")) for name, one in markets.items()}
    known = {name: currency for name, currency in money.items() if is_known_currency(currency)}
    zones = {name: str(markets[name].get("time_zone", "")) for name in known}
    return Names(
        offers=frozenset(_offers(tree)),
        currencies=known,
        days={name: supply.day_of(name, zone) for name, zone in zones.items()},
    )


def _offers(tree: Node) -> Iterator[str]:
    """Yield the offers, and their items as `offer/item`."""
    for offer, node in table_at(tree, "offers").items():
        yield offer
        yield from (f"{offer}/{item}" for item in table_at(node, "items"))


def _expected(tree: Node, feed: Feed) -> list[str]:
    """Return what the list should price: what its map names; else all that can have a price.

    An offer with items and no price of its own needs none.
    """
    if feed.offers:
        return sorted(set(feed.offers.values()))
    nodes = table_at(tree, "offers")
    menus = {name for name, node in nodes.items() if table_at(node, "items")}
    own = {name for name in menus if table_at(nodes[name], "price")}
    return sorted(set(_offers(tree)) - menus | own)


def _place(name: str) -> Path:
    """Return where the campaign has an offer, or an item of one."""
    offer, _, item = name.partition("/")
    return ("offers", offer, "items", item) if item else ("offers", offer)


def _unknown(document: Document, feed: Feed, names: Names) -> Iterator[Problem]:
    """Yield what the two maps name and the campaign does not have."""
    markets = sorted(table_at(document.tree, "markets"))
    known = (
        ("offers", feed.offers, sorted(names.offers)),
        ("markets", feed.markets, markets),
    )
    for key, table, have in known:
        for theirs, ours in table.items():
            if ours not in have:
                remedy = f"use one of: {', '.join(have)}"
                what = f"there is no {ours!r} under {key}"
                yield problem_at(document, ("feed", key, theirs), what, remedy)


def _missing(
    document: Document, feed: Feed, names: Names, read: Read
) -> Iterator[tuple[bool, Problem]]:
    """Yield the prices that the list should have and has not; whether that is an error first."""
    markets = set(feed.markets.values()) or names.currencies.keys()
    for offer in _expected(document.tree, feed):
        own = table_at(document.tree, *_place(offer), "price")
        for market in (name for name in names.currencies if name in markets):
            if (offer, market) in read.quotes:
                continue
            path = (*_place(offer), "price", market)
            what = f"{feed.shown} has no row for {offer} in {market} that is valid now"
            if market in own:
                said = f"{what}, so {own[market]} of the file is used"
                yield (
                    False,
                    problem_at(document, path, said, "add the row, or see that it is right"),
                )
            else:
                remedy = f"add the row, or `{market}: <amount>` here"
                yield True, problem_at(document, path, what, remedy)


def _merged(document: Document, snapshot: Snapshot, read: Read, *, has_was: bool) -> Document:
    tree, places = document.tree, dict(document.places)
    for (offer, market), quote in read.quotes.items():
        here, place = _place(offer), (snapshot.source, quote.line)
        tree = placed(tree, (*here, "price", market), quote.price)
        places[*here, "price", market] = place
        if has_was and "/" not in offer:  # an item has no former price
            was = {
                name: one for name, one in table_at(tree, *here, "was").items() if name != market
            }
            now = {**was, market: quote.was} if quote.was else was
            tree = placed(tree, (*here, "was"), now)
            places[*here, "was", market] = place
    return dataclasses.replace(document, tree=tree, places=places)
