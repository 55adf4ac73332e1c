"""Prompts for the image model, and who draws which line."""

import datetime as dt
import pathlib
import re
from collections.abc import Callable

import pytest

from pipeline.campaign.formats import known_formats
from pipeline.campaign.load import load_campaign
from pipeline.plan.lines import Line, Policy, policy_of
from pipeline.plan.prompt import prompt_form, prompt_of
from pipeline.plan.routing import MODEL, TYPESET, route
from pipeline.plan.variants import Variant, variants_of

HERE = pathlib.Path(__file__).parent
PROJECT = HERE.parent.parent
NEGATIVE = re.compile(
    r"\b(no|not|never|without|don't|do not|avoid|free of|except)\b", re.IGNORECASE
)


def _examples() -> dict[str, Variant]:
    """Return one variant of each format of each example campaign, in English if it has it."""
    chosen: dict[str, Variant] = {}
    for file in sorted((PROJECT / "campaigns").glob("*.yaml")):
        loaded = load_campaign(file, ["deal", "menu", "product", "title"])
        market = next(iter(loaded.campaign.markets))
        days = {market: dt.date(2026, 12, 1)}
        for variant in variants_of(loaded, days, PROJECT / "templates", "engine"):
            chosen[f"{variant.campaign}-{variant.format.name}"] = variant
    return chosen


EXAMPLES = _examples()


def prompt(variant: Variant, policy: str) -> str:
    lettering = route(variant.lines, policy, draws_words=True)
    return prompt_of(variant.scene, lettering, variant.fonts, variant.format)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_prompts_of_the_example_campaigns_are_as_they_were(
    golden: Callable[[pathlib.Path, str], None], name: str
) -> None:
    rows = [f"{policy}:\n{prompt(EXAMPLES[name], policy)}\n" for policy in ("auto", "typeset")]
    golden(HERE / "golden" / "prompts" / f"{name}.txt", "\n".join(rows))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("policy", ["auto", "typeset"])
def test_a_prompt_says_only_what_to_draw(name: str, policy: str) -> None:
    assert NEGATIVE.search(prompt(EXAMPLES[name], policy)) is None


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_prompt_quotes_the_models_lines_first_with_place_and_colour(name: str) -> None:
    variant = EXAMPLES[name]
    lettering = route(variant.lines, "auto", draws_words=True)
    drawn = [line for line in variant.lines if lettering[line.role] == MODEL]
    said = prompt(variant, "auto")
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
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", prompt(variant, "auto")))
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


def lines(**texts: str) -> tuple[Line, ...]:
    return tuple(Line.of(role, text) for role, text in texts.items())


DEAL = lines(
    brand="Marlow & Pine",
    badge="-18 %",
    headline="Fresh bowls",
    price="8,90 €",
    cta="Order now",
    legal="Today only.",
)


def drawn(some: tuple[Line, ...], policy: str = "auto", *, draws_words: bool = True) -> set[str]:
    routed = route(some, policy, draws_words=draws_words)
    assert routed.keys() == {line.role for line in some}
    assert set(routed.values()) <= {MODEL, TYPESET}
    return {role for role, who in routed.items() if who == MODEL}


def test_the_model_draws_few_short_latin_lines_and_never_a_price_or_a_legal_line() -> None:
    assert drawn(DEAL) == {"headline", "cta"}


def test_a_policy_of_one_kind_is_followed_where_the_provider_can() -> None:
    assert drawn(DEAL, "typeset") == set()
    assert drawn(DEAL, "model") == {line.role for line in DEAL}
    assert drawn(DEAL, "model", draws_words=False) == set()
    assert drawn(DEAL, "auto", draws_words=False) == set()


@pytest.mark.parametrize(
    "headline",
    [
        "Frische Bowls für die ganze Familie",  # six words
        "Fresh until 2 PM",  # a number
        "ランチボウル",
        "Φρέσκα μπολ",
        "سلطات طازجة",
        "Свіжі боули",
        "सलाद",
    ],
)
def test_long_lines_numbers_and_other_scripts_are_typeset(headline: str) -> None:
    assert drawn(lines(headline=headline)) == set()


@pytest.mark.parametrize("headline", ["Écoutez le silence", "Świeże bowle", "Taze bowl’lar"])
def test_accents_are_latin_too(headline: str) -> None:
    assert drawn(lines(headline=headline)) == {"headline"}


@pytest.mark.parametrize(
    ("role", "policy"),
    [
        ("price", Policy.EXACT_NUMBER),
        ("was_price", Policy.EXACT_NUMBER),
        ("badge", Policy.EXACT_NUMBER),
        ("code", Policy.EXACT_NUMBER),
        ("item_3_price", Policy.EXACT_NUMBER),
        ("item_3", Policy.EXACT),
        ("headline", Policy.EXACT),
        ("legal", Policy.EXACT),
    ],
)
def test_numbers_are_proofread_with_zero_tolerance(role: str, policy: Policy) -> None:
    assert policy_of(role) is policy
