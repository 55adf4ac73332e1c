"""Tesseract, by language: all crops of a picture on one page, one call per set of languages."""

import dataclasses
import enum
import functools
import os
from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np
import pytesseract

from pipeline.errors import ToolMissingError
from pipeline.proof.languages import (
    LATIN,
    is_written_in_latin,
    languages_of,
    package_of,
    reads_right_to_left,
)
from pipeline.proof.normalise import normalise
from pipeline.proof.reading import Pixels, Reading
from pipeline.proof.renderings import NAMES, renderings

NAME = "tesseract"

_ROW = 48
_GAP = 24
_SIDE = 24
_WHITE = 255


class Look(enum.Enum):
    """In which languages to look; later ones are for what the earlier ones leave open.

    OWN: the locale's language, with English beside it if both are written in Latin letters.
        Beside another script English does harm: Arabic and Greek words come out as Latin ones.
    MIXED: the locale's language and English, for lines in two scripts.
    ENGLISH: English alone, for numbers: beside a large script, digits come off badly.
    """

    OWN = "own"
    MIXED = "mixed"
    ENGLISH = "english"


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    text: str
    sure: float
    line: tuple[int, ...]
    left: int
    right: int


class Tesseract:
    """Reads crops with Tesseract 5 in the languages of the locale.

    Constructing it sets OMP_THREAD_LIMIT to 1 for the process, unless it is set already:
    Tesseract's threads slow each other down by an order of magnitude on a busy machine.

    Args:
        timeout: Seconds after which a call is given up; its crops then have no reading.
        look: In which languages to look.
    """

    name = NAME
    strict = False
    border = 0.0

    def __init__(self, look: Look = Look.OWN, timeout: float = 30.0) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._timeout = timeout
        self._look = look

    def versions(self) -> dict[str, str]:
        """Return the version of Tesseract.

        Raises:
            ToolMissingError: If Tesseract is not installed.
        """
        return {NAME: _version()}

    def knows(self, text: str) -> bool:
        """Return whether it is worth asking: English alone only about unaccented text."""
        return self._look is not Look.ENGLISH or normalise(text).isascii()

    def vouches(self, reading: str, text: str) -> bool:  # noqa: ARG002 - one answer for all
        """Return False: it corrects what it sees towards likely words."""
        return False

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        """Return up to three readings of each crop, one for each rendering of it.

        A call that times out or crashes leaves its crops without readings.

        Args:
            crops: Upright RGB crops of one row of text each.
            locale: The locale of the picture.

        Raises:
            ToolMissingError: If Tesseract or a language is not installed.
            UsageError: If Tesseract has no data for the locale's language.
        """
        languages = self._languages(locale)
        if not (crops and languages):
            return [()] * len(crops)
        _require(languages)
        mirrored = reads_right_to_left(locale) and self._look is not Look.ENGLISH
        page = _page([look for crop in crops for look in renderings(crop)], mirrored=mirrored)
        rows = self._rows(page, "+".join(languages), len(crops) * len(NAMES))
        name = f"{NAME}:{'+'.join(languages)}"
        readings = [
            _reading(_in_order(row, mirrored=mirrored), f"{name}/{NAMES[index % len(NAMES)]}")
            for index, row in enumerate(rows)
        ]
        count = len(NAMES) if rows else 0
        return [tuple(readings[index * count : (index + 1) * count]) for index in range(len(crops))]

    def _languages(self, locale: str) -> tuple[str, ...]:
        languages, latin = languages_of(locale), is_written_in_latin(locale)
        if self._look is Look.ENGLISH:
            return () if languages == (LATIN,) else (LATIN,)
        if self._look is Look.MIXED:
            return () if latin else languages
        return languages if latin else languages[:1]

    def _rows(self, page: Pixels, languages: str, count: int) -> list[list[_Word]]:
        """Return the words of each row of a page; nothing at all if the call failed."""
        try:
            table = pytesseract.image_to_data(
                page,
                lang=languages,
                config="--oem 1 --psm 6",
                timeout=self._timeout,
                output_type=pytesseract.Output.DICT,
            )
        except pytesseract.TesseractNotFoundError as error:
            raise _missing() from error
        except RuntimeError:
            return []
        return _by_row(table, count)


def _page(rows: Sequence[Pixels], *, mirrored: bool) -> Pixels:
    width = max(row.shape[1] for row in rows) + 2 * _SIDE
    page = np.full((len(rows) * (_ROW + _GAP) + _GAP, width), _WHITE, np.uint8)
    for index, row in enumerate(rows):
        top = _GAP + index * (_ROW + _GAP)
        # Rows begin below each other, at the side where the script begins: a ragged beginning
        # is taken for columns.
        left = width - _SIDE - row.shape[1] if mirrored else _SIDE
        page[top : top + _ROW, left : left + row.shape[1]] = row
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB), np.uint8)


def _by_row(table: dict[str, list[Any]], count: int) -> list[list[_Word]]:
    rows: list[list[_Word]] = [[] for _ in range(count)]
    names = ("text", "conf", "left", "top", "width", "height", "block_num", "par_num", "line_num")
    for text, sure, left, top, width, height, *line in zip(
        *(table[name] for name in names), strict=True
    ):
        index = int((top + height / 2 - _GAP / 2) // (_ROW + _GAP))
        if text.strip() and float(sure) >= 0 and 0 <= index < count:
            word = _Word(text.strip(), float(sure) / 100, tuple(line), left, left + width)
            rows[index].append(word)
    return rows


def _in_order(words: Sequence[_Word], *, mirrored: bool) -> list[_Word]:
    """Return the words of a row in reading order.

    Tesseract may take parts of one row for columns of a table. Within a part its order is
    logical, so parts are put in order and words stay as they are.
    """
    parts: dict[tuple[int, ...], list[_Word]] = {}
    for word in words:
        parts.setdefault(word.line, []).append(word)

    def place(part: list[_Word]) -> int:
        return -max(word.right for word in part) if mirrored else min(word.left for word in part)

    return [word for part in sorted(parts.values(), key=place) for word in part]


def _reading(words: Iterable[_Word], reader: str) -> Reading:
    text, confidence = "", list[float]()
    for word in words:
        gap = " " if text else ""
        text += gap + word.text
        confidence += [word.sure] * len(gap + word.text)
    return Reading(text=text, confidence=tuple(confidence), reader=reader)


def _require(languages: Iterable[str]) -> None:
    for language in languages:
        if language not in _installed():
            msg = (
                f"Tesseract's data for {language} is not installed; "
                f"install it with `apt-get install {package_of(language)}`"
            )
            raise ToolMissingError(msg)


@functools.cache
def _installed() -> frozenset[str]:
    try:
        return frozenset(pytesseract.get_languages(config=""))
    except pytesseract.TesseractNotFoundError as error:
        raise _missing() from error


@functools.cache
def _version() -> str:
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as error:
        raise _missing() from error


def _missing() -> ToolMissingError:
    return ToolMissingError(
        "Tesseract is not installed; install it with `apt-get install tesseract-ocr`",
    )
