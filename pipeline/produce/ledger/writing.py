"""Writing steps of an attempt: its row and its event in one transaction, or neither."""

import datetime as dt
import decimal
import re
from collections.abc import Mapping

from sqlalchemy import Connection, insert, update

from pipeline.produce.ledger.reading import entry_of
from pipeline.produce.ledger.rows import Entry, EventKind
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS
from pipeline.produce.ledger.states import EntryState, IllegalArrowError, check_arrow
from pipeline.produce.ledger.units import micros_of, ticks_of

_LONGEST = 500
_QUERY = re.compile(r"((?:https?|wss?)://[^\s?#\"'<>]+)[?#][^\s\"'<>]*")
_DATA = re.compile(r"data:[\w/+.-]*[;,]\S*")


def plain(detail: str) -> str:
    """Return a detail as it is kept: one line, at most 500 characters, no signed address.

    What follows the ? of an address may be a signature that opens the picture to anybody, so it
    is left out; so are `data:` addresses, which are the picture.
    """
    short = _DATA.sub("data:…", _QUERY.sub(r"\1?…", " ".join(detail.split())))
    return short if len(short) <= _LONGEST else f"{short[: _LONGEST - 1]}…"


def add_event(  # noqa: PLR0913 - the columns of one row
    connection: Connection,
    attempt: str,
    kind: EventKind,
    state: EntryState,
    at: dt.datetime,
    *,
    amount: decimal.Decimal | None = None,
    detail: str = "",
) -> None:
    """Append an event."""
    connection.execute(
        insert(EVENTS).values(
            attempt=attempt,
            kind=kind.value,
            state=state.value,
            amount=None if amount is None else micros_of(amount),
            at=ticks_of(at),
            detail=detail,
        )
    )


def move(
    connection: Connection,
    entry: Entry,
    to: EntryState,
    at: dt.datetime,
    values: Mapping[str, object],
) -> None:
    """Let an attempt take one step.

    Args:
        connection: The transaction in which the entry was read.
        entry: The attempt as it was read.
        to: Its new state.
        at: When.
        values: Columns that change with it; `detail` goes into the event too.

    Raises:
        IllegalArrowError: If its state, or what it has become meanwhile, does not allow that.
    """
    check_arrow(entry.id, entry.state, to)
    row = update(ATTEMPTS).where(ATTEMPTS.c.id == entry.id, ATTEMPTS.c.state == entry.state.value)
    changed = {"state": to.value, "updated": ticks_of(at), **values}
    if connection.execute(row.values(changed)).rowcount != 1:
        raise IllegalArrowError(f"attempt {entry.id} is no longer {entry.state}")
    detail = str(values.get("detail", ""))
    add_event(connection, entry.id, EventKind.STATE, to, at, detail=detail)


def charge(
    connection: Connection,
    attempt: str,
    cost: decimal.Decimal,
    at: dt.datetime,
    *,
    by_vendor: bool,
) -> None:
    """Book what an attempt cost, in place of what was held back for it; also after its end.

    The same figure a second time changes nothing and leaves no event.
    """
    entry = entry_of(connection, attempt)
    micros = micros_of(cost)
    same = entry.charged is not None and micros_of(entry.charged) == micros
    if same and entry.by_vendor == by_vendor:
        return
    values: dict[str, object] = {"charged": micros, "by_vendor": by_vendor, "updated": ticks_of(at)}
    if not entry.has_ended:
        values["reserved"] = 0
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == attempt).values(values))
    before = "nothing" if entry.charged is None else f"${entry.charged}"
    source = "the vendor's figure" if by_vendor else "our estimate"
    add_event(
        connection,
        attempt,
        EventKind.SETTLED,
        entry.state,
        at,
        amount=cost,
        detail=f"{source}; {before} was booked before",
    )
