"""`prefect.yaml` for work pools: the deployments of `proofpress serve`, for several machines.

    python -m flows.pool > prefect.yaml     for the campaigns in campaigns/
    python -m flows.deploy                  puts them into the server of PREFECT_API_URL

Prefect itself is not imported here.
"""

import datetime as dt
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import click
import yaml

from flows.form import Form
from flows.groups import Group, groups_of
from flows.server import STEADY
from pipeline.dayplan import load
from pipeline.settings import read_settings

POOL = "proofpress"
TAG = "proofpress"
_HEAD = """\
# The deployments of Proofpress on a Prefect work pool, written by `python -m flows.pool`.
#
#   python -m flows.deploy                      puts them into the server of PREFECT_API_URL
#   prefect worker start --pool proofpress      on each machine, in this folder
#
# Several machines need one ledger for all (PROOFPRESS_LEDGER=postgresql://…) and one folder or
# bucket; what they would both make, one of them claims in the ledger.
"""
_ALONE = {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def project_of(form: Form, groups: Sequence[Group]) -> dict[str, Any]:
    """Return what `prefect.yaml` holds.

    Args:
        form: What every run is asked for; paths in it are relative to the project's folder.
        groups: The market groups.
    """
    files = {"files": list(form.files)} if form.files else {}
    where = {**files, "out": form.out}
    asks = {
        "name": "held",
        "description": "Asks a person about each creative that is held, and waits for the answer.",
        "tags": [TAG],
        "entrypoint": "flows/approval.py:approval",
        "parameters": {"request": where},
        "work_pool": _work_pool(),
    }
    return {
        "name": "proofpress",
        "deployments": [*(_deployment(group, where) for group in groups), asks],
    }


def _deployment(group: Group, where: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": group.name,
        "description": group.description,
        "tags": [TAG],
        "entrypoint": "flows/daily.py:daily",
        "parameters": {"request": {**where, "time_zones": list(group.time_zones)}},
        "schedules": [{"cron": group.cron, "timezone": "UTC"}],
        "concurrency_limit": dict(_ALONE),
        "work_pool": _work_pool(),
    }


def _work_pool() -> dict[str, Any]:
    return {"name": POOL, "job_variables": {"env": dict(STEADY)}}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=pathlib.Path))
def main(files: tuple[pathlib.Path, ...]) -> None:
    """Print prefect.yaml for some campaign files, or those in campaigns/."""
    form = Form(files=[file.as_posix() for file in files])
    loaded = load(form.named_files(), read_settings(os.environ, os.cpu_count() or 1))
    groups = groups_of(loaded, dt.datetime.now(dt.UTC).date())
    text = yaml.safe_dump(project_of(form, groups), sort_keys=False, allow_unicode=True, width=98)
    click.echo(_HEAD + text, nl=False)


if __name__ == "__main__":
    main()
