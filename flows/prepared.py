"""What a scheduled run does first: load, plan, check, and open the workshop."""

import datetime as dt
import logging
import os
import pathlib

from flows.work import TODAY, Parameters, Work, work_of
from pipeline import daily
from pipeline.produce.outcome import Outcome
from pipeline.proof.prove import Proofreader
from pipeline.settings import read_settings

_LOG = logging.getLogger(__name__)


def prepared(parameters: Parameters) -> Work | None:
    """Return the work that is due now; None if everything is as it was last delivered.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        UsageError: If a market is asked for that no campaign has.
        ToolMissingError: If a reader of the proof is not installed.
    """
    settings = read_settings(os.environ, os.cpu_count() or 1)
    day_plan = daily.prepare(request_of(parameters, dt.datetime.now(dt.UTC)), settings)
    if daily.everything_stands(day_plan):
        return None
    for problem in daily.preflight(day_plan):
        _LOG.warning("will be held: %s", problem)
    reader = Proofreader.standard()
    workshop = daily.open_workshop(settings, reader, reader.versions())
    return work_of(day_plan, workshop, _log, parameters)


def request_of(parameters: Parameters, instant: dt.datetime) -> daily.RunRequest:
    """Return the request that the parameters of a run stand for."""
    day = parameters["day"]
    return daily.RunRequest(
        files=tuple(pathlib.Path(file) for file in parameters["files"]),
        out=pathlib.Path(parameters["out"]),
        instant=instant,
        day=None if day == TODAY else dt.date.fromisoformat(day),
        markets=tuple(parameters["markets"]),
    )


def _log(outcome: Outcome) -> None:
    """Say how a variant ended, to whoever listens."""
    _LOG.debug("%s: %s", outcome.variant, outcome.status)
