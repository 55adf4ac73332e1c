"""What holds for every template, whatever it looks like."""

import pathlib
import re

import pytest

from benchmarks.wall import TEMPLATES, Choice, variants
from pipeline.campaign.formats import known_formats
from pipeline.plan.variants import Variant
from pipeline.settings import PROJECT, read_settings
from pipeline.typeset.block import Block

FOLDER = PROJECT / "templates"
README = (FOLDER / "README.md").read_text("utf-8")
MOST_PICTURE_BYTES = 1_500_000
EXACT = 1e-9
NEGATIVE = re.compile(r"\b(no|not|never|without|avoid|free of|except)\b", re.IGNORECASE)


def all_variants(template: str, *, odd: bool) -> list[Variant]:
    formats = tuple(known_formats())
    return list(variants(Choice(templates=(template,), formats=formats, odd=odd), "engine"))


EVERY = {
    name: [*all_variants(name, odd=False), *all_variants(name, odd=True)] for name in TEMPLATES
}


def test_the_wall_shows_every_template() -> None:
    assert sorted(TEMPLATES) == sorted(read_settings({}, 1).template_names())


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_its_layout_its_plates_its_picture_and_its_place_in_the_readme(
    template: str,
) -> None:
    assert (FOLDER / "layouts" / f"{template}.html.j2").is_file()
    for variant in EVERY[template]:
        assert (FOLDER / "plates" / f"{variant.scene.background.kind}.html.j2").is_file()
    assert (FOLDER / "pictures" / f"{template}.webp").is_file()
    assert f"\n## {template}\n" in README
    assert f"(pictures/{template}.webp)" in README


def test_the_pictures_of_the_readme_stay_small_and_its_files_are_there() -> None:
    files = list((FOLDER / "pictures").iterdir())
    assert {file.stem for file in files} == set(TEMPLATES)
    assert sum(file.stat().st_size for file in files) < MOST_PICTURE_BYTES
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (FOLDER / pathlib.PurePosixPath(link)).exists(), link


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_takes_a_headline_alone_and_sets_what_else_there_is(template: str) -> None:
    bare = [one for one in EVERY[template] if one.offer == "bare"]
    assert {one.format.name for one in bare} == set(known_formats())
    assert {line.role for one in bare for line in one.lines} <= {
        "brand",
        "headline",
        *(f"item_{number}{end}" for number in range(1, 9) for end in ("", "_price")),
    }
    large = [one for one in EVERY[template] if one.format.name == "meta-square"]
    shown = {line.role for one in large for line in one.lines}
    table = next(row for row in README.splitlines() if row.startswith(f"| [`{template}`]"))
    for role in ("offer", "badge", "price", "was_price", "cta", "legal"):
        assert (role in shown) == bool(re.search(rf"\b{role}\b", table.split("|")[3])), role


def right_and_bottom(block: Block) -> tuple[float, float]:
    place = block.place
    return place.x + place.width, place.y + place.height


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_words_stand_outside_the_picture_or_under_the_channels_own_interface(
    template: str,
) -> None:
    for variant in EVERY[template]:
        top, right, bottom, left = variant.format.safe
        if variant.sheet.direction == "rtl":  # places count from where reading starts
            left, right = right, left
        for block in variant.scene.lettering:
            across, down = right_and_bottom(block)
            where = f"{variant.id}, {block.name}"
            assert block.place.x >= left - EXACT, where
            assert block.place.y >= top - EXACT, where
            assert across <= 100 - right + EXACT, where
            assert down <= 100 - bottom + EXACT, where


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_says_to_the_model_what_to_draw_and_nothing_else(template: str) -> None:
    for variant in EVERY[template]:
        scene = variant.scene
        said = (
            scene.scene,
            scene.style,
            scene.lighting,
            scene.mood,
            scene.composition,
            scene.background.description,
            scene.background.calm,
        )
        assert not any(NEGATIVE.search(text) for text in said)
        assert set(scene.color_palette) == set(variant.palette.values())
