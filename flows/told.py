"""What a run tells in Prefect: tables, evidence, a contact sheet, its name, events.

Import this module only after `flows.server.client_environment` is in the environment.
"""

import os
import uuid
from collections.abc import Iterable, Sequence

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.deployments import run_deployment
from prefect.events import emit_event
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Completed

from flows import artifacts
from flows.evidence import evidence
from flows.signals import Signal, budget_signals, collapse_signals, held_signals
from flows.work import Work, counted
from pipeline.due import Due
from pipeline.produce.outcome import Outcome

GALLERY_URL = "PROOFPRESS_GALLERY_URL"
"""Variable of the environment with the address of the gallery, where a team serves the folder."""
APPROVAL = "approval/held"


def rename(title: str) -> None:
    """Give the run, of which it is now known what it makes, its name."""
    with get_client(sync_client=True) as client:
        client.update_flow_run(uuid.UUID(flow_run.id), name=title)


def skipped(found: Due) -> None:
    """Say which market days were missed and are not made up."""
    if not found.skipped:
        return
    for one in found.skipped:
        get_run_logger().warning("%s", one)
    rows = [
        {
            "campaign": artifacts.plain(one.campaign),
            "market": artifacts.plain(one.market),
            "day": one.day.isoformat(),
            "why it is not made up": artifacts.plain(one.why),
        }
        for one in found.skipped
    ]
    create_table_artifact(rows, key="daily-skipped", description="Missed, and not made up")


def plan(text: str, found: Due) -> State[None]:
    """Show the plan of a dry run; return how it ended."""
    create_markdown_artifact(
        artifacts.as_printed(text), key="daily-plan", description="What would be made"
    )
    count = sum(day_plan.size for day_plan in found.plans)
    cost = sum(one.cost for day_plan in found.plans for one in day_plan.plans)
    said = f"dry run: {counted(count)} due, for ${cost:.2f}; nothing was made or paid"
    rename(f"dry run · {counted(count)} · ${cost:.2f}")
    return Completed(name="Planned", message=said)


def budget(work: Work) -> None:
    """Tell automations, while the run goes on, of a budget that is nearly used up."""
    _emit(work, budget_signals(work.bills()))


def results(work: Work) -> None:
    """Show the tables, the evidence and the contact sheet, and tell automations."""
    outcomes, published = work.outcomes(), work.publish()
    groups = work.groups(outcomes)
    create_table_artifact(
        artifacts.summary_table(groups, published.bills),
        key="daily-summary",
        description="Creatives per campaign, and what the ledger has for them",
    )
    address = os.environ.get(GALLERY_URL, "") or str(published.gallery)
    create_markdown_artifact(
        artifacts.report([work.title, message([work], outcomes)], address, str(published.out)),
        key="daily-report",
        description="What came of the run, and where it is",
    )
    if held := artifacts.held_table(outcomes):
        create_table_artifact(held, key="daily-held", description="Held back, and why")
        create_markdown_artifact(
            evidence(outcomes, work.read),
            key="daily-evidence",
            description="Held back: what was asked for, what was read, and where",
        )
    if sheet := artifacts.contact_sheet(outcomes, work.read):
        # As Markdown, since below an image artifact Prefect prints its address, which is the image.
        create_markdown_artifact(
            f"![Contact sheet]({sheet})", key="daily-contact-sheet", description="Contact sheet"
        )
    signals = [*held_signals(groups), *budget_signals(published.bills.bills)]
    _emit(work, [*signals, *collapse_signals(work.rates(), groups)])


def message(made: Iterable[Work], outcomes: Sequence[Outcome]) -> str:
    """Return how a run ended, in plain words."""
    bills = [bill for work in made for bill in work.publish().bills.bills]
    paid = sum(bill.spent for bill in bills)
    said = [f"{artifacts.tally(outcomes)} of {len(outcomes)}"]
    said += [f"${paid:.2f} paid"] if bills else []
    said += ["`proofpress review` decides about what is held"] if artifacts.held(outcomes) else []
    return "; ".join(said)


def ask(work: Work) -> None:
    """Start the flow that waits for a person, for each campaign with something held."""
    form = work.parameters
    for signal in held_signals(work.groups(work.outcomes())):
        parameters = {
            "request": {
                "files": [str(file) for file in form.named_files()],
                "out": form.out,
                "campaigns": [signal.campaign],
            }
        }
        try:
            run_deployment(APPROVAL, parameters=parameters, timeout=0, as_subflow=False)
        except ObjectNotFound:  # what is held stays held, and `proofpress review` is there too
            get_run_logger().warning("there is no deployment %s, so nobody is asked", APPROVAL)


def _emit(work: Work, signals: Iterable[Signal]) -> None:
    """Tell Prefect, each thing once in a run."""
    for signal in signals:
        key = (signal.event, signal.campaign, signal.facts.get("day", ""))
        if key in work.conductor.told:
            continue
        work.conductor.told.add(key)
        emit_event(
            event=signal.event,
            resource={
                "prefect.resource.id": f"proofpress.campaign.{signal.campaign}",
                "prefect.resource.name": signal.campaign,
            },
            related=[
                {
                    "prefect.resource.id": f"prefect.flow-run.{work.conductor.run}",
                    "prefect.resource.role": "flow-run",
                }
            ],
            payload=dict(signal.facts),
        )
