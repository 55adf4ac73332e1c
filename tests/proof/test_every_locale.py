"""Every locale of CLDR with a currency formats a price that fits and is proved, or is refused."""

import collections
import decimal

import babel
import numpy as np
import pytest
from babel.core import get_global
from babel.numbers import get_territory_currencies

from pipeline.campaign.money import Money
from pipeline.campaign.numerals import unread_digits, with_latin_digits
from pipeline.errors import ToolMissingError, UsageError
from pipeline.plan.lines import Line
from pipeline.plan.localise import money_text
from pipeline.proof.languages import languages_of
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import Verdict
from pipeline.typeset.block import Block
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import script_of
from pipeline.typeset.layout import Sheet, lay_out
from tests.proof.conftest import Pixels, Studio

WIDTH, HEIGHT = 400, 160
PAPER, INK = np.array([255, 248, 236]), np.array([27, 18, 16])


def locales() -> dict[str, Money]:
    """Return every locale with a territory that has money, and an amount of it."""
    fractions, found = get_global("currency_fractions"), dict[str, Money]()
    for name in babel.localedata.locale_identifiers():
        locale = babel.Locale.parse(name)
        tender = get_territory_currencies(locale.territory) if locale.territory else []
        if tender:
            digits = fractions.get(tender[0], (2,))[0]
            amount = f"1234.{'5'.ljust(digits, '0')}" if digits else "12345"
            found[str(locale)] = Money(amount=decimal.Decimal(amount), currency=tender[0])
    return found


def block(text: str) -> Block:
    place = {"x": 5, "y": 10, "width": 90, "height": 80}
    line = {"role": "price", "text": text, "font": "display", "colour": "#1B1210"}
    return Block.model_validate(
        {"name": "deal", "place": place, "lines": [{**line, "weight": 800, "size": [10, 40]}]}
    )


def is_read(locale: str) -> bool:
    try:
        languages_of(locale)
    except UsageError:
        return False
    return True


@pytest.fixture
def seen() -> dict[tuple[object, ...], str]:
    """Return what was found of prices that look the same and are read the same."""
    return {}


def test_every_locale_formats_fits_and_proves_a_price_or_is_refused_by_name(
    studio: Studio, proofreader: Proofreader, seen: dict[tuple[object, ...], str]
) -> None:
    came: dict[str, list[str]] = collections.defaultdict(list)
    for locale, money in sorted(locales().items()):
        came[_tried(locale, money, studio, proofreader, seen)].append(locale)
    assert not {said for said in came if said.startswith("wrong")}, dict(came)
    assert len(came["passes"]) > 250
    assert {"ar_EG", "ar_KW"} <= set(came["passes"])  # ١٬٢٣٤٫٥٠
    assert {"fa_IR", "ur_IN", "mr_IN", "ne_NP"} <= {*came["passes"], *_without_data(came)}
    assert "my_MM" in came["passes with the digits 0 to 9"] + _without_data(came)
    assert "am_ET" in came["no reader"]
    assert "bn_BD" in came["no font"]


def _without_data(came: dict[str, list[str]]) -> list[str]:
    return [one for said, some in came.items() if said.startswith("needs") for one in some]


def _tried(
    locale: str,
    money: Money,
    studio: Studio,
    proofreader: Proofreader,
    seen: dict[tuple[object, ...], str],
) -> str:
    if not is_read(locale):
        return "no reader"
    text, how = money_text(money, locale), "passes"
    if unread_digits(text, script_of(locale)):
        text, how = money_text(money, with_latin_digits(locale)), "passes with the digits 0 to 9"
    sheet = Sheet(width=WIDTH, height=HEIGHT, locale=locale, display="modern", text="modern")
    laid = lay_out([block(text)], sheet, studio.renderer)
    if isinstance(laid, Misfit):
        assert "no font" in laid.what
        return "no font"
    (setting,) = laid[0].settings
    key = (text, setting.families, languages_of(locale)[0])
    if key not in seen:
        share = studio.draw(setting, WIDTH, HEIGHT)[:, :, None] / 255
        picture: Pixels = np.rint(PAPER * (1 - share) + INK * share).astype(np.uint8)
        ground = np.full_like(picture, 0) + PAPER.astype(np.uint8)
        lines = [Line.of("price", text)]
        try:
            proof = proofreader.prove(picture, lines, locale, [setting], ground=ground)
        except ToolMissingError as error:
            seen[key] = f"needs {str(error).rpartition(' ')[2]}"
            return seen[key]
        right = proof.verdict is Verdict.PASS
        seen[key] = how if right else f"wrong: {locale} {text}: {proof.lines[0].reason}"
    return seen[key]
