"""Where blocks go that may move: calm, clear of everything else, mirrored, always the same."""

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.typeset.block import Block
from pipeline.typeset.calm import Calm
from pipeline.typeset.canvas import Canvas
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import LaidBlock, Rect, Sheet, lay_out
from pipeline.typeset.placement import footprint, settle
from pipeline.typeset.renderer import TakumiRenderer

Pixels = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 400, 500
PALETTE = {"ink": "#000000", "paper": "#FFFFFF"}
WALL = 200


def restless(*boxes: Rect) -> Pixels:
    """Return a plain wall with noise in some boxes, the same every time."""
    picture = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    noise = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    for left, top, width, height in boxes:
        part = np.s_[int(top) : int(top + height), int(left) : int(left + width)]
        picture[part] = noise[part]
    return picture


def canvas(plate: Pixels, locale: str = "de_DE", **places: object) -> Canvas:
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale=locale, display="modern", text="modern")
    return Canvas(plate=plate, template="deal", sheet=sheet, palette=PALETTE, **places)  # type: ignore[arg-type]


def block(name: str = "head", text: str = "Bowls", **changes: object) -> Block:
    line = {"role": name, "text": text, "colour": "#000000", "size": (7, 7)}
    place = {"x": 10, "y": 40, "width": 50, "height": 12}
    return Block.model_validate({"name": name, "place": place, "lines": [line], **changes})


def settled(on: Canvas, renderer: TakumiRenderer, *blocks: Block) -> list[LaidBlock]:
    laid = lay_out(blocks, on.sheet, renderer)
    assert not isinstance(laid, Misfit)
    found = settle(laid, on)
    assert not isinstance(found, Misfit), found
    return list(found)


def meets(first: LaidBlock, box: Rect, on: Canvas) -> bool:
    left, top, width, height = box
    return any(
        strip[0] < left + width and left < strip[2] and strip[1] < top + height and top < strip[3]
        for strip in footprint(first, on.sheet)
    )


def test_a_block_stays_on_a_plain_wall(renderer: TakumiRenderer) -> None:
    on = canvas(restless())
    (one,) = settled(on, renderer, block(roam=(20, 20)))
    assert one.place == pytest.approx((40, 200, 200, 60))


def test_a_block_stays_where_everything_is_equally_restless(renderer: TakumiRenderer) -> None:
    on = canvas(restless((0, 0, WIDTH, HEIGHT)))
    (one,) = settled(on, renderer, block(roam=(20, 20)))
    assert one.place == pytest.approx((40, 200, 200, 60))


def test_a_block_without_reach_stays_on_noise(renderer: TakumiRenderer) -> None:
    on = canvas(restless((0, 180, WIDTH, 100)))
    (one,) = settled(on, renderer, block())
    assert one.place == pytest.approx((40, 200, 200, 60))


def test_a_block_moves_off_the_noise_and_no_farther_than_it_may(renderer: TakumiRenderer) -> None:
    noise = (0.0, 180.0, float(WIDTH), 70.0)
    on = canvas(restless(noise))
    (one,) = settled(on, renderer, block(roam=(0, 15)))
    assert not meets(one, noise, on)
    assert one.place[0] == pytest.approx(40)
    assert abs(one.place[1] - 200) <= 75
    (near,) = settled(on, renderer, block(roam=(0, 4)))
    assert abs(near.place[1] - 200) <= 20


def test_the_settings_are_those_of_the_moved_block(renderer: TakumiRenderer) -> None:
    on = canvas(restless((0, 180, WIDTH, 70)))
    still = lay_out([block(rotation=-7)], on.sheet, renderer)
    (one,) = settled(on, renderer, block(rotation=-7, roam=(0, 15)))
    assert not isinstance(still, Misfit)
    down = one.place[1] - still[0].place[1]
    assert down != 0
    assert down == int(down)  # whole pixels, so glyphs keep their place on the grid
    row, before = one.settings[0].rows[0], still[0].settings[0].rows[0]
    assert (row.x, row.y) == pytest.approx((before.x, before.y + down))
    assert one.settings[0].origin == pytest.approx(one.origin)
    assert one.extent[1] == pytest.approx(still[0].extent[1] + down)


def test_a_faint_spot_is_left_for_one_where_the_words_stand_out(renderer: TakumiRenderer) -> None:
    wall = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
    wall[180:260] = 110  # as calm, but neither ink nor paper reaches 4.5 to 1 here
    palette = {"ink": "#303030", "paper": "#D0D0D0"}
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale="de_DE", display="modern", text="modern")
    on = Canvas(plate=wall, template="deal", sheet=sheet, palette=palette)
    small = {"role": "offer", "text": "Knackig", "colour": "#303030", "size": (4, 4)}
    (one,) = settled(on, renderer, block(lines=[small], roam=(0, 20)))
    top, height = one.extent[1], one.extent[3]
    assert top >= 260 or top + height <= 180


def test_right_to_left_moves_in_the_mirror(renderer: TakumiRenderer) -> None:
    noise = (20.0, 150.0, 150.0, 150.0)
    on = canvas(restless(noise))
    (left,) = settled(on, renderer, block(roam=(40, 0)))
    mirrored = canvas(np.ascontiguousarray(on.plate[:, ::-1]), "he_IL")
    (right,) = settled(mirrored, renderer, block(roam=(40, 0)))
    assert left.place[0] > 40
    assert right.place[0] + right.place[2] == pytest.approx(WIDTH - left.place[0], abs=3)


def test_a_block_never_moves_onto_another(renderer: TakumiRenderer) -> None:
    on = canvas(restless((0, 180, WIDTH, 70)))
    below = block("cta", place={"x": 10, "y": 52, "width": 50, "height": 12})
    above = block("offer", place={"x": 10, "y": 24, "width": 50, "height": 11})
    head, *others = settled(on, renderer, block(roam=(0, 15)), below, above)
    for other in others:
        for strip in footprint(other, on.sheet):
            left, top, right, bottom = strip
            assert not meets(head, (left, top, right - left, bottom - top), on)


def test_a_block_never_moves_onto_the_subject_nor_out_of_the_safe_box(
    renderer: TakumiRenderer,
) -> None:
    noise = (0.0, 180.0, float(WIDTH), 70.0)
    subject = (0.0, 250.0, float(WIDTH), 200.0)
    free = settled(canvas(restless(noise)), renderer, block(roam=(0, 30)))[0]
    on = canvas(restless(noise), subjects=(subject,))
    kept = settled(on, renderer, block(roam=(0, 30)))[0]
    assert not meets(kept, subject, on)
    assert not meets(kept, noise, on)
    assert meets(free, subject, on) != (kept.place == free.place)
    safe = (0.0, 160.0, float(WIDTH), 340.0)
    both = settled(
        canvas(restless(noise), subjects=(subject,), safe=safe), renderer, block(roam=(0, 30))
    )
    assert both[0].extent[1] >= 160


def test_a_block_keeps_a_margin_to_the_edge_of_the_picture(renderer: TakumiRenderer) -> None:
    noise = (30.0, 150.0, 370.0, 150.0)  # calm only along the left edge
    on = canvas(restless(noise))
    (one,) = settled(on, renderer, block(roam=(12, 0)))
    assert one.extent[0] >= 0.04 * on.sheet.scale - 1
    at_edge = block(place={"x": 1, "y": 40, "width": 50, "height": 12}, roam=(0, 20))
    (kept,) = settled(on, renderer, at_edge)
    assert kept.extent[0] == pytest.approx(4)


def test_a_block_that_may_move_makes_way_for_words_of_the_picture(
    renderer: TakumiRenderer,
) -> None:
    drawn = (0.0, 190.0, 300.0, 60.0)
    burst = {
        "shape": "burst",
        "fill": "#C63F1C",
        "align": "center",
        "anchor": "middle",
        "place": {"x": 40, "y": 30, "width": 40, "height": 32},
    }
    on = canvas(restless(), taken=(drawn,))
    (one,) = settled(on, renderer, block("deal", "8,90", roam=(25, 35), **burst))
    assert not meets(one, drawn, on)


@pytest.mark.parametrize("roam", [(0, 0), (3, 3)])
def test_a_block_that_cannot_make_way_is_refused(
    renderer: TakumiRenderer, roam: tuple[int, int]
) -> None:
    on = canvas(restless(), taken=((0.0, 150.0, 400.0, 150.0),))
    laid = lay_out([block(roam=roam)], on.sheet, renderer)
    assert not isinstance(laid, Misfit)
    refused = settle(laid, on)
    assert isinstance(refused, Misfit)
    assert refused.role == "head"
    assert "would stand on words that the picture draws" in refused.what
    assert "let the block head roam" in refused.remedy


def test_the_corners_of_a_burst_are_free() -> None:
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale="de_DE", display="modern", text="modern")
    (one,) = settled(
        canvas(restless()),
        TakumiRenderer(),
        block(
            "deal",
            "8,90",
            shape="burst",
            fill="#C63F1C",
            align="center",
            anchor="middle",
            place={"x": 30, "y": 30, "width": 40, "height": 32},
        ),
    )
    strips = footprint(one, sheet)
    area = ((strips[:, 2] - strips[:, 0]) * (strips[:, 3] - strips[:, 1])).sum()
    assert np.pi * 80**2 <= area <= 0.93 * 160**2


def test_restlessness_is_nothing_on_a_wall_and_counts_edges_and_slopes() -> None:
    plate = restless((0, 0, 100, 100))
    plate[200:300] = np.linspace(0, 255, WIDTH, dtype=np.uint8)[None, :, None]
    calm = Calm.of(plate)
    boxes = np.array([[[0, 0, 100, 100]], [[0, 200, 400, 300]], [[0, 350, 400, 450]]])
    noise, slope, wall = calm.restlessness(boxes)
    assert noise > slope > 10
    assert wall == 0
    black, grey = calm.contrast(boxes[2:], "#000000")[0], calm.contrast(boxes[2:], "#C8C8C8")[0]
    assert black == pytest.approx(12.4, abs=0.5)
    assert grey == pytest.approx(1.0, abs=0.02)
