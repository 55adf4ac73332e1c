"""The flow `daily`: batches, the self-test and publishing as tasks; tables, a contact sheet.

Prefect conducts and records, nothing more. Every piece of work is an `Once`: a task that finds
it done, or under way in plain Python, waits for its result. Import this module only after
`flows.server.client_environment` is in the environment, since Prefect reads it on import.
"""

import contextlib
import contextvars
import logging
import uuid
from collections.abc import Callable, Iterator
from typing import cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import (
    create_image_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.events.worker import EventsWorker
from prefect.futures import PrefectFuture, wait
from prefect.logging.handlers import APILogWorker
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts
from flows.once import carry_out
from flows.prepared import prepared
from flows.work import TODAY, Parameters, Work
from pipeline.selftest import summary

TASKS_AT_ONCE = 1  # a batch is parallel inside, as wide as the settings say
PROGRESS_EVERY_S = 2.0

_work: contextvars.ContextVar[Work] = contextvars.ContextVar("work")


@contextlib.contextmanager
def at_hand(work: Work) -> Iterator[None]:
    """Let the flow, run in this context, find the work that is already prepared."""
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)


def flush() -> None:
    """Wait until all logs and events of this process have reached the server."""
    APILogWorker.drain_all()
    EventsWorker.drain_all()


def cancel(run: uuid.UUID) -> None:
    """Have the server know that a run ends here, unfinished."""
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, Cancelled(message="interrupted at the terminal"), force=True)


def run_name() -> str:
    """Return the name of the run: when it was due and, if it is not today, for which day."""
    due = f"{flow_run.scheduled_start_time:%Y-%m-%d %H:%M}"
    day = flow_run.parameters["day"]
    return due if day == TODAY else f"{due} for {day}"


@flow(
    name="daily",
    flow_run_name=run_name,
    retries=0,
    persist_result=False,
    task_runner=ThreadPoolTaskRunner(max_workers=TASKS_AT_ONCE),  # type: ignore[arg-type]
)
def daily(
    files: list[str], out: str, day: str = TODAY, markets: list[str] | None = None
) -> State[None]:
    """Make, proofread and publish what is due.

    Args:
        files: The campaign files.
        out: The folder for files, manifest and gallery.
        day: The campaign day, such as 2026-11-27, or `today`: each market's own.
        markets: Only these markets; all when it is left empty.
    """
    get_run_logger().info("%s into %s", ", ".join(files), out)
    work = _work.get(None)
    if work is not None:
        return _conduct(work)
    scheduled = prepared(Parameters(files=files, out=out, day=day, markets=markets or []))
    if scheduled is None:
        return Completed(message="nothing has changed")
    with at_hand(scheduled):
        try:
            return _conduct(scheduled)
        except Exception:
            carry_out(scheduled.pieces, scheduled.conductor.leads, 0)  # only the server has gone
            raise


def _conduct(work: Work) -> State[None]:
    """Let tasks do the work, then record what came of it."""
    work.conductor.run = uuid.UUID(flow_run.id)
    work.conductor.leads.set()
    try:
        progress = create_progress_artifact(0.0, key="daily-progress", description="Creatives done")
        futures = [
            batch.submit(number, title=piece.title) for number, piece in enumerate(work.batches)
        ]
        _await(futures, lambda: _show_progress(progress, work))
        _show_progress(progress, work)
        trial.submit().result()
        publish.submit().result()
    finally:
        work.conductor.leads.clear()
    return _conclude(work)


@task(name="batch", task_run_name="{title}", retries=0, persist_result=False, cache_policy=NO_CACHE)
def batch(number: int, title: str) -> State[None]:
    """Produce one batch; its parameters are its place in the run and its title."""
    outcomes = _work.get().batches[number].produce()
    logger = get_run_logger()
    logger.info("%s: %s", title, artifacts.tally(outcomes))
    for outcome in artifacts.held(outcomes):
        logger.warning("held: %s: %s", outcome.variant, artifacts.reason(outcome))
    create_table_artifact(artifacts.batch_table(outcomes), description=artifacts.plain(title))
    return Completed(message=artifacts.tally(outcomes))


@task(
    name="self-test",
    task_run_name="self-test",
    retries=0,
    persist_result=False,
    cache_policy=NO_CACHE,
)
def trial() -> State[None]:
    """Plant errors in what is new; if one slips through the proof, hold it."""
    result = _work.get().trial().selftest
    said = summary(result) or "nothing is new, so nothing was tried"
    get_run_logger().log(logging.ERROR if result.slips else logging.INFO, "self-test: %s", said)
    table = artifacts.selftest_table(result.trials)
    if table:
        create_table_artifact(
            table, key="daily-self-test", description=f"Self-test: {artifacts.plain(said)}"
        )
    return Completed(message=artifacts.one_line(said)[: artifacts.LONGEST_REASON])


@task(
    name="publish", task_run_name="publish", retries=0, persist_result=False, cache_policy=NO_CACHE
)
def publish() -> State[None]:
    """Write the files, the manifest and the gallery."""
    published = _work.get().publish()
    get_run_logger().info("published in %s", published.out)
    return Completed(message=f"published in {published.out}")


def _await(futures: list[PrefectFuture[State[None]]], meanwhile: Callable[[], None]) -> None:
    """Wait for the tasks; raise what the first failed one raised."""
    while wait(futures, timeout=PROGRESS_EVERY_S).not_done:
        meanwhile()
    for future in futures:
        future.result()


def _show_progress(artifact: object, work: Work) -> None:
    """Bring the progress bar of the UI up to date."""
    update_progress_artifact(
        cast("uuid.UUID", artifact), progress=100.0 * work.done() / max(1, work.size)
    )


def _conclude(work: Work) -> State[None]:
    """Record the tables and the contact sheet; return how the run ended.

    A run that holds something back has done its work, so it is completed; its state is named
    Held, which shows in every list and which an automation can be told to watch for.
    """
    outcomes = work.outcomes()
    create_table_artifact(
        artifacts.summary_table(work.groups(outcomes), work.publish().bills),
        key="daily-summary",
        description="Creatives per campaign, and what the ledger has for them",
    )
    held = artifacts.held_table(outcomes)
    if held:
        create_table_artifact(held, key="daily-held", description="Held back, and why")
    sheet = artifacts.contact_sheet(outcomes, work.read)
    if sheet:
        create_image_artifact(sheet, key="daily-contact-sheet", description="Contact sheet")
    message = artifacts.tally(outcomes)
    return Completed(name="Held", message=message) if held else Completed(message=message)
