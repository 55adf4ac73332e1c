"""The set-up is quick when nothing changed, and installs what the example campaigns need."""

import itertools
import pathlib
import re
import runpy
import subprocess
import sys
from typing import Any

import pytest

from pipeline.campaign.load import load_campaigns
from pipeline.proof.languages import languages_of
from pipeline.settings import PROJECT, read_settings

SETUP = PROJECT / "scripts" / "setup.py"


@pytest.fixture(scope="module")
def setup() -> dict[str, Any]:
    """Return the names of the script, without running it."""
    return runpy.run_path(str(SETUP))


def test_every_language_of_the_example_campaigns_is_installed(setup: dict[str, Any]) -> None:
    files = sorted((PROJECT / "campaigns").glob("*.yaml"))
    loaded = load_campaigns(files, read_settings({}, 1).template_names())
    markets = itertools.chain.from_iterable(one.campaign.markets.values() for one in loaded)
    locales = {locale for market in markets for locale in market.locales}
    needed = {language for locale in locales for language in languages_of(locale)}
    assert len(needed) > 15
    assert needed <= set(setup["LANGUAGES"])


def test_the_lock_names_no_host_and_hashes_every_package() -> None:
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock
    entries = lock.replace("\\\n", " ").splitlines()
    pinned = [entry for entry in entries if "==" in entry.partition("#")[0]]
    assert len(pinned) > 100
    assert all("--hash=sha256:" in entry for entry in pinned)


def test_an_unknown_part_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, SETUP, "pyhton"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "there is no part pyhton" in done.stdout


def test_a_machine_without_a_package_manager_is_told_what_to_install(
    tmp_path: pathlib.Path,
) -> None:
    done = subprocess.run(
        [sys.executable, SETUP, "tesseract"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )
    assert done.returncode == 4
    assert "install Tesseract 5 with the language packs eng" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_postgresql_that_is_on_the_path_is_left_alone(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "initdb"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    done = subprocess.run(
        [sys.executable, SETUP, "postgresql"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_postgresql_is_set_up_for_the_tests_only(setup: dict[str, Any]) -> None:
    assert set(setup["PARTS"]) - set(setup["USUAL"]) == {"postgresql"}
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    recipes = dict(re.findall(r"^(\w+): ##.*\n((?:\t.*\n)+)", makefile, re.MULTILINE))
    assert [name for name, steps in recipes.items() if "postgresql" in steps] == ["test"]
