"""Prompts for the image model, and who draws which line."""

import datetime as dt
import pathlib
import re
from collections.abc import Callable

import pytest

from pipeline.campaign.formats import known_formats
from pipeline.campaign.load import load_campaign
from pipeline.plan.prompt import kept_within, prompt_form, prompt_of
from pipeline.plan.routing import MODEL, TYPESET
from pipeline.plan.variants import Variant, variants_of
from pipeline.settings import read_settings

HERE = pathlib.Path(__file__).parent
PROJECT = HERE.parent.parent
NEGATIVE = re.compile(
    r"\b(no|not|never|without|don't|do not|avoid|free of|except)\b", re.IGNORECASE
)


def _examples() -> dict[str, Variant]:
    """Return one variant of each format of each example campaign, in English if it has it."""
    chosen: dict[str, Variant] = {}
    for file in sorted((PROJECT / "campaigns").glob("*.yaml")):
        loaded = load_campaign(file, read_settings({}, 1).template_names())
        market = next(iter(loaded.campaign.markets))
        days = {market: dt.date(2026, 12, 1)}
        for variant in variants_of(loaded, days, (PROJECT / "templates", "engine")):
            chosen[f"{variant.campaign}-{variant.format.name}"] = variant
    return chosen


EXAMPLES = _examples()


def lettering_of(variant: Variant, policy: str) -> dict[str, str]:
    drawn = {"headline", "cta"} if policy == "drawn" else set()
    return {line.role: MODEL if line.role in drawn else TYPESET for line in variant.lines}


def prompt(variant: Variant, policy: str) -> str:
    lettering = lettering_of(variant, policy)
    return prompt_of(variant.scene, lettering, variant.fonts, variant.format)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_prompts_of_the_example_campaigns_are_as_they_were(
    golden: Callable[[pathlib.Path, str], None], name: str
) -> None:
    rows = [f"{policy}:\n{prompt(EXAMPLES[name], policy)}\n" for policy in ("drawn", "typeset")]
    golden(HERE / "golden" / "prompts" / f"{name}.txt", "\n".join(rows))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("policy", ["drawn", "typeset"])
def test_a_prompt_says_only_what_to_draw(name: str, policy: str) -> None:
    assert NEGATIVE.search(prompt(EXAMPLES[name], policy)) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_prompt_quotes_the_models_lines_first_with_place_and_colour(name: str) -> None:
    variant = EXAMPLES[name]
    lettering = lettering_of(variant, "drawn")
    drawn = [line for line in variant.lines if lettering[line.role] == MODEL]
    said = prompt(variant, "drawn")
    assert drawn
    for line in drawn:
        quoted = f'The text "{prompt_form(line.text)}" in '
        assert quoted in said
        assert said.index(quoted) < said.index(variant.scene.style)
    sentences = said.split(". ")[: len(drawn)]
    assert all(re.search(r"color #[0-9A-Fa-f]{6}, in the ", sentence) for sentence in sentences)
    assert said.startswith('The text "')


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_typeset_prompt_holds_none_of_the_words(name: str) -> None:
    variant = EXAMPLES[name]
    said = prompt(variant, "typeset")
    assert '"' not in said
    assert "Every surface is clean and unmarked." in said
    assert not any(line.text in said for line in variant.lines if len(line.text) > 3)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_colour_of_a_prompt_is_one_of_the_brands(name: str) -> None:
    variant = EXAMPLES[name]
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", prompt(variant, "drawn")))
    assert colours
    assert colours <= set(variant.palette.values())


@pytest.mark.parametrize(
    ("fmt", "ratio"),
    [
        ("meta-feed-4x5", "Vertical 4:5"),
        ("meta-square", "Square 1:1"),
        ("meta-story-9x16", "Vertical 9:16"),
        ("google-landscape", "Horizontal 1.91:1"),
        ("menu-16x9", "Horizontal 16:9"),
        ("display-300x250", "Horizontal 6:5"),
    ],
)
def test_the_ratio_of_the_frame_is_stated(fmt: str, ratio: str) -> None:
    variant = EXAMPLES["daily-deals-meta-feed-4x5"]
    lettering = dict.fromkeys(variant.lettering, TYPESET)
    said = prompt_of(variant.scene, lettering, variant.fonts, known_formats()[fmt])
    assert said.startswith(f"{ratio} ")


def test_a_picture_that_is_cut_says_where_everything_is_to_stand() -> None:
    assert "the middle 49% of the height" in kept_within((2048, 512), (728, 90))
    assert "the middle 50% of the width" in kept_within((1024, 1024), (300, 600))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("8,90\u00a0€", "8,90 €"),
        ("\u200f8.90\u00a0د.إ.\u200f", "8.90 د.إ."),
        ("A\u030a", "Å"),
        ('say "hi"', "say 'hi'"),
        ("a\u202fb\u2009c", "a b c"),
        ("10\u2060%", "10%"),
    ],
)
def test_a_prompt_quotes_what_is_seen(text: str, form: str) -> None:
    assert prompt_form(text) == form


def test_calm_ground_is_asked_for_where_words_will_be_set() -> None:
    variant = EXAMPLES["daily-deals-google-landscape"]
    said = prompt(variant, "typeset")
    (room,) = re.findall(r"Smooth, evenly lit open ground in [^.]*\.", said)
    assert "the upper left" in room
    turned = prompt_of(
        variant.scene,
        lettering_of(variant, "typeset"),
        variant.fonts,
        variant.format,
        direction="rtl",
    )
    assert "the upper right" in re.findall(r"open ground in [^.]*\.", turned)[0]


def test_no_ground_is_asked_for_under_words_that_the_model_draws() -> None:
    variant = EXAMPLES["title-card-meta-square"]
    lettering = dict.fromkeys(variant.lettering, MODEL)
    assert "open ground" not in prompt_of(variant.scene, lettering, variant.fonts, variant.format)
