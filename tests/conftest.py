"""What all tests share: expected texts in files, and the option that rewrites them."""

import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign, load_campaign


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the files that hold expected texts, to be reviewed as a diff",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[pathlib.Path, str], None]:
    """Compare a text with the file that holds it, or rewrite the file with --update-golden."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(file: pathlib.Path, text: str) -> None:
        if update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8"), f"{file.name}: pytest --update-golden rewrites it"

    return compare


@pytest.fixture
def load(tmp_path: pathlib.Path) -> Callable[[str], LoadedCampaign]:
    """Return what loads a campaign from its text."""

    def load_text(text: str) -> LoadedCampaign:
        file = tmp_path / "lunch.yaml"
        file.write_text(text, "utf-8")
        return load_campaign(file, ["deal"])

    return load_text
