"""Where set lines stand, and what of the found regions they explain."""

from typing import TYPE_CHECKING

import numpy as np

from pipeline.proof.find import Region, quad_of
from pipeline.proof.pieces import Piece
from pipeline.proof.places import crop_of, explained_by, left_over, rows_of, strip_of
from pipeline.proof.redraw import draw_again

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio


def flat(height: int, width: int, value: int) -> "Pixels":
    return np.full((height, width, 3), value, np.uint8)


def test_every_row_of_a_line_has_its_place(studio: "Studio") -> None:
    setting = studio.set(["Nur heute", "und morgen"], "de_DE", (40, 20, 40))
    pieces = rows_of(setting, draw_again(setting, studio.draw), studio.draw)
    assert len(pieces) == 2
    for piece, row in zip(pieces, setting.rows, strict=True):
        left, top, width, height = piece.box
        assert abs(left - row.x) < 14
        assert abs(width - row.width) < 28
        assert row.y - 14 < top < row.y + row.height / 2 < top + height


def test_a_row_is_cut_out_without_the_ink_of_its_neighbour(studio: "Studio") -> None:
    # Rows so close that descenders reach into the next row.
    apart = studio.set(["gggggg", "hhhhhh"], "de_DE", (40, 20, 60))
    upper, lower = apart.rows
    close = type(lower)(
        text=lower.text, x=lower.x, y=upper.y + 40, width=lower.width, height=lower.height
    )
    setting = type(apart)(
        **{name: getattr(apart, name) for name in apart.__slots__ if name != "rows"},
        rows=(upper, close),
    )
    image = studio.picture([setting], (400, 180), quality=95)
    pieces = rows_of(setting, draw_again(setting, studio.draw), studio.draw)
    with_neighbour = crop_of(Piece(quad=pieces[0].quad), image, 0.0)
    alone = crop_of(pieces[0], image, 0.0)
    # The tops of the h stand at the bottom of the first row's crop, between its descenders.
    assert (alone.mean(axis=2) < 100).sum() < (with_neighbour.mean(axis=2) < 100).sum()
    assert (alone.mean(axis=2) < 100).any()


def test_rows_stand_side_by_side_in_reading_order() -> None:
    first, second = flat(40, 60, 0), flat(30, 20, 200)
    strip = strip_of([first, second], mirrored=False)
    assert strip is not None
    assert strip.shape == (40, 60 + 20 + 2 * 20, 3)
    assert strip[20, 10].mean() == 0
    assert strip[20, -10].mean() == 200
    mirrored = strip_of([first, second], mirrored=True)
    assert mirrored is not None
    assert mirrored[20, 10].mean() == 200


def test_rows_that_would_make_too_long_a_strip_stay_apart() -> None:
    assert strip_of([flat(20, 600, 0), flat(20, 600, 0)], mirrored=False) is None


def test_a_region_on_a_set_line_is_explained_and_one_beside_it_is_not() -> None:
    line = quad_of((100, 100, 200, 40))
    explained = explained_by([line], (400, 600))
    assert left_over(Region(quad=quad_of((96, 96, 210, 48)), score=0.9), explained) == []
    beside = quad_of((400, 100, 100, 40))
    assert left_over(Region(quad=beside, score=0.9), explained) == [beside]


def test_of_a_region_that_holds_more_than_a_set_line_the_rest_is_left() -> None:
    explained = explained_by([quad_of((100, 100, 200, 40))], (400, 600))
    (rest,) = left_over(Region(quad=quad_of((100, 98, 380, 44)), score=0.9), explained)
    assert 300 <= rest[0][0] <= 325
    assert rest[1][0] == 480
