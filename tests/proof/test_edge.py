"""Where a channel wants a picture that ends visibly, a white one gets a border."""

import dataclasses

import numpy as np
import pytest

from pipeline.campaign.formats import known_formats
from pipeline.proof.edge import LEAST, edge_checks, edge_contrast, with_edge
from pipeline.proof.verdict import Verdict

AMAZON = known_formats()["amazon-300x250"]
META = known_formats()["meta-square"]
INK = np.array([27, 18, 16], np.uint8)


def plain(level: int) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    return np.full((250, 300, 3), level, np.uint8)


@pytest.mark.parametrize(("level", "verdict"), [(255, Verdict.FAIL), (120, Verdict.PASS)])
def test_a_white_edge_fails_where_the_channel_says_so(level: int, verdict: Verdict) -> None:
    (check,) = edge_checks(plain(level), AMAZON)
    assert (check.name, check.verdict) == ("edge", verdict)
    assert bool(check.reason) == (verdict is Verdict.FAIL)


def test_other_channels_take_white_pictures() -> None:
    assert list(edge_checks(plain(255), META)) == []
    assert list(edge_checks(plain(255), None)) == []
    own = dataclasses.replace(AMAZON, name="made-up")
    assert list(edge_checks(plain(255), own)) == []
    white = plain(255)
    assert with_edge(white, INK, META) is white


def test_one_white_side_is_enough_to_fail_and_a_border_mends_it() -> None:
    picture = plain(90)
    picture[-1] = 255
    assert edge_contrast(picture) == pytest.approx(1.0)
    framed = with_edge(picture, INK, AMAZON)
    assert edge_contrast(framed) > 15
    assert (framed[1:-1, 1:-1] == picture[1:-1, 1:-1]).all()
    assert (picture[-1] == 255).all()  # what was given is left as it was


def test_a_picture_that_ends_visibly_is_left_as_it_is() -> None:
    picture = plain(90)
    assert edge_contrast(picture) > LEAST
    assert with_edge(picture, INK, AMAZON) is picture


def test_the_border_is_a_pixel_of_what_is_shown() -> None:
    large = dataclasses.replace(AMAZON, width=600, height=500, placed=(300, 250))
    framed = with_edge(np.full((500, 600, 3), 255, np.uint8), INK, large)
    assert (framed[:2] == INK).all()
    assert (framed[2, 2:-2] == 255).all()
