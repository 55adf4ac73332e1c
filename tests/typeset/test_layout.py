"""From percent to pixels: places, groups, right-to-left, refusals."""

import itertools

import pytest

from pipeline.typeset.block import Block, BlockLine, Place
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import SMALLEST_PIXELS, LaidBlock, Sheet, lay_out
from pipeline.typeset.renderer import TakumiRenderer


def sheet(locale: str = "de_DE", width: int = 400, height: int = 500) -> Sheet:
    return Sheet(width=width, height=height, locale=locale, display="friendly", text="modern")


def block(text: str = "Frische Bowls", **changes: object) -> Block:
    line = {"role": "headline", "text": text, "colour": "#1b1210", "size": (4, 8), "rows": 2}
    whole: dict[str, object] = {
        "name": "head",
        "place": {"x": 10, "y": 20, "width": 60, "height": 30},
        "lines": [line],
    }
    return Block.model_validate({**whole, **changes})


def laid(blocks: list[Block], on: Sheet, renderer: TakumiRenderer) -> tuple[LaidBlock, ...]:
    outcome = lay_out(blocks, on, renderer)
    assert not isinstance(outcome, Misfit), outcome
    return outcome


def test_a_place_is_percent_of_the_picture(renderer: TakumiRenderer) -> None:
    (one,) = laid([block()], sheet(), renderer)
    assert one.place == pytest.approx((40, 100, 240, 150))
    row = one.settings[0].rows[0]
    assert (row.x, row.y) == pytest.approx((40, 100))


def test_right_to_left_mirrors_the_place_and_the_rows(renderer: TakumiRenderer) -> None:
    (left,) = laid([block()], sheet(), renderer)
    (right,) = laid([block("سلطات طازجة")], sheet("ar_AE"), renderer)
    assert right.place == pytest.approx((120, 100, 240, 150))
    assert [left.settings[0].align, right.settings[0].align] == ["left", "right"]
    assert right.settings[0].direction == "rtl"
    row = right.settings[0].rows[0]
    assert row.x + row.width == pytest.approx(360)


@pytest.mark.parametrize(
    ("align", "locale", "side"),
    [
        ("start", "de_DE", "left"),
        ("end", "de_DE", "right"),
        ("center", "de_DE", "center"),
        ("start", "he_IL", "right"),
        ("end", "he_IL", "left"),
        ("center", "he_IL", "center"),
    ],
)
def test_start_is_where_reading_starts(
    renderer: TakumiRenderer, align: str, locale: str, side: str
) -> None:
    (one,) = laid([block("AB 12", align=align)], sheet(locale), renderer)
    assert one.settings[0].align == side
    row = one.settings[0].rows[0]
    left, _, width, _ = one.place
    edges = {"left": row.x - left, "right": left + width - row.x - row.width}
    edges["center"] = edges["left"] - edges["right"]
    assert edges[side] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("anchor", "free_above"), [("top", 0), ("middle", 0.5), ("bottom", 1)])
def test_a_block_stands_where_it_is_anchored(
    renderer: TakumiRenderer, anchor: str, free_above: float
) -> None:
    (one,) = laid([block("Bowls", anchor=anchor)], sheet(), renderer)
    free = one.place[3] - one.extent[3]
    assert free > 10
    assert one.extent[1] - one.place[1] == pytest.approx(free * free_above)


def test_rows_and_lines_follow_each_other_without_overlap(renderer: TakumiRenderer) -> None:
    lines = [
        {"role": role, "text": text, "colour": "#000000", "size": (3, 6), "rows": 2}
        for role, text in (("headline", "Frische Bowls bis mittags"), ("offer", "Knackig"))
    ]
    (one,) = laid([block(lines=lines, gap=2.0)], sheet(), renderer)
    rows = [row for setting in one.settings for row in setting.rows]
    assert all(a.y + a.height <= b.y + 1e-6 for a, b in itertools.pairwise(rows))
    gap = one.settings[1].rows[0].y - one.settings[0].rows[-1].y - one.settings[0].rows[-1].height
    assert gap == pytest.approx(2.0 * sheet().scale / 100)


def test_blocks_of_one_group_get_one_scale(renderer: TakumiRenderer) -> None:
    def side(name: str, text: str, x: int, group: str) -> Block:
        place = {"x": x, "y": 20, "width": 40, "height": 20}
        return block(text, name=name, place=place, group=group)

    texts = ("Suppe", "Hähnchen vom Grill mit Gemüse")
    alone = laid([side("a", texts[0], 5, ""), side("b", texts[1], 50, "")], sheet(), renderer)
    together = laid([side("a", texts[0], 5, "g"), side("b", texts[1], 50, "g")], sheet(), renderer)
    assert alone[0].settings[0].size > alone[1].settings[0].size
    assert together[0].settings[0].size == together[1].settings[0].size
    assert together[1].settings[0].size == alone[1].settings[0].size


def test_nothing_is_set_smaller_than_a_reader_can_read(renderer: TakumiRenderer) -> None:
    small = {"role": "legal", "text": "Nur heute.", "colour": "#000000", "size": (0.5, 0.8)}
    (one,) = laid([block(lines=[small])], sheet(), renderer)
    assert one.settings[0].size == SMALLEST_PIXELS


@pytest.mark.parametrize(
    ("locale", "text", "missing"),
    [
        ("de_DE", "Heiß 🍜 und 🍕", "🍜 🍕"),
        ("de_DE", "Suppe 湯", "湯"),
        ("ja_JP", "ラーメン ශ්‍රී", "ශ ර"),
        ("th_TH", "ซุป 湯", "湯"),
    ],
)
def test_a_character_no_font_has_is_refused_and_named(
    renderer: TakumiRenderer, locale: str, text: str, missing: str
) -> None:
    outcome = lay_out([block(text)], sheet(locale), renderer)
    assert isinstance(outcome, Misfit)
    assert set(missing.split()) <= set(outcome.what.removeprefix("no font of this script has "))
    assert outcome.remedy == "write it in the letters of the locale's script"


def test_a_blank_line_is_refused(renderer: TakumiRenderer) -> None:
    outcome = lay_out([block(" \u200f ")], sheet(), renderer)
    assert isinstance(outcome, Misfit)
    assert outcome.what == "is blank"


def test_a_line_that_does_not_fit_is_refused_and_not_squeezed(renderer: TakumiRenderer) -> None:
    outcome = lay_out([block("Frische Bowls " * 20)], sheet(), renderer)
    assert isinstance(outcome, Misfit)
    assert outcome.role == "headline"
    assert "needs more than 2 rows" in outcome.what


def test_joined_scripts_take_no_letter_spacing(renderer: TakumiRenderer) -> None:
    def spacing(locale: str, text: str) -> float:
        line = {"role": "cta", "text": text, "colour": "#000000", "size": (4, 6), "spacing": 0.1}
        (one,) = laid([block(lines=[line])], sheet(locale), renderer)
        return one.settings[0].spacing

    assert spacing("de_DE", "Bowls") == 0.1
    assert spacing("ar_AE", "سلطات") == 0.0
    assert spacing("hi_IN", "सलाद") == 0.0


def test_the_origin_of_a_rotation_is_the_middle_of_the_text(renderer: TakumiRenderer) -> None:
    (one,) = laid([block("Bowls", rotation=-7, anchor="middle")], sheet(), renderer)
    setting = one.settings[0]
    row = setting.rows[0]
    assert setting.rotation == -7
    assert setting.origin == pytest.approx((row.x + row.width / 2, row.y + row.height / 2))


def test_a_place_holds_percent_and_nothing_else() -> None:
    with pytest.raises(ValueError, match="less than or equal to 100"):
        Place(x=101, y=0, width=10, height=10)
    with pytest.raises(ValueError, match="Extra inputs"):
        BlockLine.model_validate(
            {"role": "cta", "text": "x", "colour": "#000000", "size": (1, 2), "shadow": True}
        )


def test_a_block_that_runs_off_the_picture_when_turned_is_refused() -> None:
    sheet = Sheet(width=400, height=200, locale="de_DE", display="modern", text="modern")
    line = BlockLine(role="price", text="1234,90 €", colour="#000000", size=(15, 15))
    place = Place(x=0, y=0, width=100, height=50)
    flat = Block(name="deal", place=place, align="center", lines=(line,))
    assert not isinstance(lay_out([flat], sheet, TakumiRenderer()), Misfit)
    turned = flat.model_copy(update={"rotation": -40.0})
    refused = lay_out([turned], sheet, TakumiRenderer())
    assert isinstance(refused, Misfit)
    assert "runs off the picture when it is turned by -40 degrees" in refused.what


@pytest.mark.parametrize(
    ("text", "locale", "direction"),
    [
        ("Marlow & Pine", "ar_AE", "ltr"),
        ("© 2027 Lantern Row Pictures", "he_IL", "ltr"),
        ("اطلب الآن", "ar_AE", "rtl"),
        ("عرض Marlow & Pine", "ar_AE", "rtl"),
        ("-40 %", "ar_AE", "rtl"),
        ("Frische Bowls", "de_DE", "ltr"),
    ],
)
def test_a_line_in_letters_of_the_other_direction_reads_their_way(
    text: str, locale: str, direction: str, renderer: TakumiRenderer
) -> None:
    (one,) = laid([block(text)], sheet(locale), renderer)
    assert one.settings[0].direction == direction
    starts_right = locale.startswith(("ar", "he"))
    assert one.settings[0].align == ("right" if starts_right else "left")
