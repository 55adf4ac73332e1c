"""Words over a plate: readable, exactly where the setting says, the same every time."""

import pathlib
import threading

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.errors import TemplateError
from pipeline.typeset.block import Block
from pipeline.typeset.draw import STRIKE_THICKNESS, draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import Sheet
from pipeline.typeset.lettering import Canvas, Lettered, Letterer, composite
from pipeline.typeset.renderer import TakumiRenderer, TextStyle

Pixels = npt.NDArray[np.uint8]

PROJECT = pathlib.Path(__file__).parent.parent.parent
WIDTH, HEIGHT = 400, 500
PALETTE = {"ink": "#000000", "paper": "#FFFFFF", "accent": "#FFC83D", "action": "#C63F1C"}
COPY = {
    "de_DE": "Frische Bowls",
    "ar_AE": "سلطات طازجة 8.90",
    "he_IL": "קערות טריות",
    "ja_JP": "焙煎したての珈琲",
    "th_TH": "กาแฟคั่วใหม่",
    "hi_IN": "कुरकुरी सब्ज़ियाँ",
}


@pytest.fixture
def letterer(renderer: TakumiRenderer) -> Letterer:
    """Return a letterer with the project's layouts."""
    return Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts")


def plate(*colour: int) -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), colour, np.uint8)


def canvas(under: Pixels, locale: str = "de_DE", **palette: str) -> Canvas:
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale=locale, display="modern", text="modern")
    return Canvas(plate=under, template="deal", sheet=sheet, palette={**PALETTE, **palette})


def block(text: str = "Frische Bowls", colour: str = "#000000", **changes: object) -> Block:
    struck = changes.pop("struck", False)
    line = {
        "role": "headline",
        "text": text,
        "colour": colour,
        "size": (6, 10),
        "rows": 2,
        "struck": struck,
    }
    place = {"x": 15, "y": 20, "width": 70, "height": 40}
    return Block.model_validate({"name": "head", "place": place, "lines": [line], **changes})


def lettered(outcome: Lettered | Misfit) -> Lettered:
    assert isinstance(outcome, Lettered), outcome
    return outcome


def refused(outcome: Lettered | Misfit) -> Misfit:
    assert isinstance(outcome, Misfit), outcome
    return outcome


@pytest.mark.parametrize("struck", [False, True])
@pytest.mark.parametrize("rotation", [0.0, -7.0])
@pytest.mark.parametrize("locale", COPY)
def test_a_line_drawn_again_covers_the_pixels_that_were_painted(
    letterer: Letterer, locale: str, rotation: float, *, struck: bool
) -> None:
    words = block(COPY[locale], rotation=rotation, struck=struck)
    done = lettered(letterer.letter(canvas(plate(255, 255, 255), locale), [words]))
    mask = draw_line(done.settings[0], WIDTH, HEIGHT, letterer.renderer)
    assert mask.max() == 255
    assert np.array_equal(done.picture, np.repeat(255 - mask[:, :, None], 3, axis=2))


def test_what_is_drawn_stays_inside_its_rows(letterer: Letterer) -> None:
    done = lettered(letterer.letter(canvas(plate(255, 255, 255)), [block("Ägypten Ç,;g")]))
    mask = draw_line(done.settings[0], WIDTH, HEIGHT, letterer.renderer)
    rows = done.settings[0].rows
    found = np.argwhere(mask > 32)
    (top, left), (bottom, right) = found.min(axis=0), found.max(axis=0)
    assert left >= min(row.x for row in rows) - 2
    assert right <= max(row.x + row.width for row in rows) + 2
    assert top >= rows[0].y - 0.1 * rows[0].height
    assert bottom <= rows[-1].y + 1.1 * rows[-1].height


def test_a_rotation_turns_the_words_about_their_middle(letterer: Letterer) -> None:
    def mask(rotation: float) -> Pixels:
        words = block("Bowls", rotation=rotation, align="center", anchor="middle")
        done = lettered(letterer.letter(canvas(plate(255, 255, 255)), [words]))
        return 255 - done.picture[:, :, 0]

    level, turned, upright = mask(0), mask(-7), mask(-90)
    assert not np.array_equal(level, turned)
    assert turned.sum() == pytest.approx(level.sum(), rel=0.02)
    ys, xs = np.nonzero(upright > 128)
    assert np.ptp(ys) > 2 * np.ptp(xs)  # Bowls is wider than tall, so it now stands
    level_ys, level_xs = np.nonzero(level > 128)
    assert np.mean([ys.min(), ys.max()]) == pytest.approx(
        np.mean([level_ys.min(), level_ys.max()]), abs=12
    )
    assert np.mean([xs.min(), xs.max()]) == pytest.approx(
        np.mean([level_xs.min(), level_xs.max()]), abs=12
    )


def test_a_struck_line_has_a_stroke_from_end_to_end(letterer: Letterer) -> None:
    def painted(*, struck: bool) -> Lettered:
        words = block("8,90 €", struck=struck)
        return lettered(letterer.letter(canvas(plate(255, 255, 255)), [words]))

    plain, done = painted(struck=False), painted(struck=True)
    row, size = done.settings[0].rows[0], done.settings[0].size
    added = np.argwhere((plain.picture != done.picture).any(axis=2))
    (top, left), (bottom, right) = added.min(axis=0), added.max(axis=0)
    assert left <= row.x
    assert right >= row.x + row.width - 1
    assert bottom - top + 1 == pytest.approx(STRIKE_THICKNESS * size, abs=2)
    assert row.y < top < bottom < row.y + row.height


def test_a_colour_that_stands_out_is_kept(letterer: Letterer) -> None:
    done = lettered(letterer.letter(canvas(plate(255, 248, 236)), [block(colour="#C63F1C")]))
    assert done.settings[0].colour == "#C63F1C"
    assert done.contrasts["headline"] >= 3


@pytest.mark.parametrize(
    ("ground", "colour"), [((20, 20, 20), "#FFFFFF"), ((240, 240, 240), "#000000")]
)
def test_a_colour_that_cannot_be_read_gives_way_to_one_that_can(
    letterer: Letterer, ground: tuple[int, int, int], colour: str
) -> None:
    asked = "#101010" if colour == "#FFFFFF" else "#F0F0F0"
    done = lettered(letterer.letter(canvas(plate(*ground)), [block(colour=asked)]))
    assert done.settings[0].colour == colour
    assert done.contrasts["headline"] > 10


def stripes() -> Pixels:
    under = plate(255, 255, 255)
    under[:, ::4] = 0
    under[:, 1::4] = 0
    return under


def test_on_a_restless_ground_the_words_get_a_scrim(letterer: Letterer) -> None:
    done = lettered(letterer.letter(canvas(stripes()), [block()]))
    assert done.contrasts["headline"] >= 3
    mask = draw_line(done.settings[0], WIDTH, HEIGHT, letterer.renderer)
    ys, xs = np.nonzero(mask)
    around = done.picture[ys.min() : ys.max(), xs.min() : xs.max()][
        mask[ys.min() : ys.max(), xs.min() : xs.max()] == 0
    ]
    assert np.ptp(around.astype(int)) < 85  # 255 without the scrim
    assert np.array_equal(done.picture[-20:], stripes()[-20:])  # far from the words: untouched


def test_words_that_no_colour_and_no_scrim_makes_readable_are_refused(letterer: Letterer) -> None:
    grey = canvas(plate(128, 128, 128), ink="#777777", paper="#888888")
    misfit = refused(letterer.letter(grey, [block(colour="#808080")]))
    assert misfit.role == "headline"
    assert misfit.what.startswith("does not stand out from the picture (contrast 1.")


def test_what_does_not_fit_is_refused_before_anything_is_painted(letterer: Letterer) -> None:
    misfit = refused(letterer.letter(canvas(plate(255, 255, 255)), [block("Bowls " * 60)]))
    assert "needs more than 2 rows" in misfit.what


@pytest.mark.parametrize("text", ["<b>Bowls</b>", "5 < 6 & 7", "&amp; &lt;", 'it\'s "fresh"'])
def test_marks_of_html_are_letters_like_others(letterer: Letterer, text: str) -> None:
    done = lettered(letterer.letter(canvas(plate(255, 255, 255)), [block(text)]))
    assert done.settings[0].text == text
    drawn = "".join(row.text for row in done.settings[0].rows)
    assert drawn.replace(" ", "") == text.replace(" ", "")
    plain = lettered(letterer.letter(canvas(plate(255, 255, 255)), [block("n" * 5)]))
    assert not np.array_equal(done.picture, plain.picture)


def test_lettering_twice_gives_the_same_pixels_in_any_thread(letterer: Letterer) -> None:
    found: list[bytes] = []

    def work() -> None:
        words = [block("Frische Bowls bis mittags", rotation=-7)]
        done = lettered(letterer.letter(canvas(stripes()), words))
        found.append(done.picture.tobytes())

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert len(found) == 3
    assert len(set(found)) == 1


def test_two_engines_paint_alike(letterer: Letterer) -> None:
    markup = "<div style=\"font-family:'Archivo';font-size:40px;color:#000\">Bowls</div>"
    first = letterer.renderer.render(markup, 200, 80)
    assert np.array_equal(first, TakumiRenderer().render(markup, 200, 80))
    assert letterer.renderer.engine.startswith("pytakumi ")


def test_widths_grow_with_the_text_and_are_zero_for_nothing(renderer: TakumiRenderer) -> None:
    style = TextStyle(
        families=("Archivo",), weight=500, spacing=0.0, direction="ltr", language="de"
    )
    nothing, one, two = renderer.measure(["", "Bowls", "Bowls Bowls"], style)
    assert nothing == 0
    assert 0 < one < two
    assert two > 2 * one


def test_an_overlay_is_mixed_to_the_nearest_step() -> None:
    under = np.full((1, 3, 3), 100, np.uint8)
    over = np.zeros((1, 3, 4), np.uint8)
    over[0, :, 0] = 201
    over[0, :, 3] = [0, 128, 255]
    mixed = composite(under, over)
    assert mixed[0, :, 0].tolist() == [100, 151, 201]
    assert mixed[0, :, 1].tolist() == [100, 50, 0]


def test_a_layout_that_says_something_by_itself_is_refused(
    renderer: TakumiRenderer, tmp_path: pathlib.Path
) -> None:
    shapes = PROJECT / "templates" / "layouts" / "shapes.html.j2"
    (tmp_path / "shapes.html.j2").write_bytes(shapes.read_bytes())
    (tmp_path / "deal.html.j2").write_text(
        '{% from "shapes.html.j2" import sheet_of %}{{ sheet_of(blocks, unit) }}<b>SALE</b>'
    )
    letterer = Letterer(renderer=renderer, layouts=tmp_path)
    with pytest.raises(TemplateError, match="'SALE'"):
        letterer.letter(canvas(plate(255, 255, 255)), [block()])
