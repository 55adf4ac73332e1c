"""Misspelling: how often and in which ways the simulated model gets words wrong.

Published figures, all of FLUX.2 [dev], none of flex:

- Latin: CVTG-2K word accuracy 0.926, 0.890, 0.900 and 0.873 with 2, 3, 4 and 5 regions of text
  (table in the README of HiDream-O1-Image on GitHub). One region is taken like two.
- Chinese, and Japanese and Korean with it: LongText-Bench ZH 0.757 (same table), applied to
  every eight characters of a line.
- Hebrew and Arabic are the worst of twelve languages in MultiTextEdit (arxiv.org, 2605.08163),
  with reversed order, lost diacritics and mixed scripts; it gives no figure for FLUX.2. Here
  one word in five comes out right in Arabic, Hebrew, Thai and the Indic scripts; that, four in
  five for Cyrillic and Greek, and one line in a hundred left out, are assumptions.

Every draw is a hash of the picture's key, so the same request misspells alike.
"""

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping

from simulator.chance import draw, pick
from simulator.pictures.reading import WantedLine

LATIN_ACCURACY = {1: 0.926, 2: 0.926, 3: 0.890, 4: 0.900, 5: 0.873}
"""Regions of text to the share of words that come out right."""
CJK_ACCURACY = 0.757
MEDIUM_ACCURACY = 0.80
HARD_ACCURACY = 0.20
CJK_UNIT = 8
"""Characters of Chinese, Japanese or Korean that fail or succeed together."""
MISSING_RATE = 0.01
_MOST_REGIONS = 5

EXTRA_TEXT = "Frsh & Tsty"
"""What the model adds when it draws text that nobody asked for."""

KINDS = ("text_typo", "text_missing", "extra_text", "rtl_reversed", "diacritic_lost")
FORCED = (*KINDS, "digit_changed")
"""Faults that say exactly what is wrong; all other words are then spelt right."""

_CJK = ("ja", "zh", "ko")
_HARD = ("ar", "he", "hi", "th")
_RTL = ("ar", "he")
_MEDIUM = ("ru", "el")
_LOOKALIKES = {"o": "c", "e": "c", "i": "l", "l": "i", "n": "m", "m": "n", "u": "v", "a": "o"}


def written(
    lines: tuple[WantedLine, ...], key: str, factor: float, scenario: Mapping[str, str]
) -> tuple[WantedLine, ...]:
    """Return the lines as the model draws them.

    Args:
        lines: What the prompt asks for.
        key: The picture's key.
        factor: Multiplies the error rates; 0 spells all right.
        scenario: The job's faults; one of `FORCED` takes the place of chance, `ok` too.
    """
    forced = [name for name in FORCED if name in scenario]
    if forced:
        for name in forced:
            lines = _forced(lines, name, key)
        return lines
    if "ok" in scenario or not factor:
        return lines
    regions = len(lines)
    kept = [line for line in lines if draw(key, "missing", line.text) >= factor * MISSING_RATE]
    return tuple(_by_chance(line, regions, key, factor) for line in kept)


def accuracy(locale: str, regions: int) -> float:
    """Return the share of units of text that come out right in a locale."""
    language = locale[:2]
    if language in _CJK:
        return CJK_ACCURACY
    if language in _HARD:
        return HARD_ACCURACY
    return MEDIUM_ACCURACY if language in _MEDIUM else LATIN_ACCURACY[min(regions, _MOST_REGIONS)]


def typo(word: str, key: str) -> str:
    """Return a word with one letter or digit wrong; a word without either stays."""
    places = [index for index, character in enumerate(word) if character.isalnum()]
    if not places:
        return word
    place = pick(tuple(places), key, word, "place")
    if word[place].isdigit():
        return _replaced(word, place, _other_digit(word[place], key))
    ways = (_look_alike, _dropped, _doubled) if len(places) > 1 else (_look_alike, _doubled)
    return pick(ways, key, word, "way")(word, place)


def without_marks(word: str) -> str:
    """Return a word without its diacritics and vowel signs."""
    parts = unicodedata.normalize("NFD", word)
    bare = "".join(part for part in parts if not unicodedata.category(part).startswith("M"))
    return unicodedata.normalize("NFC", bare)


def _by_chance(line: WantedLine, regions: int, key: str, factor: float) -> WantedLine:
    wrong = min(1.0, (1 - accuracy(line.locale, regions)) * factor)
    cjk = line.locale[:2] in _CJK
    units = _chunks(line.text) if cjk else line.text.split(" ")
    spelt = [
        _misspelt(unit, line.locale, f"{key}/{number}")
        if draw(key, line.text, number) < wrong
        else unit
        for number, unit in enumerate(units)
    ]
    return dataclasses.replace(line, text=("" if cjk else " ").join(spelt))


def _misspelt(word: str, locale: str, key: str) -> str:
    if locale[:2] in _RTL and draw(key, "reversed") < 0.5:  # noqa: PLR2004 - half of them
        return word[::-1]
    bare = without_marks(word)
    if bare != word and draw(key, "marks") < 0.5:  # noqa: PLR2004 - half of them
        return bare
    return typo(word, key)


def _forced(lines: tuple[WantedLine, ...], name: str, key: str) -> tuple[WantedLine, ...]:
    if name == "text_missing":
        return lines[:-1]
    if name == "extra_text":
        extra = WantedLine(
            text=EXTRA_TEXT,
            size=0.06,
            place="middle",
            character="modern",
            colour=None,
            locale="en_US",
        )
        return (*lines, extra)
    change: dict[str, Callable[[WantedLine], str]] = {
        "text_typo": lambda line: _longest_wrong(line.text, key),
        "rtl_reversed": lambda line: line.text[:: -1 if line.locale[:2] in _RTL else 1],
        "diacritic_lost": lambda line: without_marks(line.text),
        "digit_changed": lambda line: _digit_changed(line.text, key),
    }
    return _first_changed(lines, change[name])


def _first_changed(
    lines: tuple[WantedLine, ...], change: Callable[[WantedLine], str]
) -> tuple[WantedLine, ...]:
    """Return the lines with the first one replaced that the change really changes."""
    for number, line in enumerate(lines):
        text = change(line)
        if text != line.text:
            changed = dataclasses.replace(line, text=text)
            return (*lines[:number], changed, *lines[number + 1 :])
    return lines


def _longest_wrong(text: str, key: str) -> str:
    word = max(text.split(" "), key=len)
    return text.replace(word, typo(word, key), 1)


def _digit_changed(text: str, key: str) -> str:
    for place, character in enumerate(text):
        if character.isdigit():
            return _replaced(text, place, _other_digit(character, key))
    return text


def _chunks(text: str) -> list[str]:
    return [text[start : start + CJK_UNIT] for start in range(0, len(text), CJK_UNIT)]


def _replaced(word: str, place: int, character: str) -> str:
    return word[:place] + character + word[place + 1 :]


def _other_digit(digit: str, key: str) -> str:
    zero = ord(digit) - unicodedata.digit(digit)
    return chr(zero + (unicodedata.digit(digit) + 1 + int(draw(key, "digit") * 9)) % 10)


def _look_alike(word: str, place: int) -> str:
    character = word[place]
    lowered = character.lower()
    other = _LOOKALIKES.get(lowered, chr(ord(character) + 1))
    other = other if other.isalpha() else "x"
    return _replaced(word, place, other.upper() if character.isupper() else other)


def _dropped(word: str, place: int) -> str:
    return word[:place] + word[place + 1 :]


def _doubled(word: str, place: int) -> str:
    return word[: place + 1] + word[place:]
