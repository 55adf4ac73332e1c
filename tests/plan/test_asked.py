"""What a campaign asks of its provider, and the pictures its prompts call."""

import decimal
import pathlib
from collections.abc import Callable

import pytest
from PIL import Image

from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import TemplateError
from pipeline.plan.asked import dropped, parameters_of, unable
from pipeline.plan.catalogue import capabilities
from pipeline.plan.plan import Plan

Load = Callable[[str], LoadedCampaign]
MakePlan = Callable[..., Plan]


@pytest.fixture
def with_settings(load: Load, text: str) -> Callable[..., LoadedCampaign]:
    """Return what loads the campaign with some lines more after its second."""
    return lambda *rows: load(text.replace("template: deal", "\n".join(["template: deal", *rows])))


@pytest.mark.parametrize(
    ("quality", "steps", "guidance"),
    [("draft", 15, "3.5"), ("production", 28, "3.5"), ("final", 50, "7.0")],
)
def test_a_quality_stands_for_steps_and_guidance(
    with_settings: Callable[..., LoadedCampaign], quality: str, steps: int, guidance: str
) -> None:
    campaign = with_settings("provider: runflow", f"quality: {quality}").campaign
    made = parameters_of(campaign, capabilities("runflow").model("flux-2-flex"))
    assert made.tree() == {
        "steps": steps,
        "guidance": guidance,
        "safety_tolerance": 2,
        "safety_checker": True,
        "output_format": "png",
        "sync_mode": False,
    }


def test_a_value_of_the_campaign_wins_over_its_quality(
    with_settings: Callable[..., LoadedCampaign],
) -> None:
    campaign = with_settings(
        "provider: fal",
        "quality: final",
        "generation:",
        "  image_size: portrait_4_3",
        "  guidance_scale: 4",
        "  num_inference_steps: 20",
        "  output_format: jpeg",
        "  safety_tolerance: 5",
        "  enable_safety_checker: false",
        "  sync_mode: true",
    ).campaign
    assert parameters_of(campaign, capabilities("fal").model("flux-2-flex")).tree() == {
        "steps": 20,
        "guidance": "4.0",
        "safety_tolerance": 5,
        "safety_checker": False,
        "output_format": "jpeg",
        "sync_mode": True,
        "preset": "portrait_4_3",
    }


def test_a_model_with_a_guidance_of_its_own_keeps_it_unless_the_campaign_says_otherwise(
    with_settings: Callable[..., LoadedCampaign],
) -> None:
    turbo = capabilities("fal").model("flux-2-turbo")
    rows = ("provider: fal", "model: flux-2-turbo", "quality: final")
    made = parameters_of(with_settings(*rows).campaign, turbo)
    assert (made.guidance, made.steps) == (decimal.Decimal("2.5"), None)
    said = with_settings(*rows, "generation: {guidance_scale: 3}").campaign
    assert parameters_of(said, turbo).guidance == decimal.Decimal("3.0")


def test_only_what_was_asked_for_is_said_to_be_left_out(
    with_settings: Callable[..., LoadedCampaign],
) -> None:
    rows = ("provider: bfl", "model: flux-2-pro")
    assert dropped(with_settings(*rows).campaign) == ()
    found = dropped(with_settings(*rows, "generation: {sync_mode: true}").campaign)
    assert [(one.name, one.value) for one in found] == [("sync_mode", "true")]
    sized = dropped(with_settings("generation: {image_size: square}").campaign)
    assert [(one.name, one.value) for one in sized] == [("image_size", "512x512")]


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        (["provider: midas"], 3, "provider: there is no such provider; use one of: studio, runfl"),
        (
            ["provider: bfl", "model: flux-2-turbo"],
            4,
            "model: bfl has no model 'flux-2-turbo'; use one of: flux-2-flex, flux-2-pro",
        ),
        (["lettering: model"], 3, "lettering: studio draws no words; use auto or typeset"),
        (
            ["provider: fal", "generation:", "  image_size: {width: 1080, height: 1080}"],
            5,
            "generation.image_size: fal flux-2-flex does not make 1080x1080; use sides of 64 to",
        ),
        (
            ["provider: fal", "second_opinion: sentinel"],
            4,
            "second_opinion: fal has no sentinel; use it with runflow",
        ),
    ],
)
def test_what_a_provider_cannot_do_is_said_with_the_line(
    with_settings: Callable[..., LoadedCampaign], rows: list[str], line: int, said: str
) -> None:
    (problem,) = unable(with_settings(*rows))
    assert problem.line == line
    assert said in str(problem)


def test_what_a_provider_does_is_no_problem(with_settings: Callable[..., LoadedCampaign]) -> None:
    for provider in ("studio", "runflow", "fal", "bfl"):
        assert list(unable(with_settings(f"provider: {provider}"))) == []


@pytest.fixture
def pictured(text: str, tmp_path: pathlib.Path) -> str:
    """Return the campaign with three pictures: a bowl, a logo and a table of 2 MP."""
    for name, size in (("bowl", (64, 64)), ("logo", (32, 32)), ("table", (1500, 1000))):
        Image.new("RGB", size, "#3366CC").save(tmp_path / f"{name}.png")
    return text.replace(
        "  name: Marlow & Pine", "  name: Marlow & Pine\n  references: {table: table.png}"
    ).replace(
        "    subject: a bowl of salad",
        "    picture: bowl.png\n    subject: the salad of @product on the table of @table",
    )


def test_a_called_picture_becomes_its_place_in_the_list_and_is_paid_by_its_size(
    plan: MakePlan, pictured: str
) -> None:
    made = plan(pictured.replace("template: deal", "template: deal\nprovider: runflow"))
    variant = made.variants[0]
    assert "the salad of image 1 on the table of image 2," in variant.request.prompt
    assert [(one.name, one.megapixels) for one in variant.request.references] == [
        ("product", 1),
        ("table", 2),
    ]
    assert variant.cost == "0.20"  # 1 MP made, 3 MP given
    assert variant.request.backdrop == {}


def test_a_model_is_not_given_a_picture_that_nothing_calls(plan: MakePlan, pictured: str) -> None:
    silent = pictured.replace("the salad of @product on the table of @table", "a bowl")
    for provider, names in (("runflow", []), ("studio", ["product"])):
        made = plan(silent.replace("template: deal", f"template: deal\nprovider: {provider}"))
        assert [one.name for one in made.variants[0].request.references] == names


def test_the_studio_sets_the_product_and_calls_the_rest_by_name(
    plan: MakePlan, pictured: str
) -> None:
    request = plan(pictured).variants[0].request
    assert [one.name for one in request.references] == ["product"]
    assert "the salad of image 1 on the table of the table," in request.prompt
    assert request.product is not None


def test_the_bytes_of_a_reference_name_another_job_and_its_place_does_not(
    plan: MakePlan, pictured: str, tmp_path: pathlib.Path
) -> None:
    paid = pictured.replace("template: deal", "template: deal\nprovider: bfl")
    before = plan(paid).variants[0].request.fingerprint
    (tmp_path / "table.png").rename(tmp_path / "desk.png")
    moved = paid.replace("table.png", "desk.png")
    assert plan(moved).variants[0].request.fingerprint == before
    Image.new("RGB", (1500, 1000), "#3366CD").save(tmp_path / "desk.png")
    assert plan(moved).variants[0].request.fingerprint != before


def test_a_template_that_calls_an_unknown_picture_is_named(
    plan: MakePlan, text: str, templates: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    scenes = tmp_path / "templates" / "scenes"
    scenes.mkdir(parents=True)
    source = (templates / "scenes" / "deal.json.j2").read_text("utf-8")
    (scenes / "deal.json.j2").write_text(
        source.replace("a friendly lunch counter", "the counter of @counter"), "utf-8"
    )
    with pytest.raises(TemplateError, match=r"deal\.json\.j2: @counter is no picture of the offer"):
        plan(text, folder=tmp_path / "templates")
