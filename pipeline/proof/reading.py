"""What a reader is, and what it hands back."""

import dataclasses
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.proof.normalise import bare

_MOSTLY = 0.7
"""Share of the characters of a text that a reader has to know to read it roughly."""

Pixels = npt.NDArray[np.uint8]
"""RGB pixels, shape [height, width, 3]; or a mask, shape [height, width]."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reader's answer for one crop.

    Attributes:
        text: What it read, in logical order, before normalisation.
        confidence: One probability, 0 to 1, for each character of `text`.
        reader: The reader and its rendering or language, such as `pp-ocr` or
            `tesseract:deu+eng/grey`.
    """

    text: str
    confidence: tuple[float, ...]
    reader: str

    @property
    def weakest(self) -> float:
        """Return the smallest probability of a visible character; 0 for an empty reading."""
        pairs = zip(self.text, self.confidence, strict=True)
        return min((sure for char, sure in pairs if not char.isspace()), default=0.0)

    def weakest_of(self, characters: str) -> float:
        """Return the smallest probability among the given characters; 1 if none was read."""
        pairs = zip(self.text, self.confidence, strict=True)
        return min((sure for char, sure in pairs if char in characters), default=1.0)

    @property
    def mean(self) -> float:
        """Return the mean probability of the visible characters; 0 for an empty reading."""
        pairs = zip(self.text, self.confidence, strict=True)
        visible = [sure for char, sure in pairs if not char.isspace()]
        return sum(visible) / len(visible) if visible else 0.0


class Reader(Protocol):
    """Reads upright crops. Never told what should stand there.

    Attributes:
        name: What its readings are called; some have a suffix for how they were made.
        strict: Whether its probabilities can be taken at their word: a reader that corrects
            what it sees towards likely words cannot contradict, and cannot vouch alone.
        border: How much it wants to see around each place.
    """

    strict: bool

    @property
    def name(self) -> str:
        """Return what its readings are called."""
        ...

    @property
    def border(self) -> float:
        """Return how much it wants to see, as a share of the place's height."""
        ...

    def knows(self, text: str) -> bool:
        """Return whether the reader can read every character of a text."""
        ...

    def vouches(self, reading: str, text: str) -> bool:
        """Return whether a reading of this name tells every character of a text apart."""
        ...

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        """Return the readings of each crop, in order; several if it looked several times.

        Args:
            crops: Upright RGB crops of one row of text each.
            locale: The locale of the picture, such as `de_DE`.

        Raises:
            ToolMissingError: If the reader or its data is not installed.
        """
        ...

    def versions(self) -> dict[str, str]:
        """Return the names of the engines and models with their versions."""
        ...


def joined(pieces: Sequence[Reading]) -> Reading:
    """Return one reading for several pieces of a line read by the same reader.

    Args:
        pieces: In reading order, at least one.
    """
    text, confidence = pieces[0].text, list(pieces[0].confidence)
    for piece in pieces[1:]:
        text += " " + piece.text
        confidence += [1.0, *piece.confidence]
    return Reading(text=text, confidence=tuple(confidence), reader=pieces[0].reader)


def knows_most(reader: Reader, text: str) -> bool:
    """Return whether a reader knows enough of a text for a reading roughly like it."""
    shown = bare(text)
    return sum(map(reader.knows, shown)) >= _MOSTLY * len(shown)
