"""The plan says what would be made, why, and what it costs."""

import dataclasses
import decimal
import json
import pathlib
import shutil
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import UsageError
from pipeline.plan.catalogue import capabilities, providers
from pipeline.plan.plan import Delivered, Plan, misfit_problem, misfits
from pipeline.plan.report import plan_report
from pipeline.typeset.renderer import TakumiRenderer

MakePlan = Callable[..., Plan]


def delivered(plan: Plan) -> dict[str, Delivered]:
    """Return a plan's variants as if they had been delivered."""
    return {
        variant.key: Delivered(fingerprint=variant.fingerprint, inputs=variant.inputs)
        for variant in plan.variants
    }


def reasons(plan: Plan) -> list[str]:
    return [planned.reason for planned in plan.planned]


def test_what_was_never_delivered_is_new(plan: MakePlan, text: str) -> None:
    assert set(reasons(plan(text))) == {"new"}


def test_what_was_delivered_as_it_is_is_unchanged(plan: MakePlan, text: str) -> None:
    assert set(reasons(plan(text, delivered(plan(text))))) == {"unchanged"}


def test_a_changed_price_is_named_in_both_forms(plan: MakePlan, text: str) -> None:
    before = delivered(plan(text.replace("de: 8.90", "de: 9.90")))
    after = plan(text, before)
    assert after.planned[0].reason == "price changed 9,90\u00a0€ → 8,90\u00a0€"
    assert after.reasons("ch") == {"unchanged": 8}
    assert after.reasons("de") == {
        "price changed 9,90\u00a0€ → 8,90\u00a0€": 2,
        "unchanged": 2,
    }


def test_a_price_that_is_added_is_named(plan: MakePlan, text: str) -> None:
    free = text.replace("    price: {de: 4.90, ch: 6.90}\n", "")
    assert "price changed none → 4,90\u00a0€" in reasons(plan(text, delivered(plan(free))))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("de: Frische Bowls", "de: Frischere Bowls", "headline changed"),
        ("{de: Jetzt bestellen, fr: Commander}", "{de: Bestellen, fr: Commander}", "cta changed"),
        ("de: 10.90", "de: 9.90", "badge, was price changed"),
        ("a bowl of salad", "a bowl of leaves", "picture changed"),
        ("formats:", "  fonts: {text: elegant}\nformats:", "fonts or typesetter changed"),
        ("formats:", "  allowed_words: [ACME]\nformats:", "allowed words changed"),
    ],
)
def test_the_reason_names_what_changed(
    plan: MakePlan, text: str, old: str, new: str, reason: str
) -> None:
    assert reasons(plan(text.replace(old, new, 1), delivered(plan(text))))[0] == reason


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("scenes/deal.json.j2", "template changed"),
        ("layouts/deal.html.j2", "layout changed"),
        ("layouts/shapes.html.j2", "layout changed"),
        ("plates/sunburst.html.j2", "picture changed"),
    ],
)
def test_a_changed_template_is_a_reason(
    plan: MakePlan,
    text: str,
    templates: pathlib.Path,
    tmp_path: pathlib.Path,
    file: str,
    reason: str,
) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(templates, folder)
    changed = folder / file
    changed.write_text(changed.read_text("utf-8") + "{# a word more #}\n", "utf-8")
    assert set(reasons(plan(text, delivered(plan(text)), folder=folder))) == {reason}


def test_a_record_of_another_version_is_a_reason_and_not_a_crash(plan: MakePlan, text: str) -> None:
    before = {
        key: Delivered(fingerprint="0", inputs={**was.inputs, "paper": "matte"})
        for key, was in delivered(plan(text)).items()
    }
    assert set(reasons(plan(text, before))) == {"settings changed"}


def test_the_json_says_what_would_be_made_and_why(plan: MakePlan, text: str) -> None:
    tree = json.loads(plan(text).to_json())
    assert tree["campaign"] == "lunch"
    assert tree["days"] == {"ch": "2026-12-01", "de": "2026-12-01"}
    first = tree["variants"][0]
    assert first["reason"] == "new"
    assert {"role": "price", "text": "8,90\u00a0€", "words": "formatted"} in first["lines"]
    assert first["lettering"] == dict.fromkeys(first["lettering"], "typeset")
    assert first["prompt"].endswith("Every surface is clean and unmarked.")


def test_a_plan_costs_its_plates_once_each_and_none_that_is_there(
    plan: MakePlan, text: str
) -> None:
    planned = tuple(
        dataclasses.replace(p, variant=dataclasses.replace(p.variant, cost="0.05"))
        for p in plan(text).planned
    )
    dear = dataclasses.replace(plan(text), planned=planned)
    assert len(planned) == 12
    assert dear.cost == decimal.Decimal("0.20")  # two offers in two formats
    there = planned[0].variant.request.fingerprint
    assert dataclasses.replace(dear, plates=frozenset({there})).cost == decimal.Decimal("0.15")


PAID = "template: deal\nlettering: typeset\nprovider: fal"


def test_a_plan_on_a_paid_model_costs_the_planned_sizes_and_says_what_they_save(
    plan: MakePlan, text: str
) -> None:
    made = plan(text.replace("template: deal", PAID))
    assert made.cost == decimal.Decimal("0.20")  # two offers in two formats, 1 MP each
    assert made.saved == decimal.Decimal("0.10")  # the feed's own size would be 2 MP
    report = plan_report(made)
    assert "meta-feed-4x5: made as 912x1136, which saves $0.05 a picture" in report
    assert "google-landscape: made" not in report
    tree = json.loads(made.to_json())
    assert (tree["cost_usd"], tree["saved_usd"]) == ("0.20", "0.10")
    assert tree["variants"][0]["size"] == [912, 1136]


def test_the_plan_says_what_is_cut_of_a_ratio_that_the_model_does_not_make(
    plan: MakePlan, text: str
) -> None:
    turbo = text.replace("template: deal", f"{PAID}\nmodel: flux-2-turbo")
    made = plan(turbo.replace("google-landscape", "display-728x90"))
    banner = next(one for one in made.variants if one.format.name == "display-728x90")
    said = "display-728x90: made as 2048x512, of which 51% is cut away to get its ratio"
    assert said in plan_report(made)
    assert banner.request.prompt.startswith("Horizontal 4:1 ")
    assert "within the middle 49% of the height" in banner.request.prompt
    assert "cut away" not in plan_report(plan(text))


def test_the_plan_says_what_the_model_does_not_take(plan: MakePlan, text: str) -> None:
    asked = "quality: final\nmodel: flux-2-pro\ngeneration: {guidance_scale: 5.5}"
    made = plan(text.replace("template: deal", f"{PAID}\n{asked}"))
    left_out = json.loads(made.to_json())["dropped"]
    assert left_out == {"num_inference_steps": "50", "guidance_scale": "5.5"}
    assert "left out: num_inference_steps 50; fal flux-2-pro does not take it" in plan_report(made)
    assert "left out" not in plan_report(plan(text))


def test_the_studio_costs_nothing(plan: MakePlan, text: str) -> None:
    assert plan(text).cost == 0
    assert "studio" in providers()


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no provider 'acme'; use one of: .*studio"):
        capabilities("acme")


def test_words_too_long_for_a_format_are_found_before_anything_is_made(
    plan: MakePlan, text: str, load: Callable[[str], LoadedCampaign]
) -> None:
    long = text.replace("de: Jetzt bestellen", "de: " + "Jetzt bestellen und genießen " * 7)
    found = list(misfits(plan(long).variants, TakumiRenderer()))
    assert {(variant.locale, misfit.role) for variant, misfit in found} == {
        ("de_DE", "cta"),
        ("de_CH", "cta"),
    }
    problem = misfit_problem(load(long), *found[0])
    assert problem.line == long[: long.index("cta:")].count("\n") + 1
    assert problem.path == "offers.bowl.copy.cta.de"
    assert "needs more than 1 row" in problem.what
    assert "(de_DE, meta-feed-4x5)" in problem.what


def test_a_character_no_font_has_is_found_before_anything_is_made(
    plan: MakePlan, text: str
) -> None:
    words = text.replace("de: Jetzt bestellen", "de: Jetzt ඞ bestellen")
    found = list(misfits(plan(words).variants, TakumiRenderer()))
    assert {misfit.what for _, misfit in found} == {"no font of this script has ඞ"}
