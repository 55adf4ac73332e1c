"""What a scheduled run does first: load, plan, check, and open the workshop."""

import datetime as dt
import logging
import os
import pathlib

from flows.work import TODAY, Parameters, Work, work_of
from pipeline import daily, dayplan
from pipeline.produce.outcome import Outcome
from pipeline.proof.prove import Proofreader
from pipeline.session import open_session, with_till
from pipeline.settings import read_settings

_LOG = logging.getLogger(__name__)


def prepared(parameters: Parameters) -> Work | None:
    """Return the work that is due now; None if everything is as it was last delivered.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        UsageError: If a market is asked for that no campaign has.
        ToolMissingError: If a reader of the proof is not installed.
        BudgetError: If a provider's key is missing.
        LedgerError: If the ledger cannot be used.
    """
    settings = read_settings(os.environ, os.cpu_count() or 1)
    day_plan = dayplan.prepare(request_of(parameters, _now()), settings)
    if dayplan.everything_stands(day_plan):
        return None
    for problem in dayplan.preflight(day_plan):
        _LOG.warning("will be held: %s", problem)
    reader = Proofreader.standard()
    session = open_session(day_plan, settings, _now)
    for claim in session.taken:
        _LOG.warning("%s", claim)
    if not session.day_plan.size:
        session.close("there was nothing left to make")
        return None
    workshop = daily.open_workshop(settings, reader, reader.versions())
    return work_of(session, with_till(session, workshop, os.environ), _log, parameters)


def request_of(parameters: Parameters, instant: dt.datetime) -> dayplan.RunRequest:
    """Return the request that the parameters of a run stand for."""
    day = parameters["day"]
    return dayplan.RunRequest(
        files=tuple(pathlib.Path(file) for file in parameters["files"]),
        out=pathlib.Path(parameters["out"]),
        instant=instant,
        day=None if day == TODAY else dt.date.fromisoformat(day),
        markets=tuple(parameters["markets"]),
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _log(outcome: Outcome) -> None:
    """Say how a variant ended, to whoever listens."""
    _LOG.debug("%s: %s", outcome.variant, outcome.status)
