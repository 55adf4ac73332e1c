"""A run with buckets, JSON log lines and metrics, by the real command line."""

import json
import pathlib
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.storage.bucket import open_bucket
from tests.e2e.conftest import Run
from tests.storage.servers import SECRET, Line, cloud_at, new_bucket, serving

FIRST = "campaigns/first.yaml"

pytestmark = pytest.mark.e2e


@pytest.fixture
def line() -> Iterator[Line]:
    """Return a line to a real S3 server."""
    with serving() as port:
        opened = Line(port)
        yield opened
        opened.close()


def test_a_run_fills_the_buckets_logs_lines_and_writes_metrics(
    proofpress: Run, workplace: pathlib.Path, line: Line
) -> None:
    address = new_bucket(line.port)
    cloud = cloud_at(line.port)
    environment = {
        **cloud,
        "PROOFPRESS_STORE": f"{address}/store",
        "PROOFPRESS_DELIVER": f"{address}/days",
        "PROOFPRESS_LOG": "json",
    }
    words = ("run", "--plain", "--metrics", "run.prom", FIRST)
    done = proofpress(*words, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(text) for text in done.stderr.splitlines()]
    made = [one for one in lines if one["event"] == "creative"]
    assert [one["status"] for one in made] == ["accepted", "accepted"]
    assert all(one["run"] and one["campaign"] == "first" and one["job"] for one in made)
    assert {one["event"] for one in lines} >= {"claim", "creative", "published"}
    assert SECRET not in done.stdout + done.stderr
    families = {
        family.name: family
        for family in text_string_to_metric_families((workplace / "run.prom").read_text("utf-8"))
    }
    accepted = [one.value for one in families["proofpress_creatives"].samples]
    assert accepted == [2, 0]
    days = open_bucket(f"{address}/days", cloud)
    here = {
        path.relative_to(workplace / "out").as_posix()
        for path in (workplace / "out").rglob("*")
        if path.is_file()
    }
    assert set(days.names("")) | {"index.html"} == here
    assert list(open_bucket(f"{address}/store", cloud).names("pictures"))

    line.cut()
    again = proofpress("run", "--plain", FIRST, **environment)
    assert again.returncode == 0  # nothing is owed, so the bucket that has gone is no matter
    assert "nothing to do" in again.stdout
