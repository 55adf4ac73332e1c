"""A campaign that was just begun loads, in every template, and never ships."""

import pathlib

import pytest

from pipeline.campaign.beginning import begun
from pipeline.campaign.load import load_campaign
from pipeline.errors import UsageError
from pipeline.settings import PROJECT, read_settings

TEMPLATES = read_settings({}, 1).template_names()
SCENES = PROJECT / "templates" / "scenes"


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_begun_loads_and_has_words_to_fill_in(
    template: str, tmp_path: pathlib.Path
) -> None:
    source = (SCENES / f"{template}.json.j2").read_text("utf-8")
    text = begun("spring", template, source, ["de_DE", "ja_JP", "ar_AE"])
    file = tmp_path / "spring.yaml"
    file.write_text(text, "utf-8")
    campaign = load_campaign(file, TEMPLATES).campaign
    assert campaign.campaign == "spring"
    assert [market.currency for market in campaign.markets.values()] == ["EUR", "JPY", "AED"]
    assert [market.time_zone for market in campaign.markets.values()] == [
        "Europe/Berlin",
        "Asia/Tokyo",
        "Asia/Dubai",
    ]
    assert "TODO headline" in text


@pytest.mark.parametrize(("locale", "zone"), [("en_US", "America/New_York"), ("fi_FI", "Europe/H")])
def test_a_market_gets_the_zone_of_its_capital(locale: str, zone: str) -> None:
    assert f"time_zone: {zone}" in begun("x", "deal", "{{ copy.headline }}", [locale])


@pytest.mark.parametrize(
    ("locale", "what"), [("de", "names no country"), ("xx_YY_ZZ", "is no locale")]
)
def test_a_locale_without_a_country_is_refused(locale: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        begun("x", "deal", "{{ copy.headline }}", [locale])
