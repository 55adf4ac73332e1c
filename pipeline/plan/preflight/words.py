"""Rules about the words: letters that are not what they seem, texts that are not finished.

They look at the copy as it was written, so that what a formatter adds is not held against it.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping

from pipeline.campaign.document import Path
from pipeline.plan.preflight.finding import Desk, Finding, text_at
from pipeline.plan.variants import Variant
from pipeline.typeset.fonts import script_of

_WORD = re.compile(r"[^\W\d_]+")
_BRACES = re.compile(r"\{[^{}]*\}")
_LOOKALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Scripts whose letters pass for one another; a word with letters of two hides one."""

_UNFINISHED = re.compile(
    r"\b(TODO|FIXME|TBD|XXX+|lorem|ipsum|dummy|placeholder)\b|\?\?\?", re.IGNORECASE
)
_JOINING = frozenset({"Arab", "Syrc", "Mong"})
_MARKS = "\u200e\u200f\u061c"
_SCRIPTS = {
    "Latn": {"LATIN"}, "Cyrl": {"CYRILLIC"}, "Grek": {"GREEK"}, "Arab": {"ARABIC"},
    "Hebr": {"HEBREW"}, "Deva": {"DEVANAGARI"}, "Thai": {"THAI"}, "Kore": {"HANGUL", "CJK"},
    "Jpan": {"HIRAGANA", "KATAKANA", "CJK", "KATAKANA-HIRAGANA"}, "Hans": {"CJK"},
    "Hant": {"CJK"},
}  # fmt: skip
"""Script of a locale to how Unicode's names of its letters begin."""

_ENOUGH_WORDS = 3
"""Words from which two languages hardly say the same by chance."""


def word_findings(desk: Desk) -> Iterator[Finding]:
    """Yield what is wrong with the words of a campaign."""
    shown = desk.showing()
    texts = {path: text for path in shown if (text := text_at(desk.loaded, path))}
    for path, text in texts.items():
        yield from _letters(desk, path, text, shown[path])
        yield from _forbidden(desk, path, text, shown[path])
    yield from _untranslated(desk, texts, shown)


def _letters(desk: Desk, path: Path, text: str, about: list[Variant]) -> Iterator[Finding]:
    known, bare = _names(desk), _BRACES.sub(" ", text)
    locale = str(path[-1]) if path[-1] != "name" else ""
    for word in _WORD.findall(bare):
        scripts = {_script(letter) for letter in word} & _LOOKALIKE
        if len(scripts) > 1 and word not in known:
            mixed = " and ".join(sorted(name.title() for name in scripts))
            said = (f"{word!r} has letters of {mixed}", "type the word again in one script")
            yield desk.error("mixed scripts", path, said, about)
    if stray := _stray(bare, locale):
        what = f"has the invisible character U+{ord(stray):04X}, which has no use in {locale}"
        yield desk.error("invisible character", path, (what, "remove it"), about)
    if _UNFINISHED.search(bare):
        said = (f"{text!r} looks unfinished", "write the text that is to be read")
        yield desk.error("unfinished text", path, said, about)
        return
    if text != text.strip() or "  " in text:
        said = ("has a space at its end, or two in a row", "remove the space")
        yield desk.warning("spaces", path, said, about)
    if locale and _another_script(_without(text, known), locale):
        said = (f"{text!r} has no letter of the script of {locale}", "translate it")
        yield desk.warning("another script", path, said, about)


def _names(desk: Desk) -> set[str]:
    """Return the names that are the same in every language."""
    brand = desk.loaded.campaign.brand
    return {brand.name, *brand.allowed_words}


def _without(text: str, known: set[str]) -> str:
    for name in sorted(known, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def _stray(text: str, locale: str) -> str:
    """Return an invisible character that does not belong in a text; empty if there is none."""
    script = script_of(locale) if locale else ""
    rtl = any(
        unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text if letter.isalpha()
    )
    joins = script in _JOINING or script in {"Deva", "Beng", "Taml", "Telu", "Sinh", "Mlym"}
    for before, character in zip(f" {text}", text, strict=False):
        emoji = unicodedata.category(before) in {"So", "Sk", "Mn"}
        if character in "\u200c\u200d" and not joins and not emoji:
            return character
        if character in _MARKS and not rtl:
            return character
        if character == "\u200b" and script in {"Latn", "Cyrl", "Grek", "Arab", "Hebr"}:
            return character
    return ""


def _another_script(text: str, locale: str) -> bool:
    wanted = _SCRIPTS.get(script_of(locale), set())
    letters = [letter for letter in text if letter.isalpha()]
    long = len(_WORD.findall(_BRACES.sub(" ", text))) > 1
    return bool(wanted and long and not any(_script(letter) in wanted for letter in letters))


def _forbidden(desk: Desk, path: Path, text: str, about: list[Variant]) -> Iterator[Finding]:
    for word in words_for(desk.loaded.campaign.preflight.forbidden, str(path[-1])):
        if has_word(text, word):
            said = (f"says {word!r}, which the campaign forbids", "say it otherwise")
            yield desk.error("forbidden word", path, said, about)


def words_for(table: Mapping[str, tuple[str, ...]], locale: str) -> tuple[str, ...]:
    """Return the words of a table for a locale: those of its language, and those of any.

    Args:
        table: Language (`und`: any) to words.
        locale: CLDR locale identifier or language.
    """
    return (*table.get(locale.partition("_")[0], ()), *table.get("und", ()))


def has_word(text: str, word: str) -> bool:
    """Return whether a text has a word, or several in a row, in whatever case."""
    found = re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text.casefold())
    return found is not None


def _untranslated(
    desk: Desk, texts: Mapping[Path, str], shown: Mapping[Path, list[Variant]]
) -> Iterator[Finding]:
    """Yield texts that stand under another language too, word for word."""
    first: dict[tuple[Path, str], Path] = {}
    for path, text in texts.items():
        bare = _BRACES.sub(" ", _without(text, _names(desk)))
        if "copy" not in path or len(_WORD.findall(bare)) < _ENOUGH_WORDS:
            continue
        other = first.setdefault((path[:-1], text), path)
        if str(other[-1]).partition("_")[0] != str(path[-1]).partition("_")[0]:
            said = (f"says the same as {other[-1]}", "translate it")
            yield desk.warning("not translated", path, said, shown[path])


@functools.lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
