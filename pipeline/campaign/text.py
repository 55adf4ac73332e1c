"""What may not stand in copy: characters that hide, reorder or break text."""

import unicodedata

_OPENING = frozenset("\u2066\u2067\u2068")
_CLOSING = "\u2069"
_LOST = frozenset("\ufffc\ufffd")
_ALLOWED_FORMAT = frozenset("\u200b\u200c\u200d\u200e\u200f\u061c\u2060")


def text_problem(text: str) -> str:
    """Return what is wrong with a copy string; empty if nothing is.

    A text of spaces alone would leave a hole on the picture, so it is refused too.
    Directional marks, joiners and the zero-width space are part of honest text. Embeddings
    and overrides can show `19.90` for `09.91` (CVE-2021-42574), so they are refused, as are
    control characters, soft hyphens, byte-order marks and isolates that are not closed.
    """
    if lost := _LOST & set(text):
        return f"has U+{ord(min(lost)):04X} where a letter was lost; type the letter again"
    if is_blank(text):
        return "is blank; write a text, or remove the line"
    depth = 0
    for character in text:
        depth += (character in _OPENING) - (character == _CLOSING)
        if depth < 0 or _forbidden(character):
            return f"has the invisible character U+{ord(character):04X}; remove it"
    if depth:
        return "has a directional isolate that is not closed; remove it or close it with U+2069"
    return ""


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen: only spaces, marks and joiners."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" for c in text)


def _forbidden(character: str) -> bool:
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return True
    isolates = character in _OPENING or character == _CLOSING
    return category == "Cf" and character not in _ALLOWED_FORMAT and not isolates
