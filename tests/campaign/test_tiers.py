"""What accounts may have: the file of tiers, its mistakes, and what it changes."""

import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.accounts import with_tiers
from pipeline.campaign.load import LoadedCampaign
from pipeline.campaign.tiers import read_tiers
from pipeline.errors import CampaignError
from tests.lunch import lunch

TIERS = """\
tiers:
  free: {model: flux-2-turbo, quality: draft, daily: 20}
  studio: {model: flux-2-max, quality: final, daily: 500, priority: 5}
accounts:
  corner-deli: free
  grand-hotel: studio
"""
CAMPAIGN = (
    lunch("meta-square", also="account: corner-deli\n", us="en_US")
    + """\
offers:
  bowl: {price: {us: 8.90}, copy: {headline: {en: Bowls}}}
provider: runflow
"""
)

Load = Callable[[str], LoadedCampaign]


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "tiers.yaml"
    path.write_text(TIERS, "utf-8")
    return path


def test_an_accounts_tier_decides_model_quality_and_pictures_a_day(
    load: Load, file: pathlib.Path
) -> None:
    (campaign,) = with_tiers([load(CAMPAIGN)], file)
    assert (campaign.campaign.model, campaign.campaign.quality) == ("flux-2-turbo", "draft")
    assert campaign.tier is not None
    assert campaign.tier.daily == 20


def test_who_has_priority_goes_first(load: Load, file: pathlib.Path) -> None:
    free, nobody = load(CAMPAIGN), load(CAMPAIGN.replace("account: corner-deli\n", ""))
    hotel = load(CAMPAIGN.replace("corner-deli", "grand-hotel"))
    ordered = with_tiers([free, nobody, hotel], file)
    assert [one.campaign.account for one in ordered] == ["grand-hotel", "corner-deli", None]


def test_without_accounts_no_file_is_needed(load: Load, tmp_path: pathlib.Path) -> None:
    plain = load(CAMPAIGN.replace("account: corner-deli\n", ""))
    assert with_tiers([plain], tmp_path / "none.yaml") == (plain,)


def test_an_account_without_a_tier_is_a_problem_of_its_line(load: Load, file: pathlib.Path) -> None:
    with pytest.raises(CampaignError) as raised:
        with_tiers([load(CAMPAIGN.replace("corner-deli", "stranger"))], file)
    (problem,) = raised.value.problems
    assert (problem.line, problem.path) == (3, "account")
    assert "'stranger' has no tier; name it under `accounts:`" in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("daily: 20}", "daly: 20}", ":2: tiers.free.daly: unknown key; did you mean `daily`?"),
        ("draft", "dratf", ":2: tiers.free.quality: unknown value"),
        ("daily: 500", "daily: many", ":3: tiers.studio.daily: 'many' is not valid"),
        ("-deli: free", "-deli: gold", ":5: accounts.corner-deli: there is no tier 'gold'"),
        ("accounts:", "account:", ":1: accounts: is missing"),
    ],
)
def test_a_mistake_in_the_file_of_tiers_has_its_line(
    file: pathlib.Path, old: str, new: str, says: str
) -> None:
    file.write_text(TIERS.replace(old, new, 1), "utf-8")
    with pytest.raises(CampaignError) as raised:
        read_tiers(file)
    assert says in str(raised.value)


def test_a_file_of_tiers_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    with pytest.raises(CampaignError, match=r"none\.yaml:1: cannot be read"):
        read_tiers(tmp_path / "none.yaml")
