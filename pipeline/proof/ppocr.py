"""The PP-OCRv6 recogniser of the rapidocr wheel, with the probability of every character.

Knows 18 708 characters: Han, kana, Latin with most accents, Greek without accented vowels, the
usual currency marks. It has no Cyrillic, Hangul, Arabic, Hebrew, Thai or Devanagari.
"""

import copy
import math
import pathlib
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.proof.models import load_session, model_path, version_of
from pipeline.proof.normalise import normalise
from pipeline.proof.reading import Pixels, Reading

MODEL = "PP-OCRv6_rec_small.onnx"
NAME = "pp-ocr"
SECOND_LOOK = 0.12
"""Border of the second look, as a share of a place's height."""

_HEIGHT = 48
_NARROWEST = 320
_WIDEST = 3200
_BATCH = 6


class PpOcr:
    """Reads crops with the bundled recogniser.

    Args:
        model: The model file; the bundled one if None.
    """

    strict = True

    def __init__(self, model: pathlib.Path | None = None) -> None:
        self.border = 0.0
        self._name = NAME
        self._path = model or model_path(MODEL)
        self._session: onnxruntime.InferenceSession = load_session(self._path)
        self._input: str = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        # Index 0 is the blank of the CTC alphabet, the last one is the space.
        self._alphabet = ("", *listed, " ")
        self._known = frozenset(self._alphabet) | frozenset(normalise("".join(listed)))

    def wider(self) -> "PpOcr":
        """Return the same reader for a second look: more border, the loaded model shared."""
        other = copy.copy(self)
        other.border, other._name = SECOND_LOOK, f"{NAME}/wide"  # noqa: SLF001 - our own copy
        return other

    def versions(self) -> dict[str, str]:
        """Return the model with the prefix of its hash."""
        return {NAME: version_of(self._path)}

    def knows(self, text: str) -> bool:
        """Return whether every character of a text is in the model's alphabet."""
        return all(char in self._known or char.isspace() for char in normalise(text))

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        """Return one reading for each crop.

        Args:
            crops: Upright RGB crops of one row of text each.
            locale: Not used: the model reads all its scripts at once.
        """
        del locale
        readings: dict[int, tuple[Reading, ...]] = {}
        widths = [_width(crop) for crop in crops]
        order = sorted(range(len(crops)), key=widths.__getitem__)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            tensor = _tensor([crops[index] for index in batch], [widths[i] for i in batch])
            (answer,) = self._session.run(None, {self._input: tensor})
            for index, steps in zip(batch, np.asarray(answer), strict=True):
                readings[index] = (self._decode(steps),)
        return [readings[index] for index in range(len(crops))]

    def _decode(self, steps: npt.NDArray[np.float32]) -> Reading:
        best, sure = steps.argmax(axis=1), steps.max(axis=1)
        starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
        # A character may last several steps; its surest one counts.
        peaks = np.maximum.reduceat(sure, starts)
        text, confidence = "", list[float]()
        for start, peak in zip(starts, peaks, strict=True):
            char = self._alphabet[int(best[start])]
            text += char
            confidence += [float(peak)] * len(char)
        return Reading(text=text, confidence=tuple(confidence), reader=self._name)


def _width(crop: Pixels) -> int:
    height, width = crop.shape[:2]
    return int(max(1, min(_WIDEST, math.ceil(_HEIGHT * width / height))))


def _tensor(crops: Sequence[Pixels], widths: Sequence[int]) -> npt.NDArray[np.float32]:
    # Zero after scaling is mid-grey: what the model was trained to see beside a short row.
    tensor = np.zeros((len(crops), 3, _HEIGHT, max(_NARROWEST, *widths)), np.float32)
    for index, (crop, width) in enumerate(zip(crops, widths, strict=True)):
        shrinks = crop.shape[0] > _HEIGHT
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        resized = cv2.resize(crop, (width, _HEIGHT), interpolation=how)[:, :, ::-1]
        tensor[index, :, :, :width] = resized.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1.0
    return tensor
