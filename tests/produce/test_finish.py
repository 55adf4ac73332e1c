"""Finishing: any picture becomes a file; a provider's fills its format or is refused."""

import dataclasses
import io

import numpy as np
import PIL.Image
import pytest

from pipeline.campaign.formats import known_formats
from pipeline.errors import ProviderError
from pipeline.produce.finish import decode, encode, fitted, opened

SMALL = known_formats()["display-300x250"]


def board(width: int, height: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Return a board that is black on the left and white on the right."""
    made = np.zeros((height, width, 3), np.uint8)
    made[:, width // 2 :] = 255
    return made


def test_even_mere_noise_can_be_written() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (250, 300, 3), np.uint8)
    content = encode(noise, dataclasses.replace(SMALL, most_bytes=10_000_000))
    assert content is not None
    assert decode(content, 300, 250).shape == noise.shape


def test_a_picture_of_its_own_size_stays_as_it_is() -> None:
    picture = board(300, 250)
    assert fitted(picture, 300, 250) is picture


@pytest.mark.parametrize(("width", "height"), [(912, 1136), (1088, 1360), (896, 1120)])
def test_a_planned_size_fills_its_format_and_keeps_its_middle(width: int, height: int) -> None:
    filled = fitted(board(width, height), 1080, 1350)
    assert filled.shape == (1350, 1080, 3)
    assert (filled[:, :520].max(), filled[:, 560:].min()) == (0, 255)


@pytest.mark.parametrize(("width", "height"), [(1024, 1024), (512, 640), (1360, 1088)])
def test_another_ratio_or_a_small_picture_is_refused(width: int, height: int) -> None:
    with pytest.raises(ProviderError, match=f"{width}x{height}"):
        fitted(board(width, height), 1080, 1350)


def test_of_a_planned_cut_the_middle_is_kept() -> None:
    made = board(2048, 512)
    made[:115], made[-115:] = 90, 90  # 253 of 512 rows show in a banner of 728 x 90
    with pytest.raises(ProviderError, match="2048x512"):
        fitted(made, 728, 90)
    banner = fitted(made, 728, 90, (2048, 512))
    assert banner.shape == (90, 728, 3)
    assert set(np.unique(banner[:, :350])) == {0}


def test_no_more_than_was_planned_is_cut() -> None:
    assert fitted(board(2048, 528), 728, 90, (2048, 512)).shape == (90, 728, 3)
    with pytest.raises(ProviderError, match="2048x640"):
        fitted(board(2048, 640), 728, 90, (2048, 512))
    with pytest.raises(ProviderError, match="1024x1024"):
        fitted(board(1024, 1024), 728, 90, (2848, 352))


def test_what_is_no_picture_is_refused() -> None:
    file = io.BytesIO()
    PIL.Image.fromarray(board(30, 25)).save(file, "PNG")
    assert opened(file.getvalue()).shape == (25, 30, 3)
    for content in (b"", b"<html>", file.getvalue()[:60]):
        with pytest.raises(ProviderError, match="damaged"):
            opened(content)
