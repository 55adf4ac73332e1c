"""Automations are accepted by a real server, and somebody is told."""

import contextlib
import datetime as dt
import http.server
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
import yaml

from flows import server
from flows.server import client_environment
from tests.flows.asking import ask, ask_until, ended, rehearse, tell, wait_for

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]

FILES = pathlib.Path(__file__).parents[2] / "flows" / "automations"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes what is posted, and keeps it."""

    posted: list[str]

    def do_POST(self) -> None:
        size = int(self.headers["content-length"])
        self.posted.append(json.loads(self.rfile.read(size))["text"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """Listen on loopback; yield the address and what was posted."""
    posted: list[str] = []
    kind = type("Kept", (Receiver,), {"posted": posted})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/hook", posted
        listening.shutdown()


def named(file: str) -> list[str]:
    tree = yaml.safe_load((FILES / file).read_text("utf-8"))
    return [one["name"] for one in tree["automations"]]


def program(
    at: server.Server, folder: pathlib.Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a program of Prefect's side against the server."""
    known = client_environment(at, folder / "prefect", environment)
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**environment, **known},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_server_takes_every_automation_and_the_webhook_is_told_of_what_is_held(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    with receiver() as (address, posted):
        secret = {**environment, "PROOFPRESS_ALERT_WEBHOOK": f"{address}?token=s3cret"}
        first = program(running, folder, secret, "flows.alerts", "--webhook")
        said = program(running, folder, secret, "flows.alerts", "--webhook")
        assert first.returncode == said.returncode == 0, said.stderr
        assert "s3cret" not in said.stdout + said.stderr
        known = [one["name"] for one in ask(running, "automations")]
        wanted = [*named("alerts.yaml"), *named("zombies.yaml")]
        assert sorted(known) == sorted(wanted)
        assert said.stdout.splitlines() == wanted

        ended(rehearse(folder, environment, batches=2, seconds=0))
        until = time.monotonic() + 30
        while not posted and time.monotonic() < until:
            time.sleep(0.2)
    (text,) = posted
    (run,) = ask(running, "flow_runs", sort="START_TIME_DESC", limit=1)
    assert text == (
        f"daily-deals: 1 of 8 creatives are held. {running.ui}/flow-runs/flow-run/{run['id']}"
    ) or text.endswith(f"{running.ui}/runs/flow-run/{run['id']}")
    assert "8,99" not in text


def test_the_file_that_needs_no_block_is_taken_by_prefects_own_command(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    file = str(FILES / "zombies.yaml")
    said = program(
        running, folder, environment, "prefect", "automation", "create", "--from-file", file
    )
    assert said.returncode == 0, said.stderr
    assert "Created automation" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((), "say either --webhook or --block"),
        (("--webhook",), "wants an address"),
        (("--block", "slack-webhook/nobody"), "there is no block slack-webhook/nobody"),
    ],
)
def test_without_a_way_to_tell_anybody_nothing_is_put_in(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    arguments: tuple[str, ...],
    why: str,
) -> None:
    said = program(running, folder, environment, "flows.alerts", *arguments)
    assert said.returncode != 0
    assert why in said.stderr


def test_a_run_whose_process_was_killed_is_shown_as_crashed(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    """With 10 seconds in the place of 90, which is the least that Prefect takes."""
    tree = yaml.safe_load((FILES / "zombies.yaml").read_text("utf-8"))
    (automation,) = tree["automations"]
    automation |= {"name": "soon"}
    automation["trigger"] |= {"within": 10}
    tell(running, "automations/", automation)
    alive = {**environment, "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30"}
    (folder / "began-1").unlink(missing_ok=True)
    begun = dt.datetime.now(dt.UTC)
    run = rehearse(folder, alive, batches=2, seconds=20)
    wait_for(folder / "began-0")
    heartbeat = beaten(running, begun)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=30)
    dead = heartbeat.removeprefix("prefect.flow-run.")
    state = {"flow_runs": {"id": {"any_": [dead]}, "state": {"type": {"any_": ["CRASHED"]}}}}
    (shown,) = ask_until(1, running, "flow_runs", seconds=120, **state)
    assert shown["state"]["message"].startswith("its process has died")


def beaten(at: server.Server, since: dt.datetime) -> str:
    """Return the resource of the run that has given a sign of life since some instant."""
    occurred = {"since": since.isoformat(), "until": (since + dt.timedelta(hours=1)).isoformat()}
    name = {"name": ["prefect.flow-run.heartbeat"]}
    query = {"filter": {"event": name, "occurred": occurred}}
    until = time.monotonic() + 60
    while not (events := tell(at, "events/filter", query)["events"]):
        assert time.monotonic() < until, "no sign of life"
        time.sleep(0.5)
    assert events[0]["event"] == "prefect.flow-run.heartbeat"
    return str(events[0]["resource"]["prefect.resource.id"])


def test_one_run_of_a_group_at_a_time_and_a_dead_one_makes_room(running: server.Server) -> None:
    flow = tell(running, "flows/", {"name": "daily"})["id"]
    deployment = tell(
        running,
        "deployments/",
        {
            "name": "alone",
            "flow_id": flow,
            "concurrency_limit": 1,
            "concurrency_options": {"collision_strategy": "CANCEL_NEW"},
        },
    )["id"]

    def begun() -> tuple[str, str]:
        run = tell(running, f"deployments/{deployment}/create_flow_run", {})["id"]
        return run, moved(run, "PENDING")

    def moved(run: str, to: str) -> str:
        body = {"state": {"type": to}}
        answer = tell(running, f"flow_runs/{run}/set_state", body)
        return str(answer["state"]["type"]) if answer["state"] else str(answer["status"])

    first, state = begun()
    assert (state, moved(first, "RUNNING")) == ("PENDING", "RUNNING")
    _, refused = begun()
    assert refused == "CANCELLED"
    assert moved(first, "CRASHED") == "CRASHED"
    _, state = begun()
    assert state == "PENDING"
