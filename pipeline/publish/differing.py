"""Which characters of a requested and a read line differ, for people to look at."""

import dataclasses

from pipeline.proof.differing import glyphs, pieces


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of characters that are all alike or all different."""

    text: str
    differs: bool


def whole(text: str) -> tuple[Piece, ...]:
    """Return a text in which nothing differs."""
    return (Piece(text=text, differs=False),) if text else ()


def differing(asked: str, read: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return both strings cut where they differ."""
    line = glyphs(asked, read)
    left = pieces(line, lambda one: one.asked, lambda one: "x" if one.differs else "")
    right = pieces(line, lambda one: one.read, lambda one: "x" if one.differs else "")
    return (
        tuple(Piece(text=one.text, differs=bool(one.mark)) for one in left if one.text),
        tuple(Piece(text=one.text, differs=bool(one.mark)) for one in right if one.text),
    )
