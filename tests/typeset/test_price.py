"""Prices in two sizes: the same characters in the same order, in every locale's form."""

import numpy as np
import pytest

from pipeline.typeset.block import Block
from pipeline.typeset.draw import draw_line, row_width
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import SMALLEST_PIXELS, Sheet, lay_out
from pipeline.typeset.price import ARABIC, DECIMALS, LETTERS, SYMBOL, price_runs, price_width
from pipeline.typeset.renderer import TakumiRenderer, TextStyle
from pipeline.typeset.setting import LineSetting

PRICES = {
    "de_DE": ("8,90\u00a0€", ["8,", "90", "\u00a0€"]),
    "en_US": ("$9.95", ["$", "9.", "95"]),
    "en_IN": ("₹1,49,999", ["₹", "1,49,999"]),
    "ja_JP": ("¥1,180", ["¥", "1,180"]),
    "ko_KR": ("9,900원", ["9,900", "원"]),
    "de_CH": ("CHF\u00a014.90", ["CHF\u00a0", "14.", "90"]),
    "fr_CH": ("49.–", ["49.", "–"]),
    "pl_PL": ("1\u00a0229,90\u00a0zł", ["1\u00a0229,", "90", "\u00a0zł"]),
    "uk_UA": ("179 грн", ["179", " грн"]),
    "pt_BR": ("R$\u00a029,90", ["R$\u00a0", "29,", "90"]),
    "fr_CA": ("13,95\u00a0$", ["13,", "95", "\u00a0$"]),
    "vi_VN": ("89.000\u00a0₫", ["89.000", "\u00a0₫"]),
    "ar_AE": ("\u200f٣٢٫٠٠\u00a0د.إ.\u200f", ["\u200f", "٣٢٫", "٠٠", "\u00a0د.إ.\u200f"]),
    "he_IL": ("\u200f44.90\u00a0\u200f₪", ["\u200f", "44.", "90", "\u00a0\u200f₪"]),
    "en_KW": ("KWD\u00a01.250", ["KWD\u00a0", "1.", "250"]),
    "fr_FR": ("-20\u00a0%", ["-20", "\u00a0%"]),
}


@pytest.mark.parametrize("locale", PRICES)
def test_a_price_is_split_where_its_locale_puts_things(locale: str) -> None:
    text, parts = PRICES[locale]
    runs = price_runs(text, locale.replace("_", "-"))
    assert [run.text for run in runs] == parts
    assert "".join(run.text for run in runs) == text
    assert [run.size == 1.0 for run in runs].count(True) == 1


def test_decimals_and_currency_are_smaller() -> None:
    sizes = {run.text: run.size for run in price_runs("CHF\u00a014.90", "de-CH")}
    assert sizes == {"CHF\u00a0": LETTERS, "14.": 1.0, "90": DECIMALS}
    assert price_runs("$9", "en-US")[0].size == SYMBOL


@pytest.mark.parametrize(
    "text", ["2 für 8,90 €", "Nur heute 8,90 €", "Gratis", "8,90 € statt 10,90 €", ""]
)
def test_what_is_not_one_amount_with_its_currency_stays_one_size(text: str) -> None:
    assert [run.size for run in price_runs(text, "de-DE")] == [1.0]


def style(locale: str) -> TextStyle:
    return TextStyle(
        families=("Archivo",), weight=700, spacing=0.0, direction="ltr", language=locale
    )


def test_a_space_between_runs_counts_into_the_width(renderer: TakumiRenderer) -> None:
    ordinary = price_width("179 грн", style("uk-UA"), renderer)
    assert ordinary == pytest.approx(price_width("179\u00a0грн", style("uk-UA"), renderer))
    assert ordinary > price_width("179грн", style("uk-UA"), renderer)


def set_price(
    text: str, locale: str, renderer: TakumiRenderer, size: float = 12, **changes: object
) -> LineSetting:
    """Set a price on a picture of 400 by 200 pixels."""
    kind, align = changes.pop("character", "modern"), changes.pop("align", "start")
    sheet = Sheet(width=400, height=200, locale=locale, display=str(kind), text=str(kind))
    line = {
        "role": "price",
        "text": text,
        "colour": "#000000",
        "size": (size, size),
        "price_style": "retail",
        **changes,
    }
    place = {"x": 5, "y": 10, "width": 90, "height": 80}
    block = Block.model_validate({"name": "deal", "place": place, "align": align, "lines": [line]})
    laid = lay_out([block], sheet, renderer)
    assert not isinstance(laid, Misfit), laid
    return laid[0].settings[0]


@pytest.mark.parametrize("locale", sorted(set(PRICES) - {"en_KW"}))
def test_a_retail_price_is_drawn_inside_its_row_and_smaller(
    locale: str, renderer: TakumiRenderer
) -> None:
    text, _ = PRICES[locale]
    retail = set_price(text, locale, renderer)
    plain = set_price(text, locale, renderer, price_style="plain")
    assert (retail.price_style, plain.price_style) == ("retail", "plain")
    assert retail.text == plain.text == text
    assert "".join(row.text for row in retail.rows) == text
    assert retail.rows[0].width < plain.rows[0].width
    mask = draw_line(retail, 400, 200, renderer)
    columns = np.flatnonzero((mask > 32).any(axis=0))
    row = retail.rows[0]
    assert row.x - 2 <= columns[0] <= row.x + 0.2 * retail.size
    assert row.x + row.width - 0.2 * retail.size <= columns[-1] + 1 <= row.x + row.width + 2


def groups_of(setting: LineSetting, renderer: TakumiRenderer) -> list[tuple[int, int]]:
    """Return first and last row of the ink of each figure or mark, from left to right."""
    mask = draw_line(setting, 400, 200, renderer) > 128
    columns = np.flatnonzero(mask.any(axis=0))
    parts = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    inked = [np.flatnonzero(mask[:, part].any(axis=1)) for part in parts]
    return [(int(rows[0]), int(rows[-1])) for rows in inked]


@pytest.mark.parametrize("locale", ["en_US", "he_IL", "ar_AE", "uk_UA", "th_TH"])
@pytest.mark.parametrize("character", ["friendly", "modern", "condensed"])
def test_decimals_align_with_the_top_of_the_amount_and_its_separator_is_large(
    locale: str, character: str, renderer: TakumiRenderer
) -> None:
    text = "88.88" if locale != "uk_UA" else "88,88"
    retail = set_price(text, locale, renderer, character=character)
    plain = set_price(text, locale, renderer, character=character, price_style="plain")
    whole, mark, last = [groups_of(retail, renderer)[at] for at in (0, 2, -1)]
    assert last[0] == pytest.approx(whole[0], abs=1.5)
    assert last[1] - last[0] == pytest.approx(DECIMALS * (whole[1] - whole[0]), abs=1.5)
    large = groups_of(plain, renderer)[2]
    assert mark[1] - mark[0] == pytest.approx(large[1] - large[0], abs=1)
    assert mark[1] >= whole[1] - 1


def test_a_row_that_just_holds_its_runs_is_not_wrapped(renderer: TakumiRenderer) -> None:
    for locale in ("de_DE", "pl_PL", "ar_AE", "he_IL", "uk_UA", "de_CH"):
        for align in ("start", "center", "end"):
            setting = set_price(PRICES[locale][0], locale, renderer, align=align)
            rows = np.flatnonzero((draw_line(setting, 400, 200, renderer) > 32).any(axis=1))
            assert rows[0] >= setting.rows[0].y - 2
            assert np.ptp(rows) < 1.15 * setting.size


def test_arabic_figures_stay_on_the_baseline_because_their_zero_is_a_dot() -> None:
    raised = {run.text: run.raised for run in price_runs("٣٢٫٠٠", "ar-EG")}
    assert not any(raised.values())
    assert [run.raised for run in price_runs("32.00", "ar-EG")] == [False, True]


def test_beside_arabic_letters_nothing_is_raised_and_the_currency_is_larger(
    renderer: TakumiRenderer,
) -> None:
    text = "\u200f32.50\u00a0د.إ.\u200f"
    amount, decimals, currency = price_runs(text, "ar-AE")[1:]
    assert [amount.raised, decimals.raised] == [False, False]
    assert (amount.size, decimals.size, currency.size) == (1.0, DECIMALS, ARABIC)
    assert set_price(text, "ar_AE", renderer).families[0] == "Cairo"


def test_figures_are_set_in_the_face_of_the_brand_in_every_script(
    renderer: TakumiRenderer,
) -> None:
    faces = {
        set_price(text, locale, renderer).families[0]
        for locale, (text, _) in PRICES.items()
        if locale not in {"en_KW", "ar_AE"}
    }
    assert faces == {"Archivo"}
    assert set_price(PRICES["ar_AE"][0], "ar_AE", renderer).families[0] == "Cairo"


def test_a_price_too_small_for_two_sizes_is_set_in_one(renderer: TakumiRenderer) -> None:
    scale = np.sqrt(400 * 200) / 100
    large = set_price("8,90\u00a0€", "de_DE", renderer, SMALLEST_PIXELS / scale / 0.49)
    small = set_price("8,90\u00a0€", "de_DE", renderer, SMALLEST_PIXELS / scale / 0.51)
    assert (large.price_style, small.price_style) == ("retail", "plain")
    hebrew = set_price(
        "\u200f8.90\u00a0\u200f₪ ליחידה", "he_IL", renderer, 5, character="condensed"
    )
    assert hebrew.price_style == "plain"
    assert hebrew.families[0] == "Rubik"  # all of it in one face


def test_a_struck_price_is_struck_from_end_to_end(renderer: TakumiRenderer) -> None:
    setting = set_price("10,90\u00a0€", "de_DE", renderer, struck=True)
    columns = np.flatnonzero((draw_line(setting, 400, 200, renderer) > 128).any(axis=0))
    row = setting.rows[0]
    assert columns[0] <= row.x
    assert columns[-1] + 1 >= row.x + row.width


def test_another_text_on_a_row_is_measured_in_the_same_form(renderer: TakumiRenderer) -> None:
    for price_style in ("retail", "plain"):
        setting = set_price("10,90\u00a0€", "de_DE", renderer, price_style=price_style)
        own = row_width(setting.text, setting, renderer)
        assert own == pytest.approx(setting.rows[0].width, rel=0.005)
        assert row_width("110,90\u00a0€", setting, renderer) > own
