"""What a change of a campaign file makes anew, as a reviewer reads it."""

import datetime as dt
import os
import pathlib
import subprocess
from collections.abc import Callable

import pytest

from pipeline.dayplan import RunRequest
from pipeline.difference import difference, markdown
from pipeline.errors import UsageError
from pipeline.settings import PROJECT, Settings
from tests.lunch import lunch

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("display-300x250, meta-square", de="de_DE", jp="ja_JP")
    + """\
offers:
  bowl:
    price: {de: 8.90, jp: 1180}
    copy: {headline: {de: "Bowls | <b>frisch</b>", ja: ボウル}}
"""
)


def git(folder: pathlib.Path, *arguments: str) -> None:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c"}
    who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
    subprocess.run(["git", "-C", folder, *arguments], check=True, env=os.environ | who)  # noqa: S607


@pytest.fixture
def changed(tmp_path: pathlib.Path) -> Callable[..., str]:
    """Return what commits a campaign, changes it and says the difference."""
    file = tmp_path / "campaigns" / "lunch.yaml"
    file.parent.mkdir()
    git(tmp_path, "init", "--quiet")
    settings = Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)

    def said(*changes: tuple[str, str], first: str = CAMPAIGN, since: str = "HEAD") -> str:
        file.write_text(first, "utf-8")
        git(tmp_path, "add", "campaigns")
        git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "x")
        text = CAMPAIGN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
        request = RunRequest(files=(file,), out=tmp_path / "out", instant=NOON)
        return markdown(difference(request, since, settings), request.out)

    return said


def test_a_changed_price_names_the_creatives_that_show_it_and_no_others(
    changed: Callable[..., str],
) -> None:
    said = changed(("de: 8.90", "de: 7.90"))
    assert "**2 of 4 creatives change**" in said
    assert said.count("price: 8,90\u00a0€ → 7,90\u00a0€") == 2
    assert "jp" not in said


def test_nothing_changed_is_said_without_a_table(changed: Callable[..., str]) -> None:
    said = changed()
    assert "**0 of 4 creatives change**" in said
    assert "|" not in said


def test_new_and_gone_creatives_are_named(changed: Callable[..., str]) -> None:
    said = changed(("[display-300x250, meta-square]", "[display-300x250, google-square]"))
    assert said.count("| new |") == 2
    assert said.count("| gone |") == 2


def test_a_change_that_is_no_text_is_said_too(changed: Callable[..., str]) -> None:
    assert changed(("#FFC83D", "#FFD83D")).count("picture changed") == 4


def test_copy_cannot_break_the_table(changed: Callable[..., str]) -> None:
    said = changed(("frisch", "neu"))
    row = next(line for line in said.splitlines() if "→" in line)
    assert "\\<b\\>frisch" in row
    assert row.replace("\\|", "").count("|") == 5


def test_a_file_that_is_new_or_had_problems_says_so(changed: Callable[..., str]) -> None:
    assert "the file had 1 problems then" in changed(first=CAMPAIGN + "unknown: key\n")


def test_what_preflight_finds_is_listed_below(changed: Callable[..., str]) -> None:
    assert "- will be held: " in changed(("ja: ボウル", "ja: TODO"))


def test_a_revision_that_git_does_not_know_is_a_usage_error(changed: Callable[..., str]) -> None:
    with pytest.raises(UsageError, match="name a revision such as HEAD~1"):
        changed(since="yesterday")


def test_outside_a_repository_the_error_says_so(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "lunch.yaml"
    file.write_text(CAMPAIGN, "utf-8")
    request = RunRequest(files=(file,), out=tmp_path / "out", instant=NOON)
    settings = Settings(templates=PROJECT / "templates", work=tmp_path / "work", workers=1)
    with pytest.raises(UsageError, match="not a git repository"):
        difference(request, "HEAD", settings)
