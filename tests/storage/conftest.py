"""A real S3 server for the room, a bucket for each test, and machines that share it."""

import pathlib
from collections.abc import Callable, Iterator, Mapping

import pytest

from pipeline.produce.store import Store
from pipeline.storage.bucket import Bucket, open_bucket
from tests.produce.ledger.conftest import new_address, server
from tests.storage.servers import Line, cloud_at, new_bucket, serving

__all__ = ["new_address", "server"]  # the ledger's PostgreSQL


@pytest.fixture(scope="session")
def port() -> Iterator[int]:
    with serving() as number:
        yield number


@pytest.fixture
def line(port: int) -> Iterator[Line]:
    """Return a line to the server that can be cut."""
    opened = Line(port)
    yield opened
    opened.close()


@pytest.fixture
def cloud(line: Line) -> Mapping[str, str]:
    return cloud_at(line.port)


@pytest.fixture
def address(port: int) -> str:
    """Return the address of a prefix in an empty bucket."""
    return f"{new_bucket(port)}/our/part"


class Hours:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def bucket(address: str, cloud: Mapping[str, str], hours: Hours) -> Bucket:
    return open_bucket(address, cloud, hours)


@pytest.fixture
def machine(
    tmp_path: pathlib.Path, address: str, cloud: Mapping[str, str], hours: Hours
) -> Callable[[str], Store]:
    """Return what opens the store of a machine: a folder of its own, and the same bucket."""

    def open_one(name: str) -> Store:
        return Store(tmp_path / name, open_bucket(address, cloud, hours))

    return open_one
