"""The deployments: one for each market group. Imports Prefect, so it is imported late."""

from collections.abc import Iterator, Sequence

from prefect import serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment

from flows.alerts import ZOMBIES, automations, install
from flows.approval import approval
from flows.daily import daily
from flows.form import Form
from flows.groups import EVERYWHERE, Group

AT_ONCE = 2
"""Runs at a time on one machine: one that works, and one that only looks or answers a person."""

ALONE = ConcurrencyLimitConfig(
    limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=300
)
"""A group has one run at a time; the next hour's finds what that one leaves."""


def deployments_of(form: Form, groups: Sequence[Group]) -> Iterator[RunnerDeployment]:
    """Yield the deployment of each group, and the one that waits for a person.

    Args:
        form: What all of them are asked for; paths in it must be absolute.
        groups: The market groups.
    """
    for group in groups:
        asked = form.model_copy(update={"time_zones": list(group.time_zones)})
        yield RunnerDeployment.from_flow(
            daily,
            group.name,
            cron=group.cron,
            parameters={"request": asked.model_dump(mode="json")},
            concurrency_limit=ALONE,
            description=group.description,
            tags=["proofpress"],
        )
    where = form.model_dump(mode="json", include={"files", "out"})
    yield RunnerDeployment.from_flow(
        approval,
        "held",
        parameters={"request": where},
        description="Asks a person about each creative that is held, and waits for the answer.",
        tags=["proofpress"],
    )


def run_hourly(form: Form, groups: Sequence[Group], *, at_once: bool) -> None:
    """Serve all deployments until interrupted, or until the server stays away.

    Args:
        form: What all of them are asked for; paths in it must be absolute.
        groups: The market groups.
        at_once: Whether to look everywhere once now, before the clock says so.

    Raises:
        Exception: Prefect's own, if its server does not answer any more.
    """
    deployments = list(deployments_of(form, groups))
    if at_once:
        install(automations(ZOMBIES))
        for deployment in deployments:
            deployment.apply()
        run_deployment(f"{daily.name}/{EVERYWHERE}", timeout=0)
    serve(*deployments, limit=AT_ONCE, print_starting_message=False)
