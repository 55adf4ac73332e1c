"""The schema that editors use says what the loader says."""

import json
import pathlib
from collections.abc import Callable
from typing import TypeAlias

import jsonschema
import jsonschema.protocols
import pytest
import yaml

from pipeline.campaign.schema import schema_text

CAMPAIGNS = pathlib.Path(__file__).parent.parent.parent / "campaigns"
FILES = sorted(CAMPAIGNS.glob("*.yaml"))
Validator: TypeAlias = jsonschema.protocols.Validator
Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | float"
LINE = "# yaml-language-server: $schema=campaign.schema.json"


class Editor(yaml.SafeLoader):
    """Reads YAML as editors do: numbers are numbers, dates are text (YAML 1.2, core schema)."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def as_an_editor_reads(text: str) -> dict[str, Tree]:
    tree: dict[str, Tree] = yaml.load(text, Loader=Editor)  # noqa: S506 - a SafeLoader
    return tree


@pytest.fixture(scope="module")
def validator() -> Validator:
    """Return what validates a campaign against the schema."""
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_file_is_current(golden: Callable[[pathlib.Path, str], None]) -> None:
    golden(CAMPAIGNS / "campaign.schema.json", schema_text())


def test_the_schema_names_itself_and_ends_with_a_newline() -> None:
    schema = json.loads(schema_text())
    assert schema["title"] == "Proofpress campaign"
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema_text().endswith("}\n")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_example_campaign_is_valid_and_names_the_schema_first(
    file: pathlib.Path, validator: Validator
) -> None:
    text = file.read_text("utf-8")
    assert text.splitlines()[0] == LINE
    assert [error.message for error in validator.iter_errors(as_an_editor_reads(text))] == []


MORE = """\
valid_from: 2026-11-01
valid_to: "2026-12-01"
budget: {day: 25, attempts: 3}
checks: {blur: off, contrast: 4, palette_area: 0.5, kilobytes: "150"}
days:
  monday: bowl
  tuesday: {offer: bowl, price: {de: 7.90}}
  wednesday: [bowl, {offer: bowl, was: {de: 12}}]
"""


def test_numbers_dates_and_both_forms_of_a_day_are_valid(good: str, validator: Validator) -> None:
    tree = as_an_editor_reads(good + MORE)
    assert "'de': 8.9}" in str(tree["offers"])  # a number, as an editor sees it
    assert [error.message for error in validator.iter_errors(tree)] == []
    validator.validate(as_an_editor_reads(good.replace("8.90", '"8.90"')))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("campaign: lunch", "campaign: Lunch Deals"),
        ("campaign: lunch", "campain: lunch"),
        ("#1B1210", "brown"),
        ("meta-square", "meta-sqare"),
        ("headline:", "headlin:"),
        ("currency: EUR, ", ""),
        ("{de: 8.90}", "{de: [8.90]}"),
        ("    price:", "    picture: null\n    price:"),
    ],
)
def test_a_mistake_is_marked_while_it_is_typed(
    good: str, validator: Validator, old: str, new: str
) -> None:
    assert list(validator.iter_errors(as_an_editor_reads(good.replace(old, new, 1))))
