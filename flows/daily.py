"""The flow `daily`: batches, the self-test and publishing as tasks; what came of it as artifacts.

Prefect conducts and records, nothing more. Every piece of work is an `Once`: a task that finds
it done, or under way in plain Python, waits for its result. Import this module only after
`flows.server.client_environment` is in the environment, since Prefect reads it on import.
"""

import contextlib
import contextvars
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import cast

from prefect import flow, get_run_logger, task
from prefect.artifacts import (
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
from prefect.runtime import deployment, flow_run
from prefect.states import Cancelled, Completed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts, told
from flows.form import EVERYTHING, Form
from flows.once import carry_out
from flows.prepared import look, planned, works
from flows.work import Work
from pipeline.due import Due
from pipeline.produce.outcome import Outcome
from pipeline.selftest import summary

TASKS_AT_ONCE = 1  # a batch is parallel inside, as wide as the settings say
PROGRESS_EVERY_S = 2.0
GRACE_S = 10.0
"""How long the flow may take to begin the next piece before that is begun without it."""

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
    """Return the name of the run: what it makes or, until that is known, when it was due."""
    work = _work.get(None)
    if work is not None:
        return work.title
    due = f"{flow_run.scheduled_start_time:%Y-%m-%d %H:%M} UTC"
    return " · ".join(filter(None, (deployment.name, f"due {due}")))


@flow(
    name="daily",
    flow_run_name=run_name,
    retries=0,
    persist_result=False,
    task_runner=ThreadPoolTaskRunner(max_workers=TASKS_AT_ONCE),  # type: ignore[arg-type]
)
def daily(request: Form = EVERYTHING) -> State[None]:
    """Make, proofread and publish what is due and not done.

    Args:
        request: What to make; left as it is, everything.
    """
    work = _work.get(None)
    if work is not None:
        _conduct(work)
        return _conclude([work], request)
    found = look(request)
    told.skipped(found)
    if request.dry_run:
        return told.plan(planned(found), found)
    made: list[Work] = []
    for scheduled in works(found, request):
        told.rename(scheduled.title)
        made.append(conduct_surely(scheduled))
    return _conclude(made, request) if made else _nothing(found)


def _nothing(found: Due) -> State[None]:
    """Return how a run ends that had nothing to make."""
    days = {0: "no market day is due", 1: "1 market day stands as it should or waits for a person"}
    stand = f"{found.done} market days stand as they should or wait for a person"
    taken = ", the rest is being made by another run" if found.plans else ""
    said = f"{days.get(found.done, stand)}{taken}; nothing to make"
    get_run_logger().info("%s", said)
    return Completed(name="NothingDue", message=said)


def conduct_surely(work: Work) -> Work:
    """Let tasks do the work; whatever Prefect does not begin in time is done without it."""
    work.conductor.leads.set()
    backstop = threading.Thread(target=_finish, args=(work,), name="backstop")
    backstop.start()
    with at_hand(work):
        try:
            _conduct(work)
        except Exception:
            backstop.join()
            raise
    backstop.join()
    return work


def _finish(work: Work) -> None:
    with contextlib.suppress(Exception):  # whoever waits for a piece gets its error from there
        carry_out(work.pieces, work.conductor.leads, GRACE_S)


def _conduct(work: Work) -> None:
    """Let tasks do the work."""
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


@task(name="batch", task_run_name="{title}", retries=0, persist_result=False, cache_policy=NO_CACHE)
def batch(number: int, title: str) -> State[None]:
    """Produce one batch; its parameters are its place in the run and its title."""
    work = _work.get()
    outcomes = work.batches[number].produce()
    logger = get_run_logger()
    logger.info("%s: %s", title, artifacts.tally(outcomes))
    for outcome in artifacts.held(outcomes):
        logger.warning("held: %s: %s", outcome.variant, artifacts.reason(outcome))
    create_table_artifact(artifacts.batch_table(outcomes), description=artifacts.plain(title))
    told.budget(work)
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


def _conclude(made: list[Work], request: Form) -> State[None]:
    """Tell what came of the work; return how the run ended.

    A run that holds something back has done its work, so it is completed; its state is named
    Held, which shows in every list and which an automation can be told to watch for.
    """
    outcomes: list[Outcome] = []
    for work in made:
        told.results(work)
        outcomes += work.outcomes()
        if request.ask:
            told.ask(work)
    held = artifacts.held(outcomes)
    message = told.message(made, outcomes)
    return Completed(name="Held", message=message) if held else Completed(message=message)
