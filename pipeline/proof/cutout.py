"""Cut single letters out of a row of text, without their neighbours."""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.reading import Pixels

_INKED = 0.5
"""Above this share of ink a crop shows more than letters on a ground."""
_SPECK = 0.0008
_SAME = 0.5
"""Two strokes above each other, by this share of the narrower one, are one letter."""
_REACH = 0.18
_BESIDE = 0.12
_TALL = 0.12
_BORDER = 0.08
_ROUND = np.ones((3, 3), np.uint8)
_CENTRE = 0.01

Labels = npt.NDArray[np.int32]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A character that was read, and where.

    Attributes:
        char: The character.
        middle: About the middle of it, as a share of the width of what was read.
    """

    char: str
    middle: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Blob:
    """Strokes that stand above each other: its edges, and their numbers among all strokes."""

    left: int
    top: int
    right: int
    bottom: int
    strokes: tuple[int, ...]

    def shares(self, other: "_Blob") -> bool:
        """Return whether both seem to be one letter."""
        shared = min(self.right, other.right) - max(self.left, other.left)
        return shared > _SAME * min(self.right - self.left, other.right - other.left)

    def joined(self, other: "_Blob") -> "_Blob":
        """Return both as one."""
        return _Blob(
            left=min(self.left, other.left),
            top=min(self.top, other.top),
            right=max(self.right, other.right),
            bottom=max(self.bottom, other.bottom),
            strokes=self.strokes + other.strokes,
        )

    def distance(self, place: float) -> float:
        """Return how far a place is from it; inside, its middle is a little closer."""
        outside = max(self.left - place, place - self.right, 0.0)
        return outside + _CENTRE * abs((self.left + self.right) / 2 - place)

    def gap(self, other: "_Blob") -> int:
        """Return how much lies between both; negative if they overlap."""
        return max(other.left - self.right, self.left - other.right)


def cut_out(crop: Pixels, located: Sequence[Located]) -> dict[int, Pixels]:
    """Return the letters that stand alone, each on the ground of the crop, by their order.

    A letter that touches another one, or that may be more than what was found of it, is left
    out.

    Args:
        crop: RGB pixels of one row of text.
        located: The characters of the row, in order, without spaces.
    """
    inked, ground = _ink(crop)
    if inked.mean() > _INKED:
        return {}
    _, numbered, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    labels = np.asarray(numbered, np.int32)
    blobs = _blobs(np.asarray(stats, np.int32), crop.shape[0])
    owners = _owners(blobs, located, crop.shape)
    return {
        chars[0]: _alone(crop, labels, blobs[number], ground)
        for number, chars in owners.items()
        if len(chars) == 1 and not _incomplete(number, blobs, owners, crop.shape[0])
    }


def _ink(crop: Pixels) -> tuple[Pixels, npt.NDArray[np.uint8]]:
    """Return where ink is, 1 or 0, and the colour of the ground, which shows at the edges."""
    edge = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    ground = np.asarray(np.median(edge, axis=0), np.float32)
    apart = np.abs(crop.astype(np.float32) - ground).max(axis=2).astype(np.uint8)
    limit, _ = cv2.threshold(apart, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return np.asarray(apart > limit * 0.9, np.uint8), ground.astype(np.uint8)


def _blobs(stats: npt.NDArray[np.int32], height: int) -> list[_Blob]:
    """Return the strokes, those above each other as one."""
    least = max(3.0, _SPECK * height * height)
    strokes = [
        _Blob(left=left, top=top, right=left + width, bottom=top + tall, strokes=(number,))
        for number, (left, top, width, tall, area) in enumerate(stats.tolist())
        if number and area >= least
    ]
    blobs: list[_Blob] = []
    for stroke in sorted(strokes, key=lambda one: one.left):
        blob = stroke
        while (other := next((one for one in blobs if one.shares(blob)), None)) is not None:
            blobs.remove(other)
            blob = blob.joined(other)
        blobs.append(blob)
    return blobs


def _owners(
    blobs: Sequence[_Blob], located: Sequence[Located], shape: Sequence[int]
) -> dict[int, list[int]]:
    """Return for each blob the characters that stand on it."""
    owners: dict[int, list[int]] = {}
    height, width = shape[:2]
    for index, one in enumerate(located):
        place = one.middle * width
        number = min(range(len(blobs)), key=lambda i: blobs[i].distance(place), default=None)
        if number is not None and blobs[number].distance(place) < _REACH * height:
            owners.setdefault(number, []).append(index)
    return owners


def _incomplete(
    number: int, blobs: Sequence[_Blob], owners: dict[int, list[int]], height: int
) -> bool:
    """Return whether ink that belongs to no character stands beside one."""
    own = blobs[number]
    free = (one for index, one in enumerate(blobs) if index not in owners)
    return any(
        own.gap(one) < _BESIDE * height and one.bottom - one.top > _TALL * height for one in free
    )


def _alone(crop: Pixels, labels: Labels, blob: _Blob, ground: npt.NDArray[np.uint8]) -> Pixels:
    """Return one blob with a border, everything else covered with the ground."""
    border = max(2, round(_BORDER * crop.shape[0]))
    own = np.isin(labels, blob.strokes)
    near = cv2.dilate(own.astype(np.uint8), _ROUND) > 0
    foreign = (cv2.dilate(((labels > 0) & ~own).astype(np.uint8), _ROUND) > 0) & ~near
    cleared = np.where(foreign[:, :, None], ground, crop)
    framed = cv2.copyMakeBorder(
        cleared, *(border,) * 4, cv2.BORDER_CONSTANT, value=[float(part) for part in ground]
    )
    rows = slice(blob.top, blob.bottom + 2 * border)
    return np.asarray(framed[rows, blob.left : blob.right + 2 * border], np.uint8)
