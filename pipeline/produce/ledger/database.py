"""The ledger's database: how it is opened, and what one transaction is.

SQLite keeps its write-ahead log in memory that all its processes share, so its file must be on a
local disk, never on a network share (https://www.sqlite.org/wal.html). Every commit is flushed to
disk (synchronous=FULL): it survives a power cut. Work that several machines share belongs into
PostgreSQL, whose `synchronous_commit` must not be off.
"""

import contextlib
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, RootTransaction, event, func, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.errors import LedgerError, UsageError
from pipeline.produce.ledger.lock import (
    AdvisoryLocks,
    FileLocks,
    RunLocks,
    advisory_number,
    waiting_for,
)
from pipeline.produce.ledger.schema import META, create_tables

_PATIENCE = 30
"""Seconds to wait for a lock of the database, or for a free connection to it."""

_REMEDIES = {
    "full": "free some disk space, then run again: what was written before is kept",
    "locked": "another program holds it; end that one, then run again",
    "readonly": "give this user the right to write it, then run again",
    "unable to open": "see that its folder exists and can be written, then run again",
    "connection": "see that the server runs and the address is right, then run again",
}


class Database:
    """One database and its transactions; safe for threads, not to be carried over a fork.

    Args:
        engine: What `open_database` made.
        folder: Where the STOP file is looked for, and lock files with SQLite; None for nowhere.
    """

    def __init__(self, engine: Engine, folder: pathlib.Path | None) -> None:
        self.engine = engine
        self._writer = engine.execution_options(writes=True)
        self._is_file = engine.dialect.name == "sqlite"
        # SQLite lets one writer in at a time, and makes the others sleep and try again. Threads
        # of one process queue here instead, which is fair and quicker.
        self._turn: contextlib.AbstractContextManager[Any] = (
            threading.RLock() if self._is_file else contextlib.nullcontext()
        )
        self.folder = folder
        self.locks: RunLocks = (
            FileLocks(folder / "locks") if self._is_file and folder else AdvisoryLocks(engine)
        )

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads.

        Raises:
            LedgerError: If the database cannot be read.
        """
        with _explained(), self.engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self, *, alone: bool = False) -> Iterator[Connection]:
        """Open a transaction that is committed at the end of the block, or wholly undone.

        Args:
            alone: Let no other such transaction happen meanwhile, on any machine: for a
                decision that rests on a sum of rows. With SQLite every write is alone.

        Raises:
            LedgerError: If the database cannot be written.
        """
        with (
            _explained(),
            self._turn,
            self._writer.connect() as connection,
            connection.begin() as transaction,
        ):
            if alone and not self._is_file:
                key = META.c.key == "schema"
                connection.execute(select(META.c.value).where(key).with_for_update())
            yield connection
            self.commit(transaction)

    def commit(self, transaction: RootTransaction) -> None:
        """Make a transaction durable."""
        transaction.commit()

    def create(self) -> None:
        """Make the tables if there are none.

        Raises:
            LedgerError: If that cannot be done.
            UsageError: If a newer version made them.
        """
        with _explained():
            if self._is_file and self.folder:
                with waiting_for(self.folder / "ledger.opening"):
                    self._use_log()
            with self._writer.begin() as connection:
                if not self._is_file:
                    _check_durable(connection)
                    number = advisory_number("tables")
                    connection.execute(select(func.pg_advisory_xact_lock(number)))
                create_tables(connection)

    def _use_log(self) -> None:
        with self.engine.connect() as connection:
            raw = connection.connection.cursor()
            mode = raw.execute("PRAGMA journal_mode=WAL").fetchone()  # in no transaction
            raw.close()
        if mode != ("wal",):
            raise LedgerError(
                "the ledger's disk cannot keep a write-ahead log; put the work folder on a local "
                "disk, or use a PostgreSQL ledger"
            )

    def close(self) -> None:
        """Give back all locks and connections."""
        with _explained():
            self.locks.close()
            self.engine.dispose()


def open_database(address: str, folder: pathlib.Path | None = None) -> Database:
    """Open a database and make the tables if there are none; any number of processes at once.

    Args:
        address: `sqlite:///<file>` or `postgresql://<user>:<password>@<host>/<name>`. It is in no
            message, because it may hold a password.
        folder: Where to look for the STOP file with PostgreSQL; with SQLite it is the file's own.

    Raises:
        UsageError: If the address is none of these, or a newer version made the ledger.
        LedgerError: If it cannot be opened.
    """
    url = _checked(address)
    if url.get_backend_name() == "sqlite":
        return _opened_file(url)
    engine = sqlalchemy.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=8,
        pool_timeout=_PATIENCE,
    )
    return _made(Database(engine, folder))


def _checked(address: str) -> sqlalchemy.URL:
    remedy = "give it as sqlite:///<file> or postgresql://<user>:<password>@<host>/<name>"
    try:
        url = sqlalchemy.make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise UsageError(f"the ledger's address cannot be read; {remedy}") from None
    if backend not in {"sqlite", "postgresql"}:
        raise UsageError(f"a ledger cannot be kept in {backend}; {remedy}")
    if backend == "sqlite" and url.database in {None, "", ":memory:"}:
        raise UsageError(f"a ledger in memory would be forgotten; {remedy}")
    return url


def _opened_file(url: sqlalchemy.URL) -> Database:
    folder = pathlib.Path(url.database or "").absolute().parent
    with _explained():
        folder.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": _PATIENCE, "check_same_thread": False},
        pool_size=8,
        max_overflow=-1,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return _made(Database(engine, folder))


def _made(database: Database) -> Database:
    """Return a database that is ready for use, or leave no connection to it open."""
    try:
        database.create()
    except BaseException:
        database.close()
        raise
    return database


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - whatever the driver gives
    connection.isolation_level = None  # the driver begins no transaction by itself
    for pragma in (f"busy_timeout={_PATIENCE * 1000}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail when another has written between;
    # one that will write therefore takes the right to write at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_durable(connection: Connection) -> None:
    setting = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
    if setting == "off":
        raise LedgerError(
            "the ledger's server may lose what it committed; set synchronous_commit = on in its "
            "configuration, then run again"
        )


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what the database or the disk reports into an error that a person can act on."""
    try:
        yield
    except DBAPIError as error:
        raise LedgerError(_message(str(error.orig))) from error
    except PoolTimeoutError as error:
        raise LedgerError(_message(f"no connection was free within {_PATIENCE} s")) from error
    except OSError as error:
        raise LedgerError(_message(error.strerror or str(error))) from error


def _message(reason: str) -> str:
    plain = " ".join(reason.split())
    fitting = (remedy for sign, remedy in _REMEDIES.items() if sign in plain.lower())
    remedy = next(fitting, "see that its disk or server is in order, then run again")
    return f"the ledger cannot be used: {plain}; {remedy}"
