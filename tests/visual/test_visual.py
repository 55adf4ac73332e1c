"""Visual regression: every template in every format looks as it did when somebody looked at it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.wall import Painter
from pipeline.plan.variants import Variant
from pipeline.typeset.block import Block, Place
from pipeline.typeset.renderer import TakumiRenderer
from tests.visual.pictures import (
    GOLDEN,
    LOCALES,
    MOST,
    chosen,
    compare,
    golden,
    keep_failure,
    name_of,
    small,
    variant_of,
)

PICTURES = {name_of(*one): one for one in chosen()}
MOST_BYTES = 3_000_000

OTHER = {
    "head": "#7A1E5A",
    "cta": "#9FE7D2",
    "badge": "#1E5A7A",
    "price": "#FFB547",
    "item_2": "#1E5A7A",
}
"""Block to a colour it does not have, and in which it can be read where it stands."""


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter(TakumiRenderer())


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_looks_as_it_did(painter: Painter, name: str) -> None:
    new = small(painter, variant_of(*PICTURES[name], painter.renderer.engine))
    found = compare(new, golden(name))
    if found.worst > MOST:
        beside = keep_failure(name, new, found)
        across, down = found.where
        pytest.fail(
            f"{name} looks different: {found.worst:.1f} (CIEDE2000, mean of the worst tile, at "
            f"most {MOST}) at {across} % across and {down} % down; see {beside}--new.png, "
            "--golden.png and --difference.png. If it is meant to look so: "
            "python -m tests.visual.accept"
        )


def moved(block: Block) -> Block:
    place = block.place
    x = place.x + 2 if place.x + place.width <= 98 else place.x - 2
    return block.model_copy(
        update={"place": Place(x=x, y=place.y, width=place.width, height=place.height)}
    )


def bolder(block: Block) -> Block:
    lines = [
        line.model_copy(update={"weight": line.weight - 200 if line.weight > 600 else 800})
        for line in block.lines
    ]
    return block.model_copy(update={"lines": tuple(lines)})


def recoloured(block: Block) -> Block:
    lines = [line.model_copy(update={"colour": OTHER[block.name]}) for line in block.lines]
    return block.model_copy(update={"lines": tuple(lines)})


def changed(variant: Variant, name: str, change: Callable[[Block], Block]) -> Variant:
    """Return a variant with one block of its scene changed, and nothing else."""
    blocks = [change(one) if one.name == name else one for one in variant.scene.lettering]
    assert blocks != list(variant.scene.lettering)
    return dataclasses.replace(
        variant, scene=variant.scene.model_copy(update={"lettering": tuple(blocks)})
    )


@pytest.mark.parametrize("change", [moved, bolder, recoloured])
@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("deal--meta-square--en_US", "head"),
        ("deal--google-landscape--ar_AE", "cta"),
        ("sale--meta-square--th_TH", "badge"),
        ("product--meta-feed-4x5--en_US", "price"),
        ("menu--meta-feed-4x5--he_IL", "item_2"),
    ],
)
def test_a_small_change_of_one_block_is_noticed(
    painter: Painter, name: str, block: str, change: Callable[[Block], Block]
) -> None:
    variant = variant_of(*PICTURES[name], painter.renderer.engine)
    assert compare(small(painter, changed(variant, block, change)), golden(name)).worst > MOST


def test_the_same_picture_does_not_differ_and_another_size_does() -> None:
    picture = golden(next(iter(PICTURES)))
    assert compare(picture, picture).worst == 0
    assert compare(picture[:-1], picture).worst > MOST


def test_a_little_grain_is_not_noticed() -> None:
    picture = golden(next(iter(PICTURES)))
    grain = np.random.default_rng(1).normal(0, 2, picture.shape)
    grainy = np.clip(picture + grain, 0, 255).astype(np.uint8)
    assert 0 < compare(grainy, picture).worst <= MOST


def test_the_set_holds_every_picture_once_in_all_scripts_and_stays_small() -> None:
    files = {file.stem: file.stat().st_size for file in GOLDEN.glob("*.webp")}
    assert files.keys() == PICTURES.keys()
    assert {locale for _, _, locale in chosen()} == set(LOCALES)
    assert sum(files.values()) < MOST_BYTES
