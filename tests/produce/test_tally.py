"""Bounds are those of the books, and tallies add up."""

import dataclasses

import pytest

from pipeline.produce.planting import Planted
from pipeline.produce.selftest import Trial
from pipeline.produce.tally import rows_of, tables, upper_bound
from pipeline.proof.corruption import Kind
from pipeline.proof.verdict import Verdict
from pipeline.typeset.setting import LineSetting

SETTING = LineSetting(
    role="price",
    text="8,90 €",
    rows=(),
    size=40.0,
    families=(),
    weight=600,
    spacing=0.0,
    colour="#000000",
    align="left",
    direction="ltr",
    language="de",
    rotation=0.0,
    origin=(0.0, 0.0),
    struck=False,
)
DIGIT = Trial(
    variant="v",
    planted=Planted(
        role="price",
        kind=Kind.DIGIT,
        script="Latin",
        requested="8,90 €",
        planted="8,80 €",
        setting=SETTING,
        box=(0, 0, 1, 1),
    ),
    verdict=Verdict.FAIL,
)


def trial(kind: Kind, verdict: Verdict, script: str = "Latin") -> Trial:
    planted = dataclasses.replace(DIGIT.planted, kind=kind, script=script)
    return dataclasses.replace(DIGIT, planted=planted, verdict=verdict)


@pytest.mark.parametrize(
    ("slipped", "planted", "bound"),
    [
        (0, 30_000, 0.0001),
        (0, 300, 0.01),
        (0, 1, 1.0),
        (0, 0, 1.0),
        (1, 100, 0.0466),  # Clopper and Pearson, one-sided: 1 - the 5 % point of a beta law
        (5, 20, 0.4556),
        (10, 10, 1.0),
        (30, 30_000, 0.00136),
    ],
)
def test_the_bound_is_the_rule_of_three_and_else_that_of_clopper_and_pearson(
    slipped: int, planted: int, bound: float
) -> None:
    assert upper_bound(slipped, planted) == pytest.approx(bound, rel=0.01)


def test_rows_count_every_verdict_by_script_and_kind_and_end_with_the_sums() -> None:
    rows = rows_of([
        trial(Kind.DIGIT, Verdict.FAIL),
        trial(Kind.DIGIT, Verdict.UNSURE),
        trial(Kind.CURRENCY, Verdict.PASS),
        trial(Kind.DIGIT, Verdict.FAIL, "Thai"),
    ])  # fmt: skip
    assert rows == [
        ("Latin", "currency", 1, 0, 0, 1),
        ("Latin", "digit", 2, 1, 1, 0),
        ("Thai", "digit", 1, 1, 0, 0),
        ("all", "", 4, 2, 1, 1),
    ]
    assert rows_of([]) == []


def test_a_person_reads_one_table_by_script_and_one_by_kind() -> None:
    shown = tables([trial(Kind.DIGIT, Verdict.FAIL), trial(Kind.JAMO, Verdict.PASS, "Hangul")])
    words = [line.split() for line in shown.splitlines()]
    assert ["Hangul", "1", "0", "0", "1", "100.0%"] in words
    assert ["digit", "1", "1", "0", "0", "100.0%"] in words
    assert words.count(["all", "2", "1", "0", "1", "97.5%"]) == 2
