"""Numbers, signs and currency marks inside a string, compared without any tolerance.

Digits are compared one by one, and between two digits the separator as well: 9.99 is neither
999 nor 9,99, and 3 99 is not 399. A reader may lose a space, but never win one. A digit is only
itself in its own numeral system: to a reader without them, ९ (nine) and १ (one) look like 9.
"""

import itertools
import re
import unicodedata
from collections import Counter

from pipeline.proof.distance import aligned
from pipeline.proof.normalise import as_drawn, normalise

LOOKALIKES = {
    "₽": "PpРр₱", "₩": "W\\wV", "₺": "tbも七6", "₫": "đdđa", "฿": "B8ßb", "₪": "NnmMחש",
    "₹": "天72%<रz", "¥": "\\Yy羊", "₴": "2zg8", "₦": "N", "₱": "P", "₸": "T", "₾": "C",
    "₼": "M", "₡": "C", "₵": "C", "₲": "G", "₭": "K", "₮": "T", "៛": "", "﷼": "", "€": "Ee",
    "£": "Ef", "ƒ": "f",
}  # fmt: skip
"""What readers that lack a currency mark see in its place, measured on drawn prices."""

_SIGNS = frozenset("%‰‱")
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"\d+(?:[.,:'/-]\d+)*")


def has_number(text: str) -> bool:
    """Return whether the text holds a decimal digit."""
    return bool(_DIGITS.search(normalise(text)))


def holds_numbers(expected: str, read: str) -> bool:
    """Return whether every number of a string stands in a reading as a whole token.

    Weaker than `same_numbers`: other digits may stand beside it, as when 1,180円 comes back as
    1,180F9 from a reader without the sign.
    """
    wanted, got = Counter(_tokens(expected)), Counter(_tokens(read))
    return bool(wanted) and not wanted - got


def _tokens(text: str) -> list[str]:
    return _NUMBER.findall(as_drawn(text))


def letters(text: str) -> str:
    """Return the letters and their marks alone, without case."""
    kept = (c for c in normalise(text) if unicodedata.category(c)[0] in "LM")
    return "".join(kept).casefold()


def without_marks(text: str) -> str:
    """Return the text without currency marks, which most readers know badly."""
    return "".join(char for char in text if unicodedata.category(char) != "Sc")


def marks(text: str) -> Counter[str]:
    """Return how often each currency mark and percent sign occurs."""
    found = (c for c in normalise(text) if c in _SIGNS or unicodedata.category(c) == "Sc")
    return Counter(found)


def same_numbers(expected: str, read: str, *, mirrored: bool = False) -> bool:
    """Return whether a reading holds exactly the expected numbers, digit by digit.

    Args:
        expected: The requested string.
        read: What was read.
        mirrored: Whether the reader may have handed the numbers over in reverse order, as
            readers do with text written from right to left.
    """
    wanted, got = as_drawn(expected), as_drawn(read)
    if _agree(wanted, got):
        return True
    return mirrored and _agree(wanted, " ".join(reversed(got.split(" "))))


def same_order(expected: str, read: str) -> bool:
    """Return whether numbers, letters and marks follow each other alike: CHF 8 is not 8 CHF."""
    return _order(expected) == _order(read)


def _order(text: str) -> str:
    kinds = (_kind(char) for char in _NUMBER.sub("0", normalise(text)))
    return "".join(kind for kind, _ in itertools.groupby(filter(None, kinds)))


def _kind(char: str) -> str:
    if char.isdecimal():
        return "0"
    if char in _SIGNS or unicodedata.category(char) == "Sc":
        return "$"
    return "a" if unicodedata.category(char)[0] in "LM" else ""


def same_numbers_but_for_marks(expected: str, read: str, *, mirrored: bool = False) -> bool:
    """Return the same, forgiving a look-alike in the place of a currency mark.

    No reader here knows the marks of the baht, rouble, won, dong, lira and shekel well: ฿499
    comes back as 8499. Only for lines whose shape is proved as well.
    """
    if same_numbers(expected, read, mirrored=mirrored):
        return True
    wanted, got = forgiven(expected, read)
    return same_numbers(wanted, got, mirrored=mirrored)


def forgiven(expected: str, read: str) -> tuple[str, str]:
    """Return both strings without the currency marks that came back as a look-alike, or not."""
    wanted, got = as_drawn(expected), as_drawn(read)
    if without_marks(wanted) == wanted:
        return wanted, got
    kept = [
        (left, right)
        for left, right in aligned(wanted, got)
        if not (left in LOOKALIKES and right in LOOKALIKES[left])
    ]
    return "".join(left for left, _ in kept), "".join(right for _, right in kept)


def foreign_marks(expected: str, read: str) -> str:
    """Return the currency marks and percent signs that were read but not requested.

    A mark that stands for a requested one in a reader without it does not count.
    """
    wanted = marks(expected)
    mistaken = set("".join(LOOKALIKES.get(mark, "") for mark in wanted))
    return "".join(mark for mark in marks(read) - wanted if mark not in mistaken)


def _agree(wanted: str, got: str) -> bool:
    first, second = _gaps(wanted), _gaps(got)
    if first[0] != second[0]:
        return False
    return all(_same_gap(a, b) for a, b in zip(first[1], second[1], strict=True))


def _gaps(text: str) -> tuple[str, list[str]]:
    places = [match.start() for match in _DIGITS.finditer(text)]
    gaps = [text[a + 1 : b] for a, b in itertools.pairwise(places)]
    return "".join(text[place] for place in places), gaps


def _same_gap(wanted: str, got: str) -> bool:
    if not wanted:
        return not got
    if not wanted.strip():
        return not got.strip()
    if any(unicodedata.category(char)[0] in "LM" for char in wanted):
        return bool(got)
    return wanted.replace(" ", "") == got.replace(" ", "")
