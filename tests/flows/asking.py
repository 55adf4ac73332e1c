"""What the tests with a real server ask of it, and the run that they start."""

import json
import pathlib
import subprocess
import sys
import time
from typing import Any

import httpx

from flows import server

REHEARSAL = pathlib.Path(__file__).with_name("rehearsal.py")


def rehearse(
    folder: pathlib.Path, environment: dict[str, str], batches: int, seconds: float, *how: str
) -> subprocess.Popen[str]:
    """Start a run with stand-in work in a process of its own."""
    return subprocess.Popen(
        [sys.executable, REHEARSAL, str(folder), str(batches), str(seconds), *how],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(run: subprocess.Popen[str], timeout: float = 120) -> dict[str, Any]:
    """Return what the run printed; it prints nothing else."""
    output, chatter = run.communicate(timeout=timeout)
    assert run.returncode == 0, chatter
    assert chatter == ""
    said: dict[str, Any] = json.loads(output)
    return said


def ask(at: server.Server, what: str, **query: object) -> list[dict[str, Any]]:
    """Return what the server knows."""
    found: list[dict[str, Any]] = tell(at, f"{what}/filter", query)
    return found


def tell(at: server.Server, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
    """Post something to the server's API and return its answer."""
    answer = _request(at, "POST", path, body)
    return answer.json() if answer.content else None


def forget(at: server.Server, path: str) -> None:
    """Have the server delete something."""
    _request(at, "DELETE", path, None)


def _request(at: server.Server, method: str, path: str, body: object) -> httpx.Response:
    with httpx.Client(base_url=at.api, trust_env=False) as client:
        token = client.get("/csrf-token", params={"client": "test"}).json()["token"]
        headers = {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "test"}
        return client.request(method, f"/{path}", json=body, headers=headers).raise_for_status()


def ask_until(
    count: int, at: server.Server, what: str, seconds: float = 20, **query: object
) -> list[dict[str, Any]]:
    """Return what the server knows once that is so many: it takes in events by and by."""
    until = time.monotonic() + seconds
    while len(found := ask(at, what, **query)) < count and time.monotonic() < until:
        time.sleep(0.2)
    return found


def shown_all(at: server.Server, run: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every artifact of a run, those without a key too."""
    return ask(at, "artifacts", flow_runs={"id": {"any_": [run["id"]]}}, limit=100)


def wait_for(mark: pathlib.Path, seconds: float = 60) -> None:
    """Wait until a file appears."""
    until = time.monotonic() + seconds
    while not mark.exists():
        assert time.monotonic() < until, f"{mark.name} did not appear"
        time.sleep(0.05)
