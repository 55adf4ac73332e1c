"""The fonts that lines are drawn with: those of the machine and the pinned packages."""

import dataclasses
import functools
import pathlib
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import uharfbuzz
from PIL import ImageFont

from pipeline.errors import ToolMissingError
from pipeline.typeset.fonts import FILES, files_of

_SUFFIXES = (".ttf", ".otf", ".ttc")
_NO_LETTERS = re.compile("Symbols|Emoji|Nastaliq|Quran|homa")
"""Pictures, letters over each other or among ornaments, and a zero that looks like a five."""
_FEW = 4
"""Files drawn with of one family, or a family of 70 styles would drown the others."""
_OURS = 4
"""How often a pinned font is drawn with for once that another one is: the press sets with it."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """A font file to draw with; the first font of a collection.

    Attributes:
        path: The file.
        characters: The code points it has glyphs for.
    """

    path: pathlib.Path
    characters: frozenset[int]

    def draws(self, text: str) -> bool:
        """Return whether it has a glyph for every character of a text but spaces."""
        return all(ord(char) in self.characters or char.isspace() for char in text)

    def font(self, size: int, weight: float) -> ImageFont.FreeTypeFont:
        """Return the font, ready to draw.

        Args:
            size: In pixels.
            weight: Of a variable font, from 0, its lightest, to 1, its boldest.
        """
        return _font(self.path, size, weight)


def typefaces(needed: str, rng: np.random.Generator) -> list[Typeface]:
    """Return up to four font files of each family with the needed characters, our own more often.

    Args:
        needed: Characters that a font must have.
        rng: Chooses among the files of a family.

    Raises:
        ToolMissingError: If fontconfig or a pinned font package is not installed.
    """
    pinned = {file.path for family in FILES for file in files_of(family)}
    others = [path for path in installed() if path not in pinned]
    return chosen(able(others, needed), rng) + list(able(sorted(pinned), needed)) * _OURS


def installed() -> list[pathlib.Path]:
    """Return the font files that fontconfig knows.

    Raises:
        ToolMissingError: If fontconfig is not installed.
    """
    program = shutil.which("fc-list")
    if program is None:
        msg = "fc-list is missing, which lists the fonts to draw with: `apt install fontconfig`"
        raise ToolMissingError(msg)
    done = subprocess.run(  # noqa: S603 - no argument comes from outside
        [program, "--format", "%{file}\n"], capture_output=True, text=True, check=True
    )
    return [pathlib.Path(line) for line in sorted(set(done.stdout.splitlines()))]


def able(files: Iterable[pathlib.Path], needed: str) -> Iterator[Typeface]:
    """Yield the files that are fonts with all needed characters.

    Args:
        files: Any files; those that are no outline fonts are passed over.
        needed: Characters that a font must have.
    """
    for path in files:
        if path.suffix.lower() not in _SUFFIXES or _NO_LETTERS.search(path.name):
            continue
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
        typeface = Typeface(path=path, characters=frozenset(face.unicodes))
        if typeface.draws(needed):
            yield typeface


def chosen(faces: Iterable[Typeface], rng: np.random.Generator) -> list[Typeface]:
    """Return a few files of each family, families told apart by the first part of the name."""
    families: dict[str, list[Typeface]] = {}
    for face in faces:
        families.setdefault(re.split("[-_[]", face.path.name)[0][:12], []).append(face)
    return [face for _, family in sorted(families.items()) for face in _few(family, rng)]


def _few(family: Sequence[Typeface], rng: np.random.Generator) -> list[Typeface]:
    return [family[int(index)] for index in rng.permutation(len(family))[:_FEW]]


@functools.lru_cache(maxsize=400)
def _font(path: pathlib.Path, size: int, weight: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    try:
        axes = font.get_variation_axes()
    except OSError:  # Pillow's way to say that the font is not variable
        return font
    font.set_variation_by_axes([_along(axis, weight) for axis in axes])
    return font


def _along(axis: ImageFont.Axis, weight: float) -> float:
    if axis["name"] != b"Weight":
        return float(axis["default"] or 0)
    lowest, highest = axis["minimum"] or 0, axis["maximum"] or 0
    return lowest + (highest - lowest) * weight
