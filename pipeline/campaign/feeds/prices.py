"""Prices of a feed: its rows under the campaign's names, checked one by one.

A whole amount is shown as it is written; one with decimals gets all that the currency has, since
programs write 8.9 for 8.90 and 1180.0 for 1180. What a currency cannot express is a problem.
"""

import dataclasses
import datetime as dt
import decimal
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import babel.numbers

from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.rows import Row, UnreadableError, csv_rows, json_rows, text_of
from pipeline.campaign.feeds.snapshot import Amounts, Snapshot, Spot
from pipeline.campaign.money import precision_problem
from pipeline.errors import Problem

MOST_PROBLEMS = 50
"""Problems of one list that are told; the rest is counted."""

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(?:([.,])([0-9]{1,8}))?(?:[ \u00a0]?([A-Z]{3}))?")
_MARKS = {"point": ".", "comma": ","}
_Said: TypeAlias = tuple[str, str]


class BadAmountError(ValueError):
    """A cell that is no amount of a market; the message says what, `remedy` what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a row says of one offer in one market.

    Attributes:
        line: The row's line.
        number: Which row it is.
        price: The price, as a campaign file writes it.
        was: The former price; empty if there is none.
    """

    line: int
    number: int
    price: str
    was: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a price list says.

    Attributes:
        quotes: Offer and market to the row that is valid on the market's day.
        problems: What is wrong.
        wrong: Offers and markets that have a problem of their own.
        rows: How many rows there are.
        left_out: What the rows that are not used are about, to how many there are.
    """

    quotes: Mapping[Spot, Quote]
    problems: tuple[Problem, ...]
    wrong: frozenset[Spot]
    rows: int
    left_out: Mapping[str, int]

    @property
    def prices(self) -> dict[Spot, Amounts]:
        """Return offer and market to price and former price."""
        return {spot: (quote.price, quote.was) for spot, quote in self.quotes.items()}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The campaign's own names.

    Attributes:
        offers: The offers, and their items as `offer/item`.
        currencies: Market to currency.
        days: Market to the day for which rows must be valid.
    """

    offers: frozenset[str]
    currencies: Mapping[str, str]
    days: Mapping[str, dt.date | None]


def read_prices(snapshot: Snapshot, feed: Feed, names: Names) -> Read:
    """Return what a price list says, with all its problems.

    Args:
        snapshot: The list.
        feed: What its columns mean.
        names: The campaign's own names.
    """
    reader = _Reader(snapshot.source, feed, names)
    wanted = {key: name for key, name in feed.columns.model_dump().items() if name}
    try:
        text = text_of(snapshot.content)
        rows = (
            json_rows(text, feed.rows, wanted)
            if feed.is_json
            else csv_rows(text, feed.delimiter, wanted)
        )
        for row in rows:
            reader.take(row)
    except UnreadableError as error:
        reader.report(error.line, "", (error.what, error.remedy))
    return reader.read()


def amount_of(cell: str | None, mark: str, currency: str) -> str:
    """Return an amount as a campaign file writes it.

    Args:
        cell: What the list says, such as `8.9` or `8,90 EUR`.
        mark: What stands before its decimals.
        currency: The market's currency.

    Raises:
        BadAmountError: If it is none, of another currency, or the currency cannot express it.
    """
    if not cell:
        raise BadAmountError("has no price", "write an amount such as 8.90")
    match = _AMOUNT.fullmatch(cell)
    if match is None or match[2] not in {None, mark}:
        remedy = f"write an amount such as 8{mark}90, without grouping"
        raise BadAmountError(f"{cell[:40]!r} is no amount", remedy)
    if match[4] not in {None, currency}:
        raise BadAmountError(f"is in {match[4]}, not in {currency}", "correct the row or the map")
    if not match[3]:
        return match[1]
    return _fitted(decimal.Decimal(f"{match[1]}.{match[3]}"), currency)


def _fitted(amount: decimal.Decimal, currency: str) -> str:
    digits = babel.numbers.get_currency_precision(currency)
    fitted = amount.quantize(decimal.Decimal(1).scaleb(-digits))
    if fitted != amount:
        raise BadAmountError(f"{amount} cannot be shown", precision_problem(amount, currency))
    return str(fitted)


class _Reader:
    def __init__(self, source: str, feed: Feed, names: Names) -> None:
        self._source = source
        self._feed = feed
        self._names = names
        self._quotes: dict[Spot, Quote] = {}
        self._problems: list[Problem] = []
        self._wrong: set[Spot] = set()
        self._left: Counter[str] = Counter()
        self._rows = 0

    def take(self, row: Row) -> None:
        """Take a row in, or say what is wrong with it."""
        self._rows += 1
        spot = self._spot(row)
        if spot is None:
            return
        try:
            if not self._is_valid(row, self._names.days[spot[1]]):
                self._left["other days"] += 1
                return
            quote = self._quote(row, self._names.currencies[spot[1]])
        except BadAmountError as error:
            self._blame(row, spot, (str(error), error.remedy))
            return
        if first := self._quotes.get(spot):
            what = f"is there twice, first in row {first.number} on line {first.line}"
            self._blame(row, spot, (what, "keep one of the two, or give them other days"))
            return
        self._quotes[spot] = quote

    def report(self, line: int, path: str, said: _Said) -> None:
        """Remember a problem."""
        problem = Problem(file=self._source, line=line, path=path, what=said[0], remedy=said[1])
        self._problems.append(problem)

    def read(self) -> Read:
        """Return all that was read."""
        told, more = self._problems[:MOST_PROBLEMS], len(self._problems) - MOST_PROBLEMS
        if more > 0:
            what, remedy = f"and {more} more problems", "correct these first"
            told.append(Problem(file=self._source, line=1, path="", what=what, remedy=remedy))
        return Read(
            quotes={spot: one for spot, one in self._quotes.items() if spot not in self._wrong},
            problems=tuple(told),
            wrong=frozenset(self._wrong),
            rows=self._rows,
            left_out=dict(self._left),
        )

    def _spot(self, row: Row) -> Spot | None:
        """Return offer and market of a row; None if they are not the campaign's, or missing."""
        theirs = {"offer": row.cells["offer"], "market": row.cells["market"]}
        for key in (key for key, value in theirs.items() if not value):
            self.report(
                row.line, "", (f"row {row.number} has no {key}", "write it, or cut the row")
            )
            return None
        offer, market = str(theirs["offer"]), str(theirs["market"])
        ours = self._feed.offers.get(offer) if self._feed.offers else offer
        here = self._feed.markets.get(market) if self._feed.markets else market
        if ours not in self._names.offers:
            self._left["other offers"] += 1
            return None
        if here not in self._names.currencies:
            self._left["other markets"] += 1
            return None
        return str(ours), str(here)

    def _blame(self, row: Row, spot: Spot, said: _Said) -> None:
        self._wrong.add(spot)
        path = f"offers.{spot[0].replace('/', '.items.')}.price.{spot[1]}"
        self.report(row.line, path, (f"row {row.number}: {said[0]}", said[1]))

    def _quote(self, row: Row, currency: str) -> Quote:
        mark = _MARKS[self._feed.decimal]
        told = row.cells.get("currency")
        if self._feed.columns.currency and told != currency:
            what = f"is in {told or 'no currency'}, not in {currency}"
            raise BadAmountError(what, "correct the row, or `feed.markets`")
        was = row.cells.get("was")
        return Quote(
            line=row.line,
            number=row.number,
            price=amount_of(row.cells["price"], mark, currency),
            was=amount_of(was, mark, currency) if was else "",
        )

    def _is_valid(self, row: Row, day: dt.date | None) -> bool:
        begin, end = (_day(row.cells.get(key)) for key in ("valid_from", "valid_to"))
        if day is None:
            return True
        return (begin is None or begin <= day) and (end is None or day <= end)


def _day(cell: str | None) -> dt.date | None:
    if not cell:
        return None
    try:
        return dt.date.fromisoformat(cell[:10])
    except ValueError:
        raise BadAmountError(f"{cell[:40]!r} is no date", "write it as 2026-11-27") from None


def changes(before: Mapping[Spot, Amounts], now: Mapping[Spot, Amounts]) -> Iterator[str]:
    """Yield what changed between two lists, as in `bowl de 8.90 -> 8.50`.

    Args:
        before: The prices of the earlier list.
        now: The prices of the present one.
    """
    for spot in sorted(before.keys() | now.keys()):
        old, new = before.get(spot, ("", "")), now.get(spot, ("", ""))
        for label, one, other in (("", old[0], new[0]), ("was ", old[1], new[1])):
            if one != other:
                yield f"{' '.join(spot)} {label}{one or 'none'} -> {other or 'none'}"
