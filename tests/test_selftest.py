"""The self-test of a day: an error that the proof lets through holds what is new, and only that."""

import dataclasses
import datetime as dt
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.daily import open_workshop, produce_batch, publish
from pipeline.dayplan import DayPlan, RunRequest, prepare
from pipeline.produce.outcome import Outcome, Status
from pipeline.proof.delivery import Prover
from pipeline.selftest import (
    ERRORS_A_CREATIVE,
    Tried,
    examine,
    for_machines,
    report,
    summary,
    try_day,
)
from pipeline.settings import Settings, read_settings
from tests.lunch import lunch
from tests.provers import Blind, Credulous, Seeing

CAMPAIGN = (
    lunch("display-300x250", de="de_DE, de_AT", il="he_IL")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, il: 44.90}
    copy: {headline: {de: Bowls, he: קערות}}
"""
)
DAY = dt.date(2026, 12, 1)


@dataclasses.dataclass(frozen=True)
class Day:
    """One campaign day in a folder of its own."""

    folder: pathlib.Path

    @property
    def settings(self) -> Settings:
        return read_settings({"PROOFPRESS_WORK": str(self.folder / "work")}, cores=2)

    def plan(self, text: str = CAMPAIGN) -> DayPlan:
        file = self.folder / "lunch.yaml"
        file.write_text(text, "utf-8")
        request = RunRequest(
            files=(file,),
            out=self.folder / "out",
            instant=dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC),
            day=DAY,
        )
        return prepare(request, self.settings)

    def run(self, prover: Prover, text: str = CAMPAIGN) -> Tried:
        """Make, try and publish what is due."""
        plan = self.plan(text)
        workshop = open_workshop(self.settings, prover, {})
        outcomes = [
            outcome
            for batch in plan.batches()
            for outcome in produce_batch(batch, workshop, lambda _: None)
        ]
        tried = try_day(plan, outcomes, workshop)
        publish(plan, tried.outcomes, workshop, tried.selftest)
        return tried

    def manifest(self) -> dict[str, Any]:
        path = self.folder / "out" / DAY.isoformat() / "lunch" / "manifest.json"
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return record

    def delivered(self) -> dict[str, bytes]:
        folder = self.folder / "out" / DAY.isoformat() / "lunch"
        files = [*folder.glob("de/*"), *folder.glob("il/*")]
        return {file.name: file.read_bytes() for file in files}


@pytest.fixture
def day(tmp_path: pathlib.Path) -> Day:
    return Day(folder=tmp_path)


def statuses(outcomes: Sequence[Outcome]) -> set[Status]:
    return {outcome.status for outcome in outcomes}


def test_a_proof_that_sees_lets_the_day_ship_and_the_manifest_says_that_it_was_tried(
    day: Day,
) -> None:
    tried = day.run(Seeing())
    assert statuses(tried.outcomes) == {Status.ACCEPTED}
    assert tried.selftest.slips == ()
    assert tried.selftest.creatives == 2  # one Latin, one Hebrew
    assert 2 < len(tried.selftest.trials) <= 3 * ERRORS_A_CREATIVE
    said = day.manifest()["selftest"]
    assert said["planted"] == said["refused"] == len(tried.selftest.trials)
    assert said["slipped"] == 0
    assert {"Hebrew", "Latin"} <= set(said["scripts"])
    assert summary(tried.selftest).endswith("of the new creatives, all refused")
    assert len(day.delivered()) == 3


def test_a_slip_holds_everything_new_and_says_what_slipped_and_what_to_do(day: Day) -> None:
    tried = day.run(Blind())
    assert statuses(tried.outcomes) == {Status.HELD}
    slip = tried.selftest.slips[0]
    for outcome in tried.outcomes:
        assert repr(slip.planted.planted) in outcome.reason
        assert "proofpress doctor" in outcome.reason
    assert day.delivered() == {}
    manifest = day.manifest()
    assert {record["status"] for record in manifest["creatives"]} == {"held"}
    assert all(record["file"].startswith("held/") for record in manifest["creatives"])
    assert manifest["selftest"]["slipped"] == len(tried.selftest.slips)
    assert "SLIPPED" in summary(tried.selftest)


def test_a_reader_that_sees_what_it_expects_is_noticed_though_shapes_refuse_everything(
    day: Day,
) -> None:
    tried = day.run(Credulous())
    assert statuses(tried.outcomes) == {Status.HELD}
    assert all(slip.by_reading for slip in tried.selftest.slips)
    assert "by reading alone" in tried.outcomes[0].reason


def test_running_again_does_not_turn_a_slip_into_a_pass(day: Day) -> None:
    first, second = day.run(Blind()), day.run(Blind())
    assert [str(slip) for slip in first.selftest.slips] == [
        str(slip) for slip in second.selftest.slips
    ]
    assert statuses(second.outcomes) == {Status.HELD}
    assert day.delivered() == {}
    assert statuses(day.run(Seeing()).outcomes) == {Status.ACCEPTED}
    assert len(day.delivered()) == 3


def test_what_was_delivered_earlier_that_day_stays_when_a_slip_holds_its_successor(
    day: Day,
) -> None:
    day.run(Seeing())
    before = day.delivered()
    dearer = CAMPAIGN.replace("8.90", "9.90")
    tried = day.run(Blind(), dearer)
    held = {outcome.variant for outcome in tried.outcomes if outcome.status is Status.HELD}
    assert len(held) == 2
    assert day.delivered() == before
    records = {record["variant"]: record for record in day.manifest()["creatives"]}
    assert {records[name]["strings"]["price"] for name in held} == {"8,90\u00a0€", "€\u00a08,90"}
    assert {record["status"] for record in records.values()} == {"accepted"}
    assert set(day.manifest()["selftest"]["held"]) == held
    (plan,) = day.plan(dearer).plans
    assert {variant.id for variant in plan.to_make} == held


def test_what_stands_as_delivered_is_not_tried_again(day: Day) -> None:
    day.run(Seeing())
    tried = day.run(Blind())
    assert tried.selftest.trials == ()
    assert statuses(tried.outcomes) == {Status.ACCEPTED}
    assert summary(tried.selftest) == ""


def test_on_demand_creatives_are_made_where_the_store_has_none(day: Day) -> None:
    said: list[str] = []
    workshop = open_workshop(day.settings, Seeing(), {})
    result = examine(day.plan(), workshop, (8, 3), said.append)
    assert said == ["made first, since the store had none of their script: 2"]
    assert len(result.trials) == 8
    assert result.slips == ()
    shown = report(result)
    assert shown.endswith("8 errors planted: all refused")
    again = examine(day.plan(), workshop, (8, 3), said.append)
    assert len(said) == 1
    assert {str(trial) for trial in again.trials} == {str(trial) for trial in result.trials}
    other = examine(day.plan(), workshop, (8, 4), said.append)
    assert {str(trial) for trial in other.trials} != {str(trial) for trial in result.trials}


def test_on_demand_slips_are_listed_with_what_was_asked_and_what_stood_there(day: Day) -> None:
    workshop = open_workshop(day.settings, Blind(), {})
    result = examine(day.plan(), workshop, (4, 0), lambda _: None)
    assert len(result.slips) == 4
    shown = report(result)
    for slip in result.slips:
        assert str(slip) in shown
    record = json.loads(for_machines(result))
    assert (record["planted"], record["refused"], record["slipped"]) == (4, 0, 4)
    assert sum(cell["slipped"] for cell in record["tally"]) == 4
    assert {cell["at_most"] for cell in record["tally"]} == {1.0}


def test_a_creative_that_is_held_gets_no_errors_and_is_named(day: Day) -> None:
    said: list[str] = []
    long = CAMPAIGN.replace("{de: Bowls,", "{de: " + "Bowls und " * 25 + ",")
    workshop = open_workshop(day.settings, Seeing(), {})
    result = examine(day.plan(long), workshop, (4, 0), said.append)
    assert {trial.variant.split("--")[2] for trial in result.trials} == {"il"}
    assert any("is held" in one and "de-de" in one for one in said)
