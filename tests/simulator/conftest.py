"""One running simulator for the room: every test makes jobs of its own."""

from collections.abc import Iterator

import pytest

from simulator.server import running
from tests.simulator.vendors import Vendors


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with running("--seed", "7") as url:
        yield url


@pytest.fixture(scope="session")
def clients(address: str) -> Iterator[Vendors]:
    with Vendors.at(address) as made:
        yield made


@pytest.fixture
def vendors(clients: Vendors) -> Iterator[Vendors]:
    """Return the clients; afterwards nothing stays queued and no rate stays set."""
    yield clients
    clients.sim.delete("/_sim/scenario")
    clients.sim.post("/_sim/faults", json={})
    clients.sim.post("/_sim/clock", json={"freeze": False})
