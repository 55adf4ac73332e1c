"""Plurals: one ICU message here, one sentence for each plural form in a translator's catalogue.

Translators' tools know gettext's numbered forms, campaign files know CLDR's named ones. The
names follow from the expression that a catalogue's header gives, by trying it on numbers, so
that a tool may write its own expression there.
"""

import dataclasses
import functools
import gettext
import itertools
import re
from collections.abc import Callable, Mapping, Sequence

import babel
from babel.plural import to_gettext

from pipeline.campaign.message import parse_message

OTHER = "other"
CATEGORIES = ("zero", "one", "two", "few", "many", OTHER)
"""CLDR's plural categories, in its order."""

_NUMBERS = (*range(201), 1_000, 1_000_000, 2_000_000)
"""Whole numbers that together reach every category that a locale has for whole numbers."""
_FRACTIONS = re.compile(r"\b[ec]\b")
"""Operands of compact numbers, which Babel leaves in the expression; of plain ones they are 0."""
_HEADER = re.compile(r"\s*nplurals\s*=\s*([0-9]{1,2})\s*;\s*plural\s*=\s*(.+?)\s*;?\s*", re.DOTALL)
_SELECTOR = re.compile(r"\s*(zero|one|two|few|many|other)\s*\{")


class PluralError(ValueError):
    """A catalogue's plural expression cannot be used; the message says why."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plural:
    """A message with one plural, as whole sentences.

    Attributes:
        name: The value that chooses.
        forms: Category to sentence; the number stands in it as `{name}`.
    """

    name: str
    forms: Mapping[str, str]


def split_plural(text: str) -> Plural | None:
    """Return a message as one sentence for each form; None if it is not made so.

    It is not if it has no plural or several, an ordinal one, or forms for single numbers (`=0`):
    such a message goes to translators as it is.

    Args:
        text: A message whose syntax is right.
    """
    choosing = [place.name for place in parse_message(text).placeholders if place.chooses]
    start = re.search(r"\{(\w+)\s*,\s*plural\s*,", text)
    if len(choosing) != 1 or not start:
        return None
    at, forms = start.end(), dict[str, str]()
    while selector := _SELECTOR.match(text, at):
        end = _closing(text, selector.end())
        forms[selector[1]] = text[selector.end() : end]
        at = end + 1
    closing = re.compile(r"\s*\}").match(text, at)
    before, after = text[: start.start()], text[closing.end() :] if closing else ""
    if not closing or "#" in before + after:
        return None
    number = f"{{{choosing[0]}}}"
    whole = {name: before + form.replace("#", number) + after for name, form in forms.items()}
    return Plural(name=choosing[0], forms=whole)


def join_plural(name: str, forms: Mapping[str, str]) -> str:
    """Return the ICU message of some sentences; what all have in common is written once.

    Args:
        name: The value that chooses.
        forms: Category to sentence, `other` among them.
    """
    sentences = list(forms.values())
    before = _whole_before(_beginning(sentences))
    rest = [sentence[len(before) :] for sentence in sentences]
    after = _whole_after(_beginning([one[::-1] for one in rest])[::-1])
    inner = {key: one[: len(one) - len(after)] for key, one in zip(forms, rest, strict=True)}
    if len(set(inner.values())) == 1:
        return sentences[0]
    kept = {key: one for key, one in inner.items() if key == OTHER or one != inner[OTHER]}
    listed = " ".join(f"{key} {{{kept[key]}}}" for key in CATEGORIES if key in kept)
    return f"{before}{{{name}, plural, {listed}}}{after}"


@functools.cache
def numbers_of(locale: str) -> Mapping[str, tuple[int, ...]]:
    """Return each category that whole numbers reach in a locale, with the numbers tried."""
    rule = babel.Locale.parse(locale).plural_form
    found = {name: tuple(n for n in _NUMBERS if rule(n) == name) for name in CATEGORIES}
    return {name: numbers for name, numbers in found.items() if numbers}


def plural_header(locale: str) -> str:
    """Return the `Plural-Forms` of a locale: CLDR's categories, those that whole numbers reach."""
    rule = babel.Locale.parse(locale).plural_form
    header = _FRACTIONS.sub("0", to_gettext(rule)).rstrip(";")
    reached, count = len(numbers_of(locale)), len(rule.tags) + 1
    if reached == count:
        return f"{header};"
    # The last one, `other`, is for fractions there: it becomes another name for the one before.
    shorter = re.sub(rf": {count - 1}\)$", f": {reached - 1})", header)
    return shorter.replace(f"nplurals={count}", f"nplurals={reached}") + ";"


def category_places(header: str, locale: str) -> dict[str, int]:
    """Return category to the number of its form in a catalogue; `other` is always among them.

    Args:
        header: The catalogue's `Plural-Forms`.
        locale: CLDR locale identifier.

    Raises:
        PluralError: If the header cannot be read, or puts one category into several forms.
    """
    found = _HEADER.fullmatch(header)
    if not found:
        raise PluralError("has no Plural-Forms of the form nplurals=…; plural=…;")
    choose = _chooser(found[2])
    places: dict[str, int] = {}
    for category, numbers in numbers_of(locale).items():
        chosen = {_chosen(choose, number, int(found[1])) for number in numbers}
        if len(chosen) > 1:
            what = f"puts the numbers of CLDR's {category!r} into {len(chosen)} forms"
            raise PluralError(f"has Plural-Forms that do not suit {locale}: it {what}")
        places[category] = chosen.pop()
    return {**places, OTHER: places.get(OTHER, max(places.values()))}


def is_single(category: str, locale: str) -> bool:
    """Return whether a category is for one number only, so that a sentence need not say it."""
    return len(numbers_of(locale).get(category, ())) == 1


def named_forms(forms: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    """Return category to sentence; a form that is not there is empty."""
    return {name: forms[at] if at < len(forms) else "" for name, at in places.items()}


def _chooser(expression: str) -> Callable[[int], int]:
    try:
        chooser: Callable[[int], int] = gettext.c2py(expression)
    except (ValueError, RecursionError) as error:
        raise PluralError(f"has a plural expression that cannot be read ({error})") from error
    return chooser


def _chosen(choose: Callable[[int], int], number: int, count: int) -> int:
    try:
        place = choose(number)
    except ArithmeticError as error:
        raise PluralError(f"has a plural expression that fails for {number}") from error
    if not 0 <= place < count:
        raise PluralError(f"has a plural expression that names form {place} of {count}")
    return place


def _closing(text: str, at: int) -> int:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1


def _beginning(texts: Sequence[str]) -> str:
    """Return what all texts begin with."""
    first, last = min(texts), max(texts)
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(character for character, _ in pairs)


def _whole_before(text: str) -> str:
    """Return a common beginning without a placeholder that is not whole."""
    return text[: text.rindex("{")] if text.count("{") > text.count("}") else text


def _whole_after(text: str) -> str:
    return text[text.index("}") + 1 :] if text.count("}") > text.count("{") else text
