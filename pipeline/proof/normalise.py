"""One form in which requested and read strings are compared.

What it folds is what no reader tells apart or what does not change the meaning: kinds of
space, invisible marks, shapes of quotes and dashes, full-width forms, numeral systems. What
it keeps: case, diacritics, digits, separators, signs and currencies.
"""

import functools
import re
import unicodedata

_KEPT_COMPATIBILITY = ("<super>", "<sub>", "<fraction>")
"""Folding these would turn 8⁹⁹ into 899 and 1½ into 11⁄2: another price, another amount."""

_FOLDS = {
    **dict.fromkeys("‘’‚‛′`´ʼ׳", "'"),
    **dict.fromkeys("“”„‟″«»״〝〞", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－־", "-"),
    **dict.fromkeys("・•‧∙⋅·", "·"),
    **dict.fromkeys("〜～∼", "~"),
    "⋯": "...",
    "⁄": "/",
    "∕": "/",
    "ـ": "",
    "͏": "",
}
_ELLIPSIS = re.compile(r"\.{3,}|…+")
_SPACES = re.compile(r"\s+")


@functools.lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the text in the form in which requested and read strings are compared.

    Idempotent. In order: invisible format characters (Unicode category Cf: directional marks,
    joiners, soft hyphens), variation selectors and the Arabic tatweel go; compatibility forms
    are folded (full-width letters, ￥, half-width kana, ligatures, Arabic presentation forms)
    except raised, lowered and fraction digits; all decimal digits become ASCII; quotes,
    dashes, middle dots and ellipses take one shape; canonical composition (NFC); every run of
    white space becomes one ordinary space, none at the ends.

    Args:
        text: Any string.
    """
    folded = "".join(_fold(char) for char in unicodedata.normalize("NFC", text))
    composed = unicodedata.normalize("NFC", _ELLIPSIS.sub("…", folded))
    return _SPACES.sub(" ", composed).strip()


def bare(text: str) -> str:
    """Return the normalised text without any white space: readers often lose spaces."""
    return normalise(text).replace(" ", "")


def _fold(char: str) -> str:
    if _invisible(char):
        return ""
    if char in _FOLDS:
        return _FOLDS[char]
    if unicodedata.category(char) == "Nd":
        return str(unicodedata.digit(char))
    compatible = unicodedata.decomposition(char)
    if not compatible.startswith("<") or compatible.startswith(_KEPT_COMPATIBILITY):
        return char
    return "".join(_fold(part) for part in unicodedata.normalize("NFKC", char) if part != char)


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "︀" <= char <= "️"
