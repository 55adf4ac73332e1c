"""Where a line may break: ICU's rules, phrases for Chinese and Japanese, words for Korean."""

import dataclasses
import functools
import re
import unicodedata

import babel
import budoux
import pyphen
from icu4py.breakers import LineBreaker

_BUDOUX = {
    "ja": budoux.load_default_japanese_parser,
    "zh_Hans": budoux.load_default_simplified_chinese_parser,
    "zh_Hant": budoux.load_default_traditional_chinese_parser,
}
_HYPHENATED = {"de", "nl", "fi", "sv", "nb", "da", "hu", "pl", "el", "it", "es", "pt", "fr", "en"}
_WORD = re.compile(r"(\W*)([^\W\d_]{9,})(\W*)")
"""A word long enough to hyphenate, between the marks that stand around it."""
_ZERO_WIDTH_SPACE = "\u200b"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of text that stays on one row.

    Attributes:
        text: The piece without the space that follows it.
        glue: What stands between it and the next piece on the same row: a space or nothing.
        hyphen: What is added at the end of the row if the row ends here.
    """

    text: str
    glue: str
    hyphen: str = ""


def segments(text: str, locale: str, *, loose: bool = False) -> tuple[Segment, ...]:
    """Return the unbreakable pieces of a text.

    Args:
        text: One line of copy. No-break spaces hold what belongs together.
        locale: The CLDR locale identifier of the text.
        loose: Allow every break that the script's rules allow, inside phrases too, and
            hyphens where the language has them: for words wider than their box.

    ICU's line breaker gives the opportunities (with its dictionaries for Thai, Lao, Khmer and
    Burmese). In Japanese and Chinese only those between two phrases are kept, as BudouX finds
    them; in Korean only those between words. Where copy has zero-width spaces, they and
    ordinary spaces are the only ones: a translator knows better than a dictionary. A row never
    starts with a dash, and a number keeps its sign, its currency and its counter.
    """
    parsed = babel.Locale.parse(locale)
    held = text.replace(" –", "\u00a0–").replace(" —", "\u00a0—")
    phrases = None if loose else _phrase_ends(held, parsed)
    joined: list[str] = []
    position = 0
    for piece in LineBreaker(held, _breaker_locale(parsed)):
        inside = phrases is not None and position not in phrases
        if joined and ((inside and not _ends(joined[-1])) or _hold(joined[-1], piece)):
            joined[-1] += piece
        else:
            joined.append(piece)
        position += len(piece)
    pieces = tuple(_segment(piece) for piece in joined)
    return _hyphenated(pieces, parsed) if loose else pieces


def _hyphenated(pieces: tuple[Segment, ...], locale: babel.Locale) -> tuple[Segment, ...]:
    language = pyphen.language_fallback(str(locale)) if locale.language in _HYPHENATED else None
    if language is None:
        return pieces
    dictionary = _dictionary(language)
    return tuple(part for piece in pieces for part in _split(piece, dictionary))


def _hold(before: str, after: str) -> bool:
    """Return whether two pieces are one number: `–20`, `8,90 €`, `R$ 8`, `1,180円`."""
    last, first = before.rstrip(" ")[-1:], after[:1]
    if before.endswith(" "):
        return (last.isdecimal() and _is_sign(first)) or (_is_sign(last) and first.isdecimal())
    if last.isdecimal():
        return unicodedata.category(first) == "Lo"
    return before[-2:].strip(" \u00a0") in {"–", "—"} and first.isdecimal()


def _is_sign(character: str) -> bool:
    return character in {"%", "‰"} or unicodedata.category(character or " ") == "Sc"


def _ends(piece: str) -> bool:
    return piece.endswith((" ", _ZERO_WIDTH_SPACE))


def _segment(piece: str) -> Segment:
    bare = piece.rstrip(f" {_ZERO_WIDTH_SPACE}")
    return Segment(text=bare, glue=" " if " " in piece[len(bare) :] else "")


def _breaker_locale(parsed: babel.Locale) -> str:
    if parsed.language == "ko":
        return "ko-u-lw-phrase"
    return f"{parsed.language}-u-lb-strict"


def _phrase_ends(text: str, parsed: babel.Locale) -> frozenset[int] | None:
    if _ZERO_WIDTH_SPACE in text:
        return frozenset(i + 1 for i, c in enumerate(text) if c == _ZERO_WIDTH_SPACE)
    key = parsed.language if parsed.language == "ja" else f"{parsed.language}_{_han(parsed)}"
    if key not in _BUDOUX:
        return None
    ends, position = [0], 0
    for phrase in _parser(key).parse(text):
        position += len(phrase)
        ends.append(position)
    return frozenset(ends)


def _han(parsed: babel.Locale) -> str:
    if parsed.script:
        return parsed.script
    return "Hant" if parsed.territory in {"TW", "HK", "MO"} else "Hans"


@functools.cache
def _parser(key: str) -> budoux.Parser:
    return _BUDOUX[key]()


@functools.cache
def _dictionary(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=language)


def _split(piece: Segment, dictionary: pyphen.Pyphen) -> list[Segment]:
    word = _WORD.fullmatch(piece.text)
    if not word:
        return [piece]
    parts = dictionary.inserted(word[2], "\u00ad").split("\u00ad")
    parts = [word[1] + parts[0], *parts[1:]]
    parts[-1] += word[3]
    inner = [Segment(text=part, glue="", hyphen="-") for part in parts[:-1]]
    return [*inner, Segment(text=parts[-1], glue=piece.glue, hyphen=piece.hyphen)]
