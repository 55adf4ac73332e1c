"""A server that is slow, locked or restarted: the same files, and the run ends within a minute."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import socketserver
import sqlite3
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from flows import server
from tests.flows.asking import ended, rehearse, wait_for

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]

BATCHES = 4
WITHIN_S = 60


def check(folder: pathlib.Path, said: dict[str, Any], since: float) -> None:
    """Every batch was made, once, and published; and nobody waited for the server."""
    assert len(said["by"]) == BATCHES
    assert (folder / "published").exists()
    assert time.monotonic() - since < WITHIN_S


@contextlib.contextmanager
def slow(at: server.Server, seconds: float) -> Iterator[str]:
    """Yield the address of an API that answers as the server does, but much later."""
    target = httpx.URL(at.api)

    class Relay(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((target.host, target.port or 80)) as upstream:
                back = threading.Thread(target=pass_on, args=(upstream, self.request, seconds))
                back.start()
                pass_on(self.request, upstream, 0)
                back.join()

    class Relays(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

    with Relays(("127.0.0.1", 0), Relay) as relays:
        threading.Thread(target=relays.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{relays.server_address[1]}/api"
        relays.shutdown()


def pass_on(source: socket.socket, target: socket.socket, seconds: float) -> None:
    """Pass on what comes, each piece after some seconds, until either side ends."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            time.sleep(seconds)
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def test_a_server_that_takes_nearly_a_second_for_each_answer_does_not_hold_up_the_work(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    with slow(running, seconds=0.8) as api:
        direct = {"PREFECT_API_URL": api, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        begun = time.monotonic()
        said = ended(rehearse(folder, {**environment, **direct}, batches=BATCHES, seconds=3))
        check(folder, said, begun)


def test_a_server_whose_database_is_locked_does_not_hold_up_the_work(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    assert server.is_healthy(running)
    run = rehearse(folder, environment, batches=BATCHES, seconds=2)
    wait_for(folder / "began-1")
    with contextlib.closing(sqlite3.connect(folder / "prefect" / "prefect.db")) as database:
        database.execute("PRAGMA busy_timeout = 10000")
        database.execute("BEGIN EXCLUSIVE")
        locked = time.monotonic()
        said = ended(run)
        check(folder, said, locked)
        database.rollback()


def test_a_server_that_is_restarted_in_mid_run_does_not_hold_up_the_work(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    run = rehearse(folder, environment, batches=BATCHES, seconds=2)
    wait_for(folder / "began-1")
    assert running.pid is not None
    os.killpg(running.pid, signal.SIGKILL)
    gone = time.monotonic()
    port = int(running.api.split(":")[2].split("/")[0])
    again = server.find_or_start(folder / "prefect", environment, deadline_s=120, port=port)
    assert again is not None
    assert again.api == running.api
    check(folder, ended(run), gone)


def test_a_scheduled_run_whose_server_is_lost_for_good_makes_and_publishes_everything(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    run = rehearse(folder, environment, BATCHES, 2, "tick")
    wait_for(folder / "began-1")
    assert running.pid is not None
    os.killpg(running.pid, signal.SIGKILL)
    gone = time.monotonic()
    output, chatter = run.communicate(timeout=180)
    assert output, chatter
    check(folder, json.loads(output), gone)
