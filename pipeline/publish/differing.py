"""Which characters of a requested and a read line differ, for people to look at."""

import dataclasses
import itertools
import unicodedata
from collections.abc import Iterable, Iterator

from pipeline.proof.distance import aligned
from pipeline.proof.normalise import normalise

_JOINER = "\u200d"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of characters that are all alike or all different.

    Attributes:
        text: The characters.
        differs: Whether the other string has something else here, or nothing.
    """

    text: str
    differs: bool


def whole(text: str) -> tuple[Piece, ...]:
    """Return a text in which nothing differs."""
    return (Piece(text=text, differs=False),) if text else ()


def differing(asked: str, read: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both strings cut where they differ.

    What the proof does not tell apart (kinds of space, invisible marks, shapes of quotes and
    dashes, numeral systems) does not differ here either. A mark never splits a letter from
    its accents or vowel signs.
    """
    left, right = list[tuple[str, bool]](), list[tuple[str, bool]]()
    for of_asked, of_read in aligned(asked, read):
        differs = normalise(of_asked) != normalise(of_read)
        left += [(of_asked, differs)] if of_asked else []
        right += [(of_read, differs)] if of_read else []
    return _pieces(left), _pieces(right)


def _pieces(marked: Iterable[tuple[str, bool]]) -> tuple[Piece, ...]:
    groups = itertools.groupby(_clusters(marked), key=lambda cluster: cluster[1])
    return tuple(
        Piece(text="".join(text for text, _ in group), differs=differs) for differs, group in groups
    )


def _clusters(marked: Iterable[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Join every combining character to its base; a cluster differs if any of it does."""
    text, differs = "", False
    for character, changed in marked:
        joined = unicodedata.category(character)[0] == "M" or _JOINER in {character, text[-1:]}
        if text and not joined:
            yield text, differs
            text, differs = "", False
        text, differs = text + character, differs or changed
    if text:
        yield text, differs
