"""One form in which requested and read strings are compared.

What it folds is what no reader tells apart or what does not change the meaning: kinds of
space, invisible marks, shapes of quotes and dashes, full-width forms, numeral systems, the Arabic
separators, which Cairo draws as commas. What it keeps: case, diacritics, digits, separators,
signs and currencies.
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
    **dict.fromkeys("٫٬", ","),
    "٪": "%",
    "؉": "‰",
    "؊": "‱",
    "⋯": "...",
    "⁄": "/",
    "∕": "/",
    "ـ": "",
    "͏": "",
}
_ELLIPSIS = re.compile(r"\.{3,}|…+")
_SPACES = re.compile(r"\s+")
_ONE_ARABIC = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")


@functools.lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the text in the form in which requested and read strings are compared.

    Idempotent. In order: invisible format characters (Unicode category Cf: directional marks,
    joiners, soft hyphens), variation selectors and the Arabic tatweel go; compatibility forms
    are folded (full-width letters, ￥, half-width kana, ligatures, Arabic presentation forms)
    except raised, lowered and fraction digits; all decimal digits become ASCII; quotes,
    dashes, middle dots, ellipses, percent signs and the Arabic separators take one shape;
    canonical composition (NFC); every run of white space becomes one ordinary space, none at the
    ends.

    Args:
        text: Any string.
    """
    return "".join(_latin(char) for char in as_drawn(text))


@functools.lru_cache(maxsize=8192)
def as_drawn(text: str) -> str:
    """Return the normalised text in its own digits: ९ is drawn like 9 and is not 1, १ is.

    Persian digits become Arabic-Indic ones, of which all but three have the same shape.

    Args:
        text: Any string.
    """
    folded = "".join(_fold(char) for char in unicodedata.normalize("NFC", text))
    composed = unicodedata.normalize("NFC", _ELLIPSIS.sub("…", folded))
    return _SPACES.sub(" ", composed).strip().translate(_ONE_ARABIC)


def bare(text: str) -> str:
    """Return the normalised text without any white space: readers often lose spaces."""
    return normalise(text).replace(" ", "")


def _fold(char: str) -> str:
    if _invisible(char):
        return ""
    if char in _FOLDS:
        return _FOLDS[char]
    compatible = unicodedata.decomposition(char)
    if not compatible.startswith("<") or compatible.startswith(_KEPT_COMPATIBILITY):
        return char
    return "".join(_fold(part) for part in unicodedata.normalize("NFKC", char) if part != char)


def _latin(char: str) -> str:
    return str(unicodedata.digit(char)) if char.isdecimal() else char


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or "︀" <= char <= "️"
