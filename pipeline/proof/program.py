"""The Tesseract program: whether it is there and really reads, and what it says of a page."""

import dataclasses
import functools
import re
import shutil
import unicodedata

import cv2
import numpy as np

from pipeline.errors import ToolMissingError
from pipeline.proof.calling import answer_of
from pipeline.proof.reading import Pixels

CONTROL_LANGUAGE = "eng"
CONTROLS = ("40718", "26593", "91364")
"""What the program must read before it is believed: who always says the same is found out."""
NEEDED = 2
PATIENCE = 30.0
"""Seconds that the program has for each answer before it is believed."""

_COLUMNS = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num",
    "left", "top", "width", "height", "conf", "text",
)  # fmt: skip
_LANGUAGE = re.compile(r"[a-z0-9_]+")
_VERSION = re.compile(r"\d+(?:\.\d+)+")
_INSTALL = "install it with `apt-get install tesseract-ocr tesseract-ocr-eng`"
_PITCH = 72
_WIDTH = 260


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a page.

    Attributes:
        text: What was read.
        sure: How sure the program is, 0 to 1.
        line: Numbers of its block, paragraph and line.
        left: First column, in pixels.
        right: One past the last column.
        middle: Row of its middle.
    """

    text: str
    sure: float
    line: tuple[str, ...]
    left: int
    right: int
    middle: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A program that was seen to read.

    Attributes:
        path: Where it is.
        version: Its version.
        languages: For which languages it has data.
    """

    path: str
    version: str
    languages: frozenset[str]


def ready(program: str, seconds: float = PATIENCE) -> Ready:
    """Return the program, after it has read a control page; it is asked once.

    Args:
        program: Its name or path.
        seconds: How long each of its answers may take.

    Raises:
        ToolMissingError: If it is not installed, does not answer, or does not read.
    """
    path = shutil.which(program)
    if path is None:
        raise ToolMissingError(f"Tesseract is not installed; {_INSTALL}")
    return _examined(path, seconds)


def words_on(path: str, page: Pixels, languages: str, seconds: float) -> list[Word] | None:
    """Return the words of a page; None if the program failed, was too slow or made no sense.

    Args:
        path: The program.
        page: Grey pixels, rows of text below each other.
        languages: Names of data files, joined by `+`.
        seconds: How long it may take.

    Raises:
        ToolMissingError: If the program cannot be started.
    """
    height, width = page.shape
    how = ("--oem", "1", "--psm", "6", "-c", "tessedit_create_tsv=1")
    command = (path, "stdin", "stdout", "-l", languages, *how)
    said = _asked(command, b"P5 %d %d 255\n" % (width, height) + page.tobytes(), seconds)
    try:
        return None if said is None else _words(said.decode("utf-8"))
    except (ValueError, OverflowError):
        return None


def _words(table: str) -> list[Word]:
    """Return the words of a table.

    Raises:
        ValueError: If it is none.
    """
    head, *rows = table.removesuffix("\n").split("\n")
    if tuple(head.split("\t")) != _COLUMNS:
        raise ValueError("no table")
    words = (_word(row.split("\t")) for row in rows)
    return [word for word in words if word is not None]


def _word(cells: list[str]) -> Word | None:
    if len(cells) != len(_COLUMNS):
        raise ValueError("a row has too few or too many cells")
    left, top, width, height = map(int, cells[6:10])
    sure, text = float(cells[10]) / 100, cells[11].strip()
    if not (text and 0 <= sure <= 1):
        return None
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError("a word holds control characters")
    return Word(
        text=text,
        sure=sure,
        line=tuple(cells[2:5]),
        left=left,
        right=left + width,
        middle=top + height / 2,
    )


@functools.cache
def _examined(path: str, seconds: float) -> Ready:
    version = _VERSION.search(_told(path, "--version", seconds))
    if version is None:
        raise _broken(path, "does not tell its version")
    listed = _told(path, "--list-langs", seconds).splitlines()
    languages = frozenset(line for line in map(str.strip, listed) if _LANGUAGE.fullmatch(line))
    if CONTROL_LANGUAGE not in languages:
        raise _broken(path, f"has no data for {CONTROL_LANGUAGE}")
    words = words_on(path, _control_page(), CONTROL_LANGUAGE, seconds)
    if words is None:
        raise _broken(path, "fails or does not answer")
    read = {(word.text, int(word.middle // _PITCH)) for word in words}
    if sum((text, row) in read for row, text in enumerate(CONTROLS)) < NEEDED:
        raise _broken(path, "answers, but not with what it is shown")
    return Ready(path=path, version=version[0], languages=languages)


def _told(path: str, question: str, seconds: float) -> str:
    said = _asked((path, question), b"", seconds)
    if said is None:
        raise _broken(path, f"fails or does not answer to {question}")
    return said.decode("utf-8", "replace")


def _asked(command: tuple[str, ...], given: bytes, seconds: float) -> bytes | None:
    try:
        return answer_of(command, given, seconds)
    except OSError as error:
        raise _broken(command[0], f"cannot be started ({error.strerror})") from error


def _broken(path: str, what: str) -> ToolMissingError:
    return ToolMissingError(f"Tesseract at {path} {what}; {_INSTALL}")


def _control_page() -> Pixels:
    page = np.full((len(CONTROLS) * _PITCH, _WIDTH), 255, np.uint8)
    for row, text in enumerate(CONTROLS):
        place = (30, row * _PITCH + 50)
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 2, cv2.LINE_AA)
    return page
