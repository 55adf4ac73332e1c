"""Runs: one at a time for each campaign and market day, also when one of them dies."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, insert, select, update

from pipeline.errors import LedgerError
from pipeline.produce.ledger.database import Database
from pipeline.produce.ledger.rows import Claim, Purpose
from pipeline.produce.ledger.schema import RUNS
from pipeline.produce.ledger.units import instant_of, ticks_of


class Runs:
    """Who makes which campaign and market day.

    A claim is a lock that dies with its process, and a row with a unique key. Both are taken and
    given back inside one transaction that no other can overlap, so whoever is refused can always
    read who has it. The rows of dead runs are closed by the next claim, whatever it is for.

    Args:
        database: The ledger's.
        clock: Returns the present instant.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def claim(self, campaign: str, market: str, day: dt.date, run: str) -> Claim:
        """Claim a campaign and market day for a run, or say who has it; never waits.

        Args:
            campaign: The campaign's name.
            market: The market's id.
            day: The market's campaign day.
            run: Id of the run, unique for ever; one run may make several claims.

        Raises:
            LedgerError: If the database cannot be written; then nothing is claimed.
        """
        now = self._clock()
        name = _name(campaign, market, day.isoformat())
        granted = False
        try:
            with self._database.write(alone=True) as connection:
                self.close_dead(connection)
                granted = self._database.locks.try_lock(name)
                if granted:
                    _insert_run(connection, (campaign, market, day), run, now)
                here = _of_key(campaign, market, day) & RUNS.c.ended.is_(None)
                holder = connection.execute(select(RUNS).where(here)).one_or_none()
        except BaseException:
            if granted:  # else the lock is another thread's
                self._database.locks.unlock(name)
            raise
        return Claim(
            granted=granted,
            campaign=campaign,
            market=market,
            day=day,
            run=holder.run if holder else "",
            since=instant_of(holder.started) if holder else now,
        )

    def release(self, claim: Claim, outcome: str) -> None:
        """Give back what was claimed.

        Args:
            claim: A granted claim; one that was refused is no matter.
            outcome: How it ended, in plain words.

        Raises:
            LedgerError: If the database cannot be written; the end of the process will do.
        """
        if not claim.granted:
            return
        with self._database.write(alone=True) as connection:
            mine = _of_key(claim.campaign, claim.market, claim.day) & (RUNS.c.run == claim.run)
            self._end(connection, mine & RUNS.c.ended.is_(None), outcome)
            self._database.locks.unlock(_name(claim.campaign, claim.market, claim.day.isoformat()))

    def close_dead(self, connection: Connection) -> None:
        """End the rows of runs whose process is gone: their locks are free.

        Args:
            connection: A transaction that no other overlaps.
        """
        for row in connection.execute(select(RUNS).where(RUNS.c.ended.is_(None))).all():
            name = _name(row.campaign, row.market, row.day)
            if self._database.locks.try_lock(name):
                self._end(connection, RUNS.c.seq == row.seq, "its process died")
                self._database.locks.unlock(name)

    def _end(self, connection: Connection, which: ColumnElement[bool], outcome: str) -> None:
        values = {"ended": ticks_of(self._clock()), "outcome": outcome}
        connection.execute(update(RUNS).where(which).values(values))


def refuse_ended_run(connection: Connection, purpose: Purpose) -> None:
    """Refuse a payment for a run that has lost its claim, such as one that slept too long.

    Args:
        connection: The transaction that is to book the payment.
        purpose: What is to be paid; a run that claimed nothing has nothing to lose.

    Raises:
        LedgerError: If the run's claim of this campaign and market day has ended.
    """
    key = _of_key(purpose.campaign, purpose.market, purpose.day)
    ends = connection.scalars(select(RUNS.c.ended).where(key & (RUNS.c.run == purpose.run))).all()
    if ends and None not in ends:
        raise LedgerError(
            f"run {purpose.run} has ended for {purpose.campaign}, {purpose.market} on "
            f"{purpose.day}, or another has taken its place; start a new run"
        )


def _insert_run(
    connection: Connection, key: tuple[str, str, dt.date], run: str, now: dt.datetime
) -> None:
    campaign, market, day = key
    row = {"campaign": campaign, "market": market, "day": day.isoformat(), "run": run}
    connection.execute(insert(RUNS).values(row | {"started": ticks_of(now), "outcome": ""}))


def _of_key(campaign: str, market: str, day: dt.date) -> ColumnElement[bool]:
    return (
        (RUNS.c.campaign == campaign) & (RUNS.c.market == market) & (RUNS.c.day == day.isoformat())
    )


def _name(campaign: str, market: str, day: str) -> str:
    return f"run\n{campaign}\n{market}\n{day}"
