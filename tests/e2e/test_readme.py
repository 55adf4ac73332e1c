import re
import shlex

import pytest

from pipeline.campaign.formats import known_formats
from pipeline.campaign.model import Brand, Campaign, Checks, Offer
from pipeline.cli import cli
from pipeline.errors import ExitCode
from tests.e2e.conftest import README, Run, readme_block


@pytest.mark.e2e
def test_the_first_campaign_of_the_readme_runs_as_it_says(proofpress: Run) -> None:
    block = readme_block("sh", "proofpress preview")
    for line in block.strip().splitlines():
        command, *arguments = shlex.split(line)
        assert command == "proofpress"
        done = proofpress(*arguments)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("model", [Campaign, Brand, Offer, Checks])
def test_every_key_of_the_campaign_file_is_in_the_readme(model: type[Campaign]) -> None:
    for name, field in model.model_fields.items():
        assert f"`{field.alias or name}`" in README or f".{name}`" in README, name


def test_every_exit_code_is_in_the_readme() -> None:
    for code in ExitCode:
        assert f"\n| {code.value} |" in README


def test_every_command_is_in_the_readme() -> None:
    for name in cli.commands:
        assert f"`proofpress {name}`" in README


def test_the_readme_leads_to_the_channels_and_names_formats_that_there_are() -> None:
    assert "(docs/channels.md)" in README
    named = re.search(r"Most used are ([^.]+)\.", README)
    assert named
    assert set(re.findall(r"`([^`]+)`", named[1])) <= set(known_formats())
