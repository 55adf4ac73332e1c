"""Corruption: wrong versions of a line, near enough to the right one to be taken for it.

They are what a proof has to refuse, and so what a self-test and the benchmark plant. Every
version differs visibly, and also after the normalisation of the proof. Pure: the same seed
gives the same versions in the same order.
"""

import enum
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import babel
import numpy as np
from icu4py.breakers import CharacterBreaker

from pipeline.proof import hangul
from pipeline.proof.languages import reads_right_to_left
from pipeline.proof.lookalikes import CURRENCIES, NEIGHBOURS, SKELETON, STROKED
from pipeline.proof.normalise import bare
from pipeline.typeset.breaks import segments
from pipeline.typeset.fonts import script_of


class Kind(enum.StrEnum):
    """What is wrong with a line; `extra number` is a number beside all lines."""

    DIGIT = "digit"
    DIGIT_DROPPED = "digit dropped"
    DIGIT_DOUBLED = "digit doubled"
    SEPARATOR = "separator"
    CURRENCY = "currency"
    DROPPED = "dropped letter"
    DOUBLED = "doubled letter"
    CHANGED = "changed letter"
    DIACRITIC = "lost diacritic"
    MARK = "lost tone or vowel mark"
    DAKUTEN = "dakuten"
    JAMO = "jamo"
    SWAPPED = "swapped words"
    LANGUAGE = "wrong language"
    ORDER = "right-to-left order"
    EXTRA = "extra number"


NUMBERS = frozenset({
    Kind.DIGIT, Kind.DIGIT_DROPPED, Kind.DIGIT_DOUBLED, Kind.SEPARATOR, Kind.CURRENCY, Kind.EXTRA,
})  # fmt: skip
"""The kinds that make a wrong number: of these, none may be accepted."""

SCRIPTS = {
    "Latn": "Latin", "Grek": "Greek", "Cyrl": "Cyrillic", "Arab": "Arabic", "Hebr": "Hebrew",
    "Deva": "Devanagari", "Thai": "Thai", "Jpan": "Japanese", "Kore": "Hangul", "Hans": "Han",
    "Hant": "Han",
}  # fmt: skip
"""ISO 15924 code to the name in reports; Vietnamese is reported apart from Latin."""

_SEPARATED = re.compile(r"(?<=\d)([.,:٫٬])(?=\d)")
_WORDS = re.compile(r"([ \u00a0\u202f]+)")
_NUMBER = re.compile(r"\d+(?:[.,:٫٬]\d+)*")
_GAP = r"[\s\u200e\u200f]*"
_OTHER_SEPARATOR = {",": ".", ".": ",", ":": ".", "٫": ".", "٬": "."}
_DAKUTEN = "\u3099\u309a"
_DEVANAGARI_VOWELS = re.compile("[\u093e-\u094d]")
_THAI_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


def script_name(text: str, locale: str) -> str:
    """Return the script under which a line is counted.

    A line in plain Latin letters, such as a brand's name, counts as Latin in every locale; a
    line without letters counts as the script of its locale.

    Args:
        text: The line.
        locale: CLDR locale identifier of the creative.
    """
    letters = [c for c in text if unicodedata.category(c)[0] == "L"]
    if letters and all(c.isascii() for c in letters):
        return "Latin"
    if babel.Locale.parse(locale).language == "vi":
        return "Vietnamese"
    return SCRIPTS.get(script_of(locale), script_of(locale))


def wrong_versions(
    text: str, kind: Kind, locale: str, seed: int, others: Sequence[str] = ()
) -> list[str]:
    """Return the wrong versions of a text, in an order that the seed decides.

    Args:
        text: The line, or one row of it, as drawn.
        kind: What is to be wrong; nothing is returned for `extra number`.
        locale: CLDR locale identifier of the text.
        seed: Any number.
        others: The same line in other languages, for `wrong language`.
    """
    if kind is Kind.LANGUAGE:
        made: Iterator[str] = iter(others)
    else:
        made = _MAKERS[kind](text, locale) if kind in _MAKERS else iter(())
    found = [one for one in dict.fromkeys(made) if _differs(text, one)]
    order = np.random.default_rng(seed).permutation(len(found))
    return [found[index] for index in order]


def _differs(text: str, other: str) -> bool:
    first, second = bare(text), bare(other)
    return bool(second) and first.translate(SKELETON) != second.translate(SKELETON)


def _clusters(text: str) -> list[str]:
    return list(CharacterBreaker(text, "en"))


def _each(
    text: str, choose: Callable[[str], bool], change: Callable[[str], Sequence[str]]
) -> Iterator[str]:
    """Yield the text with one character as people see it replaced, each in turn."""
    parts = _clusters(text)
    for index, part in enumerate(parts):
        if choose(part):
            for other in change(part):
                yield "".join([*parts[:index], other, *parts[index + 1 :]])


def _is_digit(part: str) -> bool:
    return part[0].isdecimal()


def _is_letter(part: str) -> bool:
    return unicodedata.category(part[0])[0] == "L"


def _digit(text: str, _: str) -> Iterator[str]:
    def others(part: str) -> list[str]:
        zero = ord(part[0]) - unicodedata.digit(part[0])
        return [chr(zero + n) for n in range(10) if chr(zero + n) != part[0]]

    return _each(text, _is_digit, others)


def _digit_dropped(text: str, _: str) -> Iterator[str]:
    return _each(text, _is_digit, lambda _: [""])


def _digit_doubled(text: str, _: str) -> Iterator[str]:
    return _each(text, _is_digit, lambda part: [part * 2])


def _separator(text: str, _: str) -> Iterator[str]:
    for match in _SEPARATED.finditer(text):
        start, end, mark = match.start(), match.end(), match[1]
        yield f"{text[:start]}{_OTHER_SEPARATOR[mark]}{text[end:]}"
        yield text[:start] + text[end:]
        if start > 1 and text[start - 2].isdecimal():
            yield f"{text[: start - 1]}{mark}{text[start - 1]}{text[end:]}"
        if text[end + 1 : end + 2].isdecimal():
            yield f"{text[:start]}{text[end]}{mark}{text[end + 1 :]}"


def _currency(text: str, _: str) -> Iterator[str]:
    for mark in sorted(CURRENCIES, key=len, reverse=True):
        spelt = re.escape(mark)
        beside = rf"(?<=\d)({_GAP}){spelt}|{spelt}(?={_GAP}\d)"
        if match := re.search(beside, text):
            gap = match[1] or ""
            for other in CURRENCIES[mark]:
                yield f"{text[: match.start()]}{gap}{other}{text[match.end() :]}"
            return


def _dropped(text: str, _: str) -> Iterator[str]:
    return _each(text, _is_letter, lambda _: [""])


def _doubled(text: str, _: str) -> Iterator[str]:
    return _each(text, _is_letter, lambda part: [part * 2])


def _changed(text: str, _: str) -> Iterator[str]:
    groups = [group for groups in NEIGHBOURS.values() for group in groups]

    def others(part: str) -> list[str]:
        first, rest = part[0], part[1:]
        near = [c for group in groups if first in group for c in group if c != first]
        return [c + rest for c in near] + [c + rest for c in hangul.other_vowels(first)]

    return _each(text, _is_letter, others)


def _jamo(text: str, _: str) -> Iterator[str]:
    return _each(text, hangul.has_final, hangul.other_finals)


def _diacritic(text: str, locale: str) -> Iterator[str]:
    def without(part: str) -> list[str]:
        spelt = unicodedata.normalize("NFD", part)
        found = [
            unicodedata.normalize("NFC", spelt[:i] + spelt[i + 1 :])
            for i, c in enumerate(spelt)
            if unicodedata.category(c) == "Mn" and not _is_sign(c)
        ]
        found += [STROKED[part]] if part in STROKED else []
        return found + (["ı"] if part == "i" and locale.startswith("tr") else [])

    return _each(text, _is_letter, without)


def _is_sign(char: str) -> bool:
    """Return whether a mark counts as a tone or vowel sign, a dakuten, and not a diacritic."""
    return bool(
        char in _DAKUTEN or _THAI_MARKS.fullmatch(char) or _DEVANAGARI_VOWELS.fullmatch(char)
    )


def _mark(text: str, _: str) -> Iterator[str]:
    for pattern in (_THAI_MARKS, _DEVANAGARI_VOWELS):
        for match in pattern.finditer(text):
            yield text[: match.start()] + text[match.end() :]


def _dakuten(text: str, _: str) -> Iterator[str]:
    def others(part: str) -> list[str]:
        plain = unicodedata.normalize("NFD", part)[0]
        marked = [unicodedata.normalize("NFC", plain + mark) for mark in _DAKUTEN]
        return [one for one in (plain, *marked) if len(one) == 1 and one != part]

    def is_kana(part: str) -> bool:
        return "\u3041" <= part[0] <= "\u30fa"

    return _each(text, is_kana, others)


def _swapped(text: str, locale: str) -> Iterator[str]:
    parts = _WORDS.split(text)
    if len(parts) > 1:
        for left in range(0, len(parts) - 2, 2):
            if _is_word(parts[left]) and _is_word(parts[left + 2]):
                swapped = [parts[left + 2], parts[left + 1], parts[left]]
                yield "".join([*parts[:left], *swapped, *parts[left + 3 :]])
        return
    pieces = [piece.text for piece in segments(text, locale)]
    if "".join(pieces) == text:
        for place in range(1, len(pieces)):
            yield "".join([*pieces[place:], *pieces[:place]])


def _is_word(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _order(text: str, locale: str) -> Iterator[str]:
    if not reads_right_to_left(locale):
        return
    parts = _WORDS.split(text)
    if sum(map(_is_word, parts)) > 1:
        yield "".join(reversed(parts))
    for match in _NUMBER.finditer(text):
        yield f"{text[: match.start()]}{match[0][::-1]}{text[match.end() :]}"
    for left, right in itertools.combinations(list(_NUMBER.finditer(text)), 2):
        between = text[left.end() : right.start()]
        yield f"{text[: left.start()]}{right[0]}{between}{left[0]}{text[right.end() :]}"


_MAKERS: dict[Kind, Callable[[str, str], Iterator[str]]] = {
    Kind.DIGIT: _digit,
    Kind.DIGIT_DROPPED: _digit_dropped,
    Kind.DIGIT_DOUBLED: _digit_doubled,
    Kind.SEPARATOR: _separator,
    Kind.CURRENCY: _currency,
    Kind.DROPPED: _dropped,
    Kind.DOUBLED: _doubled,
    Kind.CHANGED: _changed,
    Kind.DIACRITIC: _diacritic,
    Kind.MARK: _mark,
    Kind.DAKUTEN: _dakuten,
    Kind.JAMO: _jamo,
    Kind.SWAPPED: _swapped,
    Kind.ORDER: _order,
}
"""What makes the wrong versions of a kind from a text and its locale."""
