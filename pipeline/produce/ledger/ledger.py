"""The ledger: each step of each paid attempt, committed before what follows from it happens."""

import datetime as dt
import decimal
import pathlib
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, exists, update

from pipeline.produce.ledger.accounts import Accounts
from pipeline.produce.ledger.booking import book, id_of, presumed, standing_of
from pipeline.produce.ledger.budget import Caps, Use, refuse_over, uses_of
from pipeline.produce.ledger.database import Database, open_database
from pipeline.produce.ledger.reading import IS_LIVE, entries_where, entry_of, events_where
from pipeline.produce.ledger.rows import Entry, Event, EventKind, Intended, Purpose, Wanted
from pipeline.produce.ledger.runs import Runs, refuse_ended_run
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS, RUNS
from pipeline.produce.ledger.states import ENDED, EntryState, IllegalArrowError
from pipeline.produce.ledger.switch import Switch
from pipeline.produce.ledger.telling import told
from pipeline.produce.ledger.units import ticks_of
from pipeline.produce.ledger.writing import (
    add_events,
    event_row,
    move,
    plain,
    settle,
    settlement_of,
)
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
            entries = entries_where(connection, ATTEMPTS.c.job == wanted.job)
            standing = standing_of(connection, wanted, entries)
            if standing is not None:
                return Intended(entry=standing, fresh=False)
            self.switch.refuse(connection)
            refuse_ended_run(connection, wanted.purpose)
            refuse_over(connection, wanted.purpose, caps, wanted.reserve)
            number = 1 + max((entry.number for entry in entries), default=0)
            now = self._clock()
            attempt = id_of(now, wanted.job, number)
            if wanted.resubmits is not None:
                lost = entry_of(connection, wanted.resubmits)
                self._end(connection, lost, EntryState.FAILED, f"written off; {attempt} repeats it")
            entry = book(connection, wanted, attempt, number, now)
        return Intended(entry=told(entry), fresh=True)

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
            entry = entry_of(connection, attempt, hold=True)
            ended = self._end(connection, entry, state, detail, charged)
        return told(ended)

    def _end(
        self,
        connection: Connection,
        entry: Entry,
        to: EntryState,
        detail: str,
        charged: decimal.Decimal | None = None,
    ) -> Entry:
        if to not in ENDED or (to is EntryState.ACCEPTED and not entry.passed):
            raise IllegalArrowError(f"attempt {entry.id} ({entry.state}) cannot end as {to}")
        settlement = None
        if charged is not None:
            settlement = settlement_of(entry, charged, by_vendor=True)
        elif entry.charged is None:
            settlement = settlement_of(entry, presumed(entry), by_vendor=False)
        values = {"detail": plain(detail)}
        return move(connection, entry.id, to, self._clock(), values, settlement)

    def _step(
        self,
        attempt: str,
        to: EntryState,
        values: Mapping[str, str | bool],
        cost: decimal.Decimal | None = None,
    ) -> Entry:
        with self.database.write() as connection:
            settlement = None
            if cost is not None:
                entry = entry_of(connection, attempt, hold=True)
                settlement = settlement_of(entry, cost, by_vendor=True)
            moved = move(connection, attempt, to, self._clock(), values, settlement)
        return told(moved)

    def settle(self, attempt: str, cost: decimal.Decimal) -> Entry:
        """Book the vendor's own figure for an attempt, under way or ended; once is enough."""
        with self.database.write() as connection:
            entry = entry_of(connection, attempt, hold=True)
            settlement = settlement_of(entry, cost, by_vendor=True)
            return settle(connection, entry, settlement, self._clock()) if settlement else entry

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
        with self.database.write(alone=True) as connection:
            self._take(connection, run, where)
            return entries_where(connection, *where, ATTEMPTS.c.run == run)

    def inherit(self, attempt: str, run: str) -> Entry | None:
        """Give a run one attempt under way if the run that worked on it has died meanwhile.

        Args:
            attempt: The attempt's id.
            run: Id of the run that waits for it.

        Returns:
            The attempt; None if somebody still works on it, or it has ended.
        """
        with self.database.write(alone=True) as connection:
            self.runs.close_dead(connection)
            claimed = exists().where(RUNS.c.run == ATTEMPTS.c.run)  # else it may live unseen
            return self._take(connection, run, [IS_LIVE, ATTEMPTS.c.id == attempt, claimed])

    def _take(
        self, connection: Connection, run: str, where: Sequence[ColumnElement[bool]]
    ) -> Entry | None:
        """Give a run what no living run works on, and return the last of it."""
        now, last = self._clock(), None
        alive = exists().where(RUNS.c.run == ATTEMPTS.c.run, RUNS.c.ended.is_(None))
        for entry in entries_where(connection, *where, ATTEMPTS.c.run != run, ~alive):
            row = update(ATTEMPTS).where(ATTEMPTS.c.id == entry.id)
            connection.execute(row.values(run=run, updated=ticks_of(now)))
            detail = f"run {run} took it over from run {entry.purpose.run}"
            event = event_row(entry.id, EventKind.TAKEN, entry.state, now, detail)
            add_events(connection, [event])
            last = entry_of(connection, entry.id)
        return last

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
