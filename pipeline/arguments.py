"""Arguments: what the words on the command line stand for."""

import datetime as dt
import os
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from pipeline.errors import UsageError
from pipeline.settings import Settings, read_settings

if TYPE_CHECKING:
    from pipeline.dayplan import RunRequest
    from pipeline.plan.lines import Line

FILES = click.argument(
    "files", nargs=-1, type=click.Path(path_type=pathlib.Path), metavar="[CAMPAIGN.yaml]..."
)
OUT = click.option(
    "--out", type=click.Path(path_type=pathlib.Path), default="out", show_default=True,
    help="Folder for delivered files, manifests and the gallery.",
)  # fmt: skip
DAY = click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), default=None,
    help="Campaign day for all markets; each market's own local date if left out.",
)  # fmt: skip
MARKETS = click.option("--market", "markets", multiple=True, help="Only this market; repeatable.")


def request_of(
    files: Sequence[pathlib.Path],
    out: pathlib.Path,
    day: dt.datetime | None,
    markets: tuple[str, ...],
) -> "RunRequest":
    """Return what is asked for, at this moment.

    Raises:
        UsageError: If no campaign is named and there is none.
    """
    from pipeline.dayplan import RunRequest

    return RunRequest(
        files=campaigns_of(files),
        out=out,
        instant=now(),
        day=day.date() if day else None,
        markets=markets,
    )


def campaigns_of(files: Sequence[pathlib.Path]) -> tuple[pathlib.Path, ...]:
    """Return the campaign files that are named, or all there are in `campaigns/`.

    Raises:
        UsageError: If there is none.
    """
    found = tuple(files) or tuple(sorted(pathlib.Path("campaigns").glob("*.yaml")))
    if not found:
        raise UsageError("there is no campaign here; name one, such as campaigns/daily-deals.yaml")
    return found


def lines_of(arguments: Sequence[str]) -> list["Line"]:
    """Return the lines that `--line ROLE=TEXT` stands for.

    Raises:
        UsageError: If one is not of that form.
    """
    from pipeline.plan.lines import Line

    pairs = [argument.partition("=") for argument in arguments]
    for role, equals, text in pairs:
        if not (role and equals and text):
            raise UsageError(f"--line wants ROLE=TEXT, such as price='8,90 €', not {role!r}")
    return [Line.of(role, text) for role, _, text in pairs]


def settings_here() -> Settings:
    """Return the settings that this machine and its environment give."""
    return read_settings(os.environ, os.cpu_count() or 1)


def now() -> dt.datetime:
    """Return the present instant; the only clock of the command line."""
    return dt.datetime.now(dt.UTC)
