"""The simulator starts, says where it is, keeps its keys to itself and stops."""

import json
import pathlib
import resource
import subprocess
import sys

import httpx
import pytest

from simulator.server import SimulatorError, running

ROOT = pathlib.Path(__file__).parents[2]


def child(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_starts_within_two_seconds_of_work_and_stops_cleanly() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with child("--seed", "3", "--key", "sesame") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        answer = httpx.get(line["runflow"] + "/health", trust_env=False)
        process.terminate()
        said, complained = process.communicate(timeout=10)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert answer.json() == {"status": "ok"}
    assert line["url"].startswith("http://127.0.0.1:")
    assert (process.returncode, said, complained) == (0, "", "")
    assert "sesame" not in json.dumps(line)
    # Work, not wall time: other tests may keep the machine busy.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_only_the_keys_given_open_it() -> None:
    with running("--key", "sesame") as url, httpx.Client(base_url=url, trust_env=False) as client:
        keys = ("sesame", "simulator-key")
        seen = [client.get("/bfl/v1/credits", headers={"x-key": key}).status_code for key in keys]
    assert seen == [200, 403]


def test_a_mix_that_names_no_fault_stops_the_start(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "mix.json"
    file.write_text('{"meteor_strike": 0.1}', "utf-8")
    with pytest.raises(SimulatorError, match="meteor_strike"), running("--faults", str(file)):
        pass


def test_a_restart_with_the_same_seed_meets_the_same_requests_alike(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "mix.json"
    file.write_text('{"rate_limit": 0.3, "moderated_output": 0.3}', "utf-8")
    seen = []
    for _ in range(2):
        with running("--seed", "5", "--faults", str(file)) as url:
            headers = {"x-key": "simulator-key"}
            with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
                seen.append(tuple(_ends(client, number) for number in range(12)))
    assert seen[0] == seen[1]
    assert len({(status, end) for status, _, end in seen[0]}) == 3


def _ends(client: httpx.Client, seed: int) -> tuple[int, str, str]:
    answer = client.post("/bfl/v1/flux-2-flex", json={"prompt": "a", "seed": seed})
    if answer.status_code != 200:
        return answer.status_code, "", ""
    task = answer.json()
    return 200, task["id"], client.get(task["polling_url"]).json()["status"]
