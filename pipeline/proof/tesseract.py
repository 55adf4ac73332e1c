"""Tesseract, by language: all crops of a picture on one page, one call per set of languages."""

import enum
import os
import time
from collections.abc import Callable, Iterable, Sequence

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
from pipeline.proof.program import Ready, Word, ready, words_on
from pipeline.proof.reading import Pixels, Reading
from pipeline.proof.renderings import NAMES, renderings

NAME = "tesseract"

_ROW = 48
_GAP = 24
_SIDE = 24
_WHITE = 255
_PAGE = 24
"""Crops on one page; more go on further pages, so that a crowded picture has some readings."""
_MOST_CHARACTERS = 500
"""In one row; no crop has so many, and comparing costs their square."""


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


class Tesseract:
    """Reads crops with Tesseract 5 in the languages of the locale.

    Constructing it sets OMP_THREAD_LIMIT to 1 for the process, unless it is set already:
    Tesseract's threads slow each other down by an order of magnitude on a busy machine.

    Before it is first asked, the program has to read a control page. One that fails, makes no
    sense or is too slow later has read nothing, and nothing that it started is left running.

    Args:
        look: In which languages to look.
        timeout: Seconds after which reading is given up; crops still open have no reading.
        program: Name or path of the program; `pytesseract.pytesseract.tesseract_cmd` if empty.
        clock: Seconds of a monotonic clock.
    """

    name = NAME
    strict = False
    border = 0.0

    def __init__(
        self,
        look: Look = Look.OWN,
        timeout: float = 30.0,
        program: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._look = look
        self._timeout = timeout
        self._program = program
        self._clock = clock

    def versions(self) -> dict[str, str]:
        """Return the version of Tesseract.

        Raises:
            ToolMissingError: If Tesseract is not installed, or does not read.
        """
        return {NAME: self._ready().version}

    def _ready(self) -> Ready:
        return ready(self._program or pytesseract.pytesseract.tesseract_cmd)

    def knows(self, text: str) -> bool:
        """Return whether it is worth asking: English alone only about unaccented text."""
        return self._look is not Look.ENGLISH or normalise(text).isascii()

    def vouches(self, reading: str, text: str) -> bool:  # noqa: ARG002 - one answer for all
        """Return False: it corrects what it sees towards likely words."""
        return False

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        """Return up to three readings of each crop, one for each rendering of it.

        A call that is too slow, crashes or makes no sense leaves its crops without readings.

        Args:
            crops: Upright RGB crops of one row of text each.
            locale: The locale of the picture.

        Raises:
            ToolMissingError: If Tesseract or a language is not installed, or it does not read.
            UsageError: If Tesseract has no data for the locale's language.
        """
        languages = self._languages(locale)
        if not (crops and languages):
            return [()] * len(crops)
        program = self._ready()
        _require(languages, program)
        ends = self._clock() + self._timeout
        readings = list[tuple[Reading, ...]]()
        for start in range(0, len(crops), _PAGE):
            batch, left = crops[start : start + _PAGE], ends - self._clock()
            late = [()] * len(batch)
            readings += self._page_read(batch, locale, program, left) if left > 0 else late
        return readings

    def _page_read(
        self, crops: Sequence[Pixels], locale: str, program: Ready, seconds: float
    ) -> list[tuple[Reading, ...]]:
        languages = "+".join(self._languages(locale))
        mirrored = reads_right_to_left(locale) and self._look is not Look.ENGLISH
        page = _page([look for crop in crops for look in renderings(crop)], mirrored=mirrored)
        words = words_on(program.path, page, languages, seconds)
        if words is None:
            return [()] * len(crops)
        count = len(NAMES)
        readings = [
            _reading(_in_order(row, mirrored=mirrored), f"{NAME}:{languages}/{NAMES[at % count]}")
            for at, row in enumerate(_by_row(words, len(crops) * count))
        ]
        return [tuple(readings[at : at + count]) for at in range(0, len(readings), count)]

    def _languages(self, locale: str) -> tuple[str, ...]:
        languages, latin = languages_of(locale), is_written_in_latin(locale)
        if self._look is Look.ENGLISH:
            return () if languages == (LATIN,) else (LATIN,)
        if self._look is Look.MIXED:
            return () if latin else languages
        return languages if latin else languages[:1]


def _page(rows: Sequence[Pixels], *, mirrored: bool) -> Pixels:
    width = max(row.shape[1] for row in rows) + 2 * _SIDE
    page = np.full((len(rows) * (_ROW + _GAP) + _GAP, width), _WHITE, np.uint8)
    for index, row in enumerate(rows):
        top = _GAP + index * (_ROW + _GAP)
        # Rows begin below each other, at the side where the script begins: a ragged beginning
        # is taken for columns.
        left = width - _SIDE - row.shape[1] if mirrored else _SIDE
        page[top : top + _ROW, left : left + row.shape[1]] = row
    return page


def _by_row(words: Iterable[Word], count: int) -> list[list[Word]]:
    rows: list[list[Word]] = [[] for _ in range(count)]
    for word in words:
        index = int((word.middle - _GAP / 2) // (_ROW + _GAP))
        if 0 <= index < count:
            rows[index].append(word)
    return [row if _could_stand(row) else [] for row in rows]


def _could_stand(row: Sequence[Word]) -> bool:
    return sum(len(word.text) + 1 for word in row) <= _MOST_CHARACTERS


def _in_order(words: Sequence[Word], *, mirrored: bool) -> list[Word]:
    """Return the words of a row in reading order.

    Tesseract may take parts of one row for columns of a table. Within a part its order is
    logical, so parts are put in order and words stay as they are.
    """
    parts: dict[tuple[str, ...], list[Word]] = {}
    for word in words:
        parts.setdefault(word.line, []).append(word)

    def place(part: list[Word]) -> int:
        return -max(word.right for word in part) if mirrored else min(word.left for word in part)

    return [word for part in sorted(parts.values(), key=place) for word in part]


def _reading(words: Iterable[Word], reader: str) -> Reading:
    text, confidence = "", list[float]()
    for word in words:
        gap = " " if text else ""
        text += gap + word.text
        confidence += [word.sure] * len(gap + word.text)
    return Reading(text=text, confidence=tuple(confidence), reader=reader)


def _require(languages: Iterable[str], program: Ready) -> None:
    for language in languages:
        if language not in program.languages:
            msg = (
                f"Tesseract's data for {language} is not installed; "
                f"install it with `apt-get install {package_of(language)}`"
            )
            raise ToolMissingError(msg)
