"""The picture's checks, each on a right creative and on planted faults."""

import dataclasses
import decimal
import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.campaign.formats import Format
from pipeline.campaign.model import Checks
from pipeline.proof.checks import Delivered, Demands, checks_of, shapes_on, with_checks
from pipeline.proof.describe import describe, why
from pipeline.proof.standout import contrast_of
from pipeline.proof.verdict import Box, Check, LineProof, Proof, Verdict
from pipeline.typeset.setting import LineSetting

if TYPE_CHECKING:
    from tests.proof.conftest import Studio

Pixels = npt.NDArray[np.uint8]

STORY = Format(
    name="story",
    width=540,
    height=960,
    most_bytes=200_000,
    safe=(14, 6, 20, 6),
    channel="Stories",
    read="2026-11-22",
)
PALETTE = {"ink": "#1B1210", "paper": "#FFF8EC", "accent": "#FFC83D", "action": "#C63F1C"}
INSIDE = (60.0, 300.0)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Creative:
    """A creative with everything that the checks look at."""

    plate: Pixels
    ground: Pixels
    picture: Pixels
    setting: LineSetting
    line: LineProof

    def delivered(self, picture: Pixels | None = None, **changes: object) -> Delivered:
        """Return what would be delivered, compressed, after some change."""
        pixels, content = jpeg(self.picture if picture is None else picture)
        shapes = shapes_on(self.plate, self.ground)
        right = Delivered(pixels=pixels, content=content, ground=self.ground, shapes=shapes)
        return dataclasses.replace(right, **changes)  # type: ignore[arg-type]

    def checks(
        self, picture: Pixels | None = None, limits: Checks | None = None, **changes: object
    ) -> tuple[Check, ...]:
        """Return the checks of what would be delivered."""
        demands = Demands(limits=limits or Checks(), palette=PALETTE, format=STORY)
        return checks_of(self.delivered(picture, **changes), [self.line], [self.setting], demands)

    def over(self, plate: Pixels) -> Pixels:
        """Return the picture with the same shape and words over another plate."""
        kept = (self.picture != self.plate).any(axis=2, keepdims=True)
        return np.where(kept, self.picture, plate)


def blurred(picture: Pixels, sigma: float) -> Pixels:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8)


def jpeg(picture: Pixels, kind: str = "JPEG") -> tuple[Pixels, bytes]:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, quality=90, subsampling=0)
    return np.asarray(Image.open(out).convert("RGB")), out.getvalue()


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def painted_plate() -> Pixels:
    """Return a paper wall with a yellow plate and dark olives, edges as of a photograph."""
    height, width = STORY.height, STORY.width
    plate = np.full((height, width, 3), rgb(PALETTE["paper"]), np.uint8)
    cv2.circle(plate, (270, 620), 150, rgb(PALETTE["accent"]), cv2.FILLED, cv2.LINE_AA)
    for at in range(5):
        middle = (190 + 40 * at, 600 + 30 * (at % 2))
        cv2.circle(plate, middle, 16, rgb(PALETTE["ink"]), cv2.FILLED, cv2.LINE_AA)
    return plate


def box_of(cover: Pixels) -> Box:
    left, top, width, height = cv2.boundingRect(np.asarray(cover > 12, np.uint8))
    return (left, top, width, height)


@pytest.fixture(scope="module")
def creative(studio: "Studio") -> Callable[..., Creative]:
    """Return what makes a right creative, with its words at some place and in some colour."""

    def make(
        place: tuple[float, float] = INSIDE, colour: str = PALETTE["ink"], size: float = 40.0
    ) -> Creative:
        plate = painted_plate()
        ground = plate.copy()
        cv2.rectangle(ground, (60, 420), (300, 470), rgb(PALETTE["action"]), cv2.FILLED)
        setting = studio.set("Frische Bowls", "de_DE", (*place, size), colour=colour)
        cover = studio.draw(setting, STORY.width, STORY.height)
        share = cover[:, :, None].astype(np.float32) / 255
        mixed = ground * (1 - share) + np.array(rgb(colour), np.float32) * share
        line = LineProof(
            role="headline",
            expected=setting.text,
            read=setting.text,
            verdict=Verdict.PASS,
            box=box_of(cover),
            reader="pp-ocr",
            confidence=1.0,
            shape=1.0,
            reason="",
        )
        return Creative(
            plate=plate,
            ground=ground,
            picture=np.rint(mixed).astype(np.uint8),
            setting=setting,
            line=line,
        )

    return make


Make = Callable[..., Creative]


def failed(checks: tuple[Check, ...]) -> set[str]:
    return {f"{one.name} {one.subject}".strip() for one in checks if one.verdict is Verdict.FAIL}


def named(checks: tuple[Check, ...], name: str, subject: str = "") -> Check:
    return next(one for one in checks if (one.name, one.subject) == (name, subject))


def test_a_right_creative_passes_every_check(creative: Make) -> None:
    checks = creative().checks()
    assert failed(checks) == set()
    assert [f"{one.name} {one.subject}".strip() for one in checks] == [
        "width",
        "height",
        "ratio",
        "file type",
        "file weight",
        "blank",
        "blur",
        *(f"palette {name}" for name in PALETTE),
        "contrast headline",
        "safe box headline",
    ]
    assert all(one.reason == "" and one.unit for one in checks)


@pytest.mark.parametrize("level", [0, 118, 255])
def test_a_plate_of_one_colour_is_blank_under_sharp_words(creative: Make, level: int) -> None:
    one = creative()
    checks = one.checks(one.over(np.full_like(one.plate, level)))
    assert "blank" in failed(checks)
    assert named(checks, "blank").measured < 0.5


def test_a_soft_gradient_is_neither_blank_nor_blurred(creative: Make) -> None:
    one = creative()
    down = np.linspace(0, 90, STORY.height)[:, None, None] * np.ones((1, STORY.width, 3))
    checks = one.checks(np.asarray(down + 40, np.uint8))
    assert failed(checks) & {"blank", "blur"} == set()
    assert named(checks, "blur").measured == 0


@pytest.mark.parametrize("sigma", [1.5, 2.0, 3.0, 6.0])
def test_a_blurred_picture_fails(creative: Make, sigma: float) -> None:
    one = creative()
    assert "blur" in failed(one.checks(blurred(one.picture, sigma)))


@pytest.mark.parametrize("sigma", [1.5, 2.0, 3.0, 6.0])
def test_a_blurred_plate_fails_under_sharp_words_and_shapes(creative: Make, sigma: float) -> None:
    one = creative()
    soft = one.over(blurred(one.plate, sigma))
    assert "blur" in failed(one.checks(soft))


def test_the_blur_is_measured_in_pixels(creative: Make) -> None:
    one = creative()
    blurs = [
        named(one.checks(blurred(one.picture, sigma)), "blur").measured for sigma in (1.5, 2.0, 3.0)
    ]
    assert blurs[0] == pytest.approx(1.5, rel=0.15)
    assert blurs == sorted(blurs)  # a wider blur is told less surely: compression has edges too


def test_words_alone_are_judged_for_blur_where_there_is_nothing_else(creative: Make) -> None:
    one = creative(colour=PALETTE["action"])
    plain = np.full_like(one.plate, 255)
    alone = np.where((one.picture != one.ground).any(axis=2, keepdims=True), one.picture, plain)
    assert named(one.checks(alone, ground=plain, shapes=None), "blur").verdict is Verdict.PASS
    soft = blurred(alone, 2.5)
    assert named(one.checks(soft, ground=plain, shapes=None), "blur").verdict is Verdict.FAIL


@pytest.mark.parametrize("name", sorted(PALETTE))
def test_a_missing_brand_colour_fails_by_its_name(creative: Make, name: str) -> None:
    one = creative()
    away = np.array(rgb(PALETTE[name]), np.int16)
    near = (np.abs(one.picture.astype(np.int16) - away) < 40).all(axis=2)
    changed = one.picture.copy()
    changed[near] = (40, 140, 90)
    checks = one.checks(changed)
    assert f"palette {name}" in failed(checks)
    assert PALETTE[name] in named(checks, "palette", name).reason


def test_a_brand_colour_that_is_a_little_off_passes_and_says_how_far(creative: Make) -> None:
    one = creative()
    exact = named(one.checks(), "palette", "action").measured
    off = one.picture.copy()
    off[(one.ground == rgb(PALETTE["action"])).all(axis=2)] = (210, 80, 50)
    found = named(one.checks(off), "palette", "action")
    assert found.verdict is Verdict.PASS
    assert found.measured > exact


def test_a_speck_of_a_colour_is_not_an_area(creative: Make) -> None:
    one = creative()
    speck = np.where(
        (one.ground == rgb(PALETTE["action"])).all(axis=2, keepdims=True), one.plate, one.picture
    )
    speck[420:430, 60:70] = rgb(PALETTE["action"])
    assert "palette action" in failed(one.checks(speck))
    fine = Checks.model_validate({"palette_area": "0.01"})
    assert "palette action" not in failed(one.checks(speck, limits=fine))


@pytest.mark.parametrize("colour", ["#F5EEE2", "#E9D9C0", "#D8BE9B"])
def test_words_that_hardly_stand_out_fail(creative: Make, colour: str) -> None:
    assert "contrast headline" in failed(creative(colour=colour).checks())


def test_small_words_need_more_contrast_than_large_ones(creative: Make) -> None:
    grey = "#8A8A8A"  # 3.3 to 1 on the paper
    large, small = creative(colour=grey, size=40.0), creative(colour=grey, size=20.0)
    assert "contrast headline" not in failed(large.checks())
    assert "contrast headline" in failed(small.checks())


def test_the_contrast_is_that_of_the_delivered_pixels(creative: Make) -> None:
    one = creative()  # set in ink, which the setting says too
    faded = np.rint(one.ground + 0.2 * (one.picture.astype(np.float64) - one.ground))
    checks = one.checks(faded.astype(np.uint8))
    assert named(checks, "contrast", "headline").measured < 2
    assert "contrast headline" in failed(checks)


def test_a_neighbour_on_a_ground_of_its_own_does_not_count() -> None:
    ground = np.full((200, 600, 3), 250, np.uint8)
    ground[:42, 400:] = 20  # a dark label, whose lower edge the headline's box reaches
    picture = ground.copy()
    cv2.putText(picture, "light", (420, 36), cv2.FONT_HERSHEY_DUPLEX, 1.2, (250,) * 3, 3)
    cv2.putText(picture, "Headline", (10, 140), cv2.FONT_HERSHEY_DUPLEX, 3, (20,) * 3, 8)
    headline, label = (5, 20, 560, 140), (410, 2, 150, 40)
    assert contrast_of(picture, ground, headline, 90) < 3
    assert contrast_of(picture, ground, headline, 90, [headline, label]) > 15
    faded = np.rint(ground + 0.1 * (picture.astype(np.float64) - ground)).astype(np.uint8)
    assert contrast_of(faded, ground, headline, 90, [headline, label]) < 3


def test_rows_that_reach_over_a_smaller_line_leave_its_contrast(creative: Make) -> None:
    one = creative()
    ground = one.ground.copy()
    cv2.rectangle(ground, (60, 240), (300, 272), rgb(PALETTE["ink"]), cv2.FILLED)
    picture = np.where(one.picture != one.ground, one.picture, ground)
    cv2.putText(picture, "-18 %", (120, 264), cv2.FONT_HERSHEY_DUPLEX, 0.8, (250,) * 3, 2)
    drawn = box_of(np.asarray((picture != ground).any(axis=2) * 255, np.uint8)[:280])
    badge = dataclasses.replace(one.line, role="badge", box=(110, 228, 120, 48), ink=drawn)
    left, top, width, height = one.line.box or (0, 0, 0, 0)
    rows = dataclasses.replace(one.line, box=(left, 252, width, height + top - 252))
    settings = [one.setting, dataclasses.replace(one.setting, role="badge", size=24.0)]
    demands = Demands(limits=Checks(), palette=PALETTE, format=STORY)
    seen = one.delivered(picture, ground=ground)
    known = dataclasses.replace(rows, ink=one.line.box)
    assert failed(checks_of(seen, [known, badge], settings, demands)) == set()
    faint = np.rint(ground + 0.1 * (picture.astype(np.float64) - ground)).astype(np.uint8)
    seen = one.delivered(faint, ground=ground)
    found = failed(checks_of(seen, [known, badge], settings, demands))
    assert {"contrast headline", "contrast badge"} <= found


def test_half_a_line_that_another_box_covers_is_told_by_its_other_half() -> None:
    ground = np.full((200, 600, 3), 250, np.uint8)
    picture = ground.copy()
    cv2.putText(picture, "light", (20, 100), cv2.FONT_HERSHEY_DUPLEX, 2.0, (20,) * 3, 5)
    words, over = (16, 50, 200, 60), (0, 85, 600, 100)  # the lower part of the letters
    assert contrast_of(picture, ground, words, 60, [words, over]) > 15


def test_words_that_a_model_drew_are_told_from_the_picture_they_are_part_of(creative: Make) -> None:
    one = creative()
    seen = one.delivered(ground=one.picture)
    demands = Demands(limits=Checks(), palette=PALETTE, format=STORY)
    drawn = checks_of(seen, [one.line], (), demands)
    known = named(one.checks(), "contrast", "headline").measured
    assert named(drawn, "contrast", "headline").measured == pytest.approx(known, rel=0.1)


@pytest.mark.parametrize(
    ("place", "out"),
    [((60.0, 120.0), 14), ((12.0, 300.0), 20), ((60.0, 755.0), 24), ((290.0, 300.0), 24)],
)
def test_words_outside_the_safe_box_fail_and_say_how_far(
    creative: Make, place: tuple[float, float], out: int
) -> None:
    found = named(creative(place=place).checks(), "safe box", "headline")
    assert found.verdict is Verdict.FAIL
    assert -found.measured == pytest.approx(out, abs=14)


def test_a_box_wider_than_its_words_does_not_fail_them(creative: Make) -> None:
    one = creative(place=(34.0, 300.0))
    assert one.line.box is not None
    left, top, width, height = one.line.box
    wide = dataclasses.replace(one.line, box=(left - 20, top - 9, width + 40, height + 18))
    assert left - 20 < STORY.width * 0.06
    found = named(dataclasses.replace(one, line=wide).checks(), "safe box", "headline")
    assert found.verdict is Verdict.PASS


def test_a_file_that_is_too_heavy_fails_by_the_channel_or_by_the_campaign(creative: Make) -> None:
    one = creative()
    content = jpeg(one.picture)[1]
    padded = content + bytes(STORY.most_bytes)
    assert "file weight" in failed(one.checks(content=padded))
    tight = Checks(kilobytes=decimal.Decimal(len(content) - 1) / 1000)
    found = named(one.checks(limits=tight), "file weight")
    assert (found.verdict, found.limit) == (Verdict.FAIL, len(content) - 1)


def test_a_campaign_cannot_allow_more_than_the_channel_takes(creative: Make) -> None:
    loose = Checks(kilobytes=decimal.Decimal(99_999))
    assert named(creative().checks(limits=loose), "file weight").limit == STORY.most_bytes


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_another_type_of_file_fails(creative: Make, kind: str) -> None:
    one = creative()
    found = named(one.checks(content=jpeg(one.picture, kind)[1]), "file type")
    assert found.verdict is Verdict.FAIL
    assert kind in found.reason


def test_a_file_that_is_no_picture_fails(creative: Make) -> None:
    found = named(creative().checks(content=b"no picture"), "file type")
    assert found.verdict is Verdict.FAIL


def test_a_file_that_states_another_size_than_its_format_fails(creative: Make) -> None:
    one = creative()
    smaller = jpeg(np.ascontiguousarray(one.picture[::2, ::2]))[1]
    assert failed(one.checks(content=smaller)) == {"width", "height"}  # of the same shape
    cut = jpeg(np.ascontiguousarray(one.picture[:900]))[1]
    assert failed(one.checks(content=cut)) == {"height", "ratio"}


def test_what_is_switched_off_is_not_checked(creative: Make) -> None:
    off = Checks.model_validate(
        dict.fromkeys(("palette_difference", "contrast", "contrast_large", "drawn", "blur"), "off")
    )
    names = {one.name for one in creative().checks(limits=off)}
    assert names == {"width", "height", "ratio", "file type", "file weight", "safe box"}


def test_a_picture_of_unknown_origin_is_checked_without_a_campaign(creative: Make) -> None:
    one = creative()
    seen = Delivered(pixels=one.picture)
    checks = checks_of(seen, [one.line], (), Demands())
    assert [one.name for one in checks] == ["blank", "blur", "contrast"]
    assert failed(checks) == set()
    known = named(one.checks(), "contrast", "headline").measured
    assert named(checks, "contrast", "headline").measured == pytest.approx(known, rel=0.1)


def test_faint_words_of_unknown_origin_are_reported(creative: Make) -> None:
    one = creative(colour="#E9D9C0")
    checks = checks_of(Delivered(pixels=jpeg(one.picture)[0]), [one.line], (), Demands())
    assert failed(checks) == {"contrast headline"}


def test_a_line_that_was_not_found_is_left_to_the_proof_of_the_text(creative: Make) -> None:
    one = creative()
    lost = dataclasses.replace(one, line=dataclasses.replace(one.line, box=None))
    assert {check.name for check in lost.checks()}.isdisjoint({"contrast", "safe box"})


@pytest.mark.parametrize("box", [(0, 0, 540, 960), (500, 900, 300, 300), (-40, -40, 20, 20)])
def test_any_box_gets_an_answer(creative: Make, box: Box) -> None:
    one = creative()
    strange = dataclasses.replace(one, line=dataclasses.replace(one.line, box=box))
    ratio = named(strange.checks(), "contrast", "headline").measured
    assert 1 <= ratio <= 21


def test_a_failed_check_fails_the_proof_and_says_why(creative: Make) -> None:
    one = creative(colour="#E9D9C0")
    proof = Proof(verdict=Verdict.PASS, lines=(one.line,), extra=(), readers={}, ms=1)
    checked = with_checks(proof, one.checks())
    assert checked.verdict is Verdict.FAIL
    assert why(checked).startswith("contrast headline: the words stand out by only 1.")
    assert "check  contrast headline: the words stand out" in describe(checked)


def test_checks_that_pass_leave_the_verdict(creative: Make) -> None:
    one = creative()
    unsure = Proof(verdict=Verdict.UNSURE, lines=(one.line,), extra=(), readers={}, ms=1)
    checked = with_checks(unsure, one.checks())
    assert checked.verdict is Verdict.UNSURE
    assert checked.checks == one.checks()
    assert "check" not in describe(checked)


def test_the_checks_take_a_small_part_of_a_proof(creative: Make) -> None:
    """A proof takes about 400 ms; the checks of half a megapixel well under a tenth of that."""
    one = creative()
    seen = one.delivered()
    demands = Demands(limits=Checks(), palette=PALETTE, format=STORY)
    took = []
    for _ in range(5):
        begun = time.process_time()
        checks_of(seen, [one.line], [one.setting], demands)
        took.append(time.process_time() - begun)
    assert min(took) < 0.04
