"""Arabic script as it is seen and as it is written.

A head reads columns of a picture from left to right, and shapes, not letters: Persian and Arabic
write some letters and digits that look alike with characters of their own. What a head learns is
therefore the text as seen: in the order of the picture, each shape by one character. What it
reads is turned back into the text as written.

The order is that of Unicode's bidirectional algorithm (UAX 9, rules W1 to W7, N1, N2, L2 and L4)
for one row without embeddings whose paragraph runs from right to left.
"""

import re
import unicodedata

_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
"""Vowels and other marks over and under letters, which adverts hardly ever write."""

_YEH = re.compile("ی(?=[آ-غف-يٱ-ۓ])")
"""A Persian yeh with a letter after it, which has dots; at a word's end it has none."""

_SHAPES = str.maketrans("یک۰۱۲۳۴۵۶۷۸۹٫٬٪", "ىك٠١٢٣٤٥٦٧٨٩,,%")
"""Characters to the one that stands for their shape: in Cairo, both separators are commas. Persian
has other shapes for 4, 5 and 6, but some Persian fonts draw the Arabic ones with them."""

_PERSIAN = ("fa", "ur", "ps", "ckb", "uz", "pa", "ks", "lrc", "mzn")
_SPELT = str.maketrans("يىك٠١٢٣٤٥٦٧٨٩", "ییک۰۱۲۳۴۵۶۷۸۹")
"""How languages that write Persian letters spell what Arabic characters stand for. Their digits
turn what stands beside them another way round than Arabic ones do."""

_NUMBERS = frozenset({"EN", "AN"})


def seen(text: str) -> str:
    """Return a row as a picture shows it: its shapes from left to right.

    Marks over and under letters are left out, and so is all that is invisible.

    Args:
        text: As written, in logical order.
    """
    plain = _YEH.sub("ي", unmarked(unicodedata.normalize("NFC", text)))
    shown = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    return _turned(shown)[::-1].translate(_SHAPES)


def unmarked(text: str) -> str:
    """Return a text without the vowels and other marks over and under its letters."""
    return _MARKS.sub("", text)


def written(text: str, locale: str) -> str:
    """Return what a row that was read from left to right says, in logical order.

    Args:
        text: The row as seen.
        locale: Whose letters and digits to spell it with.
    """
    return _turned(_spelt(text, locale)[::-1])


def order(text: str, locale: str) -> list[int]:
    """Return for each character of the text as written its place in the row.

    Args:
        text: The row as seen, from left to right.
        locale: The same.
    """
    return [len(text) - 1 - place for place in _order(_spelt(text, locale)[::-1])]


def _spelt(text: str, locale: str) -> str:
    persian = locale.replace("-", "_").split("_")[0] in _PERSIAN
    return text.translate(_SPELT) if persian else text


def _turned(text: str) -> str:
    """Return a text with each run that reads from left to right turned around in its place.

    What is in logical order becomes the picture's row from its right end to its left one, and
    the other way round. Brackets outside these runs become those that they look like.
    """
    levels = _levels(text)
    return "".join(
        text[place] if levels[place] else text[place].translate(_MIRRORED) for place in _order(text)
    )


def _order(text: str) -> list[int]:
    levels, places = _levels(text), list(range(len(text)))
    start = 0
    for end in range(len(text) + 1):
        if end == len(text) or not levels[end]:
            places[start:end] = places[start:end][::-1]
            start = end + 1
    return places


_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def _levels(text: str) -> list[bool]:
    """Return which characters stand in a run that reads from left to right."""
    kinds = [unicodedata.bidirectional(char) for char in text]
    kinds = _weak(kinds)
    return [kind in {"L", *_NUMBERS} for kind in _neutral(kinds)]


def _weak(kinds: list[str]) -> list[str]:
    """Return the kinds of characters after the rules about numbers, W1 to W7."""
    found, strong = list[str](), "R"
    for kind in kinds:
        if kind == "NSM":
            found.append(found[-1] if found else "R")
            continue
        strong = kind if kind in {"L", "R", "AL"} else strong
        found.append("AN" if kind == "EN" and strong == "AL" else kind)
    found = ["R" if kind == "AL" else kind for kind in found]
    _separators(found)
    _terminators(found)
    strong = "R"
    for place, kind in enumerate(found):
        strong = kind if kind in {"L", "R"} else strong
        if kind == "EN" and strong == "L":
            found[place] = "L"
    return found


def _separators(kinds: list[str]) -> None:
    """Let one separator between two numbers of a kind be one of them (W4), in place."""
    for place in range(1, len(kinds) - 1):
        before, kind, after = kinds[place - 1 : place + 2]
        joins = (kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN")
        if joins and before == after:
            kinds[place] = before


def _terminators(kinds: list[str]) -> None:
    """Let signs beside a European number be a part of it, other signs be neutral (W5, W6)."""
    for run in re.finditer("(?:e)+", "".join("e" if kind == "ET" else "." for kind in kinds)):
        beside = kinds[run.start() - 1 : run.start()] + kinds[run.end() : run.end() + 1]
        kinds[run.start() : run.end()] = ["EN" if "EN" in beside else "ON"] * len(run[0])
    kinds[:] = ["ON" if kind in {"ES", "CS"} else kind for kind in kinds]


def _neutral(kinds: list[str]) -> list[str]:
    """Return the kinds with what is between two runs from left to right being one of them."""
    found, place = list(kinds), 0
    while place < len(kinds):
        end = place
        while end < len(kinds) and kinds[end] not in {"L", "R", *_NUMBERS}:
            end += 1
        inside = place > 0 and kinds[place - 1] == "L" and kinds[end : end + 1] == ["L"]
        found[place:end] = ["L" if inside else "R"] * (end - place)
        place = end + 1
    return found
