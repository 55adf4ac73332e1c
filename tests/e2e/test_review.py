"""Review as a person does it: the command, a browser, keys; then the folder and the next run."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.e2e.browser import PROGRAM, browser
from tests.e2e.conftest import COMMAND
from tests.heldday import Shop

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> Shop:
    """Return a day with a held creative, in the folder that commands run in."""
    made = Shop(tmp_path)
    made.run()
    assert made.british["status"] == "held"
    return made


def started(shop: Shop, *arguments: str) -> subprocess.Popen[str]:
    """Start the command beside the campaign file."""
    environment = {
        **os.environ,
        "PROOFPRESS_WORK": str(shop.settings.work),
        "PROOFPRESS_TIERS": str(shop.settings.tiers),
        "PROOFPRESS_WORKERS": "1",
    }
    return subprocess.Popen(
        [COMMAND, *arguments],
        cwd=shop.file.parent,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(shop: Shop, *arguments: str) -> tuple[int, str]:
    """Return the exit code of a command, and what it printed."""
    process = started(shop, *arguments)
    printed, _ = process.communicate(timeout=300)
    return process.returncode, printed


@contextlib.contextmanager
def page_of(shop: Shop) -> Iterator[str]:
    """Yield the address of the page while the command serves it."""
    process = started(shop, "review", "lunch.yaml", "--as", "ann")
    assert process.stdout
    try:
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/\S+/", line)
        assert address, line + process.stdout.read()
        yield address[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_person_compares_approves_with_the_keyboard_and_the_day_is_done(
    shop: Shop, tmp_path: pathlib.Path
) -> None:
    held = shop.british["file"]
    with page_of(shop) as address, browser(tmp_path / "profile") as window:
        window.open(address)
        assert window.value("document.title") == "1 waiting · Proofpress review"
        assert window.value("document.querySelector('.work:not([hidden]) .differs').textContent")
        window.wait("document.querySelector('.picture img').naturalWidth === 300")
        window.press("a")
        assert window.value("!document.querySelector('.confirm').hidden")
        window.press("Escape")
        assert window.value("document.querySelector('.confirm').hidden")
        assert shop.british["status"] == "held"
        window.press("a")
        window.press("Enter")
        window.wait("document.querySelector('#said')?.textContent.startsWith('Approved by ann')")
        assert window.value("document.querySelector('h1').textContent") == "All decided"
        assert window.trouble == []
    record = shop.british
    assert (record["status"], record["decision"]["by"]) == ("accepted", "ann")
    folder = shop.out / "2026-12-01" / "lunch"
    assert (folder / record["file"]).is_file()
    assert not (folder / held).exists()

    code, printed = said(shop, "run", "--plain", "--day", "2026-12-01", "lunch.yaml")
    assert (code, printed.split("\n")[0]) == (
        0,
        "nothing to do: all 2 creatives stand as delivered",
    )
    assert said(shop, "verify", "out") == (0, "2 of 2 files are as they were proved\n")


def test_what_is_out_is_told_and_a_changed_price_is_the_exit_code(shop: Shop) -> None:
    code, printed = said(shop, "live", "lunch.yaml")
    assert (code, printed) == (0, "1 out, 1 of them true\n")
    shop.change("de: 8.90", "de: 7.90")
    code, printed = said(shop, "live", "lunch.yaml", "--csv", "retire.csv")
    assert code == 1
    assert "price is “7,90\u00a0€”" in printed
    assert "changed" in (shop.file.parent / "retire.csv").read_text("utf-8")
    code, printed = said(shop, "live", "lunch.yaml", "--webhook", "http://127.0.0.1:9/hook?k=s")
    assert code == 4
    assert "the webhook at 127.0.0.1 did not take the retire list: ConnectError" in printed
    code, printed = said(shop, "live", "lunch.yaml", "--webhook", "http://hooks.example/")
    assert (code, printed) == (2, "--webhook wants https; http is only for this machine itself\n")


def test_a_folder_without_a_run_has_nothing_to_review(shop: Shop) -> None:
    code, printed = said(shop, "review", "lunch.yaml", "--out", "elsewhere")
    assert code == 2
    assert printed.startswith("there is no manifest under elsewhere; name the folder of a run")
