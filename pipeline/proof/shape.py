"""The second kind of evidence: the requested line drawn again and compared with the pixels.

The delivered pixels are taken as a blend of a ground and the line's colour. The ground is the
picture before the words went on it, where that is at hand, and else estimated from the pixels
around the glyphs. The blend then says how far each pixel is covered with ink, and that coverage
must equal the mask of the line drawn alone: as a whole (no stroke missing or added anywhere)
and for each separate piece of ink (no dot, accent, tone or vowel mark missing or added). Where
the ground is as good as the line's colour, nothing can be told and nothing is held against the
line. It proves typeset lines only, and never alone.
"""

import dataclasses
import math
from collections.abc import Iterator

import cv2
import numpy as np

from pipeline.proof.coverage import (
    Flags,
    Values,
    blurred,
    contrast_of,
    covered,
    filled,
    opponent,
    opponent_of,
)
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import Bounds, Drawn
from pipeline.proof.verdict import Verdict
from pipeline.typeset.draw import TRACE
from pipeline.typeset.price import SMALLEST
from pipeline.typeset.setting import LineSetting

LEAST_COVERED = 0.5
MOST_EXTRA = 0.55
WORST_RESIDUAL = 0.36
"""Limits; benchmarks/shape.py measures what right and wrong lines reach."""

KNOWN_COVERED = 0.85
KNOWN_EXTRA = 0.15
KNOWN_RESIDUAL = 0.13
"""Limits where the ground is known and need not be guessed. 6,438 right lines of 1,017 creatives
in 26 locales reach at least 0.905, at most 0.046 and at most 0.123, all but 1 in 1,000 at most
0.044; of 25,752 wrong ones, but for one with a letter too many after its end, the residual begins
at 0.143, where letters of 13 px differ by a dot or a thin stroke."""

_SMALL_EM = 24.0
_STRICTER = 0.012
_WORKING_EM = 48.0
_QUANTUM = 0.25
"""The engine sets glyphs to quarters of a pixel, and may round one otherwise in another place."""
_PLAIN = 120.0
"""From this contrast on, of 255, or the usual one of the line, a difference counts in full: where
a ground is near the line's colour, as at the rim of a button, a little noise is much coverage."""
_EDGE = 0.6
_MOST_TELLING = 0.9
_SOFTER = (0.5, 0.8)
_TOUCHED = TRACE / 255
_INKED = 0.5
_PIECE = 0.35
_SPECK = 2
_TOLD = 0.5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How well the delivered pixels agree with the line drawn again.

    Attributes:
        verdict: Pass, fail, or unsure if the background does not let us tell.
        score: 1 for perfect agreement, 0 for none.
        reason: Why, in plain words; empty for a pass.
        residual: Largest blurred difference of coverage, scaled so that one limit serves all
            sizes.
        covered: Share of ink found for the worst separate piece of the line.
        extra: Blurred coverage of the most solid ink that does not belong to the line.
    """

    verdict: Verdict
    score: float
    reason: str
    residual: float = 1.0
    covered: float = 0.0
    extra: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class _Limits:
    covered: float
    extra: float
    residual: float


_GUESSED = _Limits(LEAST_COVERED, MOST_EXTRA, WORST_RESIDUAL)
_KNOWN = _Limits(KNOWN_COVERED, KNOWN_EXTRA, KNOWN_RESIDUAL)


def refused(reason: str) -> Shape:
    """Return the result for a line that cannot agree with any picture."""
    return Shape(verdict=Verdict.FAIL, score=0.0, reason=reason)


def compare(
    image: Pixels,
    drawn: Drawn,
    others: Pixels,
    setting: LineSetting,
    ground: Pixels | None = None,
) -> Shape:
    """Compare delivered pixels with a line drawn again.

    Args:
        image: The delivered picture, RGB.
        drawn: The line drawn alone.
        others: Coverage 0 to 255 of all other lines, of the picture's size; ink there is
            neither this line's nor extra.
        setting: How the line was set; its colour and size are used.
        ground: The picture before the words went on it, RGB; estimated if None.
    """
    ink = drawn.ink()
    if ink is None:
        return refused("nothing of the line can be drawn")
    if min(ink[:2]) < 0 or ink[2] > image.shape[1] or ink[3] > image.shape[0]:
        return refused("the line runs off the picture")
    bounds = _widened(ink, image.shape, math.ceil(setting.size * _EDGE) + 4)
    window = _Window.of(image, drawn.within(bounds), others, bounds, setting)
    return window.judged(None if ground is None else window.like(ground, bounds))


@dataclasses.dataclass(frozen=True, slots=True)
class _Window:
    """The line's surroundings, large type scaled down to a working size.

    Attributes:
        pixels: Delivered pixels in opponent colours, shape [height, width, 3].
        mask: Coverage of the line drawn again, 0 to 1.
        others: Coverage of all other lines, 0 to 1.
        colour: The line's colour in opponent colours.
        em: Font size in pixels of the window.
        fine: That of the smallest letters.
        pixel: Side of a pixel of the picture in pixels of the window.
    """

    pixels: Values
    mask: Values
    others: Values
    colour: Values
    em: float
    fine: float
    pixel: float

    @classmethod
    def of(
        cls,
        image: Pixels,
        mask: Pixels,
        others: Pixels,
        bounds: Bounds,
        setting: LineSetting,
    ) -> "_Window":
        left, top, right, bottom = bounds
        part = np.s_[top:bottom, left:right]
        scale = min(1.0, _WORKING_EM / setting.size)
        size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
        return cls(
            pixels=opponent(_resized(image[part], size)),
            mask=_resized(mask, size) / np.float32(255),
            others=_resized(others[part], size) / np.float32(255),
            colour=opponent_of(setting.colour),
            em=setting.size * scale,
            fine=setting.size * scale * (SMALLEST if setting.price_style == "retail" else 1.0),
            pixel=scale,
        )

    def like(self, image: Pixels, bounds: Bounds) -> Values:
        """Return the same window of another picture, in opponent colours."""
        left, top, right, bottom = bounds
        size = (self.mask.shape[1], self.mask.shape[0])
        return opponent(_resized(image[top:bottom, left:right], size))

    def judged(self, given: Values | None) -> Shape:
        ground = filled(self.pixels, self._known(), self.em) if given is None else given
        cover, telling = covered(self.pixels, ground, self.colour)
        solid = self.mask > _INKED * self.mask.max()
        if telling[solid].mean() < _MOST_TELLING or self._hides(telling):
            reason = "too little contrast to compare the shape"
            return Shape(verdict=Verdict.UNSURE, score=0.0, reason=reason)
        mask = self._as_sharp_as(cover)
        limits = _GUESSED if given is None else _KNOWN
        contrast = contrast_of(ground, self.colour)
        trust = np.minimum(1, contrast / min(_PLAIN, float(np.median(contrast[solid]))))
        return self._compared(mask, np.where(telling, cover, mask), trust, limits)

    def _hides(self, telling: Flags) -> bool:
        """Return whether a whole piece of the line cannot be told from what is under it."""
        return any(telling[part][own].mean() < _TOLD for part, own in _pieces(self.mask))

    def _as_sharp_as(self, cover: Values) -> Values:
        # Scaling and compression soften edges; compare like with like.
        softened = [blurred(self.mask, blur) for blur in _SOFTER]
        return min((self.mask, *softened), key=lambda mask: float(((cover - mask) ** 2).sum()))

    def _known(self) -> Values:
        reach = 2 * max(1, round(self.em * 0.05)) + 1
        taken = np.maximum(self.mask, self.others)
        grown = cv2.dilate(taken, np.ones((reach, reach), np.uint8))
        return np.asarray(grown < _TOUCHED, np.float32)

    def _compared(self, mask: Values, cover: Values, trust: Values, limits: "_Limits") -> Shape:
        free = np.asarray(self.others < _TOUCHED, np.float32)
        # A guessed ground forgives so much that the limit has to fall with the size.
        scale = WORST_RESIDUAL / _allowed(self.em) if limits is _GUESSED else 1.0
        sigma = max(0.7, self.fine * 0.035)
        moved = (mask, *_moved(mask, self.pixel * _QUANTUM))
        apart = [np.abs(blurred((cover - one) * free * trust, sigma)) for one in moved]
        near = cv2.dilate(np.asarray(mask > _TOUCHED, np.uint8), _disc(self.em * 0.35)) > 0
        return _judged(
            limits,
            residual=float(np.min(apart, axis=0)[near].max()) * scale,
            covered=_least_covered(mask * free, cover),
            extra=_most_extra(mask, cover * free * near * trust, self.em),
        )


def _judged(limits: "_Limits", *, residual: float, covered: float, extra: float) -> Shape:
    reason = ""
    if covered < limits.covered:
        reason = "a part of the line is missing, changed or covered"
    elif extra > limits.extra:
        reason = "there is ink within the line that does not belong to it"
    elif residual > limits.residual:
        reason = "a glyph differs from the requested one"
    return Shape(
        verdict=Verdict.FAIL if reason else Verdict.PASS,
        score=max(0.0, min(1.0 - residual, covered, 1.0)),
        reason=reason,
        residual=residual,
        covered=covered,
        extra=extra,
    )


def _allowed(em: float) -> float:
    # Small glyphs differ by fewer pixels: below 24 px the limit falls with the size.
    return WORST_RESIDUAL - _STRICTER * max(0.0, _SMALL_EM - max(em, _SMALL_EM / 2))


def _moved(mask: Values, pixels: float) -> Iterator[Values]:
    """Yield a mask that is moved by a part of a pixel to either side."""
    for step in (1, -1):
        yield mask * np.float32(1 - pixels) + np.roll(mask, step, axis=1) * np.float32(pixels)


def _least_covered(mask: Values, cover: Values) -> float:
    """Return the share of ink found for the worst separate piece of the line."""
    worst = 1.0
    for part, own in _pieces(mask):
        weight = mask[part] * own
        worst = min(worst, float((cover[part] * weight).sum() / (mask[part] * weight).sum()))
    return worst


def _pieces(mask: Values) -> Iterator[tuple[tuple[slice, slice], Flags]]:
    """Yield the separate pieces of a line: where each one stands, and its pixels there."""
    inked = np.asarray(mask > _PIECE, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    for index in range(1, count):
        left, top, width, height, area = stats[index]
        if area >= _SPECK:
            part = np.s_[top : top + height, left : left + width]
            yield part, labels[part] == index


def _most_extra(mask: Values, cover: Values, em: float) -> float:
    own = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    surplus = np.asarray(np.clip(cover - own, 0.0, 1.0), np.float32)
    return float(blurred(surplus, max(0.7, em * 0.03)).max())


def _widened(ink: Bounds, shape: tuple[int, ...], margin: int) -> Bounds:
    left, top = max(0, ink[0] - margin), max(0, ink[1] - margin)
    return (left, top, min(shape[1], ink[2] + margin), min(shape[0], ink[3] + margin))


def _resized(pixels: Pixels, size: tuple[int, int]) -> Values:
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)


def _disc(radius: float) -> Pixels:
    side = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
