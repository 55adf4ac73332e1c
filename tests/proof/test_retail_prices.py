"""Prices in two sizes, really rendered and really read: the right one passes, no wrong one does."""

import dataclasses
from typing import TYPE_CHECKING

import pytest

from pipeline.plan.lines import Line
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import LineProof, Verdict
from pipeline.typeset.setting import LineSetting

if TYPE_CHECKING:
    from tests.proof.conftest import Studio

pytestmark = pytest.mark.ocr

SIZE = (640, 200)
PRICES = [
    ("de_DE", "8,90\u00a0€", ["8,60\u00a0€", "890\u00a0€", "8.90\u00a0€", "8,90\u00a0£"]),
    ("en_US", "$9.95", ["$9.96", "$995", "$9.9", "€9.95"]),
    ("de_CH", "CHF\u00a014.90", ["CHF\u00a014.80", "CHF\u00a01490", "EUR\u00a014.90"]),
    ("pl_PL", "29,90\u00a0zł", ["29,00\u00a0zł", "2990\u00a0zł", "29,90\u00a0zl"]),
    ("vi_VN", "89.000\u00a0₫", ["80.000\u00a0₫", "89.00\u00a0₫", "89000\u00a0₫"]),
    ("ja_JP", "1,180円", ["1,130円", "1180円", "1,180元"]),
    ("he_IL", "\u200f44.90\u00a0\u200f₪", ["\u200f44.50\u00a0\u200f₪", "\u200f4490\u00a0\u200f₪"]),
    ("ar_AE", "\u200f32.50\u00a0د.إ.\u200f",
     ["\u200f32.00\u00a0د.إ.\u200f", "\u200f3250\u00a0د.إ.\u200f"]),
]  # fmt: skip


def proved(
    studio: "Studio", proofreader: Proofreader, asked: LineSetting, shown: LineSetting, locale: str
) -> LineProof:
    picture = studio.picture([shown], SIZE)
    line = Line.of("price", asked.text)
    return proofreader.prove(picture, [line], locale, [asked]).lines[0]


def retail(studio: "Studio", text: str, locale: str) -> LineSetting:
    language = locale.replace("_", "-")
    form = {"role": "price", "price_style": "retail", "language": language, "weight": 800}
    return studio.set(text, locale, (60.3, 40.4, 72), **form)


@pytest.mark.parametrize(("locale", "price", "wrong"), PRICES, ids=lambda one: str(one)[:5])
def test_a_retail_price_is_read_and_every_wrong_one_is_refused(
    studio: "Studio", proofreader: Proofreader, locale: str, price: str, wrong: list[str]
) -> None:
    asked = retail(studio, price, locale)
    right = proved(studio, proofreader, asked, asked, locale)
    assert (right.verdict, right.reason) == (Verdict.PASS, "")
    for text in wrong:
        found = proved(studio, proofreader, asked, retail(studio, text, locale), locale)
        assert found.verdict is not Verdict.PASS, text


def test_a_price_in_one_size_is_not_the_same_price_in_two(
    studio: "Studio", proofreader: Proofreader
) -> None:
    asked = retail(studio, "8,90\u00a0€", "de_DE")
    plain = dataclasses.replace(asked, price_style="plain")
    found = proved(studio, proofreader, asked, plain, "de_DE")
    assert found.verdict is not Verdict.PASS
