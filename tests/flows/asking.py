"""What the tests with a real server ask of it, and the run that they start."""

import json
import pathlib
import subprocess
import sys
import time
from typing import Any

import httpx

from flows import server
from pipeline.settings import PROJECT

PASSING = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE}
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


class Worker:
    """Carries runs of a flow on, each time by a process of its own, as a work pool's would.

    Args:
        at: The server.
        folder: Where Prefect keeps what is its own.
        environment: Of the processes.
        work: The folder of Proofpress.
    """

    def __init__(
        self,
        at: server.Server,
        folder: pathlib.Path,
        environment: dict[str, str],
        work: pathlib.Path,
    ) -> None:
        self._at = at
        self._environment = {
            **environment,
            **server.client_environment(at, folder / "prefect", environment),
            "PROOFPRESS_WORK": str(work),
        }

    def order(self, flow: str, **request: object) -> str:
        """Have the server schedule a run of a flow with a form that is filled in; return its id."""
        deployment = {
            "name": "lunch",
            "flow_id": tell(self._at, "flows/", {"name": flow})["id"],
            "entrypoint": f"flows/{flow}.py:{flow}",
            "path": str(PROJECT),
            "parameters": {"request": request},
        }
        made = tell(self._at, "deployments/", deployment)["id"]
        return str(tell(self._at, f"deployments/{made}/create_flow_run", {})["id"])

    def carry_on(self, run: str) -> dict[str, Any]:
        """Let a process carry a run on, and return what the server knows of the run."""
        tell(self._at, f"flow_runs/{run}/set_state", {"state": {"type": "PENDING"}})
        subprocess.run(
            [sys.executable, "-m", "prefect.engine"],
            env={**self._environment, "PREFECT__FLOW_RUN_ID": run},
            cwd=PROJECT,
            capture_output=True,
            check=False,
            timeout=120,
        )
        return self.known(run)

    def known(self, run: str) -> dict[str, Any]:
        """Return what the server knows of a run."""
        (found,) = ask(self._at, "flow_runs", flow_runs={"id": {"any_": [run]}})
        return found


def forget(at: server.Server, path: str) -> None:
    """Have the server delete something."""
    _request(at, "DELETE", path, None)


def look(at: server.Server, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return what the server's API shows at a path."""
    return _request(at, "GET", path, None).json()


def _request(at: server.Server, method: str, path: str, body: object) -> httpx.Response:
    """Ask, and again while the server's database is locked, as Prefect's own client does."""
    until = time.monotonic() + 60
    with httpx.Client(base_url=at.api, trust_env=False, timeout=30) as client:
        while True:
            token = client.get("/csrf-token", params={"client": "test"})
            headers = {"Prefect-Csrf-Client": "test"}
            answer = token
            if token.is_success:
                headers["Prefect-Csrf-Token"] = token.json()["token"]
                answer = client.request(method, f"/{path}", json=body, headers=headers)
            if answer.status_code not in PASSING or time.monotonic() > until:
                return answer.raise_for_status()
            time.sleep(0.2)


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
