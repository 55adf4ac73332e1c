import dataclasses
import io
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.plan.lines import Line
from pipeline.proof.ink import departures, ink_of
from pipeline.proof.setlines import SetLine, set_lines
from pipeline.typeset.draw import draw_line
from pipeline.typeset.setting import LineSetting

if TYPE_CHECKING:
    from tests.proof.conftest import Studio

Pixels = npt.NDArray[np.uint8]
SIZE = (300, 400, 3)


def rays() -> Pixels:
    """A ground with hard edges and a colour close to the words'."""
    ground = np.full(SIZE, (250, 240, 210), np.uint8)
    ground[:, ::40] = (200, 60, 30)
    ground[200:, :] = (20, 20, 25)
    return ground


def compressed(picture: Pixels, quality: int = 92) -> Pixels:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, subsampling=0)
    return np.asarray(Image.open(out))


def creative(studio: "Studio", setting: LineSetting) -> tuple[Pixels, list[SetLine]]:
    """The line on the rays, and the line as the proof knows it."""
    ground = rays()
    mask = draw_line(setting, SIZE[1], SIZE[0], studio.renderer)[:, :, None] / 255
    rgb = np.array([int(setting.colour[i : i + 2], 16) for i in (1, 3, 5)])
    picture = (ground * (1 - mask) + rgb * mask).round().astype(np.uint8)
    line = Line.of(setting.role, setting.text)
    known = set_lines(
        picture,
        [line],
        [setting],
        lambda one, width, height: draw_line(one, width, height, studio.renderer),
        ground,
    )
    return picture, list(known.values())


def test_the_ink_is_the_mask_of_the_line_whatever_lies_behind(studio: "Studio") -> None:
    setting = studio.set("Frische Bowls", "de_DE")
    picture, lines = creative(studio, setting)
    ink = ink_of(compressed(picture), compressed(rays()), lines)
    mask = draw_line(setting, SIZE[1], SIZE[0], studio.renderer)
    assert ink.shape == SIZE
    assert ink[mask == 255].max() < 60
    assert ink[mask == 0].mean() > 250


def test_a_stroke_through_a_price_is_filled_in_so_that_the_price_can_be_read(
    studio: "Studio",
) -> None:
    plain = dataclasses.replace(studio.set("62", "de_DE"), rotation=-7.0)
    struck = dataclasses.replace(plain, struck=True)
    picture, lines = creative(studio, struck)
    ink = 255 - ink_of(picture, rays(), lines)[:, :, 0].astype(int)
    wanted = draw_line(plain, SIZE[1], SIZE[0], studio.renderer).astype(int)
    as_seen = draw_line(struck, SIZE[1], SIZE[0], studio.renderer).astype(int)
    assert np.abs(ink - wanted).sum() < 0.4 * np.abs(as_seen - wanted).sum()


def test_a_right_picture_departs_nowhere_from_its_ground(studio: "Studio") -> None:
    picture, lines = creative(studio, studio.set("Frische Bowls", "de_DE"))
    for quality in (92, 84, 80):
        assert departures(compressed(picture, quality), compressed(rays()), lines) == []


def test_a_stray_stroke_of_any_colour_is_found_where_it_is(studio: "Studio") -> None:
    picture, lines = creative(studio, studio.set("Frische Bowls", "de_DE"))
    picture = picture.copy()
    picture[220:228, 50:90] = (90, 160, 90)
    (found,) = departures(compressed(picture), compressed(rays()), lines)
    left, top, width, height = found.box
    assert (left, top) <= (50, 220)
    assert (left + width, top + height) >= (90, 228)
    assert found.reason


def test_ink_of_another_colour_beside_a_line_is_found_too(studio: "Studio") -> None:
    picture, lines = creative(studio, studio.set("Frische Bowls", "de_DE"))
    box = lines[0].drawn.ink()
    assert box is not None
    picture = picture.copy()
    picture[box[1] : box[3], box[2] + 8 : box[2] + 14] = (250, 0, 0)
    assert departures(compressed(picture), compressed(rays()), lines)
