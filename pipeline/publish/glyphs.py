"""A requested line above the read one, word by word, so that every glyph stands at its twin."""

import dataclasses
import itertools
import math
import unicodedata
from collections.abc import Iterator, Sequence

from pipeline.proof.differing import Glyph, direction, words
from pipeline.proof.judge import SURE

_DENSE, _ALPHABETIC = 6, 16
"""How many glyphs of a word stay together: scripts without spaces must be broken sooner."""
_SPACE = "\u00a0"
_WIDE = "WF"
_UNSPACED = ("THAI", "LAO", "KHMER", "MYANMAR")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters of one row that are shown alike.

    Attributes:
        text: The characters.
        mark: `differs`, `weak`, both, `gap` where only the other row has something, or nothing.
        note: How sure the reader was, for weak characters.
    """

    text: str
    mark: str = ""
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word as it was asked for, and as it was read.

    Attributes:
        asked: The upper row.
        read: The lower row.
        direction: ltr or rtl.
        joined: Whether the next word follows without a space.
    """

    asked: tuple[Run, ...]
    read: tuple[Run, ...]
    direction: str
    joined: bool


def is_weak(glyph: Glyph) -> bool:
    """Return whether a reader was not sure of a glyph."""
    return glyph.sure is not None and glyph.sure < SURE and bool(glyph.read.strip())


def share(value: float | None) -> str:
    """Return a share of 1 in percent, rounded down: 100 % means all of it."""
    return "" if value is None else f"{math.floor(value * 100)} %"


def shown(line: Sequence[Glyph]) -> tuple[Word, ...]:
    """Return a line in words that may go to the next row of the page together."""
    found: list[Word] = []
    whole = words(line)
    if direction("".join(glyph.asked for glyph in line)) == "rtl":
        whole = list(_kept_together(whole))
    for word in whole:
        parts = list(_parts(word))
        found += [_word(part, joined=part is not parts[-1]) for part in parts]
    return tuple(found)


def _word(word: Sequence[Glyph], *, joined: bool) -> Word:
    text = "".join(glyph.asked + glyph.read for glyph in word)
    return Word(
        asked=tuple(_runs([_asked(glyph) for glyph in word])),
        read=tuple(_runs([_read(glyph) for glyph in word])),
        direction=direction(text),
        joined=joined,
    )


def _asked(glyph: Glyph) -> tuple[Run, ...]:
    if not glyph.asked:
        return _gap(glyph.read)
    return (Run(text=glyph.asked, mark="differs" * glyph.differs), *_padding(glyph))


def _read(glyph: Glyph) -> tuple[Run, ...]:
    if not glyph.read:
        return _gap(glyph.asked)
    weak = is_weak(glyph)
    marks = ["differs"] * glyph.differs + ["weak"] * weak
    note = share(glyph.sure) if weak else ""
    turned = dataclasses.replace(glyph, asked=glyph.read, read=glyph.asked)
    return (Run(text=glyph.read, mark=" ".join(marks), note=note), *_padding(turned))


def _gap(other: str) -> tuple[Run, ...]:
    """Return an empty place as wide as a glyph; none where letters join, which it would part."""
    if not other.strip() or _joins(other):
        return ()
    return (Run(text=_SPACE * _columns(other), mark="gap"),)


def _padding(glyph: Glyph) -> tuple[Run, ...]:
    missing = _columns(glyph.read) - _columns(glyph.asked) if glyph.asked and glyph.read else 0
    return (Run(text=_SPACE * missing),) if missing > 0 and not _joins(glyph.asked) else ()


def _runs(row: Sequence[tuple[Run, ...]]) -> Iterator[Run]:
    flat = [run for cell in row for run in cell]
    for (mark, note), group in itertools.groupby(flat, key=lambda run: (run.mark, run.note)):
        yield Run(text="".join(run.text for run in group), mark=mark, note=note)


def _columns(cluster: str) -> int:
    return 2 if unicodedata.east_asian_width(cluster[0]) in _WIDE else 1


def _joins(cluster: str) -> bool:
    return any(unicodedata.bidirectional(character) == "AL" for character in cluster)


def _parts(word: Sequence[Glyph]) -> Iterator[tuple[Glyph, ...]]:
    """Yield pieces of a word that is too long for a row; joined letters are never parted."""
    text = "".join(glyph.asked + glyph.read for glyph in word)
    dense = any(_columns(c) > 1 or unicodedata.name(c, "").startswith(_UNSPACED) for c in text)
    most = len(word) if _joins(text) else _DENSE if dense else _ALPHABETIC
    for start in range(0, len(word), most):
        yield tuple(word[start : start + most])


def _kept_together(whole: Sequence[tuple[Glyph, ...]]) -> Iterator[tuple[Glyph, ...]]:
    """Yield words, those of a left-to-right name as one: they do not follow the line's order."""
    ways = [_way(word) for word in whole]
    for at, way in enumerate(ways):  # what stands between two words of a name belongs to it
        around = ("L" in ways[:at][-1:], "L" in ways[at + 1 : at + 2])
        ways[at] = "L" if way == "N" and all(around) else way
    for (way, _), group in itertools.groupby(
        enumerate(whole), key=lambda pair: (ways[pair[0]], ways[pair[0]] == "L" or pair[0])
    ):
        several = [word for _, word in group]
        if way == "L":
            space = (Glyph(asked=_SPACE, read=_SPACE, differs=False),)
            yield tuple(itertools.chain(several[0], *(space + word for word in several[1:])))
        else:
            yield from several


def _way(word: Sequence[Glyph]) -> str:
    kinds = {unicodedata.bidirectional(c) for glyph in word for c in glyph.asked + glyph.read}
    return "R" if kinds & {"R", "AL"} else "L" if "L" in kinds else "N"
