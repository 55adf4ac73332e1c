"""Tesseract, by language: all crops of a picture on one page, one call per set of languages."""

import dataclasses
import functools
import os
from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np
import pytesseract

from pipeline.errors import ToolMissingError
from pipeline.proof.languages import LATIN, languages_of, package_of, reads_right_to_left
from pipeline.proof.normalise import normalise
from pipeline.proof.reading import Pixels, Reading
from pipeline.proof.renderings import NAMES, renderings

NAME = "tesseract"

_ROW = 48
_GAP = 24
_SIDE = 24
_WHITE = 255


@dataclasses.dataclass(frozen=True, slots=True)
class _Word:
    text: str
    sure: float


class Tesseract:
    """Reads crops with Tesseract 5 in the languages of the locale, or in English alone.

    English alone is worth asking about numbers that the locale's own data leaves open: beside
    a large script, digits come off badly.

    Constructing it sets OMP_THREAD_LIMIT to 1 for the process, unless it is set already:
    Tesseract's threads slow each other down by an order of magnitude on a busy machine.

    Args:
        timeout: Seconds after which a call is given up; its crops then have no reading.
        english: Whether to read in English alone.
    """

    strict = False
    border = 0.0

    def __init__(self, timeout: float = 30.0, *, english: bool = False) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._timeout = timeout
        self._english = english

    def versions(self) -> dict[str, str]:
        """Return the version of Tesseract.

        Raises:
            ToolMissingError: If Tesseract is not installed.
        """
        return {NAME: _version()}

    def knows(self, text: str) -> bool:
        """Return whether it is worth asking: English alone only about unaccented text."""
        return not self._english or normalise(text).isascii()

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
        page = _page([rendering for crop in crops for rendering in renderings(crop)])
        return self._read_page(page, "+".join(languages), len(crops))

    def _languages(self, locale: str) -> tuple[str, ...]:
        languages = languages_of(locale)
        if self._english:
            # Where English is the locale's own, it has been asked already.
            return () if languages == (LATIN,) else (LATIN,)
        # Beside English, Arabic and Hebrew words come out as Latin ones.
        return languages[:1] if reads_right_to_left(locale) else languages

    def _read_page(self, page: Pixels, languages: str, crops: int) -> list[tuple[Reading, ...]]:
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
            return [()] * crops
        rows = _rows(table, crops * len(NAMES))
        name = f"{NAME}:{languages}"
        readings = [
            _reading(row, f"{name}/{NAMES[index % len(NAMES)]}") for index, row in enumerate(rows)
        ]
        return [
            tuple(reading for reading in readings[start : start + len(NAMES)] if reading.text)
            for start in range(0, len(readings), len(NAMES))
        ]


def _page(rows: Sequence[Pixels]) -> Pixels:
    width = max(row.shape[1] for row in rows) + 2 * _SIDE
    page = np.full((len(rows) * (_ROW + _GAP) + _GAP, width), _WHITE, np.uint8)
    for index, row in enumerate(rows):
        top = _GAP + index * (_ROW + _GAP)
        page[top : top + _ROW, _SIDE : _SIDE + row.shape[1]] = row
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2RGB), np.uint8)


def _rows(table: dict[str, list[Any]], count: int) -> list[list[_Word]]:
    rows: list[list[_Word]] = [[] for _ in range(count)]
    columns = (table["text"], table["conf"], table["top"], table["height"])
    for text, sure, top, height in zip(*columns, strict=True):
        index = int((top + height / 2 - _GAP / 2) // (_ROW + _GAP))
        if str(text).strip() and float(sure) >= 0 and 0 <= index < count:
            rows[index].append(_Word(str(text).strip(), float(sure) / 100))
    return rows


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
