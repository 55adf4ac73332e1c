"""Prices as shops set them: the same characters in the same order, in two sizes.

The whole amount and its decimal separator are large, the decimals and the currency small, each
where the locale's own string has them. Decimals in European figures are raised to the height of
the amount; its separator stays large and on the baseline, because that is what a price is
misread by. Beside Arabic letters nothing is raised: there readers lose digits.
"""

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Sequence

import babel
import babel.numbers

from pipeline.typeset.renderer import Renderer, TextStyle

DECIMALS = 0.62
"""Size of the decimals in relation to the amount."""
SYMBOL = 0.66
LETTERS = 0.5
"""Size of a currency's sign, and of a currency that is written in several letters."""
ARABIC = 0.75
"""Size of a currency in Arabic letters. Of right prices of the Emirates in four faces and three
sizes the proof could not read 3 of 36 with the letters at 0.5, and 12 of 48 with the figures in a
Latin face besides; at 0.75 it could not read 1 of 108 with raised decimals, and none of 72 without
(23 November 2026)."""

SMALLEST = min(DECIMALS, SYMBOL, LETTERS)
"""The smallest of these sizes."""

_NUMBER = re.compile(r"[-+\u2212]?\d+(?:[.,'’\u066b\u066c \u00a0\u2009\u202f]\d+)*")
_ARABIC_SEPARATOR = "\u066b"
_NO_CENTS = re.compile(r"[.,](?=[–—-])")
_LONGEST_CURRENCY = 6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A part of a row in one size.

    Attributes:
        text: The characters.
        size: Font size in relation to the line's.
        raised: Whether its figures stand as high as the amount's.
    """

    text: str
    size: float
    raised: bool = False


def price_runs(text: str, language: str) -> tuple[Run, ...]:
    """Return a price in runs of one size each; together they are the text.

    Args:
        text: The row as it stands on the picture.
        language: BCP 47 tag of its locale, which says what separates decimals.

    What is not one amount with its currency, or nothing but it, is one run of full size.
    """
    found = list(_NUMBER.finditer(text))
    if len(found) != 1:
        return (Run(text=text, size=1.0),)
    before, after = text[: found[0].start()], text[found[0].end() :]
    cents = 0
    if no_cents := _NO_CENTS.match(after):  # 49.– is the amount, its separator, and a dash
        whole, after = found[0][0] + no_cents[0], after[no_cents.end() :]
    else:
        cents = _decimals(found[0][0], language)
        whole = found[0][0]
    if max(_letters(before), _letters(after)) > _LONGEST_CURRENCY:
        return (Run(text=text, size=1.0),)
    decimals = whole[len(whole) - cents :]
    lifted = decimals.isascii() and not has_arabic(text)
    runs = (
        Run(text=before, size=_small(before)),
        Run(text=whole[: len(whole) - cents], size=1.0),
        Run(text=decimals, size=DECIMALS, raised=lifted),
        Run(text=after, size=_small(after)),
    )
    return tuple(run for run in runs if run.text)


def runs_of(text: str, language: str, style: str) -> tuple[Run, ...]:
    """Return a row in runs of one size each, as its price style asks.

    Args:
        text: The row.
        language: BCP 47 tag of its locale.
        style: `retail` or `plain`.
    """
    return price_runs(text, language) if style == "retail" else (Run(text=text, size=1.0),)


def price_width(text: str, style: TextStyle, renderer: Renderer) -> float:
    """Return the advance width of a price set in runs, in em of its full size."""
    runs = price_runs(text, style.language)
    # A space at the end of a run is measured only if it cannot be broken at.
    texts = [run.text.replace(" ", "\u00a0") for run in runs]
    widths: Sequence[float] = renderer.measure(texts, style)
    return sum(width * run.size for width, run in zip(widths, runs, strict=True))


def _decimals(number: str, language: str) -> int:
    """Return how many digits follow the decimal separator."""
    head, tail = re.fullmatch(r"(.*?)(\d+)", number, re.DOTALL).groups()  # type: ignore[union-attr]
    return len(tail) if head and head[-1] in _separators(language) else 0


@functools.cache
def _separators(language: str) -> frozenset[str]:
    """Return what separates decimals, in the locale's own digits and in others."""
    try:
        locale = babel.Locale.parse(language, sep="-")
    except babel.UnknownLocaleError:  # English of Kuwait
        locale = babel.Locale.parse(language.partition("-")[0])
    symbol = babel.numbers.get_decimal_symbol(locale, numbering_system="latn")
    return frozenset({symbol, _ARABIC_SEPARATOR})


def _letters(text: str) -> int:
    return sum(unicodedata.category(character) not in {"Zs", "Cf"} for character in text)


def has_arabic(text: str) -> bool:
    """Return whether a text has Arabic letters."""
    return any(unicodedata.bidirectional(character) == "AL" for character in text)


def _small(text: str) -> float:
    if has_arabic(text):
        return ARABIC
    return SYMBOL if _letters(text) <= 1 else LETTERS
