"""Writing steps of an attempt: its row and its event in one transaction, or neither."""

import dataclasses
import datetime as dt
import decimal
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, insert, update

from pipeline.produce.ledger.reading import entry_of, read_entry
from pipeline.produce.ledger.rows import Entry, EventKind
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS
from pipeline.produce.ledger.states import EntryState, IllegalArrowError, sources_of
from pipeline.produce.ledger.units import micros_of, ticks_of

_APPEND = insert(EVENTS)
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


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What an attempt cost, to be booked in place of what is held back for it.

    Attributes:
        amount: US dollars.
        by_vendor: Whether it is the vendor's own figure.
        detail: Where the figure comes from and what was booked before.
    """

    amount: decimal.Decimal
    by_vendor: bool
    detail: str

    @property
    def values(self) -> dict[str, object]:
        """Return the columns that it changes."""
        return {"charged": micros_of(self.amount), "by_vendor": self.by_vendor}


def settlement_of(entry: Entry, cost: decimal.Decimal, *, by_vendor: bool) -> Settlement | None:
    """Return what is to be booked for an attempt; None if it is booked already.

    Args:
        entry: The attempt as it is.
        cost: US dollars.
        by_vendor: Whether it is the vendor's own figure.
    """
    same = entry.charged is not None and micros_of(entry.charged) == micros_of(cost)
    if same and entry.by_vendor == by_vendor:
        return None
    before = "nothing" if entry.charged is None else f"${entry.charged}"
    source = "the vendor's figure" if by_vendor else "our estimate"
    return Settlement(
        amount=cost, by_vendor=by_vendor, detail=f"{source}; {before} was booked before"
    )


def event_row(
    attempt: str, kind: EventKind, state: EntryState, at: dt.datetime, detail: str = ""
) -> dict[str, object]:
    """Return an event as the columns of a row."""
    return {
        "attempt": attempt,
        "kind": kind.value,
        "state": state.value,
        "amount": None,
        "at": ticks_of(at),
        "detail": detail,
    }


def add_events(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Append events, all in one statement."""
    connection.execute(_APPEND, rows)


def move(
    connection: Connection,
    attempt: str,
    to: EntryState,
    at: dt.datetime,
    values: Mapping[str, object],
    settlement: Settlement | None = None,
) -> Entry:
    """Let an attempt take one step, and return it as it is then.

    The row is changed only while it is in a state from which an arrow leads there, whoever
    else tries the same at that moment.

    Args:
        connection: A transaction that writes.
        attempt: Its id.
        to: Its new state.
        at: When.
        values: Columns that change with it; `detail` goes into the event too.
        settlement: What it cost, if that is known now; None changes nothing.

    Raises:
        IllegalArrowError: If its state does not allow that.
        LookupError: If there is no such attempt.
    """
    sources = sorted(sources_of(to))
    row = update(ATTEMPTS).where(ATTEMPTS.c.id == attempt, ATTEMPTS.c.state.in_(sources))
    changed: dict[str, object] = {"state": to.value, "updated": ticks_of(at), **values}
    if settlement is not None:
        changed |= {"reserved": 0, **settlement.values}
    found = connection.execute(row.values(changed).returning(ATTEMPTS)).one_or_none()
    if found is None:
        stands = entry_of(connection, attempt).state
        raise IllegalArrowError(f"attempt {attempt} is {stands}: it cannot become {to}")
    events = [event_row(attempt, EventKind.STATE, to, at, str(values.get("detail", "")))]
    if settlement is not None:
        events.append(_settled(attempt, settlement, to, at))
    add_events(connection, events)
    return read_entry(found)


def settle(connection: Connection, entry: Entry, settlement: Settlement, at: dt.datetime) -> Entry:
    """Book what an attempt cost, under way or ended, and return it as it is then.

    Args:
        connection: The transaction in which the attempt was read, and held.
        entry: The attempt.
        settlement: What it cost.
        at: When.
    """
    values: dict[str, object] = {"updated": ticks_of(at), **settlement.values}
    if not entry.has_ended:  # what has ended holds nothing back, and may not be written
        values["reserved"] = 0
    row = update(ATTEMPTS).where(ATTEMPTS.c.id == entry.id).values(values).returning(ATTEMPTS)
    found = connection.execute(row).one()
    add_events(connection, [_settled(entry.id, settlement, entry.state, at)])
    return read_entry(found)


def _settled(
    attempt: str, settlement: Settlement, state: EntryState, at: dt.datetime
) -> dict[str, object]:
    row = event_row(attempt, EventKind.SETTLED, state, at, settlement.detail)
    return row | {"amount": micros_of(settlement.amount)}
