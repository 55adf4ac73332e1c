"""What a person is told of money: the table, the switch, and whether providers agree."""

import datetime as dt
import decimal
import json
import pathlib
import time
from collections.abc import Iterator

import pytest

from pipeline.errors import UsageError
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.spend import By
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import Ticket
from pipeline.settings import Settings
from pipeline.spend import compared, ledger_of, report_of, report_text, report_tree
from simulator.server import running
from tests.produce.ledger.bookings import FREE, HASH, Ticking, wanted

CENTS = decimal.Decimal("0.05")


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> Settings:
    return Settings(templates=tmp_path, work=tmp_path / "work", workers=1)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    opened = ledger_of(settings, Ticking())
    yield opened
    opened.close()


def book(ledger: Ledger, job: str, *, passed: bool = True, **changes: object) -> str:
    """Book an attempt that was charged, and return its id."""
    entry = ledger.intend(wanted(job, **changes), FREE).entry
    ledger.submitted(entry.id, Ticket(request_id=f"request-{job}"))
    ledger.ready(entry.id, CENTS)
    ledger.stored(entry.id, HASH)
    ledger.proved(entry.id, passed=passed)
    ledger.ended(entry.id, EntryState.ACCEPTED if passed else EntryState.REJECTED, "")
    return entry.id


def test_what_was_spent_and_wasted_stands_by_model_and_in_all(
    ledger: Ledger, settings: Settings
) -> None:
    book(ledger, "a1", model="flux-2-pro")
    book(ledger, "b2", model="flux-2-max", passed=False)
    report = report_of(ledger, settings, By.MODEL, None)
    rows = [line.split() for line in report_text(report, ()).splitlines()]
    assert ["flux-2-pro", "1", "1", "100.0%", "0.05", "0.00"] in [row[:6] for row in rows]
    assert ["flux-2-max", "1", "0", "0.0%", "0.05", "0.05"] in [row[:6] for row in rows]
    assert ["all", "2", "1", "50.0%", "0.10", "0.05"] in [row[:6] for row in rows]
    tree = json.loads(json.dumps(report_tree(report, ())))
    assert (decimal.Decimal(tree["total"]["spent"]), tree["halted"]) == (2 * CENTS, None)


def test_days_before_the_first_that_counts_are_left_out(ledger: Ledger, settings: Settings) -> None:
    book(ledger, "a1")
    report = report_of(ledger, settings, By.CAMPAIGN, dt.date(2026, 12, 2))
    assert "nothing was spent or saved on campaign days from 2026-12-02 on" in (
        report_text(report, ())
    )


def test_a_switch_that_is_on_is_the_first_thing_said(ledger: Ledger, settings: Settings) -> None:
    ledger.switch.engage("wrong brief")
    report = report_of(ledger, settings, By.CAMPAIGN, None)
    first = report_text(report, ()).splitlines()[0]
    assert first.startswith("ALL NEW PAYMENTS ARE STOPPED: wrong brief")
    assert str(report_tree(report, ())["halted"]).startswith("wrong brief")
    ledger.switch.release()
    assert "STOPPED" not in report_text(report_of(ledger, settings, By.CAMPAIGN, None), ())


def test_the_address_of_a_ledger_with_its_password_is_not_shown(
    ledger: Ledger, settings: Settings
) -> None:
    with_password = Settings(
        templates=settings.templates,
        work=settings.work,
        workers=1,
        ledger="postgresql://me:hush@127.0.0.1/money",
    )
    said = report_text(report_of(ledger, with_password, By.CAMPAIGN, None), ())
    assert "hush" not in said
    assert "PROOFPRESS_LEDGER" in said


def test_what_cannot_be_compared_says_why(ledger: Ledger, settings: Settings) -> None:
    book(ledger, "a1", provider="bfl")
    book(ledger, "b2", provider="runflow")
    environment = {"PROOFPRESS_FAL_URL": "http://127.0.0.1:1"}
    records = compared(ledger, environment, time.monotonic)
    assert [record.provider for record in records] == ["bfl", "runflow"]
    said = report_text(report_of(ledger, settings, By.CAMPAIGN, None), records)
    assert "bfl: not compared; it offers no record of its charges to a program" in said
    assert "runflow: not compared; runflow needs a key; set RUNFLOW_API_KEY" in said


def test_a_charge_that_the_provider_does_not_know_is_a_difference(
    ledger: Ledger, settings: Settings
) -> None:
    attempt = book(ledger, "a1", provider="runflow")
    with running() as url:
        environment = {
            "PROOFPRESS_RUNFLOW_URL": f"{url}/runflow/v1",
            "RUNFLOW_API_KEY": "simulator-key",
        }
        records = compared(ledger, environment, time.monotonic)
    ((difference,),) = [record.differences for record in records]
    assert (difference.attempt, difference.ours, difference.theirs) == (attempt, CENTS, None)
    report = report_of(ledger, settings, By.CAMPAIGN, None)
    assert "not theirs" in report_text(report, records)
    tree = json.loads(json.dumps(report_tree(report, records)))
    assert tree["records"][0]["differences"][0]["attempt"] == attempt


def test_an_address_that_is_no_ledger_is_refused(settings: Settings) -> None:
    wrong = Settings(
        templates=settings.templates, work=settings.work, workers=1, ledger="mysql://here/money"
    )
    with pytest.raises(UsageError):
        ledger_of(wrong, Ticking())
