"""Words that came out wrong are filled in where nobody can see it, and nowhere else."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.produce.repair import without_words

Pixels = npt.NDArray[np.uint8]
BOX = (60, 80, 280, 50)


def wall(grain: float = 2.0, slope: float = 40.0) -> Pixels:
    """Return a softly lit wall, 400 x 300: lighter to the right, with some grain."""
    light = 180 + slope * np.linspace(-1, 1, 400)[None, :, None] * np.ones((300, 1, 3))
    noise = np.random.default_rng(1).normal(0, grain, light.shape)
    return np.clip(light + noise, 0, 255).astype(np.uint8)


def lettered(picture: Pixels) -> Pixels:
    return np.asarray(
        cv2.putText(picture.copy(), "Frsh bowls", (66, 120), 2, 1.4, (20, 30, 40), 3), np.uint8
    )


def test_words_on_a_calm_wall_are_gone_and_the_wall_is_as_it_was() -> None:
    picture = wall()
    filled = without_words(lettered(picture), [BOX])
    assert filled is not None
    left, top, width, height = BOX
    part = np.s_[top : top + height, left : left + width]
    apart = np.abs(filled[part].astype(float) - picture[part])
    assert apart.mean() < 4
    assert apart.max() < 24
    assert filled[part].std() == pytest.approx(picture[part].std(), rel=0.3)


def test_what_stands_elsewhere_stays_to_the_pixel() -> None:
    picture = lettered(wall())
    filled = without_words(picture, [BOX])
    assert filled is not None
    assert (filled[200:] == picture[200:]).all()


def test_a_restless_ground_is_left_alone() -> None:
    assert without_words(lettered(wall(grain=30)), [BOX]) is None
    edge = wall()
    edge[:, 200:] = 40
    assert without_words(edge, [BOX]) is None


def test_words_that_fill_the_picture_cannot_be_filled_in() -> None:
    assert without_words(wall(), [(0, 0, 400, 300)]) is None


def test_nothing_to_fill_in_changes_nothing() -> None:
    picture = wall()
    filled = without_words(picture, [])
    assert filled is not None
    assert (filled == picture).all()


def test_words_at_the_edge_are_filled_in_from_inside() -> None:
    filled = without_words(lettered(wall()), [(0, 80, 340, 50)])
    assert filled is not None
    assert filled[90:120, 60:330].min() > 120
