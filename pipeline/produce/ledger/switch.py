"""The kill switch: one act that stops every new payment, on all machines, until it is released."""

import datetime as dt
import pathlib
from collections.abc import Callable

from sqlalchemy import Connection, delete, insert, select

from pipeline.errors import BudgetError
from pipeline.files import write_whole
from pipeline.produce.ledger.database import Database
from pipeline.produce.ledger.schema import META

STOP = "STOP"
"""Name of the file whose mere presence engages the switch; a person may make it by hand."""

_KEY = "stop"


class Switch:
    """The kill switch of one ledger: a row for all machines, and a file beside it.

    What is paid already goes on being polled, downloaded and judged.

    Args:
        database: The ledger's.
        clock: Returns the present instant.
    """

    def __init__(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        self._database = database
        self._clock = clock

    def engage(self, reason: str) -> None:
        """Stop every new payment.

        The file comes first: it needs no database, which may be what is broken.

        Raises:
            LedgerError: If the database cannot be written; the file may still be there.
        """
        said = f"{reason or 'no reason given'} (since {self._clock():%Y-%m-%d %H:%M:%S %Z})"
        file = self._file()
        if file is not None:
            write_whole(file, said.encode())
        with self._database.write(alone=True) as connection:
            connection.execute(delete(META).where(META.c.key == _KEY))
            connection.execute(insert(META).values(key=_KEY, value=said))

    def release(self) -> None:
        """Allow payments again, whether a row, a file or both forbade them.

        Raises:
            LedgerError: If the database cannot be written; then the switch stays engaged.
        """
        with self._database.write(alone=True) as connection:
            connection.execute(delete(META).where(META.c.key == _KEY))
            file = self._file()
            if file is not None:
                file.unlink(missing_ok=True)

    def engaged(self) -> str | None:
        """Return why the switch is engaged, or None if it is not.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with self._database.read() as connection:
            return self._reason(connection)

    def refuse(self, connection: Connection) -> None:
        """Refuse a payment if the switch is engaged.

        Args:
            connection: The transaction that is to book the payment.

        Raises:
            BudgetError: If it is.
        """
        reason = self._reason(connection)
        if reason is not None:
            raise BudgetError(
                f"all payments are stopped: {reason}; `proofpress halt --off` allows them again"
            )

    def _reason(self, connection: Connection) -> str | None:
        row: str | None = connection.scalar(select(META.c.value).where(META.c.key == _KEY))
        file = self._file()
        if row is None and file is not None and file.exists():
            return f"there is a file {STOP} in the work folder"
        return row

    def _file(self) -> pathlib.Path | None:
        folder = self._database.folder
        return folder / STOP if folder else None
