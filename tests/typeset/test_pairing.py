"""Faces of all scripts as one family: size, weight, and where letters stand in their row."""

import numpy as np
import pytest
import uharfbuzz as hb

from pipeline.typeset.block import Block
from pipeline.typeset.draw import draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import (
    CHARACTERS,
    FILES,
    families,
    families_within,
    files_of,
    latin_family,
    script_within,
)
from pipeline.typeset.layout import Sheet, lay_out
from pipeline.typeset.pairing import FACES, raised, size_beside, weight_beside
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

HEADLINES = {
    "de_DE": "Frische Bowls bis mittags",
    "uk_UA": "Свіжі боули до обіду",
    "el_GR": "Φρέσκα μπολ έως το βράδυ",
    "ar_AE": "سلطات طازجة حتى ظهراً",
    "he_IL": "קערות טריות עד הצהריים",
    "hi_IN": "ताज़े बाउल, दोपहर तक",
    "th_TH": "สลัดสดใหม่ ถึงบ่าย",
    "ko_KR": "오후까지 샐러드볼",
    "ja_JP": "ランチボウルは午後まで",
    "zh_Hans_CN": "下午之前来碗鲜沙拉",
    "zh_Hant_TW": "下午之前來碗鮮沙拉",
}


@pytest.mark.parametrize("family", FILES)
def test_the_measures_are_those_of_the_font_file(family: str) -> None:
    face = hb.Face(hb.Blob.from_file_path(str(files_of(family)[0].path)))
    font = hb.Font(face)
    font.set_variations({"wght": 600})
    for letter, measured in (("x", FACES[family].small), ("H", FACES[family].capital)):
        glyph = font.get_nominal_glyph(ord(letter))
        assert glyph is not None
        extents = font.get_glyph_extents(glyph)
        assert extents is not None
        assert abs(extents.height) / face.upem == pytest.approx(measured, abs=0.025)


def test_the_brands_own_face_stays_as_it_is() -> None:
    for character in CHARACTERS:
        brand = latin_family(character)
        assert size_beside(brand, brand) == 1.0
        assert [weight_beside(brand, brand, weight) for weight in (300, 500, 850)] == [
            300,
            500,
            850,
        ]


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("locale", HEADLINES)
def test_a_face_is_as_large_as_the_brands_but_never_much_larger(
    character: str, locale: str
) -> None:
    brand, family = latin_family(character), families(character, locale)[0]
    scale = size_beside(family, brand)
    assert 0.85 <= scale <= 1.33
    seen, wanted = FACES[family].height * scale, FACES[brand].height
    assert seen == pytest.approx(wanted, rel=0.16)
    if character != "condensed":
        assert seen == pytest.approx(wanted, rel=0.15)
    weights = [weight_beside(family, brand, weight) for weight in (400, 500, 600, 700, 800, 900)]
    assert weights == sorted(weights)
    assert weights[0] >= 400
    assert weights[-1] <= 900


def test_files_of_fixed_weights_get_weights_they_have() -> None:
    for weight in range(400, 901, 50):
        assert weight_beside("Kanit", "Baloo 2", weight) % 100 == 0
        assert weight_beside("Amiri", "Playfair Display", weight) in {400, 700}


def test_a_heavy_face_is_set_lighter_and_a_light_one_heavier() -> None:
    assert weight_beside("Kanit", "Baloo 2", 800) < 800
    assert weight_beside("Noto Sans JP", "Baloo 2", 600) > 600


@pytest.mark.parametrize(
    ("text", "locale", "script"),
    [
        ("Marlow & Pine", "ja_JP", "Latn"),
        ("¥1,180", "ja_JP", "Latn"),
        ("1,180円", "ja_JP", "Jpan"),
        ("\u200f44.90", "he_IL", "Latn"),
        ("قهوة", "ar_AE", "Arab"),
        ("٣٢", "ar_AE", "Arab"),
        ("১২", "hi_IN", "Deva"),
        ("14:00", "uk_UA", "Latn"),
        ("Привіт", "uk_UA", "Cyrl"),
        ("”咖啡“", "zh_Hans_CN", "Hans"),
        ("Wow！", "zh_Hans_CN", "Hans"),
        ("Frische Bowls", "de_DE", "Latn"),
        ("ताज़े", "hi_IN", "Deva"),
    ],
)
def test_a_line_needs_the_script_of_its_letters(text: str, locale: str, script: str) -> None:
    assert script_within(text, "friendly", locale) == script


def test_the_brands_name_is_set_in_the_brands_face_everywhere() -> None:
    for locale, headline in HEADLINES.items():
        stack = families_within("Marlow & Pine", "friendly", locale)
        assert stack[0] == "Baloo 2"
        assert set(families("friendly", locale)) <= set(stack)
        own = families_within(headline, "friendly", locale)
        assert own == families("friendly", locale)


def set_line(text: str, locale: str, character: str, renderer: TakumiRenderer) -> LineSetting:
    sheet = Sheet(width=900, height=200, locale=locale, display=character, text=character)
    line = {"role": "cta", "text": text, "colour": "#000000", "size": (10, 10), "weight": 600}
    place = {"x": 2, "y": 10, "width": 96, "height": 80}
    block = Block.model_validate({"name": "cta", "place": place, "lines": [line]})
    laid = lay_out([block], sheet, renderer)
    assert not isinstance(laid, Misfit), laid
    return laid[0].settings[0]


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("locale", HEADLINES)
def test_the_ink_of_a_line_is_in_the_middle_of_its_row(
    locale: str, character: str, renderer: TakumiRenderer
) -> None:
    setting = set_line(HEADLINES[locale], locale, character, renderer)
    mask = draw_line(setting, 900, 200, renderer).astype(float)
    centre = (mask.sum(axis=1) * (np.arange(200) + 0.5)).sum() / mask.sum()
    row = setting.rows[0]
    family = setting.families[0]
    dropped = setting.rows[0].y - 20  # the place begins at 20
    middle = row.y - dropped + row.height / 2
    assert centre == pytest.approx(middle, abs=0.055 * setting.size), family


@pytest.mark.parametrize("locale", ["ja_JP", "ko_KR", "ar_AE", "hi_IN", "th_TH", "he_IL"])
def test_letters_of_two_scripts_share_a_baseline(locale: str, renderer: TakumiRenderer) -> None:
    def bottom(text: str) -> int:
        mask = draw_line(set_line(text, locale, "friendly", renderer), 900, 200, renderer)
        columns = np.flatnonzero((mask > 128).any(axis=0))
        parts = np.split(columns, np.flatnonzero(np.diff(columns) > 2) + 1)
        chosen = parts[-1] if locale in {"ja_JP", "ko_KR", "hi_IN", "th_TH"} else parts[0]
        return int(np.flatnonzero((mask[:, chosen] > 128).any(axis=1))[-1])

    letter = HEADLINES[locale].split()[0]
    assert bottom(f"{letter} H") == pytest.approx(bottom(f"{letter} HHH"), abs=1)


def test_smaller_figures_rise_to_the_height_of_the_large_ones() -> None:
    assert raised("Archivo", 0.5) == pytest.approx(FACES["Archivo"].capital / 2)
    assert raised("Unknown", 0.5) == 0.0
