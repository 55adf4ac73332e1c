"""The simulator starts, says where it is, keeps its keys to itself and stops."""

import concurrent.futures
import decimal
import functools
import io
import json
import pathlib
import resource
import subprocess
import sys

import httpx
import PIL.Image
import pytest

from simulator.server import SimulatorError, running
from tests.simulator.vendors import Vendors

ROOT = pathlib.Path(__file__).parents[2]


def child(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_it_starts_within_two_seconds_of_work_opens_to_its_key_and_stops_cleanly() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with child("--seed", "3", "--key", "sesame") as process:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        with httpx.Client(base_url=line["bfl"], trust_env=False) as client:
            keys = ("sesame", "simulator-key", "")
            asked = [client.get("/v1/credits", headers={"x-key": key}) for key in keys]
        process.terminate()
        said, complained = process.communicate(timeout=10)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [answer.status_code for answer in asked] == [200, 403, 403]
    assert line["url"].startswith("http://127.0.0.1:")
    assert (process.returncode, said, complained) == (0, "", "")
    assert "sesame" not in json.dumps(line)
    # Work, not wall time: other tests may keep the machine busy.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2


def test_a_mix_that_names_no_fault_stops_the_start(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "mix.json"
    file.write_text('{"meteor_strike": 0.1}', "utf-8")
    with pytest.raises(SimulatorError, match="meteor_strike"), running("--faults", str(file)):
        pass


MIX = {
    "rate_limit": 0.05,
    "http_500": 0.05,
    "http_500_after_accept": 0.05,
    "drop_after_accept": 0.05,
    "stuck": 0.05,
    "moderated_output": 0.05,
}


def test_many_at_once_meet_the_same_mix_after_a_restart_and_the_bill_adds_up(
    tmp_path: pathlib.Path,
) -> None:
    mix, bill = tmp_path / "mix.json", tmp_path / "bill.jsonl"
    mix.write_text(json.dumps(MIX), "utf-8")
    seen = []
    paid: list[str] = []
    for _ in range(2):
        with running("--faults", str(mix), "--bill", str(bill)) as url, Vendors.at(url) as vendors:
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                seen.append(list(pool.map(functools.partial(_persistent, vendors), range(60))))
            jobs = vendors.sim.get("/_sim/jobs").json()
            total = vendors.total()
        assert len(jobs) == len({job["client_ref"] for job in jobs}) == 60
        good = [job["id"] for job in jobs if (job["fate"], job["phase"]) == ("ok", "done")]
        assert decimal.Decimal(total) == len(good) * decimal.Decimal("0.05")
        paid += good
    assert seen[0] == seen[1]
    assert {"429", "500", "drop", "201"} == {step for steps in seen[0] for step in steps}
    lines = [json.loads(line)["job"] for line in bill.read_text("utf-8").splitlines()]
    assert sorted(lines) == sorted(paid)


def _persistent(vendors: Vendors, number: int) -> list[str]:
    """Submit with one key until it is accepted; return what was seen."""
    seen: list[str] = []
    headers = {"idempotency-key": f"key-{number}"}
    while not seen or seen[-1] != "201":
        try:
            answer = vendors.submit(client_ref=f"mix-{number}", headers=headers)
            seen.append(str(answer.status_code))
        except httpx.RemoteProtocolError:
            seen.append("drop")
        assert len(seen) < 20
    return seen


def test_drawn_pictures_come_by_the_same_road() -> None:
    with running("--pictures", "drawn", "--misspelling", "0") as url, Vendors.at(url) as vendors:
        given = {"prompt": 'The text "Lunch" in large, color #1B1210, on top.', "seed": 4}
        runs = [vendors.read(vendors.run(input=given)) for _ in range(2)]
        one, other = (vendors.sim.get(run["output"]["outputs"][0]["url"]).content for run in runs)
    with PIL.Image.open(io.BytesIO(one)) as image:
        assert (image.format, image.size) == ("PNG", (1024, 768))
    assert one == other
