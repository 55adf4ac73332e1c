"""Further alphabets for the recogniser: small heads on what its backbone sees.

The bundled recogniser knows no Cyrillic, Hangul, Arabic or Devanagari, and no digits but 0 to 9,
but the features it computes before its own last layers describe strokes of any script. Each head
was trained on drawn text (`scripts/train_alphabet.py`) to read one more script from them, and
costs a few milliseconds beside the features, which are there anyway.
"""

import dataclasses
import functools
import pathlib
import re

import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.proof import arabic
from pipeline.proof.models import load_session, version_of
from pipeline.proof.normalise import as_drawn
from pipeline.proof.reading import Reading

_FOLDER = pathlib.Path(__file__).parent / "alphabets"
_ARABIC = "arabic"
_OF_LANGUAGE = {
    **dict.fromkeys(("ru", "uk", "bg"), "cyrillic"),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb"), _ARABIC),
    **dict.fromkeys(("hi", "mr", "ne"), "devanagari"),
    "ko": "hangul",
}
_OF_SCRIPT = {"Arab": _ARABIC, "Deva": "devanagari"}
"""Of locales that name their script, such as `uz_Arab_AF`."""
_SCRIPT_CODE = 4

_WRITTEN_IN = {
    "ru_RU": re.compile("[\u0400-\u04ff]"),
    "ko_KR": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "ar_EG": re.compile("[\u0600-\u06ff]"),
    "hi_IN": re.compile("[\u0900-\u097f]"),
}
"""A locale of each further alphabet, and its letters."""

Values = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """One script read from the backbone's features.

    Attributes:
        name: The script.
        characters: What it tells apart, after the blank.
        known: The same as a set, as they are and normalised.
        session: The head.
    """

    name: str
    characters: tuple[str, ...]
    known: frozenset[str]
    session: onnxruntime.InferenceSession

    def knows(self, text: str) -> bool:
        """Return whether every character of a text is among its own."""
        return all(char in self.known or char.isspace() for char in as_drawn(text))

    def reads(self, text: str) -> bool:
        """Return whether it is worth asking about a text: it may be blind to its Arabic marks."""
        return self.knows(arabic.unmarked(text))

    def written(self, seen: Reading, locale: str) -> Reading:
        """Return a reading in logical order, in the letters of its locale.

        Args:
            seen: What was read from left to right.
            locale: Such as `fa_IR`.
        """
        if self.name != _ARABIC:
            return seen
        return Reading(
            text=arabic.written(seen.text, locale),
            confidence=tuple(seen.confidence[place] for place in arabic.order(seen.text, locale)),
            reader=seen.reader,
        )

    def steps(self, features: Values) -> Values:
        """Return the probability of the blank and of each character at each step.

        Args:
            features: Shape [1, 384, 1, steps].

        Returns:
            Shape [steps, characters].
        """
        (answer,) = self.session.run(None, {"features": features})
        return np.asarray(np.asarray(answer)[0], np.float32)


def alphabet_for(locale: str) -> Alphabet | None:
    """Return the further alphabet that a locale is written in; None if there is none.

    Args:
        locale: Such as `ru_RU`.
    """
    language, *rest = locale.replace("-", "_").split("_")
    script = next((part for part in rest if len(part) == _SCRIPT_CODE), "")
    name = _OF_SCRIPT.get(script) if script else _OF_LANGUAGE.get(language)
    return alphabets()[name] if name else None


def further_locales(text: str, locale: str) -> tuple[str, ...]:
    """Return locales whose alphabets a text takes beside that of its own.

    Args:
        text: Everything that was asked for.
        locale: The locale of the picture.
    """
    own = alphabet_for(locale)
    found = (one for one, letters in _WRITTEN_IN.items() if letters.search(text))
    return tuple(one for one in found if alphabet_for(one) is not own)


@functools.cache
def alphabets() -> dict[str, Alphabet]:
    """Return all further alphabets by name, loaded once."""
    return {path.stem: _load(path) for path in sorted(_FOLDER.glob("*.onnx"))}


@functools.cache
def versions() -> dict[str, str]:
    """Return the further alphabets with the prefixes of their hashes."""
    return {path.stem: version_of(path) for path in sorted(_FOLDER.glob("*.onnx"))}


def _load(path: pathlib.Path) -> Alphabet:
    session = load_session(path)
    listed = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    known = "".join(listed)
    if path.stem == _ARABIC:
        known += arabic.written(known, "fa_IR")  # Persian letters of the same shapes
    return Alphabet(
        name=path.stem,
        characters=("", *listed),
        known=frozenset(known) | frozenset(as_drawn(known)),
        session=session,
    )
