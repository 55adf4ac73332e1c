"""The flow `cluster`: `daily` for each market group, in tasks of a Dask or Ray cluster of a team.

    PROOFPRESS_TASK_RUNNER=prefect_dask:DaskTaskRunner
    PROOFPRESS_TASK_RUNNER_ARGUMENTS={"address": "tcp://scheduler:8786"}

The class is the one that Prefect's own package for the cluster has; its arguments are JSON.
Without the variables the groups are looked at one after the other, in a thread of this process.
A group claims what it makes in the ledger, as every run does. Import this module only with the
environment of the run, since Prefect and the task runner are read from it on import.
"""

import datetime as dt
import importlib
import inspect
import json
import os
from collections.abc import Mapping
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import wait
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.daily import daily, run_name
from flows.form import EVERYTHING, Form
from flows.groups import EVERYWHERE, Group, groups_of
from pipeline.dayplan import load
from pipeline.errors import ToolMissingError, UsageError
from pipeline.settings import read_settings

RUNNER = "PROOFPRESS_TASK_RUNNER"
ARGUMENTS = "PROOFPRESS_TASK_RUNNER_ARGUMENTS"


def runner_of(environ: Mapping[str, str]) -> TaskRunner[Any]:
    """Return the task runner that the environment names, or one thread.

    Raises:
        UsageError: If the variables name no task runner, or arguments that it does not take.
        ToolMissingError: If its package is not installed.
    """
    named = environ.get(RUNNER, "")
    if not named:
        return ThreadPoolTaskRunner(max_workers=1)
    module, _, name = named.partition(":")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except (ImportError, ValueError) as error:
        msg = f"{RUNNER}: {module or named} cannot be imported ({error}); install its package here"
        raise ToolMissingError(f"{msg} and on all machines of the cluster") from error
    if not (inspect.isclass(found) and issubclass(found, TaskRunner)):
        msg = f"{RUNNER}: {named} is no task runner; write one as prefect_dask:DaskTaskRunner"
        raise UsageError(msg)
    try:
        return found(**_arguments(environ))
    except TypeError as error:
        raise UsageError(f"{ARGUMENTS}: {named} does not take them: {error}") from error


def _arguments(environ: Mapping[str, str]) -> dict[str, Any]:
    try:
        arguments = json.loads(environ.get(ARGUMENTS) or "{}")
    except ValueError as error:
        raise UsageError(f"{ARGUMENTS} is no JSON: {error}") from error
    if not isinstance(arguments, dict):
        raise UsageError(f'{ARGUMENTS} must be a JSON object, such as {{"address": "…"}}')
    return arguments


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
def group(name: str, asked: dict[str, Any]) -> str:
    """Make, proofread and publish what is due in one market group.

    Args:
        name: The group's name.
        asked: The form, filled in for this group.
    """
    return _looked_after(name, asked)


def _looked_after(name: str, asked: dict[str, Any]) -> str:
    # A cluster sends a task by value with all that it names, but a function by its name; the
    # flow `daily` could not be sent.
    state = daily(Form.model_validate(asked), return_state=True)
    if not state.is_completed():
        raise RuntimeError(f"{name}: {state.message}")
    return f"{name}: {state.message}"


@flow(
    name="cluster",
    flow_run_name=run_name,
    retries=0,
    persist_result=False,
    task_runner=runner_of(os.environ),
)
def cluster(request: Form = EVERYTHING) -> State[None]:
    """Have every market group make what is due, each in a task of its own.

    Args:
        request: What to make; left as it is, everything.
    """
    asked = [(one.name, _form(request, one)) for one in _groups(request)]
    futures = [group.submit(name, form) for name, form in asked]
    wait(futures)
    failed = [
        name for (name, _), one in zip(asked, futures, strict=True) if not one.state.is_completed()
    ]
    if failed:
        return Failed(message=f"{len(failed)} of {len(asked)} market groups failed: {failed}")
    return Completed(message=f"{len(asked)} market groups looked at")


def _groups(request: Form) -> list[Group]:
    loaded = load(request.named_files(), read_settings(os.environ, os.cpu_count() or 1))
    groups = groups_of(loaded, dt.datetime.now(dt.UTC).date())
    zones = set(request.time_zones)
    named = (one for one in groups if one.name != EVERYWHERE)
    return [one for one in named if not zones or zones & set(one.time_zones)]


def _form(request: Form, one: Group) -> dict[str, Any]:
    zones = [zone for zone in one.time_zones if zone in (request.time_zones or one.time_zones)]
    return request.model_copy(update={"time_zones": zones}).model_dump(mode="json")
