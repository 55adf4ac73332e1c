"""What the recogniser's backbone sees on drawn lines: all that a head learns from."""

import dataclasses
import itertools
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.proof.models import load_session, model_path
from pipeline.proof.ppocr import MODEL
from training.drawing import HEIGHT, Drawn

CHANNELS = 384
FEATURES = "p2o.pd_op.pool2d.1.0"
"""The backbone's answer in the model, shape [lines, CHANNELS, 1, steps]."""

_STEP = 8
_TRAINED = 320
_AT_ONCE = 8
_POOL = 64
"""Lines drawn before they are put into batches by width, so that little is filled up."""

Values = npt.NDArray[np.float16]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A line to learn from.

    Attributes:
        features: Shape [steps, CHANNELS]. In half precision, because 16 384 lines of Cyrillic
            take 620 MB even so.
        text: What the line says.
    """

    features: Values
    text: str

    @property
    def teachable(self) -> bool:
        """Return whether CTC can spell it: a step a character, one between two alike."""
        alike = sum(left == right for left, right in itertools.pairwise(self.text))
        return len(self.features) >= len(self.text) + alike


class Backbone:
    """Computes features with the bundled recogniser.

    Raises:
        ToolMissingError: If the recogniser is not installed.
    """

    def __init__(self) -> None:
        session: onnxruntime.InferenceSession = load_session(model_path(MODEL), FEATURES)
        self._session = session
        self._input: str = session.get_inputs()[0].name

    def samples(self, lines: Iterable[Drawn], rng: np.random.Generator) -> Iterator[Sample]:
        """Yield the features of lines, in another order.

        Args:
            lines: The drawn lines.
            rng: Decides which lines are filled up as the recogniser does with short ones.
        """
        waiting = iter(lines)
        while pool := list(itertools.islice(waiting, _POOL)):
            pool.sort(key=lambda line: line.pixels.shape[1])
            for first in range(0, len(pool), _AT_ONCE):
                narrowest = _TRAINED if rng.random() < 0.5 else 0
                yield from self._batch(pool[first : first + _AT_ONCE], narrowest)

    def _batch(self, lines: Sequence[Drawn], narrowest: int) -> Iterator[Sample]:
        (answer,) = self._session.run([FEATURES], {self._input: tensor(lines, narrowest)})
        for line, values in zip(lines, np.asarray(answer), strict=True):
            used = line.pixels.shape[1] // _STEP + 1
            yield Sample(features=values[:, 0, :used].T.astype(np.float16), text=line.text)


def tensor(lines: Sequence[Drawn], narrowest: int) -> npt.NDArray[np.float32]:
    """Return lines as the recogniser takes them, scaled as the proof does.

    Args:
        lines: The drawn lines.
        narrowest: The width in pixels that they are at least filled up to.

    Returns:
        Shape [lines, 3, HEIGHT, width], from -1 to 1, blue first.
    """
    widest = max(line.pixels.shape[1] for line in lines)
    width = max(narrowest, -(-widest // _STEP) * _STEP)
    # Zero after scaling is mid-grey: what the model was trained to see beside a short row.
    values = np.zeros((len(lines), 3, HEIGHT, width), np.float32)
    for index, line in enumerate(lines):
        pixels = line.pixels[:, :, ::-1].astype(np.float32).transpose(2, 0, 1)
        values[index, :, :, : pixels.shape[2]] = pixels / 127.5 - 1.0
    return values


def save(samples: Sequence[Sample], file: pathlib.Path) -> None:
    """Write samples to a file, whole or not at all."""
    part = file.with_name(f"{file.stem}.part.npz")
    np.savez(
        part,
        features=np.concatenate([sample.features for sample in samples]),
        steps=np.array([len(sample.features) for sample in samples]),
        texts=np.array([sample.text for sample in samples]),
    )
    part.replace(file)


def load(file: pathlib.Path) -> list[Sample]:
    """Return the samples of a file that `save` wrote."""
    with np.load(file) as held:
        parts = np.split(held["features"], np.cumsum(held["steps"])[:-1])
        texts = held["texts"].tolist()
    pairs = zip(parts, texts, strict=True)
    return [Sample(features=features, text=text) for features, text in pairs]
