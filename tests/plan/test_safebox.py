"""Scenes stand inside what the channel leaves free, also where templates do not know it."""

import dataclasses
from collections.abc import Callable

import pytest

from pipeline.campaign.formats import known_formats
from pipeline.plan.plan import Plan
from pipeline.plan.safebox import within_safe_box
from pipeline.plan.scene import Scene

STORY = known_formats()["meta-story-9x16"]
REEL = known_formats()["meta-reel-9x16"]


@pytest.fixture
def scene(plan: Callable[..., Plan], text: str) -> Scene:
    """Return a scene as its template draws it for stories."""
    stories = text.replace("[meta-feed-4x5, google-landscape]", "[meta-story-9x16]")
    return plan(stories).variants[0].scene


def test_where_the_template_leaves_enough_free_nothing_moves(scene: Scene) -> None:
    assert within_safe_box(scene, STORY, "tall", mirrored=False) is scene


def test_what_reels_cover_is_left_free_and_the_order_stays(scene: Scene) -> None:
    moved = within_safe_box(scene, REEL, "tall", mirrored=False)
    lowest = max(block.place.y + block.place.height for block in moved.lettering)
    assert lowest <= 100 - REEL.safe[2] + 1e-9
    before = sorted(scene.lettering, key=lambda block: block.place.y)
    after = sorted(moved.lettering, key=lambda block: block.place.y)
    assert [block.name for block in before] == [block.name for block in after]


def test_type_shrinks_with_the_room_and_the_words_stay(scene: Scene) -> None:
    moved = within_safe_box(scene, REEL, "tall", mirrored=False)
    scale = (100 - 14 - 35) / (100 - 14 - 20)
    for before, after in zip(scene.lettering, moved.lettering, strict=True):
        assert after.place.height == pytest.approx(before.place.height * scale)
        for old, new in zip(before.lines, after.lines, strict=True):
            assert new.text == old.text
            assert new.size == pytest.approx((old.size[0] * scale, old.size[1] * scale))


def test_a_cover_at_one_side_is_at_the_other_end_where_reading_starts_right(scene: Scene) -> None:
    covered = dataclasses.replace(STORY, safe=(14.0, 6.0, 20.0, 30.0))  # top, right, bottom, left
    left = min(b.place.x for b in within_safe_box(scene, covered, "tall", mirrored=False).lettering)
    assert left >= 30 - 1e-9
    moved = within_safe_box(scene, covered, "tall", mirrored=True)
    assert min(block.place.x for block in moved.lettering) < 30
    assert max(b.place.x + b.place.width for b in moved.lettering) <= 70 + 1e-9
