"""Letters read alone: a reader that sees a whole word takes a badly drawn letter for the right one.

Image models draw letters that are rare in their pictures worst: a ß becomes something between A
and R. In its word every reader still takes it for the ß that belongs there. Cut out and read
alone, it has only its shape.

Alone, many letters are not to be told apart: o and 0, l and 1, or a hurried r and v. So only
letters outside ASCII are read alone, and one is doubted only if both looks surely take it for a
letter of another shape, marks aside, which no font's own letter is taken for.
"""

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from pipeline.proof.cutout import Located, cut_out
from pipeline.proof.lookalikes import STROKED
from pipeline.proof.pieces import Part, corresponding
from pipeline.proof.places import crop_of
from pipeline.proof.reading import Pixels, Reader, Reading

SURE = 0.8
"""A letter is surely another one from this probability in every look.

1 of 1 800 right letters of lines drawn in 136 fonts, and damaged, was doubted so, and 1 of 2 614
in further languages, Vietnamese among them; none of 20 on pictures that models drew. Of letters
drawn in place of a ß alone, 84 to 96 of 100 were doubted (R, A, P, H, K, D, E, G, C, 6), 10 of Я,
and none of B, 8 and β, which it resembles; of an ASCII letter in place of é, ü or ñ, 31 to 97. Of
letters of which a part was missing, and which were read as requested in their line, only 6 of 141.

Letters of ASCII would be doubted in 4 of 1 412 cases that were right, on pictures that models
drew: an r like a V, an I like a 9.
"""

_ALIKE = ("o0θδð", "il1|ı", "bß8β", "s5", "g9q", "z2", "uυμ", "aα", "eε")
_SHAPE = {char: group[0] for group in _ALIKE for char in group}
"""Letters that are one shape when read alone, to the first of them."""
_TAKEN_FOR = {"ß": "sfi3j", "œ": "oea", "æ": "ea", "ł": "ite", "ą": "g", "ü": "i"}
"""What else right letters were taken for in 254 fonts, with damage: parts of letters that are cut
apart, and the long s in an italic ß."""
_LATER_SCRIPTS = 0x2E80
_LOCALE = "en_US"
"""Has no further alphabet: letters are read in the recogniser's own."""


class Letters(Protocol):
    """Looks at the single letters of a line that is read as requested."""

    def doubt(self, parts: Sequence[Part], image: Pixels) -> str:
        """Return which letter looks like another one, in words; empty if none does.

        Args:
            parts: Where the line stands.
            image: The picture, RGB.
        """
        ...


class Locating(Reader, Protocol):
    """A reader that can also say where it read each character."""

    def located(self, crop: Pixels) -> tuple[Located, ...]:
        """Return the characters of a crop, without spaces, and where they stand."""
        ...


class ReadAlone:
    """Reads letters alone.

    Args:
        looks: The readers; the first one also locates the letters, and all must agree.
    """

    def __init__(self, looks: Sequence[Locating]) -> None:
        self._looks = tuple(looks)

    def doubt(self, parts: Sequence[Part], image: Pixels) -> str:
        """Return which letter looks like another one, in words; empty if none does.

        Args:
            parts: Where the line stands.
            image: The picture, RGB.
        """
        found = (self._doubt(part, image) for part in parts)
        return next(filter(None, found), "")

    def _doubt(self, part: Part, image: Pixels) -> str:
        if not any(judged_alone(char) for one in part.readings() for char in one.text):
            return ""
        crop = crop_of(part.piece, image, self._looks[0].border)
        located = self._looks[0].located(crop)
        first, last = _stretch(part, located)
        for index, letter in cut_out(crop, located).items():
            char = located[index].char
            if first <= index < last and judged_alone(char):
                seen = self._otherwise(char, letter)
                if seen:
                    return f"the {char} looks unlike any {char}: alone it reads {seen}"
        return ""

    def _otherwise(self, char: str, letter: Pixels) -> str:
        """Return what a letter is taken for, if every look surely takes it for another one."""
        seen = ""
        for look in self._looks:
            other = taken_for(char, look.read([letter], _LOCALE)[0][0])
            if not other:
                return ""
            seen = seen or other
        return seen


def judged_alone(char: str) -> bool:
    """Return whether a character is a letter that can be told from others when read alone.

    Args:
        char: One character.
    """
    return not char.isascii() and (char.lower() in _TAKEN_FOR or _plain(char).isascii())


def taken_for(char: str, reading: Reading) -> str:
    """Return which letter or digit of another shape was surely read; empty if none was.

    Args:
        char: The letter that should stand there.
        reading: What was read where it stands alone.
    """
    read = reading.text.strip()
    if len(read) != 1 or not read.isalnum() or ord(read) >= _LATER_SCRIPTS:
        return ""
    possible = {_shape(char), *map(_shape, _TAKEN_FOR.get(char.lower(), ""))}
    return read if reading.weakest >= SURE and _shape(read) not in possible else ""


def _plain(char: str) -> str:
    """Return a letter without its marks, in lower case."""
    base = unicodedata.normalize("NFD", char)[0]
    return STROKED.get(base, base).lower()


def _shape(char: str) -> str:
    plain = _plain(char)
    return _SHAPE.get(plain, plain)


def _stretch(part: Part, located: Sequence[Located]) -> tuple[int, int]:
    """Return which of the located characters belong to a part, from the first to after the last."""
    own = next((one for one in part.piece.readings if one.reader == part.reader), None)
    if own is None:
        return 0, len(located)
    return corresponding(own.text, part.start, part.end, "".join(one.char for one in located))
