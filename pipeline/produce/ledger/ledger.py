"""The ledger: each step of each paid attempt, committed before what follows from it happens."""

import datetime as dt
import decimal
import pathlib
from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Connection, exists, func, insert, select, update

from pipeline.plan.job import seed_of
from pipeline.produce.ledger.accounts import Accounts
from pipeline.produce.ledger.budget import Caps, Use, refuse_over, uses_of
from pipeline.produce.ledger.database import Database, open_database
from pipeline.produce.ledger.reading import (
    IS_LIVE,
    entries_where,
    entry_of,
    events_where,
    purpose_values,
)
from pipeline.produce.ledger.rows import Entry, Event, EventKind, Intended, Purpose, Wanted
from pipeline.produce.ledger.runs import Runs, refuse_ended_run
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS, RUNS
from pipeline.produce.ledger.states import ENDED, EntryState, IllegalArrowError
from pipeline.produce.ledger.switch import Switch
from pipeline.produce.ledger.units import micros_of, ticks_of
from pipeline.produce.ledger.writing import add_event, charge, move, plain
from pipeline.produce.providers.protocol import Ticket

_IS_ACCEPTED = ATTEMPTS.c.state == EntryState.ACCEPTED.value


class Ledger:
    """The only truth about money. Every method is one transaction; safe for threads.

    Any number of processes may open the same ledger; one that forks must open its own.

    Every method raises `LedgerError` if the database cannot be used (then nothing of its step is
    written), `LookupError` for an id that the ledger does not have and `IllegalArrowError` for a
    step that the attempt's state does not allow; the last two are mistakes in the program.

    Args:
        database: Where it is kept.
        clock: Returns the present instant, with its offset from UTC.

    Attributes:
        database: Where it is kept.
        runs: Who makes which campaign and market day.
        switch: The kill switch.
        accounts: What was spent, wasted and saved, and whether vendors agree.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self.database = database
        self._clock = clock
        self.runs = Runs(database, clock)
        self.switch = Switch(database, clock)
        self.accounts = Accounts(database, clock)

    def intend(self, wanted: Wanted, caps: Caps) -> Intended:
        """Book the intent to pay an attempt, and hold back what it may cost.

        Budgets are summed and the amount is held back in one transaction that no other overlaps,
        so that many workers together cannot pass a cap. If an attempt of the job is under way,
        or one was accepted, that one is returned and nothing is booked.

        Raises:
            BudgetError: If it does not fit into a budget, or all payments are stopped.
            LedgerError: If the run has lost its claim.
        """
        with self.database.write(alone=True) as connection:
            standing = _standing(connection, wanted)
            if standing is not None:
                return Intended(entry=standing, fresh=False)
            self.switch.refuse(connection)
            refuse_ended_run(connection, wanted.purpose)
            refuse_over(connection, wanted.purpose, caps, wanted.reserve)
            attempt = self._book(connection, wanted)
            return Intended(entry=entry_of(connection, attempt), fresh=True)

    def _book(self, connection: Connection, wanted: Wanted) -> str:
        now = self._clock()
        here = ATTEMPTS.c.job == wanted.job
        last = connection.scalar(select(func.max(ATTEMPTS.c.number)).where(here)) or 0
        attempt = _id_of(now, wanted.job, last + 1)
        if wanted.resubmits is not None:
            lost = entry_of(connection, wanted.resubmits)
            self._end(connection, lost, EntryState.FAILED, f"written off; {attempt} repeats it")
        row = {
            "id": attempt,
            "job": wanted.job,
            "number": last + 1,
            "seed": seed_of(attempt) if wanted.seed is None else wanted.seed,
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
        connection.execute(insert(ATTEMPTS).values(row | purpose_values(wanted.purpose)))
        add_event(connection, attempt, EventKind.STATE, EntryState.INTENT, now)
        return attempt

    def submitted(self, attempt: str, ticket: Ticket) -> Entry:
        """Record that the provider accepted it, or that it was found there and adopted.

        Where the picture will be is not kept, since that address may open it to anybody.

        Raises:
            LedgerError: If another attempt has the same request id at the provider.
        """
        values = {"request_id": ticket.request_id, "poll_url": ticket.poll_url}
        return self._step(attempt, EntryState.SUBMITTED, values, ticket.cost)

    def unknown(self, attempt: str, detail: str) -> Entry:
        """Record that nobody knows whether the provider accepted it; what is held back stays."""
        return self._step(attempt, EntryState.UNKNOWN, {"detail": plain(detail)})

    def ready(self, attempt: str, cost: decimal.Decimal | None = None) -> Entry:
        """Record that the picture can be fetched, and what the vendor says it costs."""
        return self._step(attempt, EntryState.READY, {}, cost)

    def stored(self, attempt: str, sha256: str) -> Entry:
        """Record that the bytes of this hash are on disk, flushed."""
        return self._step(attempt, EntryState.STORED, {"sha256": sha256})

    def proved(self, attempt: str, *, passed: bool, detail: str = "") -> Entry:
        """Record what the proof found, before the picture is used or thrown away."""
        return self._step(attempt, EntryState.PROVED, {"passed": passed, "detail": plain(detail)})

    def ended(
        self,
        attempt: str,
        state: EntryState,
        detail: str,
        charged: decimal.Decimal | None = None,
    ) -> Entry:
        """Record how it ended.

        Args:
            attempt: Its id.
            state: ACCEPTED, REJECTED, MODERATED or FAILED.
            detail: Why, in plain words.
            charged: The vendor's figure. If there is none and none came before, it is nothing
                for an attempt that was provably not accepted (its state is INTENT), all that was
                held back for one whose outcome is unknown, and else the estimate.
        """
        with self.database.write() as connection:
            entry = entry_of(connection, attempt)
            if charged is not None:
                charge(connection, attempt, charged, self._clock(), by_vendor=True)
            self._end(connection, entry_of(connection, attempt), state, detail)
            return entry_of(connection, entry.id)

    def _end(self, connection: Connection, entry: Entry, to: EntryState, detail: str) -> None:
        if to not in ENDED or (to is EntryState.ACCEPTED and not entry.passed):
            raise IllegalArrowError(f"attempt {entry.id} ({entry.state}) cannot end as {to}")
        if entry.charged is None:
            charge(connection, entry.id, _presumed(entry), self._clock(), by_vendor=False)
        move(connection, entry, to, self._clock(), {"detail": plain(detail)})

    def _step(
        self,
        attempt: str,
        to: EntryState,
        values: Mapping[str, str | bool],
        cost: decimal.Decimal | None = None,
    ) -> Entry:
        with self.database.write() as connection:
            now = self._clock()
            move(connection, entry_of(connection, attempt), to, now, values)
            if cost is not None:
                charge(connection, attempt, cost, now, by_vendor=True)
            return entry_of(connection, attempt)

    def settle(self, attempt: str, cost: decimal.Decimal) -> Entry:
        """Book the vendor's own figure for an attempt, under way or ended; once is enough."""
        with self.database.write() as connection:
            charge(connection, attempt, cost, self._clock(), by_vendor=True)
            return entry_of(connection, attempt)

    def take_over(self, run: str, campaign: str | None = None) -> tuple[Entry, ...]:
        """Give a run every attempt under way that no living run works on, and return all it has.

        They are to be finished before anything new is paid. An INTENT among them was perhaps
        submitted: nobody knows. The rows of a dead run become free when anybody next claims a
        campaign and market day, so claim first.

        Args:
            run: Id of the run that takes them.
            campaign: Take those of one campaign only.

        Returns:
            The run's attempts under way, oldest first.
        """
        where = [IS_LIVE] if campaign is None else [IS_LIVE, ATTEMPTS.c.campaign == campaign]
        alive = exists().where(RUNS.c.run == ATTEMPTS.c.run, RUNS.c.ended.is_(None))
        with self.database.write(alone=True) as connection:
            now = self._clock()
            for entry in entries_where(connection, *where, ATTEMPTS.c.run != run, ~alive):
                row = update(ATTEMPTS).where(ATTEMPTS.c.id == entry.id)
                connection.execute(row.values(run=run, updated=ticks_of(now)))
                detail = f"run {run} took it over from run {entry.purpose.run}"
                add_event(connection, entry.id, EventKind.TAKEN, entry.state, now, detail=detail)
            return entries_where(connection, *where, ATTEMPTS.c.run == run)

    def unfinished(
        self, campaign: str | None = None, day: dt.date | None = None
    ) -> tuple[Entry, ...]:
        """Return every attempt under way, whoever works on it, oldest first."""
        where: list[ColumnElement[bool]] = [IS_LIVE]
        if campaign is not None:
            where.append(ATTEMPTS.c.campaign == campaign)
        if day is not None:
            where.append(ATTEMPTS.c.day == day.isoformat())
        with self.database.read() as connection:
            return entries_where(connection, *where)

    def entry(self, attempt: str) -> Entry:
        """Return one attempt."""
        with self.database.read() as connection:
            return entry_of(connection, attempt)

    def attempts_of(self, job: str) -> tuple[Entry, ...]:
        """Return all attempts of a job, the first first."""
        with self.database.read() as connection:
            return entries_where(connection, ATTEMPTS.c.job == job)

    def accepted(self, job: str) -> Entry | None:
        """Return the newest accepted attempt of a job, or None."""
        with self.database.read() as connection:
            found = entries_where(connection, ATTEMPTS.c.job == job, _IS_ACCEPTED)
            return found[-1] if found else None

    def events_of(self, attempt: str) -> tuple[Event, ...]:
        """Return what happened to an attempt, in order."""
        with self.database.read() as connection:
            return events_where(connection, EVENTS.c.attempt == attempt)

    def budget(self, purpose: Purpose, caps: Caps) -> tuple[Use, ...]:
        """Return the use of each cap that is set, the narrowest first."""
        with self.database.read() as connection:
            return tuple(uses_of(connection, purpose, caps))

    def close(self) -> None:
        """Give back all locks and connections; what runs still claim, the next claim closes."""
        self.database.close()


def open_ledger(
    url: str, clock: Callable[[], dt.datetime], folder: pathlib.Path | None = None
) -> Ledger:
    """Open a ledger, made on first use; any number of processes may do so at once.

    Args:
        url: `sqlite:///<file>` on a local disk, or `postgresql://<user>:<password>@<host>/<name>`.
        clock: Returns the present instant, with its offset from UTC.
        folder: Where to look for the STOP file with PostgreSQL; with SQLite it is the file's own.

    Raises:
        UsageError: If the address is none of these, or a newer version made the ledger.
        LedgerError: If it cannot be opened.
    """
    return Ledger(open_database(url, folder), clock)


def _standing(connection: Connection, wanted: Wanted) -> Entry | None:
    """Return the attempt that makes a new one needless, or None."""
    here = ATTEMPTS.c.job == wanted.job
    live = entries_where(connection, here, IS_LIVE)
    if wanted.resubmits is not None:
        named = entry_of(connection, wanted.resubmits)
        if named.job != wanted.job:
            raise IllegalArrowError(f"attempt {named.id} is of another job: it cannot be repeated")
        if named.state is EntryState.UNKNOWN:
            return None
        return live[0] if live else named
    if live:
        return live[0]
    done = () if wanted.renew else entries_where(connection, here, _IS_ACCEPTED)
    return done[-1] if done else None


def _presumed(entry: Entry) -> decimal.Decimal:
    """Return what to book for an attempt that ends and for which no vendor has named a figure."""
    if entry.state is EntryState.INTENT:
        return decimal.Decimal(0)
    return entry.reserved if entry.state is EntryState.UNKNOWN else entry.estimated


def _id_of(now: dt.datetime, job: str, number: int) -> str:
    if not job.isalnum():
        raise ValueError(f"{job!r} names no job: it must be letters and digits")
    return f"{now.astimezone(dt.UTC):%Y%m%d-%H%M%S-%f}-{job[:12]}-{number}"
