"""A small campaign file to break, and what is said about it."""

import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import load_campaign
from pipeline.errors import CampaignError

GOOD = """\
campaign: lunch
template: deal
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [meta-square]
markets:
  de: {locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}
offers:
  bowl:
    price: {de: 8.90}
    copy:
      headline: {de: Frische Bowls}
"""


@pytest.fixture
def good() -> str:
    """Return a campaign file without mistakes, 13 lines long."""
    return GOOD


@pytest.fixture
def said(tmp_path: pathlib.Path) -> Callable[[str | bytes], list[str]]:
    """Return what a person is told about a campaign file, without the file's name."""

    def tell(text: str | bytes) -> list[str]:
        file = tmp_path / "lunch.yaml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        try:
            load_campaign(file, ["deal"])
        except CampaignError as error:
            return [str(problem).removeprefix(f"{file}:") for problem in error.problems]
        return []

    return tell
