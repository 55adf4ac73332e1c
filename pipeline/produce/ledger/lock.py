"""Locks that the death of their process frees, however it dies; a file with a pid in it does not.

On SQLite they are locks of files beside the database (flock), which the kernel lets go. On
PostgreSQL they are advisory locks of a session, which the server lets go when the connection
ends, so that they hold between machines.
"""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import threading
from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import Connection, Engine, func, select

_TRIES = 100
"""How often a lock file may be replaced under our hands before we give up on it."""


_KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""Seconds, and tries, after which the server gives up a machine that has lost its power: a minute
in all, where systems usually take two hours. A process that dies says so itself, at once."""


class RunLocks(Protocol):
    """Locks by name; each is held by one holder at most, on all machines that share the ledger."""

    def try_lock(self, name: str) -> bool:
        """Take a lock; return False if somebody has it, be it ourselves. Never waits."""
        ...

    def unlock(self, name: str) -> None:
        """Give back a lock; one that is not held is no matter."""
        ...

    def close(self) -> None:
        """Give back every lock."""
        ...


class FileLocks:
    """Locks of files in one folder of a local disk.

    A process forked from the holder shares the lock and keeps it alive; programs that the
    holder starts do not.

    Args:
        folder: Where the files are; made when the first is needed.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}
        self._turn = threading.Lock()

    def try_lock(self, name: str) -> bool:
        """Take a lock; return False if somebody has it, be it ourselves.

        Raises:
            OSError: If its file cannot be made.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = _locked(self._path(name))
        if handle is None:
            return False
        with self._turn:
            self._held[name] = handle
        return True

    def unlock(self, name: str) -> None:
        """Give back a lock and remove its file."""
        with self._turn:
            handle = self._held.pop(name, None)
        if handle is not None:
            self._path(name).unlink(missing_ok=True)
            os.close(handle)

    def close(self) -> None:
        """Give back every lock."""
        for name in list(self._held):
            self.unlock(name)

    def _path(self, name: str) -> pathlib.Path:
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.lock"


def _locked(path: pathlib.Path) -> int | None:
    """Return the handle of a file that we locked, or None if somebody else has it."""
    for _ in range(_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Its last holder may have removed the file between our opening and our locking it:
            # then we hold a lock that nobody else can see.
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BlockingIOError:
            os.close(handle)
            return None
        except FileNotFoundError:
            pass
        os.close(handle)
    return None


@contextlib.contextmanager
def waiting_for(path: pathlib.Path) -> Iterator[None]:
    """Hold the lock of a file that stays, after waiting for whoever has it.

    Raises:
        OSError: If the file cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class AdvisoryLocks:
    """Advisory locks of one PostgreSQL session, which is opened when the first is needed.

    Args:
        engine: The database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session: Connection | None = None
        self._held: set[str] = set()
        self._turn = threading.Lock()

    def try_lock(self, name: str) -> bool:
        """Take a lock; return False if somebody has it, be it ourselves.

        Raises:
            sqlalchemy.exc.DBAPIError: If the server does not answer.
        """
        with self._turn:
            if name in self._held:  # the server would let the same session have it twice
                return False
            if self._session is None:
                self._session = self._engine.connect()
                for setting, seconds in _KEEPALIVE.items():
                    self._session.execute(select(func.set_config(setting, seconds, False)))  # noqa: FBT003 - SQL
            taken = bool(
                self._session.scalar(select(func.pg_try_advisory_lock(advisory_number(name))))
            )
            if taken:
                self._held.add(name)
            return taken

    def unlock(self, name: str) -> None:
        """Give back a lock.

        Raises:
            sqlalchemy.exc.DBAPIError: If the server does not answer; then it has freed the lock.
        """
        with self._turn:
            if name in self._held and self._session is not None:
                self._held.remove(name)
                self._session.scalar(select(func.pg_advisory_unlock(advisory_number(name))))

    def close(self) -> None:
        """Give back every lock by ending the session."""
        with self._turn:
            self._held.clear()
            if self._session is not None:
                self._session.invalidate()
                self._session.close()
                self._session = None


def advisory_number(name: str) -> int:
    """Return the number that stands for a name among PostgreSQL's advisory locks: 64 bits."""
    digest = hashlib.sha256(f"proofpress {name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
