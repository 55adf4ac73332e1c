"""The flow for clusters: each market group in a task of whatever task runner the team names."""

import json
import pathlib
import re

import pytest
from prefect.task_runners import ThreadPoolTaskRunner

from flows import server
from flows.cluster import ARGUMENTS, RUNNER, runner_of
from pipeline.errors import ToolMissingError, UsageError
from tests.flows.asking import Worker, ask
from tests.heldday import Shop

THREADS = "prefect.task_runners:ThreadPoolTaskRunner"


def test_without_a_cluster_the_groups_take_turns_in_one_thread() -> None:
    assert runner_of({}) == ThreadPoolTaskRunner(max_workers=1)


def test_the_environment_names_the_task_runner_and_its_arguments() -> None:
    found = runner_of({RUNNER: THREADS, ARGUMENTS: '{"max_workers": 3}'})
    assert found == ThreadPoolTaskRunner(max_workers=3)
    assert isinstance(runner_of({RUNNER: THREADS}), ThreadPoolTaskRunner)


@pytest.mark.parametrize(
    ("environment", "error", "said"),
    [
        ({RUNNER: "no_such_dask:Runner"}, ToolMissingError, "no_such_dask cannot be imported"),
        ({RUNNER: ":Runner"}, ToolMissingError, ":Runner cannot be imported"),
        ({RUNNER: "prefect.task_runners"}, UsageError, "is no task runner; write one as"),
        ({RUNNER: "json:dumps"}, UsageError, "is no task runner; write one as"),
        ({RUNNER: "json:JSONDecoder"}, UsageError, "is no task runner; write one as"),
        ({RUNNER: THREADS, ARGUMENTS: "{"}, UsageError, f"{ARGUMENTS} is no JSON"),
        ({RUNNER: THREADS, ARGUMENTS: "[1]"}, UsageError, "must be a JSON object"),
        ({RUNNER: THREADS, ARGUMENTS: '{"hosts": 2}'}, UsageError, "does not take them"),
    ],
)
def test_what_is_wrong_with_the_variables_is_said(
    environment: dict[str, str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=re.escape(said)):
        runner_of(environment)


@pytest.mark.flow
@pytest.mark.xdist_group("prefect")
def test_every_market_group_is_a_task_that_runs_the_daily_flow(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    shop = Shop(tmp_path)
    two = {RUNNER: THREADS, ARGUMENTS: json.dumps({"max_workers": 2})}
    worker = Worker(running, folder, {**environment, **two}, shop.settings.work)
    form = {"files": [str(shop.file)], "out": str(shop.out), "day": "2026-12-01", "dry_run": True}
    run = worker.carry_on(worker.order("cluster", **form))
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["state"]["message"] == "2 market groups looked at"
    tasks = ask(running, "task_runs", flow_runs={"id": {"any_": [run["id"]]}})
    own = [one for one in tasks if not one["name"].startswith("daily-")]  # Prefect's for subflows
    assert sorted(one["name"] for one in own) == ["europe-berlin", "europe-london"]
    assert {one["state_type"] for one in own} == {"COMPLETED"}
    within = {"parent_flow_run_id": {"any_": [run["id"]]}}
    looked = [one["name"] for one in ask(running, "flow_runs", flow_runs=within)]
    assert looked == ["dry run · 1 creative · $0.00"] * 2


@pytest.mark.flow
@pytest.mark.xdist_group("prefect")
def test_a_group_that_fails_is_named_and_the_others_are_made(
    folder: pathlib.Path,
    running: server.Server,
    environment: dict[str, str],
    tmp_path: pathlib.Path,
) -> None:
    shop = Shop(tmp_path)
    worker = Worker(running, folder, environment, shop.settings.work)
    form = {"files": [str(shop.file)], "out": str(shop.out), "markets": ["fr"], "dry_run": True}
    run = worker.carry_on(worker.order("cluster", **form))
    assert run["state_type"] == "FAILED"
    assert "2 of 2 market groups failed" in run["state"]["message"]
