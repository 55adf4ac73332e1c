"""`proofpress serve` runs what is due at once, then by the clock, until it is interrupted."""

import pathlib
import signal
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest

from flows import server

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


def named(at: server.Server, name: str) -> dict[str, Any]:
    """Return a deployment by its flow's name and its own."""
    answer = httpx.get(f"{at.api}/deployments/name/{name}", trust_env=False)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def test_serve_delivers_at_once_and_stays_until_it_is_interrupted(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    (tmp_path / "hourly.yaml").write_text(CAMPAIGN, encoding="utf-8")
    serving = subprocess.Popen(
        [PROOFPRESS, "serve", "hourly.yaml"],
        cwd=tmp_path,
        env={**environment, "PROOFPRESS_WORK": str(folder)},
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
        assert serving.poll() is None
    finally:
        serving.send_signal(signal.SIGINT)
        said, _ = serving.communicate(timeout=60)
    assert serving.returncode == 0, said
    assert running.ui in said
