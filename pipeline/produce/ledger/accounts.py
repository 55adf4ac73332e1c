"""Accounts: what the ledger adds up to, and whether the vendors' own records agree."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Row, func, insert, select

from pipeline.produce.ledger.database import Database
from pipeline.produce.ledger.reading import IS_PICTURE, IS_UNKNOWN, entries_where, purpose_values
from pipeline.produce.ledger.reconcile import Difference, differences_of
from pipeline.produce.ledger.rows import Entry, Saving, SavingKind
from pipeline.produce.ledger.schema import ATTEMPTS, EVENTS, META, RUNS, SAVINGS
from pipeline.produce.ledger.spend import By, Spend, spend_of
from pipeline.produce.ledger.states import ENDED, EntryState
from pipeline.produce.ledger.units import dollars_of, instant_of, micros_of, ticks_of
from pipeline.produce.providers.protocol import Charge

_HAS_ENDED = ATTEMPTS.c.state.in_(sorted(ENDED))
_MONEY = {"reserved", "charged", "estimated", "amount"}
_INSTANTS = {"created", "updated", "at", "started", "ended"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRate:
    """How the latest attempts of a campaign ended.

    Attributes:
        accepted: How many were accepted.
        ended: Out of how many.
    """

    accepted: int
    ended: int

    @property
    def share(self) -> float | None:
        """Return the share that was accepted; None if none has ended."""
        return self.accepted / self.ended if self.ended else None


class Accounts:
    """What the ledger adds up to.

    Args:
        database: The ledger's.
        clock: Returns the present instant.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def save(self, savings: Sequence[Saving]) -> int:
        """Book what was not paid for variants, and return how much of that was new.

        Each kind counts once for a variant, however often its day is run again; and a cache hit
        counts only for a variant that no attempt was first wanted for.

        Raises:
            LedgerError: If the database cannot be written; then nothing is booked.
        """
        if not savings:
            return 0
        variants = {saving.purpose.variant for saving in savings}
        of_kind = select(SAVINGS.c.kind, SAVINGS.c.variant).where(SAVINGS.c.variant.in_(variants))
        wanted = select(ATTEMPTS.c.variant).where(ATTEMPTS.c.variant.in_(variants)).distinct()
        with self._database.write(alone=True) as connection:
            known = {(row.kind, row.variant) for row in connection.execute(of_kind)}
            known |= {(SavingKind.CACHE.value, name) for name in connection.scalars(wanted)}
            rows = {(one.kind.value, one.purpose.variant): self._row(one) for one in savings}
            new = [row for key, row in rows.items() if key not in known]
            if new:
                connection.execute(insert(SAVINGS), new)
        return len(new)

    def _row(self, saving: Saving) -> dict[str, object]:
        row = {
            "kind": saving.kind.value,
            "job": saving.job,
            "amount": micros_of(saving.amount),
            "at": ticks_of(self._clock()),
        }
        return row | purpose_values(saving.purpose)

    def spend(self, by: By = By.CAMPAIGN, since: dt.date | None = None) -> Spend:
        """Return what was spent, wasted and saved.

        Args:
            by: What to list it by.
            since: The first campaign day that counts; None for all.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            return spend_of(connection, by, since)

    def accept_rate(self, campaign: str, last: int) -> AcceptRate:
        """Return how the latest attempts of a campaign ended.

        What was provably not accepted by a provider, and so cost nothing, or perhaps not
        accepted, says nothing about pictures and does not count.

        Args:
            campaign: The campaign's name.
            last: How many to look at, the latest to end first.

        Raises:
            LedgerError: If the database cannot be read.
        """
        failed_free = (ATTEMPTS.c.state == EntryState.FAILED.value) & (ATTEMPTS.c.charged == 0)
        found = (
            select(ATTEMPTS.c.state)
            .where(ATTEMPTS.c.campaign == campaign, _HAS_ENDED, IS_PICTURE)
            .where(~failed_free, ~IS_UNKNOWN)
            .order_by(ATTEMPTS.c.updated.desc(), ATTEMPTS.c.id.desc())
            .limit(last)
        )
        with self._database.read() as connection:
            states = connection.scalars(found).all()
        return AcceptRate(accepted=states.count(EntryState.ACCEPTED.value), ended=len(states))

    def reconcile(
        self, charges: Iterable[Charge], provider: str, since: dt.datetime
    ) -> tuple[Difference, ...]:
        """Compare the ledger with a provider's own record; nothing is changed.

        Args:
            charges: The record, whole from `since` on; earlier lines do no harm.
            provider: Whose record it is.
            since: Our attempts intended before it are not missed in the record.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            entries = entries_where(connection, ATTEMPTS.c.provider == provider)
        return differences_of(charges, entries, since)

    def entries_for(self, variant: str) -> tuple[Entry, ...]:
        """Return the attempts that were first wanted for one variant, oldest first.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            return entries_where(connection, ATTEMPTS.c.variant == variant)

    def entries_of(self, run: str) -> tuple[Entry, ...]:
        """Return the attempts of one run, those among them that it took over, oldest first.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            return entries_where(connection, ATTEMPTS.c.run == run)

    def entries_on(self, campaign: str, day: dt.date) -> tuple[Entry, ...]:
        """Return the attempts of a campaign for one of its days, oldest first.

        Raises:
            LedgerError: If the database cannot be read.
        """
        here = (ATTEMPTS.c.campaign == campaign, ATTEMPTS.c.day == day.isoformat())
        with self._database.read() as connection:
            return entries_where(connection, *here)

    def providers(self) -> dict[str, dt.datetime]:
        """Return each provider that was to be paid, and when the first attempt was intended, UTC.

        Raises:
            LedgerError: If the database cannot be read.
        """
        found = select(ATTEMPTS.c.provider, func.min(ATTEMPTS.c.created))
        grouped = found.group_by(ATTEMPTS.c.provider).order_by(ATTEMPTS.c.provider)
        with self._database.read() as connection:
            return {name: instant_of(int(first)) for name, first in connection.execute(grouped)}

    def export(self) -> dict[str, list[dict[str, object]]]:
        """Return every row of every table, ready for JSON: dollars as text, instants as ISO 8601.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            return {
                table.name: [
                    _readable(row)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in (META, ATTEMPTS, EVENTS, RUNS, SAVINGS)
            }


def _readable(row: Row[tuple[object, ...]]) -> dict[str, object]:
    values = dict(row._mapping)  # noqa: SLF001 - the documented name
    for name, value in values.items():
        if isinstance(value, int) and name in _MONEY:
            values[name] = str(dollars_of(value))
        elif isinstance(value, int) and name in _INSTANTS:
            values[name] = instant_of(value).isoformat()
    return values
