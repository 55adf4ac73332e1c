"""Find the text regions of a picture, once, whatever the script.

The PP-OCRv6 detector of the rapidocr wheel, run straight through onnxruntime. Its map of text
probability is cut into rotated rectangles (differentiable binarisation, Liao et al. 2020).
"""

import collections
import copy
import dataclasses
import hashlib
import math
import pathlib
import threading
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from pipeline.proof.models import load_session, model_path, version_of
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box

Quad = tuple[tuple[float, float], ...]
"""Four corners in pixels: top left, top right, bottom right, bottom left of the text."""

MODEL = "PP-OCRv6_det_small.onnx"
MAX_SIDE = 960
"""Longest side the detector sees, in pixels; see benchmarks/proof.py for the measurement."""
GROUND_SIDE = 736
"""The same for a picture under the words, where what is set needs no finding: of 96 lines 89 are
found and read so, 90 at 960, for three fifths of the time."""
OTHER_SIDES = (640, 1280)
"""Sides for a further look. Letters of more than about 200 px come apart at 960, and words
that touch run together; small print needs more."""

_PROBABLE = 0.3
_CONFIDENT = 0.5
_GROW = 1.6
_SMALLEST = 3.0
_STEP = 32


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place where one row of text seems to stand.

    Attributes:
        quad: Its corners.
        score: How sure the finder is, 0 to 1.
    """

    quad: Quad
    score: float

    @property
    def box(self) -> Box:
        """Return the upright box around the region."""
        return box_of(self.quad)


class Finder(Protocol):
    """Finds text regions."""

    def find(self, image: Pixels) -> list[Region]:
        """Return the regions of an RGB picture, from top to bottom."""
        ...

    def versions(self) -> dict[str, str]:
        """Return the names of the models with their versions."""
        ...


class DbFinder:
    """The detector of the rapidocr wheel.

    Args:
        model: The model file; the bundled one if None.
        max_side: Longest side in pixels of the picture that the detector sees.
    """

    def __init__(self, model: pathlib.Path | None = None, max_side: int = MAX_SIDE) -> None:
        self._path = model or model_path(MODEL)
        self._session: onnxruntime.InferenceSession = load_session(self._path)
        self._input: str = self._session.get_inputs()[0].name
        self._max_side = max_side

    def at(self, max_side: int) -> "DbFinder":
        """Return the same finder that looks at another size, the loaded model shared."""
        other = copy.copy(self)
        other._max_side = max_side  # noqa: SLF001 - our own copy
        return other

    def versions(self) -> dict[str, str]:
        """Return the model with the prefix of its hash."""
        return {"finder": version_of(self._path)}

    def find(self, image: Pixels) -> list[Region]:
        """Return the regions of an RGB picture, from top to bottom."""
        height, width = image.shape[:2]
        ratio = min(1.0, self._max_side / max(height, width))
        small = (_multiple(width * ratio), _multiple(height * ratio))
        # The detector was trained on BGR pixels.
        resized = cv2.resize(image, small, interpolation=cv2.INTER_AREA)[:, :, ::-1]
        tensor = (resized.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
        (answer,) = self._session.run(None, {self._input: np.ascontiguousarray(tensor)})
        scale = (width / small[0], height / small[1])
        regions = _regions(np.asarray(answer)[0, 0], scale)
        return sorted(regions, key=lambda region: (region.box[1], region.box[0]))


class Remembering:
    """A finder that remembers the pictures it has seen last, such as plates used many times.

    Args:
        finder: Finds.
        most: How many pictures are remembered; about 100 bytes a region.
    """

    def __init__(self, finder: Finder, most: int = 256) -> None:
        self._finder = finder
        self._most = most
        self._known: collections.OrderedDict[bytes, tuple[Region, ...]] = collections.OrderedDict()
        self._lock = threading.Lock()

    def versions(self) -> dict[str, str]:
        """Return the names of the models with their versions."""
        return self._finder.versions()

    def find(self, image: Pixels) -> list[Region]:
        """Return the regions of an RGB picture, from top to bottom."""
        content = np.ascontiguousarray(image)
        key = hashlib.blake2b(content.data, salt=str(image.shape[1]).encode()).digest()
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = tuple(self._finder.find(image))
            with self._lock:
                self._known[key] = known
                if len(self._known) > self._most:
                    self._known.popitem(last=False)
        return list(known)


def box_of(quad: Quad) -> Box:
    """Return the upright box around a quadrilateral."""
    xs, ys = [x for x, _ in quad], [y for _, y in quad]
    left, top = math.floor(min(xs)), math.floor(min(ys))
    return (left, top, math.ceil(max(xs)) - left, math.ceil(max(ys)) - top)


def quad_of(box: Box) -> Quad:
    """Return the corners of an upright box."""
    left, top, width, height = box
    right, bottom = left + width, top + height
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def rectified(image: Pixels, quad: Quad, outside: int | None = None) -> Pixels:
    """Return the region of a picture turned upright.

    Args:
        image: RGB pixels, or a mask.
        quad: The region's corners.
        outside: Value of what lies outside the picture; None repeats its edge.
    """
    corners = np.array(quad, np.float32)
    width = max(1, round(float(np.linalg.norm(corners[1] - corners[0]))))
    height = max(1, round(float(np.linalg.norm(corners[3] - corners[0]))))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    warped = cv2.warpPerspective(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT,
        borderValue=outside or 0,
    )
    return np.asarray(warped, np.uint8)


def widened(quad: Quad, border: float) -> Quad:
    """Return a quadrilateral with a border on all sides.

    Args:
        quad: Its corners.
        border: Width of the border as a share of the quadrilateral's height.
    """
    corners = np.array(quad, np.float32)
    down = (corners[3] - corners[0]) * border
    along = corners[1] - corners[0]
    along = along / max(1e-6, float(np.linalg.norm(along))) * float(np.linalg.norm(down))
    grown = corners + np.array([-along - down, along - down, along + down, down - along])
    return tuple((float(x), float(y)) for x, y in grown)


def _multiple(length: float) -> int:
    return max(_STEP, round(length / _STEP) * _STEP)


def _regions(
    probability: npt.NDArray[np.float32],
    scale: tuple[float, float],
) -> list[Region]:
    mask = cv2.dilate((probability > _PROBABLE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = (_region(np.asarray(one, np.int32), probability, scale) for one in contours)
    return [region for region in found if region is not None]


def _region(
    contour: npt.NDArray[np.int32],
    probability: npt.NDArray[np.float32],
    scale: tuple[float, float],
) -> Region | None:
    (x, y), (width, height), angle = cv2.minAreaRect(contour)
    if min(width, height) < _SMALLEST:
        return None
    core = np.asarray(cv2.boxPoints(((x, y), (width, height), angle)), np.float32)
    score = _score(probability, core)
    if score < _CONFIDENT:
        return None
    # The detector marks the core of a row: grow it by area over circumference, as it was
    # shrunk for training.
    grow = _GROW * width * height / (2 * (width + height))
    grown = ((x, y), (width + 2 * grow, height + 2 * grow), angle)
    corners = np.asarray(cv2.boxPoints(grown) * np.array(scale), np.float32)
    return Region(quad=_ordered(corners), score=score)


def _score(probability: npt.NDArray[np.float32], corners: npt.NDArray[np.float32]) -> float:
    left, top, width, height = cv2.boundingRect(corners)
    left, top = max(0, left), max(0, top)
    part = probability[top : top + height + 1, left : left + width + 1]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _ordered(corners: npt.NDArray[np.float32]) -> Quad:
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1], kind="stable")]
    top_right, bottom_right = right[np.argsort(right[:, 1], kind="stable")]
    points = (top_left, top_right, bottom_right, bottom_left)
    return tuple((float(x), float(y)) for x, y in points)
