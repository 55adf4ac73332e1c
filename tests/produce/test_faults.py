"""The fault benchmark in small: every promise holds, and the checker sees when one does not."""

import dataclasses
import decimal
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.fault_again import Again, State, run_again
from benchmarks.fault_again import broken_in as again_broken
from benchmarks.fault_budget import broken_in, run_rounds
from benchmarks.fault_check import Record, compare
from benchmarks.faults import MIX, Plan, folder_for, run_series

pytestmark = pytest.mark.xdist_group("faults")

CAP = decimal.Decimal(1)


@pytest.fixture
def folder() -> Iterator[pathlib.Path]:
    with folder_for(None) as one:
        yield one


@pytest.mark.parametrize(
    ("provider", "variants", "kills", "resubmit"),
    [("runflow", 100, 3, False), ("fal", 60, 2, False), ("bfl", 60, 2, True)],
)
def test_after_faults_and_kills_the_bill_is_the_ledger_and_every_variant_has_ended(
    provider: str, variants: int, kills: int, folder: pathlib.Path, *, resubmit: bool
) -> None:
    plan = Plan(provider=provider, variants=variants, resubmit=resubmit)
    series = run_series(plan, 3, kills, folder)
    found = series.finding
    assert found.broken == ()
    assert series.kills == kills
    assert found.billed == found.booked + found.explained > 0
    assert sum(found.endings.values()) == variants
    assert found.endings["delivered"] > variants * 0.8


def test_a_hundred_threads_with_faults_stay_within_the_cap(folder: pathlib.Path) -> None:
    rounds = run_rounds("runflow", 1, CAP, folder, MIX)
    assert broken_in(rounds, CAP, "runflow") == []
    (only,) = rounds
    assert 0 < only.billed <= only.at_commit <= CAP
    assert only.refused > 0


def test_a_finished_day_costs_nothing_however_often_it_is_run_again(folder: pathlib.Path) -> None:
    again = run_again("runflow", 3, folder)
    assert again_broken(again) == []
    assert (again.worked, again.differing) == (0, 0)
    assert again.first.billed == again.first.booked == decimal.Decimal("0.05")
    assert again.first.attempts == 1


def test_a_day_that_costs_something_again_breaks_its_promise() -> None:
    free = decimal.Decimal(0)
    first = State(billed=decimal.Decimal(1), booked=free, attempts=0, files={})
    found = again_broken(Again(first=first, differing=2, worked=1, seconds=0.0))
    assert found == [
        "1 runs found work; 2 left something different",
        "the bill is $1, the ledger $0",
        "the first run delivered nothing, so it shows nothing",
    ]


def _row(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - a row's values
    row = {
        "id": f"attempt-{number}",
        "variant": f"variant-{number}",
        "state": "failed",
        "charged": "0.05",
        "by_vendor": True,
        "request_id": f"job-{number}",
        "seed": number,
        "sha256": "",
        "resubmits": None,
    }
    return row | changes


def _line(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - a line's values
    line = {"job": f"job-{number}", "client_ref": None, "seed": number, "usd": "0.05", "why": "ok"}
    return line | changes


def _record(folder: pathlib.Path, rows: list[dict[str, Any]], *lines: dict[str, Any]) -> Record:
    return Record(
        lines=lines,
        rows={row["id"]: row for row in rows},
        outcomes={},
        wanted=(),
        folder=folder,
        looks_up=True,
    )


def test_the_checker_sees_what_is_billed_twice_or_without_a_row(folder: pathlib.Path) -> None:
    rows = [_row(1, state="submitted")]
    twice = _record(folder, rows, _line(1), _line(1, job="job-9", client_ref="attempt-1"))
    found = compare(twice)
    assert found.duplicates == ("job-9",)
    assert any("differ by $0.05" in promise for promise in found.broken)
    assert compare(_record(folder, rows, _line(1), _line(7))).duplicates == ("job-7",)
    refunded = _record(folder, rows, _line(1), _line(7), _line(7, usd="-0.05"))
    assert compare(refunded).broken == ()


def test_the_checker_sees_a_paid_picture_that_is_lost(folder: pathlib.Path) -> None:
    found = compare(_record(folder, [_row(1)], _line(1)))
    assert found.lost == ("attempt-1",)
    assert any(promise.startswith("lost: 1") for promise in found.broken)
    refused = _line(1, why="generated, then refused")
    assert compare(_record(folder, [_row(1)], refused)).broken == ()


def test_the_checker_sees_what_was_delivered_without_a_whole_picture(folder: pathlib.Path) -> None:
    outcome = {
        "variant": "variant-1",
        "status": "delivered",
        "reason": "",
        "attempt": "attempt-1",
        "sha256": "5e" * 32,
    }
    rows = [_row(1, state="accepted", sha256="5e" * 32)]
    record = dataclasses.replace(
        _record(folder, rows, _line(1)), outcomes={"variant-1": outcome}, wanted=("variant-1",)
    )
    assert compare(record).corrupt == ("variant-1",)


def test_the_checker_sees_variants_without_an_end_or_a_reason(folder: pathlib.Path) -> None:
    silent = {"variant": "variant-1", "status": "fallback", "reason": ""}
    record = dataclasses.replace(
        _record(folder, []), outcomes={"variant-1": silent}, wanted=("variant-1", "variant-2")
    )
    assert compare(record).broken == (
        "1 variants have no outcome, such as variant-2",
        "variant-1 ended without a reason",
    )


def test_what_a_vendor_bills_for_an_unknown_attempt_is_explained_only_without_a_look_up(
    folder: pathlib.Path,
) -> None:
    rows = [_row(1, state="unknown", charged=None, request_id="")]
    record = _record(folder, rows, _line(1))
    assert compare(record).explained == decimal.Decimal("0.05")
    assert compare(record).broken != ()
    assert compare(dataclasses.replace(record, looks_up=False)).broken == ()


def test_what_was_booked_as_spent_without_a_line_of_the_vendor_is_explained(
    folder: pathlib.Path,
) -> None:
    rows = [_row(1, request_id="", by_vendor=False), _row(2, request_id="", by_vendor=False)]
    record = dataclasses.replace(_record(folder, rows, _line(1)), looks_up=False)
    assert compare(record).explained == decimal.Decimal("-0.05")
    assert compare(record).broken == ()
    settled = [rows[0], _row(2)]  # charged by a vendor that has no line of it
    assert compare(dataclasses.replace(record, rows={r["id"]: r for r in settled})).broken != ()
