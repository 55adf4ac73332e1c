"""Spending: what was spent, wasted and saved, by campaign, market, template or model."""

import dataclasses
import datetime as dt
import decimal
import enum
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Table, case, func, select

from pipeline.produce.ledger.reading import IS_PICTURE, IS_UNKNOWN
from pipeline.produce.ledger.rows import SavingKind
from pipeline.produce.ledger.schema import ATTEMPTS, SAVINGS
from pipeline.produce.ledger.states import ENDED, EntryState
from pipeline.produce.ledger.units import dollars_of


class By(enum.StrEnum):
    """What spending is listed by."""

    CAMPAIGN = "campaign"
    MARKET = "market"
    TEMPLATE = "template"
    MODEL = "model"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SpendLine:
    """What was spent on one thing. Amounts are US dollars.

    Attributes:
        name: Of the campaign, market, template or model.
        attempts: How many were intended.
        ended: How many of them, without opinions of finished pictures, have ended.
        accepted: How many of those were accepted.
        cached: How many variants were served by a stored plate, at no cost.
        estimated: What all attempts should have cost by our table.
        spent: What was charged.
        wasted: What was charged for attempts that ended without being accepted.
        unknown: What was booked as spent, not wasted, for attempts of which nobody knows whether
            the vendor ever accepted them.
        reserved: What is held back for attempts under way.
        saved_by_cache: What the cached variants would have cost.
        saved_by_planning: What planned sizes cost less than the plain ones.
    """

    name: str
    attempts: int = 0
    ended: int = 0
    accepted: int = 0
    cached: int = 0
    estimated: decimal.Decimal = decimal.Decimal(0)
    spent: decimal.Decimal = decimal.Decimal(0)
    wasted: decimal.Decimal = decimal.Decimal(0)
    unknown: decimal.Decimal = decimal.Decimal(0)
    reserved: decimal.Decimal = decimal.Decimal(0)
    saved_by_cache: decimal.Decimal = decimal.Decimal(0)
    saved_by_planning: decimal.Decimal = decimal.Decimal(0)

    @property
    def accept_rate(self) -> float | None:
        """Return the share of ended attempts that were accepted; None if none has ended."""
        return self.accepted / self.ended if self.ended else None

    @property
    def per_creative(self) -> decimal.Decimal | None:
        """Return what one accepted creative cost; None if there is none.

        The variants that stored plates served count too: they are why plates are stored.
        """
        creatives = self.accepted + self.cached
        return self.spent / creatives if creatives else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What was spent.

    Attributes:
        by: What the lines are.
        since: The first campaign day that counts; None for all.
        lines: One for each name, sorted.
        total: Their sum.
    """

    by: By
    since: dt.date | None
    lines: tuple[SpendLine, ...]
    total: SpendLine


def spend_of(connection: Connection, by: By, since: dt.date | None) -> Spend:
    """Return what was spent, wasted and saved on campaign days from one on."""
    lines: dict[str, SpendLine] = {}
    for table, sums in ((ATTEMPTS, _paid()), (SAVINGS, _saved())):
        for name, numbers in _grouped(connection, table, by, since, sums):
            line = lines.get(name, SpendLine(name=name))
            lines[name] = dataclasses.replace(line, **numbers)
    ordered = tuple(lines[name] for name in sorted(lines))
    return Spend(by=by, since=since, lines=ordered, total=_total(ordered))


def _paid() -> list[Label[int]]:
    state, charged = ATTEMPTS.c.state, func.coalesce(ATTEMPTS.c.charged, 0)
    has_ended = state.in_(sorted(ENDED))
    is_accepted = state == EntryState.ACCEPTED.value
    return [
        func.count().label("attempts"),
        _sum_if(has_ended & IS_PICTURE, 1).label("ended"),
        _sum_if(is_accepted & IS_PICTURE, 1).label("accepted"),
        func.sum(ATTEMPTS.c.estimated).label("estimated"),
        func.sum(charged).label("spent"),
        _sum_if(has_ended & ~is_accepted & ~IS_UNKNOWN, charged).label("wasted"),
        _sum_if(IS_UNKNOWN, charged).label("unknown"),
        func.sum(ATTEMPTS.c.reserved).label("reserved"),
    ]


def _saved() -> list[Label[int]]:
    by_cache = SAVINGS.c.kind == SavingKind.CACHE.value
    by_planning = SAVINGS.c.kind == SavingKind.PLANNING.value
    return [
        _sum_if(by_cache, 1).label("cached"),
        _sum_if(by_cache, SAVINGS.c.amount).label("saved_by_cache"),
        _sum_if(by_planning, SAVINGS.c.amount).label("saved_by_planning"),
    ]


def _sum_if(condition: ColumnElement[bool], value: ColumnElement[int] | int) -> ColumnElement[int]:
    return func.sum(case((condition, value), else_=0))


_COUNTS = {"attempts", "ended", "accepted", "cached"}


def _grouped(
    connection: Connection,
    table: Table,
    by: By,
    since: dt.date | None,
    sums: Sequence[Label[int]],
) -> list[tuple[str, dict[str, Any]]]:
    name = table.c[by.value]
    found = select(name.label("name"), *sums).group_by(name)
    if since is not None:
        found = found.where(table.c.day >= since.isoformat())
    return [
        (
            row["name"],
            {
                key: int(number) if key in _COUNTS else dollars_of(number)
                for key, number in row.items()
                if key != "name"
            },
        )
        for row in connection.execute(found).mappings()
    ]


def _total(lines: Iterable[SpendLine]) -> SpendLine:
    total = SpendLine(name="all")
    names = [field.name for field in dataclasses.fields(SpendLine) if field.name != "name"]
    for line in lines:
        sums = {name: getattr(total, name) + getattr(line, name) for name in names}
        total = dataclasses.replace(total, **sums)
    return total
