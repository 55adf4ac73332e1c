"""Further alphabets for the recogniser: small heads on what its backbone sees.

The bundled recogniser knows no Cyrillic and no Hangul, but the features it computes before its
own last layers describe strokes of any script. Each head was trained on drawn text
(`scripts/train_alphabet.py`) to read one more script from them, and costs a few milliseconds
beside the features that are there anyway.
"""

import dataclasses
import functools
import pathlib

import numpy as np
import numpy.typing as npt

from pipeline.proof.models import version_of
from pipeline.proof.normalise import normalise

FEATURES = 384
"""Values that the backbone gives for each step of 8 pixels."""

_FOLDER = pathlib.Path(__file__).parent / "alphabets"
_OF_LANGUAGE = {
    **dict.fromkeys(("ru", "uk", "bg", "be", "sr", "mk", "kk", "ky", "mn"), "cyrillic"),
    "ko": "hangul",
}
_EPSILON = 1e-5

Values = npt.NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """One script read from the backbone's features.

    Attributes:
        name: The script.
        characters: What it tells apart; index 0 of its answers is the blank.
        weights: The layers by name.
    """

    name: str
    characters: tuple[str, ...]
    weights: dict[str, Values]

    def knows(self, text: str) -> bool:
        """Return whether every character of a text is among its own."""
        known = _known(self.characters)
        return all(char in known or char.isspace() for char in normalise(text))

    def steps(self, features: Values) -> Values:
        """Return the probability of each character at each step.

        Args:
            features: Shape [steps, FEATURES].

        Returns:
            Shape [steps, 1 + characters].
        """
        w = self.weights
        hidden = _silu(features @ w["inp_weight"].T + w["inp_bias"])
        for number in ("1", "2"):
            normal = _normalised(hidden, w[f"n{number}_weight"], w[f"n{number}_bias"])
            hidden = hidden + _silu(_along(normal, w[f"c{number}_weight"], w[f"c{number}_bias"]))
        logits = hidden @ w["out_weight"].T + w["out_bias"]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def alphabet_for(locale: str) -> Alphabet | None:
    """Return the further alphabet that a locale is written in; None if there is none.

    Args:
        locale: Such as `ru_RU`.
    """
    name = _OF_LANGUAGE.get(locale.replace("-", "_").split("_")[0])
    return alphabets().get(name) if name else None


@functools.cache
def alphabets() -> dict[str, Alphabet]:
    """Return all further alphabets by name, loaded once."""
    return {path.stem: _load(path) for path in sorted(_FOLDER.glob("*.npz"))}


def versions() -> dict[str, str]:
    """Return the further alphabets with the prefixes of their hashes."""
    return {path.stem: version_of(path) for path in sorted(_FOLDER.glob("*.npz"))}


def _load(path: pathlib.Path) -> Alphabet:
    with np.load(path) as stored:
        weights = {
            name: stored[name].astype(np.float32) for name in stored.files if name != "characters"
        }
        characters = tuple(str(stored["characters"]))
    return Alphabet(name=path.stem, characters=("", *characters), weights=weights)


@functools.lru_cache(maxsize=16)
def _known(characters: tuple[str, ...]) -> frozenset[str]:
    return frozenset(characters) | frozenset(normalise("".join(characters)))


def _along(values: Values, kernel: Values, bias: Values) -> Values:
    """Return a convolution along the steps; kernel of shape [out, in, width], zeros outside."""
    width = kernel.shape[2]
    padded = np.pad(values, ((width // 2, width // 2), (0, 0)))
    shifted = [padded[start : start + len(values)] for start in range(width)]
    return np.asarray(
        sum(part @ kernel[:, :, start].T for start, part in enumerate(shifted)) + bias, np.float32
    )


def _normalised(values: Values, weight: Values, bias: Values) -> Values:
    centred = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
    return np.asarray(centred / spread * weight + bias, np.float32)


def _silu(values: Values) -> Values:
    return np.asarray(values / (1.0 + np.exp(-values)), np.float32)
