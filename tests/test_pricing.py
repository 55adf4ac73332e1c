"""A price is set in its file, or nothing is."""

import dataclasses
import datetime as dt
import pathlib
import re
import shutil

import pytest

from pipeline.errors import CampaignError, UsageError
from pipeline.pricing import Asked, Changed, percent, set_price
from pipeline.settings import PROJECT, Settings

SETTINGS = Settings(templates=PROJECT / "templates", work=pathlib.Path("none"), workers=1)


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the daily deals, to be changed."""
    shutil.copytree(PROJECT / "campaigns" / "assets", tmp_path / "assets")
    return pathlib.Path(shutil.copy(PROJECT / "campaigns" / "daily-deals.yaml", tmp_path))


def asked(where: str, amount: str, **more: object) -> Asked:
    return Asked(campaign="daily-deals", offer="bowl", where=where, amount=amount, **more)  # type: ignore[arg-type]


def lines_changed(before: bytes, file: pathlib.Path) -> list[str]:
    old, new = before.decode().splitlines(), file.read_text("utf-8").splitlines()
    assert len(old) == len(new)
    return [line for was, line in zip(old, new, strict=True) if was != line]


@pytest.mark.parametrize("where", ["de", "de_DE"])
def test_a_price_is_set_by_market_or_locale_and_one_line_changes(
    file: pathlib.Path, where: str
) -> None:
    before = file.read_bytes()
    (one,) = set_price([file], asked(where, "8.50"), SETTINGS)
    assert (one.path, one.before, one.now) == ("offers.bowl.price.de", "8.90", "8.50")
    assert percent(one) == "-4.5 %"
    (line,) = lines_changed(before, file)
    assert "de: 8.50, ch: 14.90" in line
    assert file.read_text("utf-8").splitlines()[one.line - 1] == line


def test_price_and_former_price_are_set_together_so_that_neither_is_wrong_between(
    file: pathlib.Path,
) -> None:
    before = file.read_bytes()
    with pytest.raises(CampaignError, match="is not higher than"):
        set_price([file], asked("de", "11.90"), SETTINGS)
    assert file.read_bytes() == before
    set_price([file], asked("de", "11.90", was="13.90"), SETTINGS)
    assert len(lines_changed(before, file)) == 2


def test_a_day_that_has_a_price_of_its_own_gets_another(file: pathlib.Path) -> None:
    day = dt.date(2026, 11, 25)
    (one,) = set_price([file], asked("jp", "990", day=day), SETTINGS)
    assert (one.path, one.now) == ("days.2026-11-25.price.jp", "990")


def test_a_day_without_one_says_the_line_to_add(file: pathlib.Path) -> None:
    with pytest.raises(UsageError, match=re.escape("{offer: bowl, price: {de: 7.90}}")):
        set_price([file], asked("de", "7.90", day=dt.date(2026, 11, 26)), SETTINGS)


@pytest.mark.parametrize(
    ("campaign", "offer", "where", "what"),
    [
        ("lunch", "bowl", "de", "there is no campaign 'lunch'; there are: daily-deals"),
        ("daily-deals", "stew", "de", "has no offer 'stew'; there are: bowl, burger, pizza"),
        ("daily-deals", "bowl", "fi", "has no market 'fi'"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    file: pathlib.Path, campaign: str, offer: str, where: str, what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        set_price(
            [file], Asked(campaign=campaign, offer=offer, where=where, amount="1.00"), SETTINGS
        )


def test_an_amount_that_the_currency_cannot_express_changes_nothing(file: pathlib.Path) -> None:
    before = file.read_bytes()
    with pytest.raises(CampaignError, match=r"daily-deals\.yaml:\d+: offers\.bowl\.price\.jp"):
        set_price([file], asked("jp", "990.50"), SETTINGS)
    assert file.read_bytes() == before
    assert {path.name for path in file.parent.iterdir()} == {"assets", "daily-deals.yaml"}


def test_a_price_that_comes_from_a_list_is_not_set_beside_it(tmp_path: pathlib.Path) -> None:
    shutil.copytree(PROJECT / "campaigns", tmp_path / "campaigns")
    file = tmp_path / "campaigns" / "winter-sale.yaml"
    before = file.read_bytes()
    asked_for = Asked(campaign="winter-sale", offer="coats", where="de", amount="9.90")
    settings = dataclasses.replace(SETTINGS, work=tmp_path / "work")
    with pytest.raises(UsageError, match=r"comes from .*feeds/winter-sale\.csv; change it there"):
        set_price([file], asked_for, settings)
    assert file.read_bytes() == before


def test_a_new_price_has_no_percent() -> None:
    new = Changed(file=pathlib.Path("x"), line=1, path="p", before="", now="9.90")
    assert percent(new) == ""
