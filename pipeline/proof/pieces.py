"""Pieces: places on the picture that were read, and parts of what was read there."""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.proof.distance import aligned
from pipeline.proof.find import Quad, box_of
from pipeline.proof.reading import Reading, joined
from pipeline.proof.redraw import Drawn
from pipeline.proof.verdict import Box, meet

_SHARED = 0.5
"""From this share of the smaller one on, two places hold the same text."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One place with all its readings.

    Attributes:
        quad: Where it is.
        readings: What the readers said.
        hidden: Ink that reaches into the place but belongs to a neighbouring row; None if
            nothing is known of any.
    """

    quad: Quad
    readings: tuple[Reading, ...] = ()
    hidden: Drawn | None = dataclasses.field(default=None, compare=False)

    @property
    def box(self) -> Box:
        """Return the upright box around the piece."""
        return box_of(self.quad)

    def also(self, readings: Sequence[Reading]) -> "Piece":
        """Return the piece with further readings."""
        return dataclasses.replace(self, readings=(*self.readings, *readings))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece, or the words of it between two characters of one reading.

    Attributes:
        piece: The piece.
        reader: Whose reading `start` and `end` count in; empty for the whole piece.
        start: First character.
        end: One past the last character.
    """

    piece: Piece
    reader: str = ""
    start: int = 0
    end: int = 0

    def overlaps(self, other: "Part") -> bool:
        """Return whether both use the same text.

        Looked for at several sizes, the same text may stand in several pieces.
        """
        if self.piece.quad != other.piece.quad:
            return same_text(self.piece, other.piece)
        if not (self.reader and self.reader == other.reader):
            return True
        return self.start < other.end and other.start < self.end

    def readings(self) -> tuple[Reading, ...]:
        """Return the readings of the part, each cut where it corresponds to the part."""
        own = next((r for r in self.piece.readings if r.reader == self.reader), None)
        if own is None:
            return self.piece.readings
        return tuple(self._cut(own, reading) for reading in self.piece.readings)

    def _cut(self, own: Reading, other: Reading) -> Reading:
        start, end = corresponding(own.text, self.start, self.end, other.text)
        return Reading(
            text=other.text[start:end],
            confidence=other.confidence[start:end],
            reader=other.reader,
        )


def corresponding(text: str, start: int, end: int, other: str) -> tuple[int, int]:
    """Return where in another reading of the same place a stretch of a reading stands.

    Args:
        text: One reading.
        start: First character of the stretch.
        end: One past its last character.
        other: The other reading.
    """
    here, there = 0, 0
    first, last = len(other), 0
    for left, right in aligned(text, other):
        if start <= here < end and left and right:
            first, last = min(first, there), max(last, there + 1)
        here, there = here + len(left), there + len(right)
    return (first, last) if first < last else (0, 0)


def combined(parts: Sequence[Part]) -> list[Reading]:
    """Return the readings of a line made of several parts: one for each reader that read all."""
    each = [{reading.reader: reading for reading in part.readings()} for part in parts]
    readers = [name for name in each[0] if all(name in one for one in each)] if each else []
    return [joined([one[name] for one in each]) for name in readers]


def same_text(first: Piece, second: Piece) -> bool:
    """Return whether two pieces stand on the same text, as found at different sizes."""
    return meet(first.box, second.box) and covered(first.quad, [second.quad]) > _SHARED


def covered(quad: Quad, others: Sequence[Quad]) -> float:
    """Return the share of a place, or of the smaller one of two, that others stand on.

    Args:
        quad: The place.
        others: Other places; what two of them share counts twice.
    """
    own = np.array(quad, np.float32)
    share = 0.0
    for one in others:
        other = np.array(one, np.float32)
        smaller = min(cv2.contourArea(own), cv2.contourArea(other))
        share += cv2.intersectConvexConvex(own, other)[0] / max(1.0, smaller)
    return share


def box_around(quads: Sequence[Quad]) -> Box:
    """Return the upright box around several places."""
    return box_of(tuple(point for quad in quads for point in quad))
