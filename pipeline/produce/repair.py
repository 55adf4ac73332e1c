"""Repair: a picture whose drawn words came out wrong serves without them, where it is calm."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.proof.verdict import Box

Pixels = npt.NDArray[np.uint8]
"""RGB, shape [height, width, 3]."""

CALM = 9.0
"""Standard deviation, in levels of 255, by which the surroundings of words may depart from a
plane. Of 39 places filled in on pictures that image models drew, the one with 2.8 cannot be seen;
all others have 18 or more, other words mostly, and show."""

_MARGIN = 0.35
"""Room around a line's box that is filled with it, in its heights: shadows and outlines."""

_RING = 0.5
"""Width of the surroundings that are looked at, in heights of the line."""

_SIDE = 96
"""Pixels of the longer side at which the ground is filled in: it is smooth, or not filled."""

_FROM_MEDIAN = 1.4826
"""Standard deviation of normal noise in medians of its absolute values."""

_REACH = 5
"""Pixels, at that size, that `cv2.inpaint` takes its values from (A. Telea, 2004)."""


def without_words(picture: Pixels, boxes: Iterable[Box]) -> Pixels | None:
    """Return a picture with some boxes filled in from their surroundings; None if that shows.

    Args:
        picture: RGB, shape [height, width, 3].
        boxes: Where words stand.
    """
    whole = picture
    for box in boxes:
        filled = _filled(whole, box)
        if filled is None:
            return None
        whole = filled
    return whole


def _filled(picture: Pixels, box: Box) -> Pixels | None:
    left, top, width, height = box
    margin, ring = round(height * _MARGIN), max(4, round(height * _RING))
    outer = _part(picture, (left, top, width, height), margin + ring)
    inner = _part(picture, (left, top, width, height), margin)
    seen = picture[outer]
    mask = np.zeros(seen.shape[:2], np.uint8)
    mask[_within(inner, outer)] = 1
    if mask.all() or _unrest(seen, mask) > CALM:
        return None
    ground = _ground(seen, mask)
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(1.0, ring / 4))[:, :, None]
    share = np.maximum(soft, mask[:, :, None])
    result = picture.copy()
    result[outer] = np.rint(seen * (1 - share) + ground * share).astype(np.uint8)
    return result


def _ground(seen: Pixels, mask: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the ground under a mask, smooth from its rim, with the grain of its surroundings."""
    height, width = mask.shape
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    holes = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    holes = cv2.dilate(holes, np.ones((3, 3), np.uint8))
    filled = cv2.inpaint(small, holes, _REACH, cv2.INPAINT_TELEA)
    smooth = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    around = seen.astype(np.float32) - cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 2.0)
    grain = float(np.median(np.abs(around[mask == 0]))) * _FROM_MEDIAN
    noise = np.random.default_rng(0).normal(0.0, grain, (height, width, 1))
    return np.asarray(np.clip(smooth + noise, 0, 255), np.float32)


def _unrest(seen: Pixels, mask: npt.NDArray[np.uint8]) -> float:
    """Return how far the surroundings depart from a plane, the worst channel's deviation."""
    rows, columns = np.nonzero(mask == 0)
    places = np.stack([rows, columns, np.ones_like(rows)], axis=1).astype(np.float64)
    values = seen[rows, columns].astype(np.float64)
    plane, *_ = np.linalg.lstsq(places, values, rcond=None)
    return float((values - places @ plane).std(axis=0).max())


def _part(picture: Pixels, box: Box, around: int) -> tuple[slice, slice]:
    left, top, width, height = box
    high, wide = picture.shape[:2]
    return (
        slice(max(0, top - around), min(high, top + height + around)),
        slice(max(0, left - around), min(wide, left + width + around)),
    )


def _within(inner: tuple[slice, slice], outer: tuple[slice, slice]) -> tuple[slice, slice]:
    rows, columns = (
        slice(one.start - other.start, one.stop - other.start)
        for one, other in zip(inner, outer, strict=True)
    )
    return rows, columns
