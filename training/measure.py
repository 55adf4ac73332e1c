"""How well a head reads lines that it has not learned from."""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.proof.distance import distance
from training.features import Sample

Probabilities = npt.NDArray[np.float32]
Reads = Callable[[npt.NDArray[np.float32]], Probabilities]
"""From the features of a line, [steps, CHANNELS], to [steps, classes]; class 0 is the blank."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What became of the held-out lines; spaces do not count.

    Attributes:
        errors: Characters inserted, left out and replaced, as a share of all characters.
        right: Lines without an error, as a share of all lines.
        lines: How many lines there were.
    """

    errors: float
    right: float
    lines: int

    def __str__(self) -> str:
        rates = f"character error rate {self.errors:.2%}, right lines {self.right:.1%}"
        return f"{rates} of {self.lines}"


def measure(reads: Reads, lines: Sequence[Sample], characters: Sequence[str]) -> Quality:
    """Read lines and compare them with what they say.

    Args:
        reads: The head.
        lines: Lines it has not learned from; at least one.
        characters: What it tells apart, without the blank.
    """
    wrong, total, right = 0, 0, 0
    for line in lines:
        read = decoded(reads(line.features.astype(np.float32)), characters).replace(" ", "")
        text = line.text.replace(" ", "")
        away = distance(read, text)
        wrong, total, right = wrong + away, total + len(text), right + (away == 0)
    return Quality(errors=wrong / total, right=right / len(lines), lines=len(lines))


def decoded(steps: Probabilities, characters: Sequence[str]) -> str:
    """Return the text of the likeliest class at each step: repeats are one, blanks are none.

    Args:
        steps: Shape [steps, classes].
        characters: What classes 1 and up stand for.
    """
    best = steps.argmax(axis=1)
    first = np.concatenate([[True], best[1:] != best[:-1]])
    return "".join(characters[index - 1] for index in best[first] if index)
