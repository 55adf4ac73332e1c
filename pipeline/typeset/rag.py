"""Rag: where a row had better not end, though the script's rules let it."""

from collections.abc import Sequence

import babel

from pipeline.typeset.breaks import Segment
from pipeline.typeset.fonts import script_of

BAD = 0.32
"""From here on a break is worth a smaller size to avoid."""

_PAUSE, _WORD, _INSIDE, _DANGLING, _HYPHEN = 0.0, 0.1, 0.31, 0.35, 0.5
"""What an end of a row costs, in row widths of slack: after a mark of punctuation; after a word;
inside a phrase, of a text that has spaces or marks elsewhere; after a word that belongs to the
next one; inside a word."""

_SHORT = 3
"""Letters of the articles and prepositions that belong to what follows them."""
_MARKS = tuple(".,:;!?…–—)»”、。，：；！？）」』،؛؟।")
_WITH_ARTICLES = frozenset({"Latn", "Cyrl", "Grek", "Arab"})
_OF_SYLLABLES = frozenset({"vi"})


def strains(pieces: Sequence[Segment], locale: str) -> tuple[float, ...]:
    """Return what it costs to end a row after each piece, as a share of the row's width.

    Args:
        pieces: What stays on one row each, in order.
        locale: CLDR locale identifier of the text.
    """
    script = script_of(locale)
    joins = script in _WITH_ARTICLES and babel.Locale.parse(locale).language not in _OF_SYLLABLES
    spaced = any(piece.glue or piece.text.endswith(_MARKS) for piece in pieces[:-1])
    inner = [_strain(piece, joins=joins, spaced=spaced) for piece in pieces[:-1]]
    return (*inner, _PAUSE)


def _strain(piece: Segment, *, joins: bool, spaced: bool) -> float:
    if piece.hyphen:
        return _HYPHEN
    if piece.text.endswith(_MARKS):
        return _PAUSE
    if spaced and not piece.glue:
        return _INSIDE
    word = piece.text.rsplit("\u00a0", 1)[-1]
    short = joins and len(word) <= _SHORT and word.isalpha()
    return _DANGLING if short and (len(word) == 1 or not word.isupper()) else _WORD
