"""Lines cut out of a picture."""

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.proof.crops import cut
from pipeline.proof.verdict import Box

IMAGE = np.full((100, 200, 3), 230, np.uint8)


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((50, 40, 60, 20), (72, 32)),
        ((0, 0, 60, 20), (66, 26)),
        ((180, 90, 60, 20), (26, 16)),
        ((-40, -40, 20, 20), (1, 1)),
        ((400, 400, 20, 20), (1, 1)),
        ((10, 10, 0, 0), (12, 12)),
    ],
)
def test_a_place_is_cut_out_with_a_border_and_never_beyond_the_picture(
    box: Box, size: tuple[int, int]
) -> None:
    assert Image.open(io.BytesIO(cut(IMAGE, box))).size == size


def test_small_letters_keep_their_pixels_and_large_ones_are_made_smaller() -> None:
    image = np.full((1000, 1400, 3), 230, np.uint8)
    assert Image.open(io.BytesIO(cut(image, (50, 50, 1100, 20)))).size == (1112, 32)
    assert Image.open(io.BytesIO(cut(image, (50, 50, 600, 308)))).size == (306, 160)


def test_coloured_letters_are_not_smeared() -> None:
    image = np.full((60, 120, 3), 255, np.uint8)
    image[20:40, 40:80:2] = (200, 0, 0)
    shown = np.asarray(Image.open(io.BytesIO(cut(image, (30, 10, 60, 40)))).convert("RGB"))
    assert shown[20, 16:40:2, 1].max() < 60
    assert shown[20, 17:40:2, 1].min() > 200
