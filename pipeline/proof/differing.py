"""Which characters of a requested and a read line differ, for people to look at."""

import dataclasses
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from icu4py.breakers import CharacterBreaker

from pipeline.proof.distance import aligned
from pipeline.proof.normalise import normalise

_CODES = 0xF0000
"""Where the private characters begin that stand for clusters while they are aligned."""
_SIGNS = {"\u0e33", "\u0eb3"}
"""Signs that Unicode counts as letters: Thai and Lao am."""
_STRONG = {"L": "ltr", "R": "rtl", "AL": "rtl"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """What a person sees as one character, as it was asked for and as it was read.

    Attributes:
        asked: The requested cluster of characters; empty if nothing was asked for here.
        read: The cluster that was read; empty if nothing was.
        differs: Whether the two are not alike.
        sure: The smallest probability among the characters read; None if it is not known.
    """

    asked: str
    read: str
    differs: bool
    sure: float | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of characters of one side.

    Attributes:
        text: The characters.
        mark: What sets them apart from their neighbours.
    """

    text: str
    mark: str


def glyphs(asked: str, read: str, confidences: Sequence[float] = ()) -> tuple[Glyph, ...]:
    """Return the requested and the read characters side by side, in logical order.

    What the proof does not tell apart (kinds of space, invisible marks, shapes of quotes and
    dashes, numeral systems) does not differ here either. A letter is never split from its
    accents, vowel signs or joined consonants; a space that a reader put between them is left
    out.

    Args:
        asked: The requested string.
        read: What was read.
        confidences: One probability for each character of `read`, or none.
    """
    kept = [at for at in range(len(read)) if not _torn(read, at)]
    if len(confidences) == len(read):
        confidences = [confidences[at] for at in kept]
    left, right = clusters(asked), clusters("".join(read[at] for at in kept))
    codes: dict[str, str] = {}
    pairs = aligned(*("".join(_code(one, codes) for one in side) for side in (left, right)))
    sure = iter(_sure(right, confidences))
    rest, others = iter(left), iter(right)
    found = []
    for in_asked, in_read in pairs:
        first, second = next(rest) if in_asked else "", next(others) if in_read else ""
        differs = normalise(first) != normalise(second)
        weakest = next(sure) if in_read else None
        found.append(Glyph(asked=first, read=second, differs=differs, sure=weakest))
    return tuple(found)


def clusters(text: str) -> list[str]:
    """Return what a person sees as the characters of a text (Unicode's grapheme clusters).

    Invisible characters stay with what they stand beside.
    """
    found: list[str] = []
    for cluster in CharacterBreaker(text, "en"):
        invisible = not cluster.isspace() and not normalise(cluster)
        if found and (invisible or not (found[-1].isspace() or normalise(found[-1]))):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def words(line: Sequence[Glyph]) -> list[tuple[Glyph, ...]]:
    """Return the glyphs of a line by the words that were asked for, without their spaces."""
    found: list[list[Glyph]] = [[]]
    for glyph in line:
        if glyph.differs or not (glyph.asked or glyph.read).isspace():
            found[-1].append(glyph)
        if glyph.asked.isspace() and found[-1]:
            found.append([])
    return [tuple(word) for word in found if word]


def pieces(
    line: Iterable[Glyph], side: Callable[[Glyph], str], mark: Callable[[Glyph], str]
) -> list[Piece]:
    """Return one side of some glyphs in runs of equal marks.

    Args:
        line: The glyphs.
        side: Takes the asked or the read characters of a glyph.
        mark: Says what sets a glyph apart; empty if nothing does.
    """
    runs = itertools.groupby(line, key=mark)
    return [Piece(text="".join(map(side, run)), mark=name) for name, run in runs]


def direction(text: str) -> str:
    """Return ltr or rtl, by the first letter that has a direction; ltr if none has."""
    bidi = (_STRONG.get(unicodedata.bidirectional(character)) for character in text)
    return next(filter(None, bidi), "ltr")


def _torn(text: str, at: int) -> bool:
    """Return whether a space stands between a letter and its sign."""
    following = text[at + 1 : at + 2]
    return text[at].isspace() and (
        following in _SIGNS or unicodedata.category(following or " ").startswith("M")
    )


def _code(cluster: str, codes: dict[str, str]) -> str:
    return codes.setdefault(normalise(cluster), chr(_CODES + len(codes)))


def _sure(found: Sequence[str], confidences: Sequence[float]) -> list[float | None]:
    if sum(map(len, found)) != len(confidences):
        return [None] * len(found)
    ends = list(itertools.accumulate(map(len, found)))
    return [min(confidences[end - len(one) : end]) for one, end in zip(found, ends, strict=True)]
