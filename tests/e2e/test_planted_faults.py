"""Creatives of the example campaign with faults planted in their pixels: none may pass."""

import dataclasses
import datetime as dt
import functools
import pathlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.dayplan import load
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.finish import decode, encode, ground_file
from pipeline.produce.plates import Plates
from pipeline.produce.providers.studio import Studio
from pipeline.produce.store import Store
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import Proof, Verdict
from pipeline.settings import read_settings
from pipeline.typeset.draw import draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.lettering import Canvas, Lettered, Letterer, composite
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting
from tests.e2e.conftest import PROJECT

pytestmark = [pytest.mark.ocr, pytest.mark.e2e]

DAY = dt.date(2026, 11, 23)
CURRENCIES = {
    "de": ("€", "$"), "gr": ("€", "£"), "ua": ("грн", "руб"), "jp": ("円", "元"),
    "kr": ("원", "円"), "in": ("₹", "$"), "th": ("฿", "$"), "ae": ("د.إ", "ر.س"),
    "il": ("₪", "€"),
}  # fmt: skip
"""Market to its currency mark and another one: nine scripts."""

RENDERER = TakumiRenderer()


@dataclasses.dataclass(frozen=True)
class Creative:
    """A right creative and what it is made of."""

    variant: Variant
    lettered: Lettered

    def with_words(self, settings: Sequence[LineSetting]) -> npt.NDArray[np.uint8]:
        """Return the same picture with other words on it, as the file shows it."""
        picture = self.lettered.ground
        for setting in settings:
            mask = draw_line(setting, picture.shape[1], picture.shape[0], RENDERER)
            rgb = [int(setting.colour[i : i + 2], 16) for i in (1, 3, 5)]
            flat = np.broadcast_to(np.array(rgb, np.uint8), picture.shape)
            picture = composite(picture, np.dstack([flat, mask]))
        content = encode(picture, self.variant.format)
        assert content is not None
        return decode(content, picture.shape[1], picture.shape[0])


@pytest.fixture(scope="module")
def proofreader() -> Proofreader:
    return Proofreader.standard()


@functools.cache
def creative(market: str, store: pathlib.Path) -> Creative:
    settings = read_settings({}, 1)
    loaded = load([PROJECT / "campaigns" / "daily-deals.yaml"], settings)[0]
    engine = RENDERER.engine
    variants = variants_of(loaded, {market: DAY}, (settings.templates, engine))
    variant = next(v for v in variants if v.format.name == "google-landscape")
    studio = Studio(settings.templates / "plates", RENDERER)
    plates = Plates(studio, Store(store))
    canvas = Canvas(
        plate=plates.obtain(variant.request).pixels,
        template=variant.template,
        sheet=variant.sheet,
        palette=variant.palette,
    )
    letterer = Letterer(renderer=RENDERER, layouts=settings.templates / "layouts")
    lettered = letterer.letter(canvas, variant.scene.lettering)
    assert not isinstance(lettered, Misfit)
    return Creative(variant=variant, lettered=lettered)


def proved(reader: Proofreader, right: Creative, shown: Sequence[LineSetting]) -> Proof:
    """Proofread what is shown against what was asked for, as a run does."""
    size = right.lettered.picture.shape[1], right.lettered.picture.shape[0]
    ground = decode(ground_file(right.lettered.ground), *size)
    variant = right.variant
    return reader.prove(
        right.with_words(shown),
        variant.lines,
        variant.locale,
        right.lettered.settings,
        ground=ground,
    )


def changed(
    settings: Sequence[LineSetting], role: str, old: str, new: str
) -> tuple[LineSetting, ...]:
    """Return the settings with a piece of one line replaced, drawn in the same place."""
    assert any(old in setting.text for setting in settings if setting.role == role)
    return tuple(
        dataclasses.replace(
            setting,
            rows=tuple(
                dataclasses.replace(row, text=row.text.replace(old, new)) for row in setting.rows
            ),
        )
        if setting.role == role
        else setting
        for setting in settings
    )


every_market = pytest.mark.parametrize("market", CURRENCIES)


@every_market
def test_the_right_creative_passes(
    market: str, proofreader: Proofreader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = creative(market, tmp_path_factory.getbasetemp())
    proof = proved(proofreader, right, right.lettered.settings)
    assert [line.reason for line in proof.lines if line.reason] == []
    assert proof.verdict is Verdict.PASS


@every_market
@pytest.mark.parametrize("role", ["price", "was_price", "badge", "legal"])
def test_one_digit_changed_is_not_a_pass(
    market: str, role: str, proofreader: Proofreader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = creative(market, tmp_path_factory.getbasetemp())
    text = next(setting.text for setting in right.lettered.settings if setting.role == role)
    digit = next(c for c in reversed(text) if c.isdigit())
    other = {"8": "3", "3": "8", "6": "5", "5": "6", "1": "7", "9": "0", "0": "9"}.get(digit, "1")
    shown = changed(right.lettered.settings, role, digit, other)
    proof = proved(proofreader, right, shown)
    line = next(line for line in proof.lines if line.role == role)
    assert line.verdict is Verdict.FAIL
    assert proof.verdict is Verdict.FAIL


@every_market
def test_a_swapped_currency_is_not_a_pass(
    market: str, proofreader: Proofreader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = creative(market, tmp_path_factory.getbasetemp())
    shown = changed(right.lettered.settings, "price", *CURRENCIES[market])
    assert proved(proofreader, right, shown).verdict is Verdict.FAIL


@every_market
def test_a_missing_legal_line_is_not_a_pass(
    market: str, proofreader: Proofreader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = creative(market, tmp_path_factory.getbasetemp())
    shown = [setting for setting in right.lettered.settings if setting.role != "legal"]
    proof = proved(proofreader, right, shown)
    assert next(line for line in proof.lines if line.role == "legal").verdict is Verdict.FAIL


@every_market
def test_an_extra_percentage_is_not_a_pass(
    market: str, proofreader: Proofreader, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = creative(market, tmp_path_factory.getbasetemp())
    model = next(s for s in right.lettered.settings if s.role == "offer")
    row = dataclasses.replace(model.rows[0], text="50 %", x=80.0, y=500.0, width=90.0)
    extra = dataclasses.replace(model, rows=(row,), size=36.0, direction="ltr", align="left")
    proof = proved(proofreader, right, [*right.lettered.settings, extra])
    assert proof.extra
    assert proof.verdict is Verdict.FAIL
