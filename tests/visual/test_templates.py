"""What holds for every template, whatever it looks like."""

import pathlib
import re

import pytest

from benchmarks.wall import TEMPLATES, Choice, variants
from pipeline.campaign.formats import known_formats
from pipeline.plan.variants import Variant
from pipeline.settings import PROJECT, read_settings
from pipeline.typeset.block import Block
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import SMALLEST_PIXELS, LaidBlock, lay_out
from pipeline.typeset.renderer import TakumiRenderer

FOLDER = PROJECT / "templates"
README = (FOLDER / "README.md").read_text("utf-8")
MOST_PICTURE_BYTES = 1_500_000
EXACT = 1e-9
NARROW = (
    "display-728x90",
    "display-970x90",
    "display-468x60",
    "display-320x100",
    "display-160x600",
    "amazon-414x125",
    "display-970x250",
    "display-250x250",
    "display-200x200",
)
SCRIPTS = ("en_US", "ar_AE", "hi_IN", "ja_JP")
LEADING = 0.2
"""Share of a row above and below its letters, of which rows of two blocks may have the same."""
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


def letters_meet(one: LaidBlock, other: LaidBlock) -> bool:
    """Return whether the letters of two blocks stand on the same spot."""
    (left, top, width, height), (x, y, wide, high) = one.extent, other.extent
    rows = max(line.size for block in (one, other) for line in block.settings) * LEADING
    across = left + EXACT < x + wide and x + EXACT < left + width
    return across and top + rows < y + high and y + rows < top + height


@pytest.mark.parametrize("template", TEMPLATES)
def test_narrow_banners_hold_the_words_of_every_template_side_by_side(template: str) -> None:
    renderer = TakumiRenderer()
    for variant in EVERY[template]:
        if variant.format.name not in NARROW or variant.locale not in SCRIPTS:
            continue
        if variant.offer not in {"one", "short"}:
            continue
        where = variant.id
        laid = lay_out(variant.scene.lettering, variant.sheet, renderer)
        assert not isinstance(laid, Misfit), f"{where}: {laid}"
        for place, one in enumerate(laid):
            assert min(line.size for line in one.settings) >= SMALLEST_PIXELS, where
            for other in laid[place + 1 :]:
                assert not letters_meet(one, other), (
                    f"{where}: {one.block.name}, {other.block.name}"
                )


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_lowest_banner_fits_or_says_which_line_does_not(template: str) -> None:
    renderer = TakumiRenderer()
    low = [
        one for one in EVERY[template] if one.format.name == "display-320x50" and one.offer == "one"
    ]
    found = [lay_out(one.scene.lettering, one.sheet, renderer) for one in low]
    misfits = [one for one in found if isinstance(one, Misfit)]
    assert len(misfits) <= 2
    assert {one.role for one in misfits} <= {"legal", "headline", "cta"}
