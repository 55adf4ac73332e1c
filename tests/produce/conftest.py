"""Small variants to produce, the real engine and an empty store."""

import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import load_campaign
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.store import Store
from pipeline.typeset.renderer import TakumiRenderer
from tests.lunch import lunch

PROJECT = pathlib.Path(__file__).parent.parent.parent

CAMPAIGN = (
    lunch("display-300x250", de="de_DE, de_AT")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90}
    copy: {headline: {de: Bowls, de_AT: Schüsseln}}
checks: {contrast: off, contrast_large: off}
"""
)  # the provers of these tests find every line in one corner, where no words stand


@pytest.fixture(scope="session")
def renderer() -> TakumiRenderer:
    """Return the real engine."""
    return TakumiRenderer()


@pytest.fixture
def variants(tmp_path: pathlib.Path) -> Callable[..., list[Variant]]:
    """Return what plans the variants, two locales of one format, after some replacement."""

    def make(old: str = "", new: str = "") -> list[Variant]:
        file = tmp_path / "lunch.yaml"
        file.write_text(CAMPAIGN.replace(old, new, 1) if old else CAMPAIGN, "utf-8")
        loaded = load_campaign(file, ["deal"])
        days = {"de": dt.date(2026, 12, 1)}
        return list(variants_of(loaded, days, (PROJECT / "templates", "engine 1")))

    return make


@pytest.fixture
def store(tmp_path: pathlib.Path) -> Store:
    """Return an empty store."""
    return Store(tmp_path / "work")
