"""`prefect.yaml` is what the example campaigns need, and has the deployments that serve makes."""

import pathlib
import subprocess
import sys

import pytest
import yaml
from click.testing import CliRunner

from flows import pool, server
from flows.server import STEADY
from pipeline.settings import PROJECT
from tests.flows.asking import ask, forget


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


@pytest.mark.flow
@pytest.mark.xdist_group("prefect")
def test_one_command_puts_all_of_it_into_the_server(
    folder: pathlib.Path, running: server.Server, environment: dict[str, str]
) -> None:
    known = server.client_environment(running, folder / "prefect", environment)
    said = subprocess.run(
        [sys.executable, "-m", "flows.deploy"],
        env={**environment, **known},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    kept = yaml.safe_load((PROJECT / "prefect.yaml").read_text("utf-8"))
    named = {"name": {"any_": [pool.POOL]}}
    made = {one["name"]: one for one in ask(running, "deployments", work_pools=named)}
    for one in made.values():  # a server has these or those of `serve`, which have their names
        forget(running, f"deployments/{one['id']}")
    assert made.keys() == {one["name"] for one in kept["deployments"]}
    berlin = made["europe-berlin"]
    assert "Europe/Berlin" in berlin["parameters"]["request"]["time_zones"]
    assert berlin["global_concurrency_limit"]["limit"] == 1
    assert berlin["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert len(berlin["schedules"]) == 1
    form = berlin["parameter_openapi_schema"]["definitions"]["Form"]["properties"]
    assert form["dry_run"]["title"] == "Dry run"
    assert len(said.stdout.splitlines()) == len(made)
