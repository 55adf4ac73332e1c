"""The form asks for what a run can be asked for, in words, and takes nothing else."""

import datetime as dt
import decimal
import pathlib

import pydantic
import pytest

from flows.form import EVERYTHING, Form, Provider, form_of
from pipeline.plan.catalogue import providers

NOON = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


def test_every_field_has_a_title_and_an_explanation() -> None:
    schema = Form.model_json_schema()
    for name, field in schema["properties"].items():
        assert field.get("title") or field["$ref"].endswith("/Provider"), name
        assert len(field["description"]) > 10, name


def test_every_provider_can_be_chosen() -> None:
    assert {one.value for one in Provider} == {"as the campaign says", *providers()}


def test_an_empty_form_asks_for_everything_as_the_campaigns_say() -> None:
    request = EVERYTHING.request(NOON)
    assert (request.day, request.markets, request.provider, request.cap) == (None, (), "", None)
    assert (request.campaigns, request.time_zones, request.instant) == ((), (), NOON)


def test_what_is_filled_in_reaches_the_request_and_comes_back() -> None:
    form = Form(
        campaigns=["daily-deals"],
        markets=["de"],
        day=dt.date(2026, 11, 27),
        provider=Provider.FAL,
        cap=decimal.Decimal("3.50"),
        time_zones=["Europe/Berlin"],
        files=["a.yaml"],
        out="there",
    )
    request = form.request(NOON)
    assert request.files == (pathlib.Path("a.yaml"),)
    assert (request.provider, request.cap) == ("fal", decimal.Decimal("3.50"))
    assert form_of(request) == form
    assert Form.model_validate_json(form.model_dump_json()) == form


@pytest.mark.parametrize(
    "wrong",
    [
        {"cap": -1},
        {"cap": "1.001"},
        {"provider": "someone"},
        {"day": "tomorrow"},
        {"days_back": 8},
        {"out": ""},
        {"colour": "red"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(pydantic.ValidationError):
        Form.model_validate(wrong)
