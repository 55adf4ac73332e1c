"""Metrics: Prometheus' own parser reads them, and they say what the outcomes and bills say."""

import dataclasses
import datetime as dt
import decimal
import pathlib
from collections.abc import Callable, Sequence

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.plan.plan import Plan
from pipeline.produce.outcome import Outcome, Status
from pipeline.proof.verdict import Check, ExtraText, Verdict
from pipeline.publish.bills import Bill, Bills
from pipeline.publish.metrics import Measured, metrics_of, write_metrics
from pipeline.publish.reasons import reason_of

BILL = Bill(
    campaign="lunch",
    day=dt.date(2026, 12, 1),
    spent=decimal.Decimal("0.35"),
    pictures=7,
    turned_down=2,
    under_way=1,
    budget=decimal.Decimal(25),
    left=decimal.Decimal("24.60"),
)


def samples(content: bytes) -> dict[tuple[str, ...], float]:
    """Return name and label values to value, as Prometheus' parser reads them."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }


@pytest.fixture
def outcomes(plan: Callable[..., Plan], outcome: Callable[..., Outcome]) -> list[Outcome]:
    """Return two accepted outcomes, one of them taken over, and one whose text is wrong."""
    first, second, third = plan().variants
    taken_over = dataclasses.replace(outcome(second), attempts=0)
    return [outcome(first), taken_over, outcome(third, "a digit is wrong")]


def measured(outcomes: Sequence[Outcome]) -> Measured:
    return Measured(
        outcomes={"lunch": outcomes}, bills=Bills(bills=(BILL,)), seconds=12.5, ended=1.8e9
    )


def test_all_that_came_of_a_run_can_be_read(outcomes: list[Outcome]) -> None:
    found = samples(metrics_of(measured(outcomes)))
    day = ("lunch", "2026-12-01")
    assert found["proofpress_creatives", "lunch", "accepted"] == 2
    assert found["proofpress_creatives", "lunch", "held"] == 1
    assert found["proofpress_accept_ratio", "lunch"] == pytest.approx(2 / 3)
    assert found["proofpress_held_creatives", "lunch", "text"] == 1
    assert found["proofpress_stand_ins", "lunch"] == 0
    assert found["proofpress_attempts", *day, "accepted"] == 4
    assert found["proofpress_attempts", *day, "turned_down"] == 2
    assert found["proofpress_attempts", *day, "under_way"] == 1
    assert found["proofpress_spent_usd", *day] == 0.35
    assert found["proofpress_budget_usd", *day] == 25
    assert found["proofpress_budget_left_usd", *day] == 24.6
    assert found["proofpress_run_duration_seconds",] == 12.5
    assert found["proofpress_run_end_timestamp_seconds",] == 1.8e9
    assert found["proofpress_undelivered",] == 0


def test_only_proofs_that_were_made_now_are_timed(outcomes: list[Outcome]) -> None:
    assert outcomes[0].proof
    slow = dataclasses.replace(outcomes[0].proof, ms=1200)
    outcomes[0] = dataclasses.replace(outcomes[0], proof=slow)
    assert outcomes[2].proof
    slow = dataclasses.replace(outcomes[2].proof, ms=700)
    outcomes[2] = dataclasses.replace(outcomes[2], proof=slow)
    found = samples(metrics_of(measured(outcomes)))
    assert found["proofpress_proof_seconds_count", "lunch"] == 2
    assert found["proofpress_proof_seconds_sum", "lunch"] == pytest.approx(1.9)
    assert found["proofpress_proof_seconds_bucket", "lunch", "1.0"] == 1


def test_the_file_is_whole_and_another_run_replaces_it(
    outcomes: list[Outcome], tmp_path: pathlib.Path
) -> None:
    file = tmp_path / "textfile" / "proofpress.prom"
    write_metrics(file, measured(outcomes))
    write_metrics(file, measured(outcomes[:1]))
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert samples(file.read_bytes())["proofpress_creatives", "lunch", "accepted"] == 1


def test_no_copy_is_in_the_metrics(outcomes: list[Outcome]) -> None:
    text = metrics_of(measured(outcomes)).decode()
    assert "Bowls" not in text
    assert "a digit is wrong" not in text


def test_a_campaign_without_creatives_has_no_accept_rate() -> None:
    found = samples(metrics_of(measured([])))
    assert found["proofpress_creatives", "lunch", "accepted"] == 0
    assert ("proofpress_accept_ratio", "lunch") not in found


def held(one: Outcome, **changes: object) -> Outcome:
    return dataclasses.replace(one, status=Status.HELD, reason="so", **changes)  # type: ignore[arg-type]


def test_every_way_of_being_held_has_its_class(outcomes: list[Outcome]) -> None:
    good, _, wrong = outcomes
    assert good.proof
    extra = ExtraText(text="SALE", box=(1, 2, 3, 4), reason="nobody asked for it")
    pale = Check(
        name="contrast",
        subject="price",
        measured=2.0,
        unit="to 1",
        limit=4.5,
        verdict=Verdict.FAIL,
        reason="too pale",
    )
    failed = dataclasses.replace(good.proof, verdict=Verdict.FAIL)
    assert reason_of(good) == ""
    assert reason_of(wrong) == "text"
    assert reason_of(held(good, proof=dataclasses.replace(failed, extra=(extra,)))) == "extra-text"
    assert reason_of(held(good, proof=dataclasses.replace(failed, checks=(pale,)))) == "contrast"
    assert reason_of(held(good)) == "withdrawn"
    assert reason_of(held(good, proof=None)) == "fit"
    assert reason_of(held(good, proof=None, plate=None)) == "picture"
    broken = dataclasses.replace(held(good), reason="unexpected KeyError: 'x'; please report it")
    assert reason_of(broken) == "error"
