"""The deployment `daily/hourly`. Imports Prefect, so it is imported late, like `flows.daily`."""

from prefect import serve
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment

from flows.daily import daily
from flows.work import Parameters


def run_hourly(parameters: Parameters, cron: str) -> None:
    """Run the flow once now and then by the clock, one run at a time, until interrupted.

    Args:
        parameters: What each run is told.
        cron: When it runs, in UTC; each market's own day is derived from that instant.
    """
    hourly = RunnerDeployment.from_flow(
        daily, "hourly", cron=cron, parameters=dict(parameters), concurrency_limit=1
    )
    hourly.apply()
    run_deployment(f"{daily.name}/hourly", timeout=0)
    serve(hourly, limit=1, print_starting_message=False)
