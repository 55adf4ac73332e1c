"""What secures the contrast of words: the template's means, in its order, on the real pixels."""

import pathlib

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.typeset.block import Block
from pipeline.typeset.contrast import contrast_under
from pipeline.typeset.draw import draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import Sheet
from pipeline.typeset.lettering import Canvas, Lettered, Letterer, composite
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.securing import ground_for, ways, what_counts

Pixels = npt.NDArray[np.uint8]

PROJECT = pathlib.Path(__file__).parent.parent.parent
WIDTH, HEIGHT = 400, 500
PALETTE = {"ink": "#1B1210", "paper": "#FFF8EC", "accent": "#FFC83D", "action": "#C63F1C"}
ALL = ("scrim", "panel", "outline", "shadow", "gradient")


@pytest.fixture
def letterer(renderer: TakumiRenderer) -> Letterer:
    """Return a letterer with the project's layouts."""
    return Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts")


def photograph(strength: float = 70) -> Pixels:
    """Return a restless picture of light and dark spots, the same every time."""
    dice = np.random.default_rng(3)
    picture = np.full((HEIGHT, WIDTH, 3), 128.0, np.float32)
    for softness in (2, 8, 24):
        noise = dice.normal(0, 1, (HEIGHT, WIDTH, 1)).astype(np.float32)
        spots = cv2.GaussianBlur(noise, (0, 0), softness)[:, :, None]
        picture += spots / spots.std() * strength / 2
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def canvas(plate: Pixels, locale: str = "de_DE") -> Canvas:
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale=locale, display="friendly", text="friendly")
    return Canvas(plate=plate, template="deal", sheet=sheet, palette=PALETTE)


def block(*secure: str, text: str = "Frische Bowls", **changes: object) -> Block:
    lines = [
        {"role": "headline", "text": text, "colour": "#FFF8EC", "size": (8, 8), "weight": 800},
        {"role": "offer", "text": "Knackig", "colour": "#FFF8EC", "size": (4, 4)},
    ]
    place = {"x": 8, "y": 70, "width": 84, "height": 25}
    whole = {"name": "head", "place": place, "lines": lines, "secure": secure}
    return Block.model_validate({**whole, **changes})


def lettered(outcome: Lettered | Misfit) -> Lettered:
    assert isinstance(outcome, Lettered), outcome
    return outcome


@pytest.mark.parametrize("means", ALL)
@pytest.mark.parametrize("rotation", [0.0, -7.0])
def test_each_means_alone_makes_words_stand_out(
    letterer: Letterer, means: str, rotation: float
) -> None:
    done = lettered(letterer.letter(canvas(photograph()), [block(means, rotation=rotation)]))
    assert [setting.secured for setting in done.settings] == [means, means]
    assert done.contrasts["headline"] >= 3
    assert done.contrasts["offer"] >= 4.5 or done.settings[1].size > 4.4 * np.sqrt(2000)
    assert [setting.colour for setting in done.settings] == ["#FFF8EC", "#FFF8EC"]


@pytest.mark.parametrize("means", ALL)
def test_the_words_alone_are_what_is_added_to_the_ground(letterer: Letterer, means: str) -> None:
    done = lettered(letterer.letter(canvas(photograph()), [block(means)]))
    words = np.max(
        [draw_line(one, WIDTH, HEIGHT, letterer.renderer) for one in done.settings], axis=0
    )
    ink = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    ink[:, :, :3] = (255, 248, 236)
    ink[:, :, 3] = words
    apart = np.abs(composite(done.ground, ink).astype(int) - done.picture)
    assert apart.max() <= 2
    assert not np.array_equal(done.ground, canvas(photograph()).plate)


def test_a_calm_picture_needs_nothing(letterer: Letterer) -> None:
    wall = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    done = lettered(letterer.letter(canvas(wall), [block(*ALL)]))
    assert {setting.secured for setting in done.settings} == {""}
    assert np.array_equal(done.ground, wall)


def test_the_first_means_that_suffices_is_taken(letterer: Letterer) -> None:
    first = lettered(letterer.letter(canvas(photograph()), [block("panel", "scrim")]))
    assert first.settings[0].secured == "panel"
    harsh = photograph(300)
    alone = letterer.letter(canvas(harsh), [block("shadow")])
    assert isinstance(alone, Misfit)
    assert "does not stand out from the picture" in alone.what
    second = lettered(letterer.letter(canvas(harsh), [block("shadow", "panel")]))
    assert second.settings[0].secured == "panel"


def test_a_block_without_means_is_refused(letterer: Letterer) -> None:
    assert isinstance(letterer.letter(canvas(photograph()), [block()]), Misfit)


def test_each_block_is_secured_by_itself(letterer: Letterer) -> None:
    plate = photograph()
    plate[:250] = 20
    top = {"x": 8, "y": 10, "width": 84, "height": 25}
    calm = block("scrim", name="calm", place=top)
    lines = [line.model_copy(update={"role": f"low_{line.role}"}) for line in calm.lines]
    low = block("shadow", "panel").model_copy(update={"lines": tuple(lines)})
    done = lettered(letterer.letter(canvas(plate), [calm, low]))
    secured = {setting.role: setting.secured for setting in done.settings}
    assert secured["headline"] == ""
    assert secured["low_headline"] in {"shadow", "panel"}
    assert np.array_equal(done.ground[:200], plate[:200])


def test_a_gradient_comes_from_the_nearest_edge_and_fades(letterer: Letterer) -> None:
    plate = photograph()
    done = lettered(letterer.letter(canvas(plate), [block("gradient")]))
    rows = np.abs(done.ground.astype(int) - plate).mean(axis=(1, 2))
    assert rows[:200].max() == 0
    assert rows[-20:].mean() > 30
    steps = np.abs(np.diff(done.ground.astype(int).mean(axis=(1, 2))))
    assert steps.max() < np.abs(np.diff(plate.astype(int).mean(axis=(1, 2)))).max() + 3


def test_no_more_of_the_picture_is_covered_than_has_to_be(letterer: Letterer) -> None:
    def cover(strength: float) -> float:
        plate = photograph(strength)
        done = lettered(letterer.letter(canvas(plate), [block("scrim")]))
        top, left, height, width = 360, 60, 20, 60
        part = np.s_[top : top + height, left : left + width]
        return float(done.ground[part].std() / plate[part].std())

    assert cover(60) > cover(300)


def test_an_outline_counts_by_what_surrounds_the_letters() -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[10:30, 18:22] = 255
    around = what_counts(mask, 25, "outline")
    assert around[20, 20] == 0
    assert around[20, 16] > 0
    assert around[20, 10] == 0
    under = np.full((40, 40, 3), 255, np.uint8)
    under[mask > 0] = 0  # dark where nobody sees it
    assert contrast_under(under, mask, "#FFFFFF") > 20
    assert contrast_under(under, around, "#FFFFFF") < 1.1
    assert what_counts(mask, 25, "scrim") is mask


def test_light_words_get_a_dark_ground_and_dark_ones_a_light_one() -> None:
    assert ground_for("#FFC83D", PALETTE) == PALETTE["ink"]
    assert ground_for("#C63F1C", PALETTE) == PALETTE["paper"]


def test_what_is_tried_follows_the_order_of_the_template() -> None:
    tried = [way.means for way in ways(("panel", "scrim"), "#000000")]
    assert tried[0] == "panel"
    assert set(tried[1:]) == {"scrim"}
    strengths = [way.strength for way in ways(("scrim",), "#000000")]
    assert strengths == sorted(strengths)


def test_a_layout_may_not_say_anything_beneath_an_outline_either(
    letterer: Letterer, tmp_path: pathlib.Path
) -> None:
    shapes = PROJECT / "templates" / "layouts" / "shapes.html.j2"
    (tmp_path / "shapes.html.j2").write_bytes(shapes.read_bytes())
    own = '{% from "shapes.html.j2" import sheet_of %}{{ sheet_of(blocks, unit) }}'
    (tmp_path / "deal.html.j2").write_text(own)
    same = Letterer(renderer=letterer.renderer, layouts=tmp_path)
    done = lettered(same.letter(canvas(photograph()), [block("outline")]))
    assert done.settings[0].secured == "outline"
