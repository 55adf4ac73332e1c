"""`prefect.yaml` is what the example campaigns need, and has the deployments that serve makes."""

import pathlib

import pytest
import yaml
from click.testing import CliRunner

from flows import pool
from flows.server import STEADY
from pipeline.settings import PROJECT


def test_the_file_of_the_project_is_the_one_that_the_command_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PROJECT)
    said = CliRunner().invoke(pool.main)
    assert said.exit_code == 0, said.output
    kept = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))
    assert yaml.safe_load(said.output) == kept


def test_every_deployment_names_its_flow_its_pool_and_a_single_run_at_a_time() -> None:
    kept = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))
    *daily, held = kept["deployments"]
    for one in daily:
        assert one["entrypoint"] == "flows/daily.py:daily"
        assert one["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
        assert [schedule["timezone"] for schedule in one["schedules"]] == ["UTC"]
    assert held["entrypoint"] == "flows/approval.py:approval"
    for one in kept["deployments"]:
        assert one["work_pool"]["name"] == pool.POOL
        assert one["work_pool"]["job_variables"]["env"] == STEADY
        file, _, name = one["entrypoint"].partition(":")
        assert f"def {name}(" in (PROJECT / file).read_text("utf-8")


def test_no_path_of_this_machine_is_in_it() -> None:
    text = (PROJECT / "prefect.yaml").read_text("utf-8")
    assert str(PROJECT) not in text
    assert str(pathlib.Path.home()) not in text
