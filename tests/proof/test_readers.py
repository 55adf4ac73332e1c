"""The real finder and the real readers."""

import pathlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.errors import ToolMissingError
from pipeline.plan.lines import Line
from pipeline.proof.find import DbFinder, rectified, widened
from pipeline.proof.models import model_path
from pipeline.proof.ppocr import LOOKS, PpOcr
from pipeline.proof.prove import Proofreader
from pipeline.proof.reading import Reading
from pipeline.proof.renderings import renderings
from pipeline.proof.tesseract import Look, Tesseract
from pipeline.proof.verdict import Verdict

if TYPE_CHECKING:
    from tests.proof.conftest import Pixels, Studio

pytestmark = pytest.mark.ocr


@pytest.fixture(scope="module")
def finder() -> DbFinder:
    return DbFinder()


@pytest.fixture(scope="module")
def recogniser() -> PpOcr:
    return PpOcr()


def crop(studio: "Studio", text: str, locale: str, **changes: object) -> "Pixels":
    return studio.picture([studio.set(text, locale, (20, 14, 40), **changes)], (640, 80))


def test_rows_are_found_where_they_stand(studio: "Studio", finder: DbFinder) -> None:
    upper = studio.set("Frische Bowls", "de_DE", (40, 40, 50))
    lower = studio.set("วันนี้เท่านั้น", "th_TH", (40, 240, 30))
    regions = finder.find(studio.picture([upper, lower], (640, 360)))
    assert len(regions) == 2
    for region, setting in zip(regions, (upper, lower), strict=True):
        left, top, width, height = region.box
        row = setting.rows[0]
        assert abs(left - row.x) < 20
        assert abs(left + width - row.x - row.width) < 20
        assert top < row.y + row.height / 2 < top + height


def test_a_picture_without_text_has_no_regions(studio: "Studio", finder: DbFinder) -> None:
    assert finder.find(studio.picture([], (320, 240))) == []


def test_a_turned_price_is_made_upright_and_read(
    studio: "Studio", finder: DbFinder, recogniser: PpOcr
) -> None:
    setting = studio.set("8,90 €", "de_DE", (90, 120, 90), rotation=-8.0, origin=(200, 160))
    image = studio.picture([setting], (480, 320))
    (region,) = finder.find(image)
    ((reading,),) = recogniser.read([rectified(image, widened(region.quad, 0.1))], "de_DE")
    assert reading.text.replace(" ", "") == "8,90€"
    assert reading.weakest > 0.9


def test_the_recogniser_gives_every_character_its_probability(
    studio: "Studio", recogniser: PpOcr
) -> None:
    crops = [crop(studio, "Größe 1.290 €", "de_DE"), crop(studio, "14時まで限定", "ja_JP")]
    crops.append(crops[0][:, :180])
    readings = [one for (one,) in recogniser.read(crops, "de_DE")]
    assert [reading.text.replace(" ", "") for reading in readings[:2]] == [
        "Größe1.290€",
        "14時まで限定",
    ]
    assert all(len(reading.text) == len(reading.confidence) for reading in readings)
    assert all(0 <= sure <= 1 for reading in readings for sure in reading.confidence)


def test_the_recogniser_knows_what_it_can_read(recogniser: PpOcr) -> None:
    assert recogniser.knows("Größe 1.290 € ¥ 限定ボウル ｆｕｌｌ")
    for text in ("קערה", "ชาม", "ძვალი", "১৪৯", "๑๔๙"):
        assert not recogniser.knows(text)


@pytest.mark.parametrize("text", ["боул", "보울", "طبق", "थाली", "٤٩", "४९"])
def test_a_further_alphabet_vouches_only_for_what_the_first_lacks(
    recogniser: PpOcr, text: str
) -> None:
    names = {"боул": "pp-ocr:cyrillic", "보울": "pp-ocr:hangul"}
    names |= dict.fromkeys(("طبق", "٤٩"), "pp-ocr:arabic")
    names |= dict.fromkeys(("थाली", "४९"), "pp-ocr:devanagari")
    assert recogniser.knows(text)
    assert recogniser.vouches(names[text], text)
    assert not recogniser.vouches("pp-ocr", text)
    assert recogniser.vouches("pp-ocr", "8,90 €")
    assert not recogniser.vouches(names[text], "8,90 €")
    assert not recogniser.vouches("pp-ocr/wide", "8,90 €")


@pytest.mark.parametrize(
    ("locale", "text"),
    [("ru_RU", "Свежие боулы 8,90"), ("uk_UA", "Піца на щодень"), ("ko_KR", "오늘의 샐러드")],
)
def test_further_alphabets_are_read_in_the_same_look(
    studio: "Studio", recogniser: PpOcr, locale: str, text: str
) -> None:
    ((own, further),) = recogniser.read([crop(studio, text, locale)], locale)
    assert own.reader == "pp-ocr"
    assert further.text == text
    assert further.weakest > 0.5


def test_a_second_look_has_a_name_and_a_border_of_its_own(
    studio: "Studio", recogniser: PpOcr
) -> None:
    second = recogniser.at(LOOKS[1])
    ((reading,),) = second.read([crop(studio, "Frische Bowls", "de_DE")], "de_DE")
    assert reading.reader == "pp-ocr/wide"
    assert second.border > recogniser.border


def test_a_reader_that_is_blind_to_vowel_marks_is_asked_but_does_not_vouch(
    recogniser: PpOcr,
) -> None:
    assert recogniser.knows("مجّانًا")
    assert not recogniser.vouches("pp-ocr:arabic", "مجّانًا")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("de_DE", "Frische Bowls"),
        ("ru_RU", "Свежие боулы"),
        ("el_GR", "Φρέσκα μπολ"),
        ("ko_KR", "신선한 보울"),
        ("hi_IN", "ताज़ा बाउल"),
        ("th_TH", "ชามสดใหม่"),
        ("ar_AE", "أطباق طازجة"),
        ("he_IL", "קערות טריות"),
    ],
)
def test_tesseract_reads_each_script_on_one_page_of_crops(
    studio: "Studio", locale: str, text: str
) -> None:
    pixels = [crop(studio, "Bowl", "en_US"), crop(studio, text, locale)]
    _, words = Tesseract().read(pixels, locale)
    assert text.replace(" ", "") in {reading.text.replace(" ", "") for reading in words}
    assert all(reading.reader.startswith("tesseract:") for reading in words)


def test_digits_that_a_script_reads_badly_are_read_in_english(studio: "Studio") -> None:
    english = Tesseract(Look.ENGLISH)
    (digits,) = english.read([crop(studio, "49.90", "en_US")], "he_IL")
    assert "49.90" in {reading.text for reading in digits}
    assert english.knows("49.90")
    assert not english.knows("49.90 ש")
    assert english.read([crop(studio, "49.90", "en_US")], "en_US") == [()]


def test_light_words_on_a_dark_ground_are_rendered_dark_on_light(studio: "Studio") -> None:
    light = 255 - crop(studio, "Frische Bowls", "de_DE")
    for rendering in renderings(light):
        assert rendering.shape[0] == 48
        assert np.median(rendering) > 200


def test_tesseract_gives_up_in_time_and_then_has_read_nothing(studio: "Studio") -> None:
    pixels = [crop(studio, "Frische Bowls", "de_DE")] * 4
    assert Tesseract(timeout=0.001).read(pixels, "de_DE") == [()] * 4


def test_a_missing_language_names_its_package(studio: "Studio") -> None:
    with pytest.raises(ToolMissingError, match="tesseract-ocr-uzb"):
        Tesseract().read([crop(studio, "Non", "en_US")], "uz_UZ")


def test_a_missing_model_says_where_it_comes_from() -> None:
    with pytest.raises(ToolMissingError, match="rapidocr"):
        model_path("no_such_model.onnx")


def test_versions_name_the_models_by_hash(finder: DbFinder, recogniser: PpOcr) -> None:
    assert finder.versions()["finder"].startswith("PP-OCRv6_det_small ")
    assert recogniser.versions()["pp-ocr"].startswith("PP-OCRv6_rec_small ")
    assert pathlib.PurePath(model_path("PP-OCRv6_rec_small.onnx")).suffix == ".onnx"
    assert Tesseract().versions()["tesseract"][0].isdigit()


def test_an_unreadable_crop_has_no_confident_reading(recogniser: PpOcr) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (48, 200, 3), np.uint8)
    ((reading,),) = recogniser.read([noise], "de_DE")
    assert isinstance(reading, Reading)
    assert reading.weakest < 0.75


def test_a_line_in_another_script_than_its_locale_is_read_in_its_own_alphabet(
    studio: "Studio", proofreader: Proofreader
) -> None:
    korean = studio.set("서울식당", "ko_KR", (40, 20, 60))
    english = studio.set("Lunch today", "en_US", (40, 130, 60))
    lines = [Line.of("brand", korean.text), Line.of("headline", english.text)]
    picture = studio.picture([korean, english], (640, 240))
    proof = proofreader.prove(picture, lines, "en_US")
    assert [line.read for line in proof.lines] == ["서울식당", "Lunch today"]
    assert proof.verdict is Verdict.PASS
    other = [Line.of("brand", "서울사당"), lines[1]]
    assert proofreader.prove(picture, other, "en_US").verdict is Verdict.FAIL
