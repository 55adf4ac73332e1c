"""Parameters of a generation, budgets and references: typed, ranged and said with their line."""

import decimal
import pathlib
from collections.abc import Callable

import pytest
from PIL import Image

from pipeline.campaign.generation import PRESETS, Generation, Size
from pipeline.campaign.references import called_references, with_places

Said = Callable[[str], list[str]]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("guidance_scale: 1.4", "guidance_scale: is too small; write 1.5 or more"),
        ("guidance_scale: 10.1", "guidance_scale: is too large; write 10 or less"),
        ("guidance_scale: 3.55", "'3.55' is not valid; expected a number with at most one decimal"),
        ("num_inference_steps: 1", "num_inference_steps: is too small; write 2 or more"),
        ("num_inference_steps: 51", "num_inference_steps: is too large; write 50 or less"),
        ("num_inference_steps: many", "'many' is not valid; expected a whole number"),
        ("output_format: gif", "output_format: unknown value; use 'png' or 'jpeg'"),
        ("safety_tolerance: 0", "safety_tolerance: is too small; write 1 or more"),
        ("safety_tolerance: 6", "safety_tolerance: is too large; write 5 or less"),
        ("enable_safety_checker: yes", "'yes' is not valid; expected true or false"),
        ("sync_mode: 1", "sync_mode: '1' is not valid; expected true or false"),
        ("seed: 2147483648", "seed: is too large; write 2147483647 or less"),
        ("image_size: poster", "unknown value; use 'square_hd'"),
        ("image_size: {width: 1024}", "expected a preset or both width and height"),
        ("image_size: {width: 63, height: 64}", "width: is too small; write 64 or more"),
        ("step: 4", "generation.step: unknown key; "),
    ],
)
def test_a_parameter_out_of_its_range_is_said_with_its_line(
    said: Said, good: str, row: str, what: str
) -> None:
    (problem,) = said(f"{good}generation:\n  {row}\n")
    assert problem.startswith("15: ")
    assert what in problem


def test_every_parameter_is_taken_in_its_range(said: Said, good: str) -> None:
    rows = """\
generation:
  image_size: {width: 1088, height: 1360}
  guidance_scale: 10
  num_inference_steps: 2
  output_format: jpeg
  safety_tolerance: 5
  enable_safety_checker: false
  seed: 0
  sync_mode: true
second_opinion: sentinel
budget: {creative: 0.15, campaign: 900, day: 25.00, month: 300, attempts: 3, resubmit: 1}
"""
    assert said(good + rows) == []


def test_a_preset_stands_for_its_pixels() -> None:
    for name, pixels in PRESETS.items():
        assert Generation.model_validate({"image_size": name}).image_size == Size(preset=name)
        assert Size(preset=name).pixels == pixels


def test_guidance_keeps_its_digits() -> None:
    made = Generation.model_validate({"guidance_scale": "3.5"})
    assert made.guidance_scale == decimal.Decimal("3.5")


def test_a_second_resubmission_is_not_allowed(said: Said, good: str) -> None:
    (problem,) = said(f"{good}budget: {{resubmit: 2}}\n")
    assert problem == "14: budget.resubmit: is too large; write 1 or less"


def test_a_subject_calls_only_pictures_that_there_are(
    said: Said, good: str, tmp_path: pathlib.Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "table.png")
    subject = "    subject: a bowl on @table like @product\n    price:"
    called = good.replace("    price:", subject, 1)
    remedy = "add it under `references:`; there are: none yet"
    assert said(called) == [
        f"11: offers.bowl.subject: there is no picture @{name}; {remedy}"
        for name in ("product", "table")
    ]
    named = called.replace("    price:", "    references: {table: table.png}\n    price:", 1)
    (problem,) = said(named)
    assert "there is no picture @product; add it under `references:`; there are: @table" in problem


def test_a_reference_takes_no_name_of_the_campaigns_own_pictures_and_must_be_there(
    said: Said, good: str, tmp_path: pathlib.Path
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "table.png")
    rows = "  references: {logo: table.png, desk: none.png}\nformats:"
    first, second = said(good.replace("formats:", rows, 1))
    assert "6: brand.references.desk: there is no file 'none.png'" in first
    assert "6: brand.references.logo: 'logo' is the name of the campaign's own picture" in second


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the bowl of @product beside @logo and @product", ("product", "logo")),
        ("write to hello@product.test", ()),
        ("@table-top, in oak", ("table-top",)),
        ("@@product", ()),
        ("at 5 @ 3", ()),
    ],
)
def test_a_call_is_an_at_sign_and_a_name(text: str, names: tuple[str, ...]) -> None:
    assert called_references(text) == names


def test_a_call_becomes_a_place_or_a_bare_name() -> None:
    said = with_places("@product on @table-top", {"product": 1})
    assert said == "image 1 on the table top"
