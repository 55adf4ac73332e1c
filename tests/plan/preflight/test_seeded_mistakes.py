"""Mistakes that people make, one for each rule: each is found before a cent is spent."""

import pathlib
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.plan.preflight.conftest import RIGHT, Found

TABLE = yaml.safe_load((pathlib.Path(__file__).parent / "mistakes.yaml").read_text("utf-8"))
HELD = "error"


def with_mistake(row: dict[str, Any]) -> str:
    text = RIGHT
    for old, new in row["change"]:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def line_of(text: str, row: dict[str, Any]) -> int:
    changed = row.get("at") or next(
        part for part in row["change"][0][1].splitlines() if part not in RIGHT
    )
    return next(number for number, line in enumerate(text.splitlines(), 1) if changed in line)


def test_the_right_campaign_has_nothing_to_say(look: Callable[[str], Found]) -> None:
    assert look(RIGHT) == Found(refused=(), findings=())


def test_there_are_sixty_and_more_and_no_two_are_the_same() -> None:
    assert len({row["mistake"] for row in TABLE}) == len(TABLE) >= 60
    assert len({str(row["change"]) for row in TABLE}) == len(TABLE)


@pytest.mark.parametrize("row", TABLE, ids=[row["mistake"] for row in TABLE])
def test_a_mistake_is_found_before_it_is_paid_for_on_its_line(
    row: dict[str, Any], look: Callable[[str], Found]
) -> None:
    text = with_mistake(row)
    found = look(text)
    said = [(one.line, "refused", str(one)) for one in found.refused]
    said += [(x.problem.line, str(x.severity), str(x.problem)) for x in found.findings]
    told = {(line, how) for line, how, what in said if row["said"] in what}
    assert (line_of(text, row), row["how"]) in told, said
    assert all(one.variants for one in found.findings if str(one.severity) == HELD)
