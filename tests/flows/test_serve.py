"""`proofpress serve` runs what is due at once, then by the clock, until it is interrupted."""

import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from flows import server
from tests.flows.asking import look

pytestmark = [pytest.mark.flow, pytest.mark.ocr, pytest.mark.xdist_group("prefect")]

PROOFPRESS = pathlib.Path(sys.executable).with_name("proofpress")
CAMPAIGN = """\
campaign: hourly
template: deal
brand:
  name: Juniper Street
  palette: {ink: "#17211B", paper: "#F7F5EC", accent: "#F4C95D", action: "#2F6B4F"}
formats: [meta-square]
markets:
  us: {locales: [en_US], currency: USD, time_zone: America/New_York}
offers:
  lunch:
    subject: a bowl of green salad
    price: {us: 8.50}
    copy:
      headline: {en: In the pot today}
      legal: {en: While stocks last.}
"""


def lose(at: server.Server) -> None:
    """Kill a server."""
    assert at.pid is not None
    os.killpg(at.pid, signal.SIGKILL)


def named(at: server.Server, name: str) -> dict[str, Any]:
    """Return a deployment by its flow's name and its own."""
    found: dict[str, Any] = look(at, f"deployments/name/{name}")
    return found


def check_deployments(running: server.Server, tmp_path: pathlib.Path) -> None:
    deployment = named(running, "daily/america-new-york")
    assert deployment["schedules"][0]["schedule"]["cron"] == "1 * * * *"
    asked = deployment["parameters"]["request"]
    assert asked["files"] == [str(tmp_path / "hourly.yaml")]
    assert asked["time_zones"] == ["America/New_York"]
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    everywhere = named(running, "daily/everywhere")
    assert everywhere["parameters"]["request"]["time_zones"] == []
    assert named(running, "approval/held")["schedules"] == []


def test_serve_delivers_at_once_and_stays_until_interrupted_though_its_server_is_lost(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / "hourly.yaml").write_text(CAMPAIGN, encoding="utf-8")
    serving = subprocess.Popen(
        [PROOFPRESS, "serve", "hourly.yaml"],
        cwd=tmp_path,
        env={
            **environment,
            "PROOFPRESS_WORK": str(folder),
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until = time.monotonic() + 90
        while not (tmp_path / "out" / "index.html").exists():
            assert serving.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        check_deployments(running, tmp_path)
        assert serving.poll() is None
        lose(running)
        until = time.monotonic() + 90
        while not server.is_healthy(running):
            assert serving.poll() is None
            assert time.monotonic() < until, "nobody started the server again"
            time.sleep(0.5)
    finally:
        serving.send_signal(signal.SIGINT)
        said, _ = serving.communicate(timeout=60)
    assert serving.returncode == 0, said
    assert running.ui in said
