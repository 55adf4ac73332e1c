"""Reading a prompt: which words to draw where, in which colours, prose or JSON alike."""

import dataclasses
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping

_QUOTED = re.compile(r'"([^"]+)"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」')
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_SENTENCE_END = re.compile(r"[.;](\s|$)")
_MARKER = re.compile(r"\[\[sim:[^\]]*\]\]")
_COPY_KEYS = ("text", "content", "copy", "string")

_SIZES = (
    ("very large", 0.15),
    ("huge", 0.15),
    ("medium", 0.075),
    ("small", 0.056),
    ("large", 0.11),
)
_DEFAULT_SIZE = 0.085
_PLACES = (
    ("upper", "upper"),
    ("top", "upper"),
    ("lower", "lower"),
    ("bottom", "lower"),
    ("middle", "middle"),
    ("cent", "middle"),
)
_CHARACTERS = (
    ("rounded", "friendly"),
    ("condensed", "condensed"),
    ("sans", "modern"),
    ("serif", "elegant"),
)

_LOCALES = (
    ("ARABIC", "ar_AE"),
    ("HEBREW", "he_IL"),
    ("DEVANAGARI", "hi_IN"),
    ("THAI", "th_TH"),
    ("HIRAGANA", "ja_JP"),
    ("KATAKANA", "ja_JP"),
    ("HANGUL", "ko_KR"),
    ("CJK", "zh_Hans_CN"),
    ("CYRILLIC", "ru_RU"),
    ("GREEK", "el_GR"),
)
"""Start of a character's Unicode name to the locale whose fonts set it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A line of text that a prompt asks for.

    Attributes:
        text: The words.
        size: Font size as a share of the picture's shorter side.
        place: upper, middle or lower.
        character: friendly, modern, elegant or condensed.
        colour: #RRGGBB, or none.
        locale: A CLDR locale whose fonts can draw it.
    """

    text: str
    size: float
    place: str
    character: str
    colour: str | None
    locale: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a prompt asks for, as far as the simulated model understands it.

    Attributes:
        lines: The quoted strings, each once, in order.
        palette: HEX colours that are not a line's own, in order.
    """

    lines: tuple[WantedLine, ...]
    palette: tuple[str, ...]


def read_prompt(prompt: str) -> Wish:
    """Return what a prompt asks for; one without quoted strings asks for a picture alone."""
    plain = _MARKER.sub("", prompt)
    found = list(_from_json(plain)) or list(_from_prose(plain))
    lines: dict[str, WantedLine] = {}
    inks = []
    for text, about in found:
        if text not in lines:
            lines[text] = _line(text, about, len(lines))
            inks += _HEX.findall(about)[:1]
    colours = [colour.upper() for colour in _HEX.findall(plain)]
    for ink in inks:
        colours.remove(ink.upper())
    return Wish(lines=tuple(lines.values()), palette=tuple(dict.fromkeys(colours)))


def locale_of(text: str) -> str:
    """Return a locale whose fonts can draw a text, by the scripts of its letters."""
    names = [unicodedata.name(character, "") for character in text if character.isalpha()]
    for start, locale in _LOCALES:
        if any(name.startswith(start) for name in names):
            return locale
    return "en_US"


def _from_prose(prompt: str) -> Iterator[tuple[str, str]]:
    quotes = list(_QUOTED.finditer(prompt))
    for number, quote in enumerate(quotes):
        end = quotes[number + 1].start() if number + 1 < len(quotes) else len(prompt)
        about = prompt[quote.end() : end]
        stop = _SENTENCE_END.search(about)
        yield _inside(quote), about[: stop.start()] if stop else about


def _from_json(prompt: str) -> Iterator[tuple[str, str]]:
    try:
        scene = json.loads(prompt)
    except ValueError:
        return
    yield from _from_value(scene)


def _from_value(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from _from_prose(value)
    elif isinstance(value, Mapping):
        copy = next((value[key] for key in _COPY_KEYS if isinstance(value.get(key), str)), None)
        if copy:
            about = " ".join(str(value[key]) for key in value if value[key] != copy)
            yield copy.strip("\"'“”„«»"), about
        else:
            yield from _from_value(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from _from_value(part)


def _inside(quote: re.Match[str]) -> str:
    return next(group for group in quote.groups() if group is not None)


def _line(text: str, about: str, number: int) -> WantedLine:
    lowered = about.lower()
    colour = _HEX.search(about)
    fallback = ("upper", "middle", "lower")[min(number, 2)]
    return WantedLine(
        text=text,
        size=next((size for word, size in _SIZES if word in lowered), _DEFAULT_SIZE),
        place=next((place for word, place in _PLACES if word in lowered), fallback),
        character=next((kind for word, kind in _CHARACTERS if word in lowered), "modern"),
        colour=colour[0].upper() if colour else None,
        locale=locale_of(text),
    )
