"""What is written on the lines to learn from: words, numbers and marks of one script.

Half of the words come from dictionaries, so that the common ones are read well; the others are
letters in any order, so that the head reads what is there and does not guess a word.
"""

import dataclasses
import functools
import pathlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from pipeline.errors import ToolMissingError

T = TypeVar("T")

DICTIONARIES = pathlib.Path("/usr/share/hunspell")
"""Where Debian's hunspell packages put theirs."""

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_CURRENCIES = "€$£¥₽₴₺₪₩₹฿₫"
_ENDS = ".,!?:;…!"
_PAIRS = ("()", "«»", "„“", "“”", '""')
_BETWEEN = "-–—/&+%*·№"
_LONGEST = 18
_EVERY = 3
"""One dictionary word of three is kept: neighbours are forms of the same word."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script to learn.

    Attributes:
        name: What its head is called.
        letters: The letters that random words are made of, without capitals.
        needed: Letters that a font must have to be drawn with.
        dictionaries: Names of hunspell dictionaries, without `.dic`.
        packages: The Debian packages that these come in.
        capitals: Whether it has capitals.
    """

    name: str
    letters: str
    needed: str
    dictionaries: tuple[str, ...]
    packages: str
    capitals: bool = False

    @property
    def alphabet(self) -> frozenset[str]:
        """Return its letters, with their capitals if it has any."""
        return frozenset(self.letters + (self.letters.upper() if self.capitals else ""))


@functools.cache
def scripts() -> dict[str, Script]:
    """Return the scripts that can be learned, by name."""
    cyrillic = Script(
        name="cyrillic",
        letters=_CYRILLIC + "ёіїєґ",
        needed=_CYRILLIC + _CYRILLIC.upper() + "ії",
        dictionaries=("ru_RU", "uk_UA"),
        packages="hunspell-ru hunspell-uk",
        capitals=True,
    )
    # The 2 350 syllables of KS X 1001, those of everyday Korean. With the 11 172 of Unicode, a head
    # would have nearly three times the parameters.
    rows = (bytes((row, cell)) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF))
    hangul = Script(
        name="hangul",
        letters="".join(row.decode("euc-kr") for row in rows),
        needed="가각힣값뷁",
        dictionaries=("ko",),
        packages="hunspell-ko",
    )
    return {script.name: script for script in (cyrillic, hangul)}


def dictionary(script: Script, folder: pathlib.Path = DICTIONARIES) -> tuple[str, ...]:
    """Return the words of a script's dictionaries that are written in its letters alone.

    Args:
        script: The script.
        folder: Where the hunspell dictionaries are.

    Raises:
        ToolMissingError: If a dictionary is not installed.
    """
    letters, words = frozenset(script.letters), list[str]()
    for name in script.dictionaries:
        file = folder / f"{name}.dic"
        if not file.is_file():
            msg = f"the dictionary {file} is missing: `apt install {script.packages}`"
            raise ToolMissingError(msg)
        listed = file.read_text("utf-8", errors="ignore").splitlines()
        entries = (unicodedata.normalize("NFC", re.split(r"[/\s:]", line)[0]) for line in listed)
        words += [word for word in entries if word and letters.issuperset(word)][::_EVERY]
    return tuple(word for word in words if len(word) <= _LONGEST)


def picked(rng: np.random.Generator, options: Sequence[T]) -> T:
    """Return one of several things, each as likely."""
    return options[int(rng.integers(len(options)))]


def word(script: Script, words: Sequence[str], rng: np.random.Generator) -> str:
    """Return a word of a dictionary, or letters in any order.

    Args:
        script: The script.
        words: The dictionary.
        rng: The source of chance.
    """
    if words and rng.random() < 0.5:
        made = picked(rng, words)
    else:
        made = "".join(picked(rng, script.letters) for _ in range(int(rng.integers(1, 10))))
    if not script.capitals:
        return made
    case = rng.random()
    if case < 0.33:
        return made.upper()
    return made[0].upper() + made[1:] if case < 0.6 else made


def number(rng: np.random.Generator) -> str:
    """Return a price, a time, a date, a discount, a code or a telephone number."""
    text = picked(rng, _NUMBERS)(rng)
    if rng.random() < 0.35:
        sign = picked(rng, _CURRENCIES)
        return picked(rng, (f"{text} {sign}", f"{sign}{text}"))
    return text


def line(script: Script, words: Sequence[str], rng: np.random.Generator) -> str:
    """Return one to four words and numbers, some with marks around or between them.

    Args:
        script: The script.
        words: The dictionary.
        rng: The source of chance.
    """
    parts = [
        number(rng) if rng.random() < 0.16 else word(script, words, rng)
        for _ in range(picked(rng, (1, 1, 2, 2, 3, 4)))
    ]
    return _marked(" ".join(parts), rng)


def _marked(text: str, rng: np.random.Generator) -> str:
    case = rng.random()
    if case < 0.3:
        return text + picked(rng, _ENDS)
    if case < 0.36:
        pair = picked(rng, _PAIRS)
        return pair[0] + text + pair[1]
    if case < 0.4:
        mark = picked(rng, _BETWEEN)
        return text.replace(" ", picked(rng, (mark, f" {mark} ")), 1)
    return text


def _price(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 1000)}{picked(rng, ',.')}{rng.integers(100):02d}"


def _thousands(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 100)}{picked(rng, ' .,')}{rng.integers(1000):03d}"


def _time(rng: np.random.Generator) -> str:
    return f"{rng.integers(24)}:{rng.integers(60):02d}"


def _date(rng: np.random.Generator) -> str:
    mark, year = picked(rng, "./"), picked(rng, ("", ".2026", "/26"))
    return f"{rng.integers(1, 32)}{mark}{rng.integers(1, 13):02d}{year}"


def _percentage(rng: np.random.Generator) -> str:
    return f"{picked(rng, ('-', '–', '−', ''))}{rng.integers(1, 100)}{picked(rng, (' %', '%'))}"


def _code(rng: np.random.Generator) -> str:
    return "".join(picked(rng, "0123456789") for _ in range(int(rng.integers(1, 12))))


def _telephone(rng: np.random.Generator) -> str:
    country, area, first = rng.integers(1, 100), rng.integers(10, 1000), rng.integers(100, 1000)
    return f"+{country} {area} {first}{picked(rng, '- ')}{rng.integers(10, 10000)}"


_NUMBERS: tuple[Callable[[np.random.Generator], str], ...] = (
    _price,
    _price,
    _thousands,
    _thousands,
    _time,
    _date,
    _percentage,
    _code,
    _telephone,
)
"""Prices are what the proof must read best, so they come twice as often."""
