"""Doctor: is everything here that the work needs, and if not, what to install."""

import dataclasses
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from pipeline.campaign.load import load_campaigns
from pipeline.errors import ProofpressError, ToolMissingError, UsageError
from pipeline.feeds.supply import open_supply
from pipeline.proof.languages import languages_of, package_of
from pipeline.settings import Settings
from pipeline.typeset.fonts import FILES, files_of

_TIMEOUT = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: What it is.
        found: What is there; empty if it is missing.
        remedy: What to do; empty if nothing.
    """

    what: str
    found: str
    remedy: str


def examine(settings: Settings, campaigns: Sequence[pathlib.Path]) -> Iterator[Finding]:
    """Yield a finding for everything that a run needs.

    Args:
        settings: Folders and limits.
        campaigns: Campaign files; their locales decide which language packs are needed.
    """
    yield _templates(settings)
    yield _work(settings.work)
    yield _fonts()
    yield _models()
    yield _tesseract()
    have = _languages()
    for language in _needed(settings, campaigns):
        found = "installed" if language in have else ""
        remedy = "" if found else f"apt-get install {package_of(language)}"
        yield Finding(what=f"Tesseract language {language}", found=found, remedy=remedy)


def _templates(settings: Settings) -> Finding:
    names = settings.template_names()
    remedy = "" if names else f"there are no scene templates in {settings.templates}; clone again"
    return Finding(what="templates", found=", ".join(names), remedy=remedy)


def _work(folder: pathlib.Path) -> Finding:
    parent = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    if not os.access(parent, os.W_OK):
        remedy = f"make {parent} writable, or set PROOFPRESS_WORK to another folder"
        return Finding(what="work folder", found="", remedy=remedy)
    free = shutil.disk_usage(parent).free / 1e9
    return Finding(what="work folder", found=f"{folder}, {free:.0f} GB free", remedy="")


def _fonts() -> Finding:
    try:
        files = [file for family in FILES for file in files_of(family)]
    except ToolMissingError as error:
        return Finding(what="fonts", found="", remedy=str(error))
    return Finding(what="fonts", found=f"{len(FILES)} families, {len(files)} files", remedy="")


def _models() -> Finding:
    from pipeline.proof.prove import Proofreader  # noqa: PLC0415 - half a second to load

    try:
        versions = Proofreader.standard().versions()
    except ProofpressError as error:
        return Finding(what="readers", found="", remedy=str(error))
    return Finding(what="readers", found=", ".join(versions), remedy="")


def _tesseract() -> Finding:
    lines = _asked(["tesseract", "--version"])
    remedy = "" if lines else "apt-get install tesseract-ocr"
    return Finding(what="Tesseract", found=lines[0] if lines else "", remedy=remedy)


def _languages() -> frozenset[str]:
    return frozenset(_asked(["tesseract", "--list-langs"])[1:])


def _asked(command: list[str]) -> list[str]:
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            command, capture_output=True, text=True, timeout=_TIMEOUT, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return (answer.stdout or answer.stderr).splitlines()


def _needed(settings: Settings, campaigns: Sequence[pathlib.Path]) -> tuple[str, ...]:
    try:
        loaded = load_campaigns(campaigns, settings.template_names(), supply=open_supply(settings))
    except ProofpressError:
        return ("eng",)
    locales = {
        locale
        for campaign in loaded
        for market in campaign.campaign.markets.values()
        for locale in market.locales
    }
    needed: set[str] = {"eng"}
    for locale in sorted(locales):
        try:
            needed.update(languages_of(locale))
        except UsageError:
            continue
    return tuple(sorted(needed))
