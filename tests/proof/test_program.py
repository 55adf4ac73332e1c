"""A Tesseract that is no Tesseract, and one that goes bad while we work."""

import pathlib
import shutil
import time
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.errors import ToolMissingError
from pipeline.proof.program import CONTROLS, ready, words_on
from pipeline.proof.tesseract import Look, Tesseract
from tests.fakes import PITCH, always, says, script, table

pytestmark = pytest.mark.ocr

CROP = np.full((48, 200, 3), 255, np.uint8)
PAGE = np.full((3 * PITCH, 260), 255, np.uint8)

Bad = Callable[[pathlib.Path], str]
Becomes = Callable[[str], str]
BAD: dict[str, Bad] = {
    "hangs": lambda _: "exec sleep 60",
    "exit code": lambda _: "exit 1",
    "segmentation fault": lambda _: "kill -SEGV $$",
    "nothing": lambda _: "exit 0",
    "noise": lambda _: "exec head -c 20000 /dev/urandom",
    "a web page": lambda _: "echo '<html>'",
    "endless": lambda _: "exec yes",
    "endless table": lambda path: says(path, table([("8,99", "99", "24")])) + "; exec yes",
    "plain text": lambda _: "echo '8,99 €'",
    "half a row": lambda path: says(path, table([("8,99", "99", "24")])[:-9]),
    "bad numbers": lambda path: says(path, table([("8,99", "9x", "24"), ("8,99", "99", "2_")])),
    "huge numbers": lambda path: says(path, table([("8,99", "99", "9" * 4000)])),
    "control characters": lambda path: says(path, table([("\x1b[2J8,99", "99", "24")])),
}
"""What a program does, by name; each returns the body of a script."""


@pytest.mark.parametrize("name", BAD)
def test_a_program_that_is_bad_from_the_start_is_a_missing_tool(
    tmp_path: pathlib.Path, name: str
) -> None:
    program = script(tmp_path / "tesseract", BAD[name](tmp_path / "said"))
    begun = time.monotonic()
    with pytest.raises(ToolMissingError, match="apt-get install tesseract-ocr"):
        ready(program, seconds=0.3)
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("text", ["8,99", CONTROLS[0]])
def test_a_program_that_always_says_the_same_is_found_out(
    tmp_path: pathlib.Path, text: str
) -> None:
    real = shutil.which("tesseract")
    asked = f'case "$*" in *--version*|*--list-langs*) exec {real} "$@";; esac\n'
    program = script(tmp_path / "liar", asked + always(tmp_path / "said", text))
    with pytest.raises(ToolMissingError, match="not with what it is shown"):
        Tesseract(program=program).read([CROP], "de_DE")
    with pytest.raises(ToolMissingError, match="not with what it is shown"):
        Tesseract(program=program).versions()


@pytest.mark.parametrize("name", BAD)
def test_a_program_that_goes_bad_has_read_nothing(
    tmp_path: pathlib.Path, goes_bad: Becomes, name: str
) -> None:
    program = goes_bad(BAD[name](tmp_path / "said"))
    tesseract = Tesseract(program=program, timeout=0.5)
    assert tesseract.versions()["tesseract"][0].isdigit()
    begun = time.monotonic()
    assert tesseract.read([CROP] * 2, "de_DE") == [()] * 2
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("sure", ["nan", "inf", "-1", "101", "1e999"])
def test_a_word_of_impossible_confidence_does_not_count(
    tmp_path: pathlib.Path, goes_bad: Becomes, sure: str
) -> None:
    words = table([("8,99", sure, "24"), ("Bowl", "96", "24")])
    program = goes_bad(says(tmp_path / "said", words))
    ((first, *_),) = Tesseract(program=program).read([CROP], "de_DE")
    assert (first.text, first.confidence) == ("Bowl", (0.96,) * 4)


@pytest.mark.parametrize("words", [[("8" * 1000, "99", "24")], [("8,99", "99", "24")] * 500])
def test_more_text_than_fits_in_a_row_does_not_count(
    tmp_path: pathlib.Path, goes_bad: Becomes, words: list[tuple[str, str, str]]
) -> None:
    program = goes_bad(says(tmp_path / "said", table(words)))
    ((first, *_),) = Tesseract(program=program).read([CROP], "de_DE")
    assert first.text == ""


def test_a_crowd_of_crops_is_given_up_in_time(goes_bad: Becomes) -> None:
    program = goes_bad("exec sleep 60")
    begun = time.monotonic()
    tesseract = Tesseract(program=program, timeout=0.5)
    assert tesseract.read([CROP] * 100, "de_DE") == [()] * 100
    assert time.monotonic() - begun < 4


def test_each_crop_of_a_crowd_gets_the_readings_of_its_own_page(
    tmp_path: pathlib.Path, goes_bad: Becomes
) -> None:
    pages = table([(str(row), "90", str(24 + row * PITCH)) for row in range(72)])
    program = goes_bad(says(tmp_path / "said", pages))
    readings = Tesseract(program=program).read([CROP] * 30, "de_DE")
    assert [reading.text for one in readings for reading in one] == [
        *map(str, range(72)),
        *map(str, range(18)),
    ]


def test_what_cannot_be_started_is_a_missing_tool(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text").write_text("no program", "utf-8")
    (tmp_path / "text").chmod(0o755)
    for path in (tmp_path / "none", tmp_path / "text", tmp_path):
        with pytest.raises(ToolMissingError, match="apt-get install tesseract-ocr"):
            Tesseract(Look.OWN, program=str(path)).versions()


def test_the_real_program_reads_the_control_and_nothing_on_an_empty_page() -> None:
    program = ready("tesseract")
    assert "eng" in program.languages
    assert words_on(program.path, PAGE, "eng", 30.0) == []
