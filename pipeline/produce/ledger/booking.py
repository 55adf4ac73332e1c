"""Booking: a new attempt, and the one that makes it needless."""

import datetime as dt
import decimal
from collections.abc import Sequence

from sqlalchemy import Connection, insert

from pipeline.plan.job import seed_of
from pipeline.produce.ledger.reading import entry_of, purpose_values, read_entry
from pipeline.produce.ledger.rows import Entry, EventKind, Wanted
from pipeline.produce.ledger.schema import ATTEMPTS
from pipeline.produce.ledger.states import EntryState, IllegalArrowError
from pipeline.produce.ledger.units import micros_of, ticks_of
from pipeline.produce.ledger.writing import add_events, event_row

_BOOK = insert(ATTEMPTS).returning(ATTEMPTS)


def book(
    connection: Connection, wanted: Wanted, attempt: str, number: int, now: dt.datetime
) -> Entry:
    """Write the intent of an attempt and return it.

    Args:
        connection: A transaction that no other overlaps.
        wanted: What is wanted.
        attempt: Its id.
        number: Which attempt of the job, from 1; only the first has the seed that is wanted.
        now: The present instant.
    """
    given = wanted.seed if number == 1 else None
    row = {
        "id": attempt,
        "job": wanted.job,
        "number": number,
        "seed": seed_of(attempt) if given is None else given,
        "lettering": wanted.lettering,
        "state": EntryState.INTENT.value,
        "reserved": micros_of(wanted.reserve),
        "by_vendor": False,
        "estimated": micros_of(wanted.estimated),
        "poll_url": "",
        "sha256": "",
        "detail": "",
        "resubmits": wanted.resubmits,
        "created": ticks_of(now),
        "updated": ticks_of(now),
    }
    row |= purpose_values(wanted.purpose) | {"account": wanted.purpose.account}
    entry = read_entry(connection.execute(_BOOK, row).one())
    add_events(connection, [event_row(attempt, EventKind.STATE, entry.state, now)])
    return entry


def standing_of(connection: Connection, wanted: Wanted, entries: Sequence[Entry]) -> Entry | None:
    """Return the attempt that makes a new one needless, or None.

    Args:
        connection: Where the attempt to be repeated is looked up.
        wanted: The new one.
        entries: All attempts of its job, oldest first.
    """
    live = [entry for entry in entries if not entry.has_ended]
    if wanted.resubmits is not None:
        named = entry_of(connection, wanted.resubmits)
        if named.job != wanted.job:
            raise IllegalArrowError(f"attempt {named.id} is of another job: it cannot be repeated")
        if named.state is EntryState.UNKNOWN:
            return None
        return live[0] if live else named
    if live:
        return live[0]
    done = [entry for entry in entries if entry.state is EntryState.ACCEPTED]
    return done[-1] if done and not wanted.renew else None


def presumed(entry: Entry) -> decimal.Decimal:
    """Return what to book for an attempt that ends and for which no vendor has named a figure."""
    if entry.state is EntryState.INTENT:
        return decimal.Decimal(0)
    return entry.reserved if entry.state is EntryState.UNKNOWN else entry.estimated


def id_of(now: dt.datetime, job: str, number: int) -> str:
    """Return the id of a new attempt: it sorts by time and names its job.

    Args:
        now: The present instant.
        job: Fingerprint of the request.
        number: Which attempt of the job.

    Raises:
        ValueError: If the job's name does not fit into an id.
    """
    if not job.isalnum():
        raise ValueError(f"{job!r} names no job: it must be letters and digits")
    return f"{now.astimezone(dt.UTC):%Y%m%d-%H%M%S-%f}-{job[:12]}-{number}"
