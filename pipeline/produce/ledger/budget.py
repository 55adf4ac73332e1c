"""Budgets: what may be spent on a creative, on a campaign, on a day and in a month.

What counts is what was charged and what is held back for attempts under way, both. A day is the
market's campaign day and a month the one it lies in, whatever the clock says when the picture is
paid: so a run that makes tomorrow's creatives tonight spends tomorrow's budget, and a run that
resumes yesterday's spends yesterday's. Day and month are those of one campaign, all its markets
together.
"""

import dataclasses
import decimal
from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, func, select

from pipeline.errors import BudgetError
from pipeline.produce.ledger.reading import IS_PICTURE
from pipeline.produce.ledger.rows import Purpose
from pipeline.produce.ledger.schema import ATTEMPTS
from pipeline.produce.ledger.units import dollars_of, micros_of
from pipeline.produce.providers.sentinel import SENTINEL


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may be spent, in US dollars; None is no limit.

    Attributes:
        creative: On one variant.
        campaign: On the campaign in all its life.
        day: On one campaign day.
        month: In the calendar month of the campaign day.
        pictures: How many pictures the account may have on a campaign day, whatever they cost.
    """

    creative: decimal.Decimal | None = None
    campaign: decimal.Decimal | None = None
    day: decimal.Decimal | None = None
    month: decimal.Decimal | None = None
    pictures: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of one cap is used, in US dollars.

    Attributes:
        name: creative, campaign, day or month.
        of: What it is the budget of, such as a day's date.
        cap: The cap.
        spent: What was charged.
        reserved: What is held back for attempts under way.
    """

    name: str
    of: str
    cap: decimal.Decimal
    spent: decimal.Decimal
    reserved: decimal.Decimal

    @property
    def left(self) -> decimal.Decimal:
        """Return what may still be spent; below 0 if a vendor charged more than was expected."""
        return self.cap - self.spent - self.reserved


def uses_of(connection: Connection, purpose: Purpose, caps: Caps) -> Iterator[Use]:
    """Yield the use of each cap that is set, the narrowest first."""
    ours = ATTEMPTS.c.campaign == purpose.campaign
    day = purpose.day.isoformat()
    scopes: list[tuple[str, str, decimal.Decimal | None, ColumnElement[bool]]] = [
        (
            "creative",
            purpose.variant,
            caps.creative,
            ours & (ATTEMPTS.c.variant == purpose.variant),
        ),
        ("day", day, caps.day, ours & (ATTEMPTS.c.day == day)),
        ("month", day[:7], caps.month, ours & ATTEMPTS.c.day.startswith(f"{day[:7]}-")),
        ("campaign", purpose.campaign, caps.campaign, ours),
    ]
    for name, of, cap, scope in scopes:
        if cap is None:
            continue
        sums = select(func.sum(ATTEMPTS.c.charged), func.sum(ATTEMPTS.c.reserved)).where(scope)
        charged, reserved = connection.execute(sums).one()
        yield Use(
            name=name,
            of=of,
            cap=cap,
            spent=dollars_of(charged or 0),
            reserved=dollars_of(reserved or 0),
        )


def refuse_over(
    connection: Connection, purpose: Purpose, caps: Caps, reserve: decimal.Decimal
) -> None:
    """Refuse a reservation that goes over a cap.

    Raises:
        BudgetError: If it does; the message names the first such cap, the narrowest.
    """
    _refuse_over_quota(connection, purpose, caps)
    wanted = dollars_of(micros_of(reserve))
    for use in uses_of(connection, purpose, caps):
        if wanted > use.left:
            raise BudgetError(
                f"the budget of {use.name} {use.of} is ${use.cap}: ${use.spent} is spent and "
                f"${use.reserved} held back for attempts under way, so another ${wanted} does "
                f"not fit; raise budget.{use.name} in the campaign, or let the rest be typeset"
            )


def _refuse_over_quota(connection: Connection, purpose: Purpose, caps: Caps) -> None:
    """Refuse a picture more than an account may have on a day; one that cost nothing is none.

    Nor is an opinion of one.
    """
    if caps.pictures is None or purpose.model == SENTINEL:
        return
    paid = (ATTEMPTS.c.reserved > 0) | (ATTEMPTS.c.charged > 0)
    ours = (ATTEMPTS.c.account == purpose.account) & (ATTEMPTS.c.day == purpose.day.isoformat())
    had = connection.execute(select(func.count()).where(ours, paid, IS_PICTURE)).scalar_one()
    if had >= caps.pictures:
        raise BudgetError(
            f"the account {purpose.account} has had its {caps.pictures} pictures of {purpose.day}; "
            "raise `daily` of its tier, or let the rest be typeset on the studio's plates"
        )
