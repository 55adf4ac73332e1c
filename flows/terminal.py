"""Runs as a person at a terminal sees them: a progress bar, then a summary to act on."""

import dataclasses
import datetime as dt
import logging
import os
import time
from collections.abc import Iterable

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from flows import server
from flows.form import form_of
from flows.groups import groups_of
from flows.run import Record, leave, run_recorded
from flows.serve import Served, serve
from flows.work import Work, work_of
from pipeline import daily, dayplan
from pipeline.errors import ExitCode
from pipeline.observe.lines import speaks_json
from pipeline.plan.preflight.finding import Finding
from pipeline.produce.outcome import Outcome, Status
from pipeline.proof.prove import Proofreader
from pipeline.publish.standing import stand_ins
from pipeline.publish.summary import run_summary, spent
from pipeline.selftest import summary
from pipeline.session import Session, open_session, with_till
from pipeline.settings import Settings

_LOG = logging.getLogger(__name__)

TELL_EVERY_S = 15.0
"""How often a log, which has no progress bar, hears how far a run is."""


class Scoreboard:
    """What the progress bar shows: done, rate, held, cost so far, time left.

    Args:
        size: How many creatives there are.
        progress: The bar.
    """

    def __init__(self, size: int, progress: Progress) -> None:
        self._size = size
        self._progress = progress
        self._outcomes: list[Outcome] = []
        self._begun = self._told = time.monotonic()
        self._task = progress.add_task("", total=size, note="")

    def __call__(self, outcome: Outcome) -> None:
        """Count an outcome; may be called from any thread."""
        self._outcomes.append(outcome)
        now = time.monotonic()
        done = len(self._outcomes)
        held = sum(one.status is Status.HELD for one in self._outcomes)
        note = f"{done / max(0.1, now - self._begun):.1f}/s  ${spent(self._outcomes):.2f}"
        note += f"  {held} held" if held else ""
        self._progress.update(self._task, advance=1, note=note)
        if not self._progress.console.is_terminal and now - self._told >= TELL_EVERY_S:
            self._told = now
            click.echo(f"{done} of {self._size}  {note}")


def run_at_terminal(request: dayplan.RunRequest, settings: Settings, *, plain: bool) -> ExitCode:
    """Run what is due and return the exit code.

    Args:
        request: What was asked for.
        settings: Folders and limits.
        plain: Whether to leave Prefect out.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        ToolMissingError: If an engine, font or language pack is not installed.
        BudgetError: If a provider's key is missing.
        LedgerError: If the ledger cannot be used.
    """
    begun = time.monotonic()
    day_plan = dayplan.prepare(request, settings)
    if dayplan.everything_stands(day_plan):
        return _nothing_to_do(day_plan, settings)
    click.echo(f"{day_plan.size} creatives, {day_plan.changed} of them new or changed")
    found = dayplan.preflight(day_plan)
    for finding in found:
        _warn(str(finding))
    session = open_session(day_plan, settings, _now)
    for claim in session.taken:
        click.echo(str(claim))
    if not session.day_plan.size:
        session.close("there was nothing left to make")
        return ExitCode.ACCEPTED
    outcomes, incomplete = _made(session, found, plain=plain)
    click.echo(f"{len(outcomes)} creatives in {time.monotonic() - begun:.0f} s")
    code = ExitCode.ACCEPTED if daily.accepted(outcomes) else ExitCode.HELD
    code = incomplete or code
    if not plain:
        leave(code)
    return code


def _nothing_to_do(day_plan: dayplan.DayPlan, settings: Settings) -> ExitCode:
    """Say that all creatives stand, and bring what a bucket still lacks of them."""
    out = day_plan.request.out
    click.echo(f"nothing to do: all {day_plan.size} creatives stand as delivered")
    if count := stand_ins(out, day_plan.variants):
        click.echo(f"{count} on the studio's plate; `run --retry` tries for paid ones again")
    click.echo(f"gallery  {out / 'index.html'}")
    return _complete(daily.bring_owed(settings, out))


def _complete(undelivered: str) -> ExitCode:
    """Return the exit code of what the bucket for finished days lacks, and say what that is."""
    if not undelivered:
        return ExitCode.ACCEPTED
    _warn(f"the bucket for finished days does not have it all: {undelivered}")
    return ExitCode.TOOL


def _warn(said: str) -> None:
    """Say something to standard error, or log it where log lines are for machines."""
    if speaks_json():
        _LOG.warning("%s", said)
    else:
        click.echo(said, err=True)


def _made(
    session: Session, found: Iterable[Finding], *, plain: bool
) -> tuple[list[Outcome], ExitCode]:
    """Make what a session has claimed, show how far it is, and say what came of it."""
    reader = Proofreader.standard()
    workshop = daily.open_workshop(session.settings, reader, reader.versions())
    workshop = with_till(session, workshop, os.environ, found)
    record = Record(problem="")
    with _bar() as progress:
        work = work_of(session, workshop, Scoreboard(session.day_plan.size, progress))
        if plain:
            _carry_out(work)
        else:
            record = run_recorded(work, session.settings.work / "prefect", os.environ)
    _say_what_happened(work)
    _say_where(record)
    return work.outcomes(), _complete(work.publish().undelivered)


def serve_at_terminal(request: dayplan.RunRequest, settings: Settings) -> None:
    """Make what is due in every market, hour by hour, until interrupted.

    Raises:
        CampaignError: With every problem of all files.
        ToolMissingError: If no Prefect server can be had.
    """
    loaded = dayplan.load(request.files, settings)
    here = dataclasses.replace(
        request,
        files=tuple(file.resolve() for file in request.files),
        out=request.out.resolve(),
    )
    served = Served(
        form=form_of(here), groups=groups_of(loaded, request.instant.astimezone(dt.UTC).date())
    )
    serve(served, settings.work / "prefect", os.environ, click.echo)


def stop_at_terminal(settings: Settings) -> None:
    """End the Prefect server that a run left for its UI, and say so."""
    stopped = server.stop(settings.work / "prefect")
    click.echo("the Prefect server has ended" if stopped else "no Prefect server is running here")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _carry_out(work: Work) -> None:
    for piece in work.pieces:
        piece()


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=speaks_json(),
    )


def _say_what_happened(work: Work) -> None:
    published = work.publish()
    where = (str(published.gallery), str(published.out))
    tried = summary(work.trial().selftest)
    groups = work.groups(work.outcomes())
    click.echo(run_summary(groups, *where, selftest=tried, bills=published.bills))


def _say_where(record: Record) -> None:
    if record.ui:
        click.echo(f"Prefect  {record.ui}  (`proofpress stop` ends it)")
    if record.problem:
        click.echo(f"Prefect has no complete record of this run: {record.problem}")
