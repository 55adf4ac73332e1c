"""Fitting: every word whole, between floor and ceiling, inside the box, or a refusal."""

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.typeset.fit import Fitted, LineSpec, Misfit, fit_lines
from pipeline.typeset.fonts import families
from pipeline.typeset.renderer import Renderer, TakumiRenderer, TextStyle


def spec(text: str, locale: str = "de_DE", **changes: object) -> LineSpec:
    style = TextStyle(
        families=families("modern", locale),
        weight=700,
        spacing=0.0,
        direction="rtl" if locale[:2] in {"ar", "he"} else "ltr",
        language=locale.replace("_", "-"),
    )
    whole = LineSpec(
        role="headline",
        text=text,
        locale=locale,
        style=style,
        smallest=20.0,
        largest=80.0,
        rows=3,
        leading=1.1,
    )
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def fitted(outcome: Fitted | Misfit) -> Fitted:
    assert isinstance(outcome, Fitted), outcome
    return outcome


def refused(outcome: Fitted | Misfit) -> Misfit:
    assert isinstance(outcome, Misfit), outcome
    return outcome


def widths(rows: Sequence[str], style: TextStyle, size: float, renderer: Renderer) -> list[float]:
    return [width * size for width in renderer.measure(list(rows), style)]


def test_a_short_text_stands_at_its_ceiling(renderer: TakumiRenderer) -> None:
    line = fitted(fit_lines([spec("Bowls")], (900, 300), 0, renderer)).lines[0]
    assert (line.size, line.rows) == (80.0, ("Bowls",))


def test_a_longer_text_wraps_before_it_shrinks(renderer: TakumiRenderer) -> None:
    line = fitted(fit_lines([spec("Frische Bowls bis mittags")], (500, 300), 0, renderer)).lines[0]
    assert line.size == 80.0
    assert line.rows == ("Frische", "Bowls", "bis mittags")


def test_rows_are_even(renderer: TakumiRenderer) -> None:
    text = "ein Wort und noch eins und zwei"
    line = fitted(fit_lines([spec(text, largest=40.0, rows=2)], (420, 300), 0, renderer)).lines[0]
    first, second = line.widths
    assert abs(first - second) < 0.35 * max(first, second)


def test_a_low_box_shrinks_the_text(renderer: TakumiRenderer) -> None:
    tall = fitted(fit_lines([spec("Frische Bowls")], (900, 300), 0, renderer))
    low = fitted(fit_lines([spec("Frische Bowls")], (900, 40), 0, renderer))
    assert low.scale < tall.scale
    assert low.lines[0].height <= 40


def test_lines_of_a_block_shrink_together(renderer: TakumiRenderer) -> None:
    specs = [
        spec("Frische Bowls bis mittags", rows=1),
        spec("Knackiger Salat", smallest=10.0, largest=40.0),
    ]
    block = fitted(fit_lines(specs, (500, 400), 8, renderer))
    shares = [
        (line.size - line.spec.smallest) / (line.spec.largest - line.spec.smallest)
        for line in block.lines
    ]
    assert shares == pytest.approx([block.scale] * 2)
    assert 0 < block.scale < 1


def test_a_ceiling_is_not_passed(renderer: TakumiRenderer) -> None:
    block = fitted(fit_lines([spec("Bowls")], (900, 300), 0, renderer, ceiling=0.5))
    assert block.scale == 0.5
    assert block.lines[0].size == 50.0


def test_a_word_wider_than_its_box_is_hyphenated_where_the_language_allows(
    renderer: TakumiRenderer,
) -> None:
    word = "Kaffeevollautomatenreinigungstabletten"
    line = fitted(fit_lines([spec(word, rows=4)], (300, 300), 0, renderer)).lines[0]
    assert len(line.rows) > 1
    assert all(row.endswith("-") for row in line.rows[:-1])
    assert "".join(row.removesuffix("-") for row in line.rows) == word


def test_a_word_that_cannot_be_broken_is_refused_and_named(renderer: TakumiRenderer) -> None:
    misfit = refused(fit_lines([spec("GUTSCHEIN123456")], (100, 300), 0, renderer))
    assert misfit.what == "'GUTSCHEIN123456' alone is wider than its box at 20 px"
    assert (misfit.role, misfit.text) == ("headline", "GUTSCHEIN123456")


def test_a_text_of_too_many_rows_is_refused_with_how_much_is_too_much(
    renderer: TakumiRenderer,
) -> None:
    text = "Frische Bowls bis mittags " * 8
    misfit = refused(fit_lines([spec(text, rows=1)], (300, 300), 0, renderer))
    assert misfit.what.startswith("needs more than 1 row: about ")
    over = int(misfit.what.split("about ")[1].split()[0])
    assert 0 < over < len(text)
    assert isinstance(fit_lines([spec(text[: -over - 8], rows=1)], (300, 300), 0, renderer), Fitted)


def test_lines_that_are_together_too_tall_are_refused(renderer: TakumiRenderer) -> None:
    misfit = refused(fit_lines([spec("Frisch"), spec("Günstig")], (900, 40), 0, renderer))
    assert misfit.what == "the lines of its block are together taller than their box"


WORDS = {
    "de_DE": ["Frische", "Bowls", "8,90\u00a0€", "–", "Kaffeevollautomaten", "für", "dich,", "3"],
    "ja_JP": ["焙煎したての", "珈琲を、", "1,180円", "金曜日までに", "お届けします。"],
    "th_TH": ["กาแฟคั่วใหม่", "หอมกรุ่น", "129", "ส่งถึงบ้าน"],
    "ar_AE": ["سلطات", "طازجة", "8.90", "حتى", "Marlow"],
    "ko_KR": ["오븐에서", "갓", "나온", "8조각"],
    "hi_IN": ["कुरकुरी", "सब्ज़ियाँ", "₹249", "नींबू"],
}
COPY = st.sampled_from(sorted(WORDS)).flatmap(
    lambda locale: st.tuples(
        st.just(locale),
        st.lists(st.sampled_from(WORDS[locale]), min_size=1, max_size=8).map(
            ("" if locale in {"ja_JP", "th_TH"} else " ").join
        ),
    )
)


@settings(max_examples=120, deadline=None)
@given(
    copy=COPY,
    box=st.tuples(st.integers(60, 900), st.integers(20, 500)),
    rows=st.integers(1, 4),
    floor=st.integers(13, 40),
    room=st.integers(0, 60),
)
def test_what_fits_is_whole_inside_its_box_and_never_below_its_floor(
    renderer: TakumiRenderer,
    copy: tuple[str, str],
    box: tuple[int, int],
    rows: int,
    floor: int,
    room: int,
) -> None:
    (locale, text), (width, height) = copy, box
    asked = spec(text, locale, rows=rows, smallest=float(floor), largest=float(floor + room))
    outcome = fit_lines([asked], (width, height), 0, renderer)
    if isinstance(outcome, Misfit):
        assert outcome.text == text
        assert outcome.what
        return
    line = outcome.lines[0]
    assert floor <= line.size <= floor + room
    assert 1 <= len(line.rows) <= rows
    assert line.height <= height
    drawn = widths(line.rows, asked.style, line.size, renderer)
    assert max(drawn) <= width
    assert drawn == pytest.approx(line.widths, abs=0.02 * width + 1)
    given_back = "".join(row.removesuffix("-") for row in line.rows)
    assert "".join(given_back.split()) == "".join(text.split()).replace("\u00a0", "")
