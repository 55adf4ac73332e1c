"""Reading rows of the ledger: from the database's units to those of the house."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Row, bindparam, select

from pipeline.produce.ledger.rows import Entry, Event, EventKind, Purpose
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS
from pipeline.produce.ledger.states import ENDED, EntryState
from pipeline.produce.ledger.units import dollars_of, instant_of
from pipeline.produce.providers.sentinel import SENTINEL

IS_LIVE = ATTEMPTS.c.state.not_in(sorted(ENDED))
"""Holds for an attempt that has not ended."""

IS_UNKNOWN = (
    (ATTEMPTS.c.state == EntryState.FAILED.value)
    & ATTEMPTS.c.request_id.is_(None)
    & (ATTEMPTS.c.charged > 0)
    & ~ATTEMPTS.c.by_vendor
)
"""Holds for an attempt that is booked as spent though nobody knows if it was ever accepted."""

IS_PICTURE = ATTEMPTS.c.model != SENTINEL
"""Holds for an attempt to get a picture, not an opinion of one."""

_ONE = select(ATTEMPTS).where(ATTEMPTS.c.id == bindparam("attempt"))
_HELD = _ONE.with_for_update()


def entries_where(connection: Connection, *where: ColumnElement[bool]) -> tuple[Entry, ...]:
    """Return the attempts for which all conditions hold, oldest first."""
    found = select(ATTEMPTS).where(*where).order_by(ATTEMPTS.c.created, ATTEMPTS.c.id)
    return tuple(read_entry(row) for row in connection.execute(found))


def entry_of(connection: Connection, attempt: str, *, hold: bool = False) -> Entry:
    """Return one attempt.

    Args:
        connection: A transaction.
        attempt: Its id.
        hold: Let nobody else change it before the transaction ends: for a step that rests on
            what is read. With SQLite a transaction that writes is alone anyway.

    Raises:
        LookupError: If there is none of that id: a mistake in the program.
    """
    row = connection.execute(_HELD if hold else _ONE, {"attempt": attempt}).one_or_none()
    if row is None:
        raise LookupError(f"the ledger has no attempt {attempt}")
    return read_entry(row)


def events_where(connection: Connection, *where: ColumnElement[bool]) -> tuple[Event, ...]:
    """Return the events for which all conditions hold, in the order in which they were written."""
    found = select(EVENTS).where(*where).order_by(EVENTS.c.seq)
    return tuple(_event(row) for row in connection.execute(found))


def purpose_values(purpose: Purpose) -> dict[str, object]:
    """Return a purpose as the columns of a row."""
    return {
        "campaign": purpose.campaign,
        "market": purpose.market,
        "template": purpose.template,
        "locale": purpose.locale,
        "variant": purpose.variant,
        "day": purpose.day.isoformat(),
        "run": purpose.run,
        "provider": purpose.provider,
        "model": purpose.model,
    }


def _purpose(row: Row[tuple[object, ...]]) -> Purpose:
    return Purpose(
        campaign=row.campaign,
        market=row.market,
        template=row.template,
        locale=row.locale,
        variant=row.variant,
        day=dt.date.fromisoformat(row.day),
        run=row.run,
        provider=row.provider,
        model=row.model,
        account=row.account,
    )


def read_entry(row: Row[tuple[object, ...]]) -> Entry:
    """Return a whole row of the attempts as an entry."""
    return Entry(
        id=row.id,
        job=row.job,
        number=row.number,
        seed=row.seed,
        purpose=_purpose(row),
        lettering=row.lettering,
        state=EntryState(row.state),
        reserved=dollars_of(row.reserved),
        charged=None if row.charged is None else dollars_of(row.charged),
        by_vendor=row.by_vendor,
        estimated=dollars_of(row.estimated),
        request_id=row.request_id or "",
        poll_url=row.poll_url,
        sha256=row.sha256,
        passed=row.passed,
        detail=row.detail,
        resubmits=row.resubmits,
        created=instant_of(row.created),
        updated=instant_of(row.updated),
    )


def _event(row: Row[tuple[object, ...]]) -> Event:
    return Event(
        attempt=row.attempt,
        kind=EventKind(row.kind),
        state=EntryState(row.state),
        amount=None if row.amount is None else dollars_of(row.amount),
        at=instant_of(row.at),
        detail=row.detail,
    )


def states_of(events: Sequence[Event]) -> tuple[EntryState, ...]:
    """Return the states that one attempt went through, PLANNED first."""
    states = (event.state for event in events if event.kind is EventKind.STATE)
    return (EntryState.PLANNED, *states)
