"""Which characters of a requested and a read line differ, for people to look at."""

import dataclasses
import functools
import itertools
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from icu4py.breakers import CharacterBreaker

from pipeline.proof.normalise import normalise

_LIKE, _UNLIKE, _SPACE = 10, 16, 3
"""What it costs to put a glyph beside another of its kind, beside one of another kind, and to
leave a space alone."""
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
    right = clusters("".join(read[at] for at in kept))
    sure = iter(_sure(right, confidences))
    return tuple(
        Glyph(
            asked=one,
            read=other,
            differs=_key(one) != _key(other),
            sure=next(sure) if other else None,
        )
        for one, other in _paired(clusters(asked), right)
    )


def clusters(text: str) -> list[str]:
    """Return what a person sees as the characters of a text (Unicode's grapheme clusters).

    Invisible characters stay with what they stand beside.
    """
    found: list[str] = []
    for cluster in CharacterBreaker(text, "en"):
        before = found[-1] if found else " "
        if _invisible(before) or (_invisible(cluster) and not before.isspace()):
            found[-1] += cluster
        else:
            found.append(cluster)
    return found


def is_blank(cluster: str) -> bool:
    """Return whether there is nothing to see: spaces, invisible marks or nothing at all."""
    return not _key(cluster)


def words(line: Sequence[Glyph]) -> list[tuple[Glyph, ...]]:
    """Return the glyphs of a line by the words that were asked for, without their spaces."""
    found: list[list[Glyph]] = [[]]
    for glyph in line:
        if glyph.differs or not is_blank(glyph.asked + glyph.read):
            found[-1].append(glyph)
        if glyph.asked and is_blank(glyph.asked) and found[-1]:
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


def _paired(left: list[str], right: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of one best alignment; an empty string stands for a gap.

    A digit rather stands beside another digit, and a letter beside a letter; spaces, which
    count for nothing, are the first to stand alone.
    """
    keys = [[_key(one) for one in side] for side in (left, right)]
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*keys, strict=False))
    start = sum(1 for _ in alike)
    yield from zip(left[:start], right[:start], strict=True)
    left, right = left[start:], right[start:]
    costs = _costs(left, right)
    pairs: list[tuple[str, str]] = []
    row, column = len(left), len(right)
    while row or column:
        here = costs[row][column]
        last, other = left[row - 1 : row], right[column - 1 : column]
        if row and column and here == costs[row - 1][column - 1] + _replace(last[0], other[0]):
            row, column = row - 1, column - 1
            pairs.append((left[row], right[column]))
        elif row and here == costs[row - 1][column] + _alone(last[0]):
            row -= 1
            pairs.append((left[row], ""))
        else:
            column -= 1
            pairs.append(("", right[column]))
    yield from reversed(pairs)


def _costs(left: Sequence[str], right: Sequence[str]) -> list[list[int]]:
    rows = [list(itertools.accumulate(map(_alone, right), initial=0))]
    for one in left:
        above, row = rows[-1], [rows[-1][0] + _alone(one)]
        for column, other in enumerate(right, 1):
            beside = above[column - 1] + _replace(one, other)
            row.append(min(beside, above[column] + _alone(one), row[-1] + _alone(other)))
        rows.append(row)
    return rows


def _replace(one: str, other: str) -> int:
    if _key(one) == _key(other):
        return 0
    return _LIKE if _kind(one) == _kind(other) else _UNLIKE


def _alone(cluster: str) -> int:
    return _SPACE if is_blank(cluster) else _LIKE


def _invisible(cluster: str) -> bool:
    return is_blank(cluster) and not any(map(str.isspace, cluster))


@functools.lru_cache(maxsize=4096)
def _key(cluster: str) -> str:
    return normalise(cluster)


@functools.lru_cache(maxsize=4096)
def _kind(cluster: str) -> str:
    kinds = {unicodedata.category(character)[0] for character in cluster}
    return next((kind for kind in "NLSPZ" if kind in kinds), "")


def _sure(found: Sequence[str], confidences: Sequence[float]) -> list[float | None]:
    if sum(map(len, found)) != len(confidences):
        return [None] * len(found)
    ends = list(itertools.accumulate(map(len, found)))
    return [min(confidences[end - len(one) : end]) for one, end in zip(found, ends, strict=True)]
