"""The PP-OCRv6 recogniser of the rapidocr wheel, with the probability of every character.

Knows 18 708 characters: Han, kana, Latin with most accents, Greek without accented vowels, the
usual currency marks. It has no Cyrillic, Hangul, Arabic, Devanagari, Hebrew or Thai, and no
digits but 0 to 9; further alphabets read the first four from what its backbone sees.
"""

import copy
import dataclasses
import itertools
import math
import pathlib
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.proof.alphabet import Alphabet, alphabet_for, alphabets, versions
from pipeline.proof.cutout import Located
from pipeline.proof.models import load_session, model_path, version_of
from pipeline.proof.normalise import as_drawn
from pipeline.proof.reading import Pixels, Reading

MODEL = "PP-OCRv6_rec_small.onnx"
NAME = "pp-ocr"

_FEATURES = "p2o.pd_op.pool2d.1.0"
"""The backbone's answer in the model, shape [1, FEATURES, 1, steps]."""

_HEIGHT = 48
_STEP = 8
_TRAINED = 320
_WIDEST = 3200


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way to look at a place. No single one reads every line; together they vote.

    Attributes:
        name: What its readings are called.
        border: What is seen around the place, as a share of its height; negative cuts it.
        stretch: Width to height, as a share of what it is.
        narrowest: Width in pixels, of 48 high, that a short row is filled up to.
    """

    name: str = NAME
    border: float = 0.0
    stretch: float = 1.0
    narrowest: int = 64


LOOKS = (
    Look(),
    Look(name=f"{NAME}/wide", border=0.12, narrowest=_TRAINED),
    Look(name=f"{NAME}/squeezed", stretch=0.8),
    Look(name=f"{NAME}/stretched", border=0.06, stretch=1.2, narrowest=_TRAINED),
    Look(name=f"{NAME}/close", border=-0.06),
    Look(name=f"{NAME}/far", border=0.2),
)
"""The first two settle most lines; the others are for what they leave open."""


class PpOcr:
    """Reads crops with the bundled recogniser, and with further alphabets for some locales.

    Args:
        model: The model file; the bundled one if None.
    """

    strict = True

    def __init__(self, model: pathlib.Path | None = None) -> None:
        self._look = LOOKS[0]
        self._path = model or model_path(MODEL)
        self._session: onnxruntime.InferenceSession = load_session(self._path, _FEATURES)
        self._input: str = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        # Index 0 is the blank of the CTC alphabet, the last one is the space.
        self._characters = ("", *listed, " ")
        self._known = frozenset(self._characters) | frozenset(as_drawn("".join(listed)))

    @property
    def name(self) -> str:
        """Return what its readings in its own alphabet are called."""
        return self._look.name

    @property
    def border(self) -> float:
        """Return what it wants to see around a place, as a share of the place's height."""
        return self._look.border

    def at(self, look: Look) -> "PpOcr":
        """Return the same reader with another look, the loaded model shared."""
        other = copy.copy(self)
        other._look = look  # noqa: SLF001 - our own copy
        return other

    def versions(self) -> dict[str, str]:
        """Return the model with the prefix of its hash, and the further alphabets."""
        further = {f"{NAME}:{name}": version for name, version in versions().items()}
        return {NAME: version_of(self._path)} | further

    def knows(self, text: str) -> bool:
        """Return whether its own alphabet and a further one read a text together, but for marks."""
        rest = "".join(char for char in text if not self._own(char))
        return not rest or any(one.reads(rest) for one in alphabets().values())

    def vouches(self, reading: str, text: str) -> bool:
        """Return whether a reading tells every character of a text apart.

        A further alphabet only vouches for what the model's own does not have.
        """
        name, _, script = reading.partition(":")
        if name != self.name:
            return False
        if not script:
            return self._own(text)
        return not self._own(text) and alphabets()[script].knows(text)

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        """Return one reading for each crop, and one more if the locale has a further alphabet.

        Args:
            crops: Upright RGB crops of one row of text each.
            locale: The locale of the picture.
        """
        # One crop at a time: a batch pads its narrow crops to the widest one, which costs more
        # than it saves on one core.
        further = alphabet_for(locale)
        return [self._read(crop, further, locale) for crop in crops]

    def located(self, crop: Pixels) -> tuple[Located, ...]:
        """Return the characters that it reads in its own alphabet, and where, without spaces.

        Args:
            crop: An upright RGB crop of one row of text.
        """
        tensor, _ = _tensor(crop, self._look)
        best = np.asarray(self._session.run(None, {self._input: tensor})[0])[0].argmax(axis=1)
        edges = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1], [True]]))
        step = _STEP * crop.shape[0] / (_HEIGHT * crop.shape[1] * self._look.stretch)
        return tuple(
            Located(char=self._characters[best[start]], middle=float(start + end) / 2 * step)
            for start, end in itertools.pairwise(edges)
            if self._characters[best[start]].strip()
        )

    def _read(self, crop: Pixels, further: Alphabet | None, locale: str) -> tuple[Reading, ...]:
        tensor, used = _tensor(crop, self._look)
        answers = self._session.run(None, {self._input: tensor})
        own = _decoded(np.asarray(answers[0])[0], self._characters, self.name)
        if further is None:
            return (own,)
        features = np.asarray(answers[1])[:, :, :, :used]
        name = f"{self.name}:{further.name}"
        seen = _decoded(further.steps(features), further.characters, name)
        return own, further.written(seen, locale)

    def _own(self, text: str) -> bool:
        return all(char in self._known or char.isspace() for char in as_drawn(text))


def _decoded(steps: npt.NDArray[np.float32], characters: Sequence[str], reader: str) -> Reading:
    best, sure = steps.argmax(axis=1), steps.max(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    # A character may last several steps; its surest one counts.
    peaks = np.maximum.reduceat(sure, starts)
    text, confidence = "", list[float]()
    for start, peak in zip(starts, peaks, strict=True):
        char = characters[int(best[start])]
        text += char
        confidence += [float(peak)] * len(char)
    return Reading(text=text, confidence=tuple(confidence), reader=reader)


def _tensor(crop: Pixels, look: Look) -> tuple[npt.NDArray[np.float32], int]:
    """Return the model's input and how many of its steps show the crop."""
    height, width = crop.shape[:2]
    wanted = int(max(1, min(_WIDEST, math.ceil(_HEIGHT * width * look.stretch / height))))
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_LINEAR
    resized = cv2.resize(crop, (wanted, _HEIGHT), interpolation=how)[:, :, ::-1]
    # Zero after scaling is mid-grey: what the model was trained to see beside a short row.
    tensor = np.zeros((1, 3, _HEIGHT, max(look.narrowest, wanted)), np.float32)
    tensor[0, :, :, :wanted] = resized.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1.0
    return tensor, wanted // _STEP + 1
