"""Drawn pictures say what the prompt quotes, where and how it asks, right or wrong."""

import dataclasses
import io
import re

import numpy as np
import PIL.Image
import pytesseract
import pytest

from pipeline.typeset.renderer import TakumiRenderer
from simulator.orders import Order, Reference
from simulator.pictures.drawing import Studio
from simulator.pictures.misspelling import EXTRA_TEXT, accuracy, typo, without_marks, written
from simulator.pictures.reading import locale_of, read_prompt

PROSE = (
    'The text "Big burger, small price" in very large bold rounded sans-serif, color #1B1210, in '
    'the upper third. The text "Order now" in small bold rounded sans-serif, color #FFF8EC, in the '
    "lower third. Background: a studio wall, color #FFF8EC to #FFC83D, accents in color #C63F1C. "
    'The only lettering is "Big burger, small price", "Order now".'
)
PLATE = "A bowl. Background: a wall, color #FFF8EC to #FFC83D, accents in color #C63F1C. Clean."
SIZE = (512, 640)


@pytest.fixture(scope="module")
def renderer() -> TakumiRenderer:
    return TakumiRenderer()


def order(prompt: str = PROSE, **changed: object) -> Order:
    base = Order(
        provider="bfl",
        model="flux-2-flex",
        endpoint="flux-2-flex",
        prompt=prompt,
        width=SIZE[0],
        height=SIZE[1],
        seed=1,
        format="png",
    )
    return dataclasses.replace(base, **changed)  # type: ignore[arg-type]


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with PIL.Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"), np.float32)


def test_prose_is_read_line_by_line() -> None:
    wish = read_prompt(PROSE)
    headline, button = wish.lines
    assert (headline.text, headline.place, headline.colour) == (
        "Big burger, small price",
        "upper",
        "#1B1210",
    )
    assert (button.text, button.place, button.character) == ("Order now", "lower", "friendly")
    assert headline.size > button.size
    assert wish.palette == ("#FFF8EC", "#FFC83D", "#C63F1C")


def test_a_json_prompt_is_read_too() -> None:
    lines = (
        '{"lettering": [{"text": "Lunch – 8,90 €", "place": "middle", "color": "#20160F"}],'
        '"subjects": [{"description": "a sign with the text \\"OPEN\\" at the top"}],'
        '"color_palette": ["#FBF4E6", "#E9A23B"]}'
    )
    wish = read_prompt(lines)
    assert [(line.text, line.place) for line in wish.lines] == [
        ("Lunch – 8,90 €", "middle"),
        ("OPEN", "upper"),
    ]
    assert wish.palette == ("#FBF4E6", "#E9A23B")


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("Größe", "en_US"),
        ("ランチ", "ja_JP"),
        ("اطلب", "ar_AE"),
        ("Обед", "ru_RU"),
        ("9 €", "en_US"),
    ],
)
def test_a_text_is_set_in_fonts_of_its_script(text: str, locale: str) -> None:
    assert locale_of(text) == locale


def test_the_same_request_gives_the_same_bytes_and_another_seed_others(
    renderer: TakumiRenderer,
) -> None:
    one = Studio(1.0, renderer).draw(order(), 1, SIZE, "png", ())
    again = Studio(1.0, renderer).draw(order(), 1, SIZE, "png", ())
    other = Studio(1.0, renderer).draw(order(), 2, SIZE, "png", ())
    assert one == again
    assert one != other


def test_words_stand_in_the_thirds_they_belong_to(renderer: TakumiRenderer) -> None:
    studio = Studio(0.0, renderer)
    whole = pixels(studio.draw(order(), 1, SIZE, "png", ()))
    without = pixels(studio.draw(order(), 1, SIZE, "png", (("text_missing", ""),)))
    rows = np.flatnonzero(np.abs(whole - without).max(axis=(1, 2)) > 40)
    assert rows.min() > SIZE[1] * 0.66
    assert rows.max() < SIZE[1] * 0.97


def test_a_prompt_without_quotes_gives_a_plate_in_its_colours(renderer: TakumiRenderer) -> None:
    plate = pixels(Studio(1.0, renderer).draw(order(PLATE), 1, SIZE, "png", ()))
    corner = plate[:20, :20].reshape(-1, 3).mean(axis=0)
    assert np.abs(corner - (0xFF, 0xF8, 0xEC)).max() < 12


def test_a_reference_stands_in_the_picture(renderer: TakumiRenderer) -> None:
    out = io.BytesIO()
    PIL.Image.new("RGB", (90, 90), (0, 255, 0)).save(out, "PNG")
    given = (Reference(data=out.getvalue(), sha256="x", size=(90, 90)),)
    seen = pixels(Studio(1.0, renderer).draw(order(references=given), 1, SIZE, "png", ()))
    green = (seen[:, :, 1] > 240) & (seen[:, :, 0] < 20)
    assert green.mean() > 0.05


LINES = read_prompt('The text "Für 8,90 € heute" on top. The text "اطلب الآن" at the bottom.').lines


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("text_missing", lambda texts: texts == ["Für 8,90 € heute"]),
        ("extra_text", lambda texts: texts[2] == EXTRA_TEXT),
        ("rtl_reversed", lambda texts: texts[1] == "اطلب الآن"[::-1]),
        ("diacritic_lost", lambda texts: texts[0] == "Fur 8,90 € heute"),
        ("digit_changed", lambda texts: re.fullmatch(r"Für [0-79],90 € heute", texts[0])),
        ("text_typo", lambda texts: re.fullmatch(r"Für 8,90 € (?!heute).+", texts[0])),
        ("ok", lambda texts: texts == [line.text for line in LINES]),
    ],
)
def test_a_named_misspelling_is_the_only_one(fault: str, check: object) -> None:
    assert callable(check)
    assert check([line.text for line in written(LINES, "key", 1.0, {fault: ""})])


def share_right(text: str, count: int = 3000) -> float:
    """Return how often the one line of a prompt is drawn as asked."""
    lines = read_prompt(f'The text "{text}" on top.').lines
    right = sum(written(lines, f"key {number}", 1.0, {}) == lines for number in range(count))
    return right / count


def test_one_latin_word_comes_out_right_at_the_published_rate() -> None:
    assert share_right("Lunch") == pytest.approx(0.926 * 0.99, abs=0.02)


def test_more_words_are_wrong_more_often() -> None:
    assert share_right("Lunch is ready now") == pytest.approx(0.926**4 * 0.99, abs=0.03)


def test_chinese_follows_its_own_figure_and_arabic_is_mostly_wrong() -> None:
    assert share_right("今日午餐") == pytest.approx(0.757 * 0.99, abs=0.03)
    assert share_right("اطلب") < 0.25


def test_accuracy_falls_with_the_number_of_regions() -> None:
    assert [accuracy("en_US", count) for count in (2, 3, 4, 5, 9)] == [
        0.926,
        0.890,
        0.900,
        0.873,
        0.873,
    ]


def test_a_typo_changes_a_word_and_marks_can_be_lost() -> None:
    assert all(typo("bowl", str(number)) != "bowl" for number in range(50))
    assert all(typo("8", str(number)) != "8" for number in range(50))
    assert typo("€", "key") == "€"
    assert without_marks("Crème brûlée") == "Creme brulee"


@pytest.mark.ocr
def test_tesseract_reads_the_words_of_a_drawn_picture(renderer: TakumiRenderer) -> None:
    size = (1088, 1360)
    data = Studio(0.0, renderer).draw(order(), 1, size, "png", ())
    with PIL.Image.open(io.BytesIO(data)) as image:
        grey = image.convert("L").crop((0, 0, size[0], size[1] * 2 // 5))
    read = pytesseract.image_to_string(grey, "eng", "--psm 6", timeout=60)
    assert "Big burger" in read
    assert "small price" in read
