"""A ledger in SQLite and the same in a real PostgreSQL, which these tests start themselves.

Files are kept in memory where the system offers that: what is tested is which writes belong
together, and a power cut cannot be staged here.
"""

import itertools
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator

import psycopg
import pytest

from pipeline.produce.ledger.ledger import Ledger, open_ledger
from tests.produce.ledger.bookings import Ticking

MEMORY = pathlib.Path("/dev/shm")  # noqa: S108 - each test has a folder of its own in it


def _programs() -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = shutil.which("initdb")
    candidates = [*([pathlib.Path(path)] if path else []), *reversed(found)]
    if not candidates:
        pytest.fail("PostgreSQL is not installed; `make test` installs it", pytrace=False)
    return candidates[0].parent


def _owner() -> str | None:
    """Return who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"


@pytest.fixture(scope="session")
def server() -> Iterator[pathlib.Path]:
    """Start a PostgreSQL that listens on a socket file in a folder, and return the folder."""
    programs, owner = _programs(), _owner()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pg-", dir=MEMORY if MEMORY.is_dir() else None))
    if owner:
        shutil.chown(folder, owner)

    def call(*words: str | pathlib.Path) -> None:
        subprocess.run(
            [str(word) for word in words],
            check=True,
            user=owner,
            cwd=folder,
            timeout=60,
            stdout=subprocess.DEVNULL,
        )

    data = folder / "data"
    call(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    log = folder / "log"
    call(programs / "pg_ctl", "-D", data, "-o", options, "-l", log, "-w", "start")
    try:
        yield folder
    finally:
        call(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def new_address(server: pathlib.Path) -> Callable[[], str]:
    """Return what makes an empty schema and returns the address of a ledger in it."""
    numbers = itertools.count(1)

    def make() -> str:
        name = f"ledger{next(numbers)}"
        with psycopg.connect(host=str(server), user="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"postgresql://postgres@/postgres?host={server}&options=-csearch_path%3D{name}"

    return make


@pytest.fixture
def folder() -> Iterator[pathlib.Path]:
    """Return an empty folder, in memory if that is possible."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield pathlib.Path(name)


@pytest.fixture
def file_url(folder: pathlib.Path) -> str:
    """Return the address of a SQLite ledger that does not exist yet."""
    return f"sqlite:///{folder}/ledger.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the address of an empty ledger, once in each database."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("file_url"))
    new: Callable[[], str] = request.getfixturevalue("new_address")
    return new()


@pytest.fixture
def clock() -> Ticking:
    """Return a clock that goes on by a second whenever it is looked at."""
    return Ticking()


@pytest.fixture
def ledger(url: str, clock: Ticking) -> Iterator[Ledger]:
    """Return an open, empty ledger, once in each database."""
    opened = open_ledger(url, clock)
    yield opened
    opened.close()
