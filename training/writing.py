"""What is written on the lines to learn from: words, numbers and marks of one script.

Half of the words come from dictionaries, so that the common ones are read well; the others are
letters in any order, so that the head reads what is there and does not guess a word.
"""

import pathlib
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from pipeline.errors import ToolMissingError
from training.numbers import number, picked
from training.scripts import Script

DICTIONARIES = pathlib.Path("/usr/share/hunspell")
"""Where Debian's hunspell packages put theirs."""

_BETWEEN = "-–—/&+%*·№"
_LONGEST = 18
_EVERY = 3
"""One dictionary word of three is kept: neighbours are forms of the same word."""


def dictionary(script: Script, folder: pathlib.Path = DICTIONARIES) -> tuple[str, ...]:
    """Return the words of a script's dictionaries that are written in its letters alone.

    Args:
        script: The script.
        folder: Where the hunspell dictionaries are.

    Raises:
        ToolMissingError: If a dictionary is not installed.
    """
    letters, words = frozenset(script.letters + script.signs), list[str]()
    for name in script.dictionaries:
        file = folder / f"{name}.dic"
        if not file.is_file():
            msg = f"the dictionary {file} is missing: `apt install {script.packages}`"
            raise ToolMissingError(msg)
        listed = file.read_text("utf-8", errors="ignore").splitlines()
        entries = (unicodedata.normalize("NFC", re.split(r"[/\s:]", line)[0]) for line in listed)
        words += [word for word in entries if word and letters.issuperset(word)][::_EVERY]
    return tuple(word for word in words if len(word) <= _LONGEST)


def word(script: Script, words: Sequence[str], rng: np.random.Generator) -> str:
    """Return a word of a dictionary, or letters in any order.

    Args:
        script: The script.
        words: The dictionary.
        rng: The source of chance.
    """
    made = picked(rng, words) if words and rng.random() < 0.5 else script.random(rng)
    if not script.capitals:
        return made
    case = rng.random()
    if case < 0.33:
        return made.upper()
    return made[0].upper() + made[1:] if case < 0.6 else made


def line(script: Script, words: Sequence[str], rng: np.random.Generator) -> str:
    """Return one to four words and numbers, some with marks around or between them.

    Args:
        script: The script.
        words: The dictionary.
        rng: The source of chance.
    """
    numerals = picked(rng, script.numerals)
    parts = [
        number(rng, numerals, script.currencies)
        if rng.random() < script.numbers
        else word(script, words, rng)
        for _ in range(picked(rng, (1, 1, 2, 2, 3, 4)))
    ]
    return _marked(script, " ".join(parts), rng)


def _marked(script: Script, text: str, rng: np.random.Generator) -> str:
    case = rng.random()
    if case < 0.3:
        return text + picked(rng, script.ends)
    if case < 0.36:
        pair = picked(rng, script.pairs)
        return pair[0] + text + pair[1]
    if case < 0.4:
        mark = picked(rng, _BETWEEN)
        return text.replace(" ", picked(rng, (mark, f" {mark} ")), 1)
    return text
