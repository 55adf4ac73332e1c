"""Running servers, and the wire to reach them."""

import socket
import time
from collections.abc import Iterator

import pytest

from pipeline.produce.providers.wire import Wire
from tests.produce.providers.servers import CANARY, Server


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a running server."""
    one = Server()
    one.start()
    yield one
    one.stop()


@pytest.fixture
def stranger() -> Iterator[Server]:
    """Return a running server that no key must reach."""
    one = Server()
    one.start()
    yield one
    one.stop()
    assert not [seen for seen in one.seen if CANARY in str(seen)]


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Return a wire with the real clock."""
    one = Wire(time.monotonic)
    yield one
    one.close()


@pytest.fixture
def closed_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
