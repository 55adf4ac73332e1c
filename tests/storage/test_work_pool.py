"""A Prefect server on PostgreSQL, a work pool, two workers in two processes, and one that dies."""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import psycopg
import pytest

from pipeline.publish.manifest import NAME
from pipeline.settings import PROJECT
from pipeline.storage.bucket import open_bucket
from tests.lunch import lunch
from tests.storage.servers import cloud_at, new_bucket

pytestmark = pytest.mark.flow

POOL = "proofpress"
PATIENCE = 120.0
CAMPAIGN = (
    lunch("display-300x250, display-336x280", de="de_DE", us="en_US")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, us: 9.90}
    copy: {headline: {de: Bowls, en: Bowls}}
"""
)


def eventually(what: str, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is found
    """Look again until something is found, and return it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise TimeoutError(what)


@contextlib.contextmanager
def program(
    *words: str, environment: Mapping[str, str], folder: pathlib.Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a part of Prefect with all that it starts itself, and end them together."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *words],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Let a machine lose its power: the program and all that it has started."""
    for child in children(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    process.kill()
    process.wait()


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, and they in turn."""
    found: list[int] = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text("ascii").split()):
                found += [*children(child), child]
    return found


@pytest.fixture
def api(server: pathlib.Path, tmp_path: pathlib.Path) -> Iterator[str]:
    """Return the address of a Prefect server that keeps its data in PostgreSQL."""
    with psycopg.connect(host=str(server), user="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE prefect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "server"
    home.mkdir()
    environment = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_DATABASE_CONNECTION_URL": (
            f"postgresql+asyncpg://postgres@/prefect?host={server}"
        ),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    words = ("server", "start", "--host", "127.0.0.1", "--port", str(port))
    address = f"http://127.0.0.1:{port}/api"
    with program(*words, environment=environment, folder=home):
        eventually("the Prefect server did not start", lambda: _is_well(address))
        yield address


def _is_well(address: str) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(f"{address}/health", trust_env=False).is_success
    return False


def deployed(api: str, file: pathlib.Path) -> Callable[[str], None]:
    """Put a deployment on the work pool; return what starts a run of it for some time zone."""
    with httpx.Client(base_url=api, trust_env=False, timeout=30) as client:
        flow = client.post("/flows/", json={"name": "daily"}).json()
        made = client.post(
            "/deployments/",
            json={
                "name": "group",
                "flow_id": flow["id"],
                "work_pool_name": POOL,
                "entrypoint": "flows/daily.py:daily",
                "pull_steps": [
                    {
                        "prefect.deployments.steps.set_working_directory": {
                            "directory": "{{ $MACHINE }}"
                        }
                    }
                ],
                "enforce_parameter_schema": False,
            },
        )
        made.raise_for_status()
        deployment = made.json()["id"]

    def run(zone: str) -> None:
        asked = {"files": [str(file)], "out": "out", "time_zones": [zone], "days_back": 0}
        httpx.post(
            f"{api}/deployments/{deployment}/create_flow_run",
            json={"parameters": {"request": asked}, "state": {"type": "SCHEDULED"}},
            trust_env=False,
            timeout=30,
        ).raise_for_status()

    return run


def runs(ledger: str) -> list[tuple[str, str | None]]:
    """Return market and ending of each run, the ending None while it is under way."""
    with psycopg.connect(ledger) as connection:
        try:
            found = connection.execute("SELECT market, ended, outcome FROM runs ORDER BY seq")
        except psycopg.errors.UndefinedTable:
            return []
        return [(market, outcome if ended else None) for market, ended, outcome in found]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What both workers share."""

    api: str
    ledger: str
    bucket: str
    port: int
    folder: pathlib.Path

    def worker(self, name: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        """Start a worker with folders of its own."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "flows").symlink_to(PROJECT / "flows")
        environment = {
            **cloud_at(self.port),
            "MACHINE": str(folder),
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(folder / "home"),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DO_NOT_TRACK": "1",
            "PROOFPRESS_WORK": str(folder / "work"),
            "PROOFPRESS_LEDGER": self.ledger,
            "PROOFPRESS_STORE": f"{self.bucket}/store",
            "PROOFPRESS_DELIVER": f"{self.bucket}/days",
            "OMP_THREAD_LIMIT": "1",
        }
        words = ("worker", "start", "--pool", POOL, "--type", "process", "--limit", "1")
        return program(*words, environment=environment, folder=folder)

    def has_pool(self) -> bool:
        return httpx.get(f"{self.api}/work_pools/{POOL}", trust_env=False).is_success

    def at_work(self) -> list[str]:
        """Return the workers that have opened a session, as soon as one has a claim."""
        if all(ending for _, ending in runs(self.ledger)):
            return []
        return [path.parent.name for path in self.folder.glob("*/work")]

    def both_published(self) -> bool:
        return {market for market, end in runs(self.ledger) if end == "published"} == {"de", "us"}

    def delivered(self) -> list[str]:
        """Return the market of every creative that was accepted, sorted."""
        days = open_bucket(f"{self.bucket}/days", cloud_at(self.port))
        return sorted(
            record["market"]
            for name in days.names("")
            if name.endswith(NAME) and (found := days.get(name))
            for record in json.loads(found.content)["creatives"]
            if record["status"] == "accepted"
        )


def test_every_market_day_is_delivered_once_although_a_worker_is_lost(
    api: str, tmp_path: pathlib.Path, port: int, new_address: Callable[[], str]
) -> None:
    folder = tmp_path / "machines"
    folder.mkdir()
    shared = Shared(
        api=api, ledger=new_address(), bucket=new_bucket(port), port=port, folder=folder
    )
    file = tmp_path / "lunch.yaml"
    file.write_text(CAMPAIGN, "utf-8")
    zones = ("Europe/Berlin", "America/New_York")
    with shared.worker("berlin") as berlin, shared.worker("boston") as boston:
        eventually("no worker made the pool", shared.has_pool)
        run = deployed(api, file)
        for zone in zones:
            run(zone)
        first = eventually("no run began", shared.at_work)[0]
        kill({"berlin": berlin, "boston": boston}[first])
        for zone in zones:  # what the next hour brings
            run(zone)
        eventually("not every market was published", shared.both_published)
    endings = [ending for _, ending in runs(shared.ledger)]
    assert sorted(filter(None, endings)) == ["its process died", "published", "published"]
    assert shared.delivered() == ["de", "de", "us", "us"]
