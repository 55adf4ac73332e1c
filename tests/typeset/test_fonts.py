"""Fonts: one pinned family for every script and character, and what it can draw."""

import dataclasses
import datetime as dt
import hashlib
import pathlib

import pytest

from pipeline.campaign.load import load_campaign
from pipeline.plan.variants import variants_of
from pipeline.settings import read_settings
from pipeline.typeset.fonts import (
    CHARACTERS,
    FILES,
    families,
    files_of,
    hashes,
    missing_glyphs,
    script_of,
)

PROJECT = pathlib.Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("locale", "script"),
    [
        ("de_DE", "Latn"),
        ("zh_Hans_CN", "Hans"),
        ("zh_Hant_TW", "Hant"),
        ("zh", "Hans"),
        ("ar_AE", "Arab"),
        ("he_IL", "Hebr"),
        ("uk_UA", "Cyrl"),
        ("el_GR", "Grek"),
        ("hi_IN", "Deva"),
        ("th_TH", "Thai"),
        ("ja_JP", "Jpan"),
        ("ko_KR", "Kore"),
        ("sr_Latn_RS", "Latn"),
    ],
)
def test_a_locale_has_a_script(locale: str, script: str) -> None:
    assert script_of(locale) == script


@pytest.mark.parametrize("family", FILES)
def test_every_family_is_installed_and_its_files_have_names_of_their_own(family: str) -> None:
    files = files_of(family)
    assert all(file.path.is_file() for file in files)
    found = hashes((family,))
    assert len(found) == len(files)
    first = files[0]
    assert found[first.path.name] == hashlib.sha256(first.path.read_bytes()).hexdigest()


def test_no_two_families_share_a_file_name() -> None:
    names = [file.path.name for family in FILES for file in files_of(family)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("locale", ["de_DE", "uk_UA", "el_GR", "vi_VN", "tr_TR", "pl_PL"])
def test_every_alphabet_has_every_character_of_font(locale: str, character: str) -> None:
    letters = {
        "de_DE": "Fläche ÄÖÜß €§",
        "uk_UA": "Ґґ Єє Іі Її ₴ пʼять",
        "el_GR": "Ώρα Άέήίόύώ €",
        "vi_VN": "Phở bò đặc biệt ₫ ứừửữự",
        "tr_TR": "İıŞşĞğ ₺",
        "pl_PL": "Zażółć gęślą jaźń zł",
    }
    assert missing_glyphs(letters[locale], families(character, locale)) == ""


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("ar_AE", "\u200f1,249.50\u00a0د.إ.\u200f سلطات ؟،"),
        ("he_IL", "\u200f8.90\u00a0\u200f₪ קערות טריות"),
        ("hi_IN", "₹1,49,999 कुरकुरी सब्ज़ियाँ"),
        ("th_TH", "฿129 สลัดสดใหม่"),
        ("ja_JP", "¥1,180 珈琲 焙煎 鬱 限定ボウル"),
        ("ko_KR", "₩9,900 아삭한 채소"),
        ("zh_Hans_CN", "¥32 脆嫩生菜"),
        ("zh_Hant_TW", "NT$320 鹽酥雞"),
    ],
)
def test_every_script_has_its_words_and_its_currency(
    locale: str, text: str, character: str
) -> None:
    assert missing_glyphs(text, families(character, locale)) == ""


def test_special_spaces_and_decomposed_letters_need_no_glyph_of_their_own() -> None:
    stack = families("friendly", "de_DE")
    assert missing_glyphs("10\u202f000\u00a0€\u2009–\u2060ấ\u200d", stack) == ""


def test_missing_characters_are_named_once_each_in_order() -> None:
    assert missing_glyphs("a湯b面湯", families("modern", "de_DE")) == "湯面"


def test_the_scripts_own_family_comes_first_and_noto_last() -> None:
    stack = families("elegant", "he_IL")
    assert stack[0] == "Frank Ruhl Libre"
    assert stack[-1] == "Noto Sans"
    assert len(stack) == len(set(stack))


@pytest.mark.parametrize(
    "file", sorted((PROJECT / "campaigns").glob("*.yaml")), ids=lambda file: file.stem
)
def test_every_formatted_string_of_the_example_campaigns_can_be_drawn(
    file: pathlib.Path,
) -> None:
    loaded = load_campaign(file, read_settings({}, 1).template_names())
    one_format = loaded.campaign.model_copy(update={"formats": loaded.campaign.formats[:1]})
    loaded = dataclasses.replace(loaded, campaign=one_format)
    days = dict.fromkeys(loaded.campaign.markets, dt.date(2026, 12, 1))
    for variant in variants_of(loaded, days, (PROJECT / "templates", "engine")):
        for line in variant.lines:
            for character in set(variant.fonts.values()):
                assert missing_glyphs(line.text, families(character, variant.locale)) == ""
