"""A real server, one for all: runs are recorded, and losing it changes nothing but the record."""

import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest

from flows import server
from tests.flows.asking import (
    REHEARSAL,
    ask,
    ask_until,
    ended,
    rehearse,
    shown_all,
    wait_for,
)

pytestmark = [pytest.mark.flow, pytest.mark.xdist_group("prefect")]


def test_a_second_run_finds_the_server_of_the_first(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    assert server.find_or_start(folder / "prefect", environment) == running
    assert server.is_healthy(running)
    assert running.ui.startswith("http://127.0.0.1:")


def test_other_origins_get_no_answer(running: server.Server) -> None:
    with httpx.Client(trust_env=False) as client:
        bare = client.post(f"{running.api}/flow_runs/filter", json={})
        foreign = client.get(f"{running.api}/health", headers={"Origin": "http://evil.example"})
    assert bare.status_code == httpx.codes.FORBIDDEN
    assert "access-control-allow-origin" not in foreign.headers


def test_a_run_is_recorded_with_its_batches_tables_and_pictures(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    said = ended(rehearse(folder, environment, batches=6, seconds=1.5))
    assert said["complete"] is True, said
    assert (folder / "published").exists()
    assert any(name != "MainThread" for name in said["by"])  # tasks did part of the work

    (run,) = ask(running, "flow_runs", sort="START_TIME_DESC", limit=1)
    assert run["name"] == "daily-deals · de at · 2026-11-27"
    assert said["ui"] == f"{running.ui}/runs/flow-run/{run['id']}"
    assert (run["state_name"], run["state_type"]) == ("Held", "COMPLETED")
    assert run["state"]["message"] == (
        "23 accepted, 1 held of 24; `proofpress review` decides about what is held"
    )
    asked = run["parameters"]["request"]
    assert (asked["files"], asked["day"]) == (["campaigns/daily-deals.yaml"], "2026-11-27")
    tasks = ask_until(8, running, "task_runs", flow_runs={"id": {"any_": [run["id"]]}})
    assert sorted(task["name"] for task in tasks) == [
        *(f"batch {number} of 6" for number in range(1, 7)),
        "publish",
        "self-test",
    ]
    assert {task["state_type"] for task in tasks} == {"COMPLETED"}
    artifacts = shown_all(running, run)
    by_key = {artifact["key"]: artifact["data"] for artifact in artifacts}
    assert by_key["daily-progress"] == 100.0
    assert by_key["daily-contact-sheet"].startswith("![Contact sheet](data:image/jpeg;")
    check_tables(by_key)
    check_evidence(by_key)
    batch = next(one for one in artifacts if one["description"] == "batch 1 of 6")
    assert json.loads(batch["data"])[3] == {
        "variant": r"deal\-3",
        "verdict": "fail",
        "status": "held",
        "attempts": "1",
        "cost": "$0.00",
        "lettering": "",
        "reason": r"Nur heute \<b\>8,99 €\</b\>",
    }
    logged = [line["message"] for line in ask_until(8, running, "logs", limit=200)]
    assert any("deal-3" in line for line in logged)


def check_tables(by_key: dict[str, Any]) -> None:
    summary = json.loads(by_key["daily-summary"])
    assert [row["campaign"] for row in summary] == [r"daily\-deals", "all"]
    assert summary[0]["used of the day's budget"] == "nothing to pay"
    assert json.loads(by_key["daily-self-test"])[0] == {
        "script": "Latin",
        "error": "digit",
        "planted": "1",
        "refused": "1",
        "slipped": "0",
    }


def check_evidence(by_key: dict[str, Any]) -> None:
    assert json.loads(by_key["daily-held"]) == [
        {"variant": r"deal\-3", "why it is held": r"Nur heute \<b\>8,99 €\</b\>"}
    ]
    assert r"\<b\>8,99 €\</b\>" in by_key["daily-evidence"]
    assert "data:image/jpeg;base64," in by_key["daily-evidence"]
    assert "23 accepted, 1 held of 24" in by_key["daily-report"]


def test_the_server_is_killed_in_mid_run_and_the_work_is_done(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    run = rehearse(folder, environment, batches=8, seconds=1.5)
    wait_for(folder / "began-5")
    assert running.pid is not None
    os.killpg(running.pid, signal.SIGKILL)
    killed = time.monotonic()
    said = ended(run)
    assert len(said["by"]) == 8
    assert (folder / "published").exists()
    assert said["complete"] is False
    assert said["problem"]
    assert time.monotonic() - killed < 60


def test_a_server_that_hangs_costs_no_more_than_the_patience(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    run = rehearse(folder, environment, batches=8, seconds=1.5)
    wait_for(folder / "began-5")
    assert running.pid is not None
    os.killpg(running.pid, signal.SIGSTOP)
    hung = time.monotonic()
    try:
        said = ended(run)
    finally:
        os.killpg(running.pid, signal.SIGCONT)
    assert len(said["by"]) == 8
    assert (folder / "published").exists()
    assert time.monotonic() - hung < 60


def test_an_interrupted_run_ends_at_once_and_is_shown_as_cancelled(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    run = rehearse(folder, environment, batches=4, seconds=8)
    wait_for(folder / "began-1")
    run.send_signal(signal.SIGINT)
    interrupted = time.monotonic()
    run.communicate(timeout=60)
    assert run.returncode == 130
    assert time.monotonic() - interrupted < 5
    (shown,) = ask(running, "flow_runs", sort="START_TIME_DESC", limit=1)
    assert (shown["state_type"], shown["state"]["message"]) == (
        "CANCELLED",
        "interrupted at the terminal",
    )


def test_without_a_server_the_work_is_done(
    folder: pathlib.Path, environment: dict[str, str]
) -> None:
    (folder / "published").unlink(missing_ok=True)
    run = subprocess.run(
        [sys.executable, REHEARSAL, str(folder), "2", "0"],
        env={**environment, "PREFECT_API_URL": "http://127.0.0.1:9/api"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(run.stdout)
    assert said["ui"] == ""
    assert said["complete"] is False
    assert said["by"] == ["MainThread"] * 2
    assert (folder / "published").exists()


def test_a_server_that_took_the_port_meanwhile_is_not_mistaken_for_the_own_one(
    running: server.Server, tmp_path: pathlib.Path, environment: dict[str, str]
) -> None:
    with (tmp_path / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as the own server does, while it starts
        record = {"ui": running.ui, "api": running.api, "pid": os.getpid()}
        (tmp_path / "server.json").write_text(json.dumps(record))
        found = server.find_or_start(tmp_path, environment, deadline_s=1)
    assert server.is_healthy(running)
    assert found is None


def test_stop_ends_the_server(folder: pathlib.Path, running: server.Server) -> None:
    assert server.stop(folder / "prefect") is True
    assert not server.is_healthy(running)
    assert server.running(folder / "prefect") is None
