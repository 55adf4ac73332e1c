"""What a scheduled run does first: find what is due, then check it and open the workshop."""

import datetime as dt
import logging
import os
from collections.abc import Iterator

from flows.form import Form
from flows.work import Work, work_of
from pipeline import daily, dayplan
from pipeline.due import Due, due
from pipeline.errors import UsageError
from pipeline.plan.report import plan_report
from pipeline.produce.outcome import Outcome
from pipeline.proof.prove import Proofreader
from pipeline.session import open_session, with_till
from pipeline.settings import read_settings

_LOG = logging.getLogger(__name__)


def look(form: Form) -> Due:
    """Return what is due now.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        UsageError: If a campaign, a market or every campaign file is missing.
    """
    request = form.request(_now())
    if not request.files:
        raise UsageError("there is no campaign file; name one, such as campaigns/daily-deals.yaml")
    settings = read_settings(os.environ, os.cpu_count() or 1)
    if problem := daily.bring_owed(settings, request.out):
        _LOG.warning("the bucket for finished days does not have it all: %s", problem)
    return due(request, settings, form.days_back)


def planned(found: Due) -> str:
    """Return the plan of what is due, as `proofpress plan` prints it."""
    reports = (plan_report(plan) for day_plan in found.plans for plan in day_plan.plans)
    return "\n\n".join(reports) or "nothing is due"


def works(found: Due, form: Form) -> Iterator[Work]:
    """Yield the work of each day that is due, as far as no other run is at it.

    Raises:
        ToolMissingError: If a reader of the proof is not installed.
        BudgetError: If a provider's key is missing.
        LedgerError: If the ledger cannot be used.
    """
    for day_plan in found.plans:
        if work := _work(day_plan, form):
            yield work


def _work(day_plan: dayplan.DayPlan, form: Form) -> Work | None:
    settings = read_settings(os.environ, os.cpu_count() or 1)
    found = dayplan.preflight(day_plan)
    for finding in found:
        _LOG.warning("%s", finding)
    reader = Proofreader.standard()
    session = open_session(day_plan, settings, _now)
    for claim in session.taken:
        _LOG.warning("%s", claim)
    if not session.claims:
        session.close("there was nothing left to make")
        return None
    workshop = daily.open_workshop(settings, reader, reader.versions())
    return work_of(session, with_till(session, workshop, os.environ, found), _log, form)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _log(outcome: Outcome) -> None:
    """Say how a variant ended, to whoever listens."""
    _LOG.debug("%s: %s", outcome.variant, outcome.status)
