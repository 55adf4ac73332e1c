"""A campaign without a mistake, and what plans it and looks it over."""

import dataclasses
import datetime as dt
import pathlib
import shutil
from collections.abc import Callable

import pytest

from pipeline.dayplan import RunRequest, preflight, prepare
from pipeline.errors import CampaignError, Problem
from pipeline.plan.preflight.finding import Finding
from pipeline.settings import PROJECT, Settings
from tests.lunch import lunch

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)  # a Tuesday

RIGHT = (
    lunch("meta-feed-4x5", de="de_DE", at="de_AT", ua="uk_UA")
    + """\
offers:
  bowl:
    picture: bowl.png
    subject: a bowl of salad
    price: {de: 8.90, at: 9.20, ua: 179}
    was: {de: 10.90, at: 11.20, ua: 219}
    facts: {pieces: 3}
    copy:
      headline:
        de: Frische Bowls
        uk: Свіжі боули
      offer:
        de: "{pieces, plural, one {# Stück} other {# Stücke}} für {price}"
        uk: "{pieces, plural, one {# штука} few {# штуки} other {# штук}} за {price}"
      cta: {de: Jetzt bestellen, uk: Замовити}
      legal:
        de: Nur am {day:long}.
        uk: Лише {day:long}.
days:
  every: bowl
  2026-12-05: {offer: bowl, price: {de: 7.90}}
preflight: {former_price: off}
"""
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of a campaign, before anything was made.

    Attributes:
        refused: Problems for which the file is not planned at all.
        findings: What preflight says of the plan.
    """

    refused: tuple[Problem, ...]
    findings: tuple[Finding, ...]


@pytest.fixture
def look(tmp_path: pathlib.Path) -> Callable[[str], Found]:
    """Return what plans a campaign's text and looks it over."""
    shutil.copy(PROJECT / "campaigns" / "assets" / "salad.png", tmp_path / "bowl.png")
    (tmp_path / "notes.txt").write_text("no picture", "utf-8")

    def looked(text: str) -> Found:
        file = tmp_path / "lunch.yaml"
        file.write_text(text, "utf-8")
        request = RunRequest(files=(file,), out=tmp_path / "out", instant=NOON)
        settings = Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)
        try:
            return Found(refused=(), findings=preflight(prepare(request, settings)))
        except CampaignError as error:
            return Found(refused=error.problems, findings=())

    return looked
