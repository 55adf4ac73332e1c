"""Deploy: puts what `prefect.yaml` says into the Prefect server of PREFECT_API_URL.

    python -m flows.deploy

It does what `prefect deploy --all` does, which Prefect 3.8.8 ends with an error of its server
after the first deployment: its client asks for the workers of the pool with `"limit": null`,
and the server takes numbers only. The work pool is made if there is none.
"""

import importlib
import pathlib
from collections.abc import Mapping
from typing import Any

import click
import yaml
from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyOptions
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.utilities.callables import parameter_schema

FILE = pathlib.Path("prefect.yaml")
_HERE = "prefect.deployments.steps.set_working_directory"


def deploy(file: pathlib.Path, folder: pathlib.Path) -> list[str]:
    """Put the deployments of a file into the server and return their names.

    Args:
        file: A `prefect.yaml` as `flows.pool` prints it.
        folder: The folder of the project on the machines of the workers.
    """
    tree = yaml.safe_load(file.read_text("utf-8"))
    with get_client(sync_client=True) as client:
        return [_deploy(client, one, folder) for one in tree["deployments"]]


def _deploy(client: SyncPrefectClient, told: Mapping[str, Any], folder: pathlib.Path) -> str:
    flow = _flow(told["entrypoint"])
    pool = told["work_pool"]
    _make_pool(client, pool["name"])
    limit = told.get("concurrency_limit")
    strategy = {"collision_strategy": limit["collision_strategy"]} if limit else None
    client.create_deployment(
        flow_id=client.create_flow(flow),
        name=told["name"],
        description=told["description"],
        tags=told["tags"],
        parameters=told["parameters"],
        parameter_openapi_schema=parameter_schema(flow).model_dump_for_openapi(),
        enforce_parameter_schema=True,
        entrypoint=told["entrypoint"],
        pull_steps=[{_HERE: {"directory": str(folder)}}],
        work_pool_name=pool["name"],
        job_variables=pool["job_variables"],
        schedules=[
            DeploymentScheduleCreate(
                schedule=CronSchedule(cron=one["cron"], timezone=one["timezone"])
            )
            for one in told.get("schedules", ())
        ],
        concurrency_limit=limit["limit"] if limit else None,
        concurrency_options=ConcurrencyOptions.model_validate(strategy) if strategy else None,
    )
    return f"{flow.name}/{told['name']}"


def _flow(entrypoint: str) -> Flow[..., Any]:
    """Return the flow of an entrypoint such as `flows/daily.py:daily`."""
    file, _, name = entrypoint.partition(":")
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    flow: Flow[..., Any] = getattr(module, name)
    return flow


def _make_pool(client: SyncPrefectClient, name: str) -> None:
    try:
        client.read_work_pool(name)
    except ObjectNotFound:
        client.create_work_pool(WorkPoolCreate(name=name, type="process"))


@click.command()
def main() -> None:
    """Put the deployments of prefect.yaml, in this folder, into the Prefect server."""
    for name in deploy(FILE, pathlib.Path.cwd()):
        click.echo(name)


if __name__ == "__main__":
    main()
