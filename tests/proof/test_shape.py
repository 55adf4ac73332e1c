"""The line drawn again and compared with the delivered pixels."""

import dataclasses
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from pipeline.proof.redraw import draw_again
from pipeline.proof.shape import Shape, compare
from pipeline.proof.verdict import Verdict
from pipeline.typeset.setting import LineSetting

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio

LEGAL, PRICE = 18.0, 56.0

SWAPS = [
    ("de_DE", "Nur heute für 8,90 €", "Nur heute für 3,90 €", "digit"),
    ("de_DE", "Nur heute für 8,90 €", "Nur heute für 8.90 €", "separator"),
    ("de_DE", "Nur heute für 8,90 €", "Nur heute fur 8,90 €", "umlaut"),
    ("de_DE", "Nur heute für 8,90 €", "Nur heute für 8,90 £", "currency"),
    ("de_DE", "Nur heute für 8,90 €", "Nur heute für 8,90", "currency dropped"),
    ("de_DE", "Nur heute für 8,90 €", "Nur heute für 8,90 €.", "full stop added"),
    ("el_GR", "Μόνο σήμερα 12,90 €", "Μονο σήμερα 12,90 €", "tonos"),
    ("ru_RU", "Только ещё сегодня 690 ₽", "Только еще сегодня 690 ₽", "diaeresis"),
    ("ru_RU", "Только ещё сегодня 690 ₽", "Только ещё сегодня 690 Р", "rouble"),
    ("vi_VN", "Giảm giá bữa trưa 89.000 ₫", "Giàm giá bữa trưa 89.000 ₫", "hook"),
    ("ja_JP", "本日限り 1,180円", "本曰限り 1,180円", "look-alike"),
    ("ja_JP", "本日がお得 1,180円", "本日かお得 1,180円", "dakuten"),
    ("ko_KR", "오늘 점심 한정 12,900원", "오늘 점심 힌정 12,900원", "jamo"),
    ("hi_IN", "केवल आज ₹149 में", "केवल आज ₹149 मे", "anusvara"),
    ("hi_IN", "केवल आज ₹149 में", "कवल आज ₹149 में", "matra"),
    ("th_TH", "เฉพาะวันนี้ 89 บาท", "เฉพาะวันนี 89 บาท", "tone mark"),
    ("ar_AE", "عرض اليوم فقط 49 درهم", "عرص اليوم فقط 49 درهم", "dot"),
    ("ar_AE", "عرض اليوم فقط 49 درهم", "عرض اليوم فقط 40 درهم", "digit"),
    ("he_IL", "היום לשָׁעָה ב־49 ₪", "היום לשׁעָה ב־49 ₪", "niqqud"),
    ("he_IL", "היום לשָׁעָה ב־49 ₪", "היום לשָׂעָה ב־49 ₪", "shin dot"),
]


def shape_of(studio: "Studio", image: "Pixels", setting: LineSetting) -> Shape:
    others = np.zeros(image.shape[:2], np.uint8)
    return compare(image, draw_again(setting, studio.draw), others, setting)


def showing(setting: LineSetting, text: str) -> LineSetting:
    row = dataclasses.replace(setting.rows[0], text=text)
    return dataclasses.replace(setting, rows=(row,))


@pytest.mark.parametrize("size", [LEGAL, PRICE])
@pytest.mark.parametrize("text", sorted({(swap[0], swap[1]) for swap in SWAPS}))
def test_a_line_agrees_with_itself_after_compression(
    studio: "Studio", text: tuple[str, str], size: float
) -> None:
    setting = studio.set(text[1], text[0], (20.3, 20.4, size))
    image = studio.picture([setting], (880, 120), quality=80)
    shape = shape_of(studio, image, setting)
    assert (shape.verdict, shape.reason) == (Verdict.PASS, "")
    assert shape.score > 0.8


@pytest.mark.parametrize("size", [LEGAL, PRICE])
@pytest.mark.parametrize(("locale", "right", "wrong", "kind"), SWAPS)
def test_a_changed_glyph_fails(
    studio: "Studio", locale: str, right: str, wrong: str, kind: str, size: float
) -> None:
    setting = studio.set(right, locale, (20.3, 20.4, size))
    image = studio.picture([showing(setting, wrong)], (880, 120), quality=80)
    assert shape_of(studio, image, setting).verdict is Verdict.FAIL, kind


@pytest.mark.parametrize("factor", [0.8, 2.0])
@pytest.mark.parametrize("locale", ["de_DE", "ar_AE", "ja_JP"])
def test_a_picture_scaled_and_scaled_back_still_agrees(
    studio: "Studio", locale: str, factor: float
) -> None:
    text = next(swap[1] for swap in SWAPS if swap[0] == locale)
    setting = studio.set(text, locale, (20.3, 20.4, 22.0))
    image = studio.picture([setting], (480, 80))
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    back = np.asarray(cv2.resize(small, (480, 80), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert shape_of(studio, back, setting).verdict is Verdict.PASS


def test_a_rotated_line_is_compared_where_it_stands(studio: "Studio") -> None:
    setting = studio.set("8,90 €", "de_DE", (60.2, 60.1, 70.0), rotation=-8.0, origin=(200, 100))
    image = studio.picture([setting], (400, 220))
    assert shape_of(studio, image, setting).verdict is Verdict.PASS
    upright = dataclasses.replace(setting, rotation=0.0)
    assert shape_of(studio, image, upright).verdict is Verdict.FAIL


def test_a_struck_line_is_compared_with_its_stroke(studio: "Studio") -> None:
    setting = studio.set("10,90 €", "de_DE", struck=True)
    image = studio.picture([setting])
    assert shape_of(studio, image, setting).verdict is Verdict.PASS
    plain = studio.picture([dataclasses.replace(setting, struck=False)])
    assert shape_of(studio, plain, setting).verdict is Verdict.FAIL


def test_a_missing_line_fails(studio: "Studio") -> None:
    setting = studio.set("Nur heute", "de_DE")
    shape = shape_of(studio, studio.picture([]), setting)
    assert shape.verdict is Verdict.FAIL
    assert shape.covered < 0.1


def test_a_line_that_is_partly_covered_fails(studio: "Studio") -> None:
    setting = studio.set("Nur heute", "de_DE")
    image = studio.picture([setting]).copy()
    image[20:75, 60:72] = 240
    assert shape_of(studio, image, setting).verdict is Verdict.FAIL


def test_a_line_that_runs_off_the_picture_fails(studio: "Studio") -> None:
    setting = studio.set("Nur heute und morgen", "de_DE", (20, 20, 40))
    image = studio.picture([setting], (200, 120))
    shape = shape_of(studio, image, setting)
    assert shape.verdict is Verdict.FAIL
    assert "runs off" in shape.reason


def test_another_line_close_by_is_not_held_against_a_line(studio: "Studio") -> None:
    upper = studio.set("Nur heute", "de_DE", (20, 20, 40))
    lower = studio.set("solange Vorrat", "de_DE", (20, 60, 40))
    image = studio.picture([upper, lower])
    others = draw_again(lower, studio.draw).within((0, 0, 640, 120))
    assert compare(image, draw_again(upper, studio.draw), others, upper).verdict is Verdict.PASS


def test_too_little_contrast_is_unsure_and_not_a_pass(studio: "Studio") -> None:
    setting = studio.set("Nur heute", "de_DE", colour="#F4EAD8")
    shape = shape_of(studio, studio.picture([setting]), setting)
    assert shape.verdict is Verdict.UNSURE
