"""Contrast: WCAG's formula, and the pixels that are really under the text."""

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.typeset.contrast import LARGE, contrast_under, luminance, needed_ratio


def plain(colour: tuple[int, int, int], side: int = 20) -> npt.NDArray[np.uint8]:
    return np.full((side, side, 3), colour, np.uint8)


EVERYWHERE = np.full((20, 20), 255, np.uint8)


@pytest.mark.parametrize(
    ("ground", "ink", "ratio"),
    [
        ((255, 255, 255), "#000000", 21.0),
        ((255, 255, 255), "#FFFFFF", 1.0),
        ((255, 255, 255), "#767676", 4.54),  # the lightest grey that passes on white
        ((255, 255, 255), "#777777", 4.48),
        ((255, 255, 255), "#FF0000", 4.0),
        ((255, 255, 255), "#0000FF", 8.59),
        ((255, 255, 0), "#000000", 19.56),
        ((0, 0, 0), "#808080", 5.32),
    ],
)
def test_the_ratio_is_that_of_wcag(ground: tuple[int, int, int], ink: str, ratio: float) -> None:
    assert contrast_under(plain(ground), EVERYWHERE, ink) == pytest.approx(ratio, abs=0.005)


def test_black_has_no_luminance_and_white_all_of_it() -> None:
    pixels = np.array([[0, 0, 0], [255, 255, 255], [10, 10, 10], [11, 11, 11]], np.uint8)
    found = luminance(pixels)
    assert found[:2] == pytest.approx([0, 1])
    assert found[2] == pytest.approx(10 / 255 / 12.92)  # the linear part, up to 10 of 255
    assert found[3] > found[2]


def test_only_what_is_under_the_text_counts() -> None:
    picture = plain((0, 0, 0))
    picture[:, 10:] = 255
    mask = np.zeros((20, 20), np.uint8)
    mask[5:15, 12:18] = 255
    assert contrast_under(picture, mask, "#000000") == pytest.approx(21)
    mask[5:15, 2:8] = 1
    assert contrast_under(picture, mask, "#000000") == pytest.approx(1)


def test_a_few_pixels_do_not_decide_and_a_tenth_does() -> None:
    picture = plain((255, 255, 255), 100)
    everywhere = np.full((100, 100), 255, np.uint8)
    picture[:3] = 0
    assert contrast_under(picture, everywhere, "#000000") == pytest.approx(21)
    picture[:10] = 0
    assert contrast_under(picture, everywhere, "#000000") == pytest.approx(1)


def test_nothing_drawn_needs_no_contrast() -> None:
    assert contrast_under(plain((0, 0, 0)), np.zeros((20, 20), np.uint8), "#000000") == 21


def test_large_text_needs_less() -> None:
    assert needed_ratio(LARGE * 10.8, 1080) == 3.0
    assert needed_ratio(LARGE * 10.8 - 0.1, 1080) == 4.5


def test_one_letter_that_cannot_be_seen_counts_for_the_whole_line() -> None:
    picture = np.full((20, 1000, 3), 255, np.uint8)
    picture[:, 980:] = 30
    mask = np.full((20, 1000), 255, np.uint8)
    assert contrast_under(picture, mask, "#000000") == pytest.approx(21.0)
    assert contrast_under(picture, mask, "#000000", em=20) < 1.5
