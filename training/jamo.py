"""The letters that Hangul syllables are made of, so that syllables can learn from each other."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.proof.hangul import jamo

_INITIALS, _VOWELS, _FINALS = 19, 21, 28
"""How many there are of each; the first final is none."""

PARTS = _INITIALS + _VOWELS + _FINALS


def parts(character: str) -> tuple[int, ...]:
    """Return which of the PARTS a syllable is made of; none for any other character.

    Returns:
        The number of the initial, of the vowel and of the final, each counted after the one
        before: 0 to 18, 19 to 39, 40 to 67.
    """
    numbers = jamo(character)
    if numbers is None:
        return ()
    initial, vowel, final = numbers
    return initial, _INITIALS + vowel, _INITIALS + _VOWELS + final


def composition(characters: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return which character has which part: ones and zeros, shape [1 + characters, PARTS].

    The first row, without parts, is the blank's.
    """
    table = np.zeros((1 + len(characters), PARTS), np.float32)
    for row, character in enumerate(characters, 1):
        table[row, list(parts(character))] = 1
    return table
