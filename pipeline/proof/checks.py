"""The picture's checks: what must be right beyond the text, measured on the delivered pixels."""

import dataclasses
import decimal
import io
import math
from collections.abc import Iterator, Mapping, Sequence

import cv2
import numpy as np
import PIL.Image

from pipeline.campaign.formats import Format
from pipeline.campaign.model import Checks
from pipeline.proof.edge import edge_checks
from pipeline.proof.palette import nearest
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import turned
from pipeline.proof.sharpness import blur_of
from pipeline.proof.standout import contrast_of, ink_box
from pipeline.proof.verdict import Box, Check, LineProof, Proof, Verdict
from pipeline.typeset.contrast import LARGE
from pipeline.typeset.setting import LineSetting

FILE_TYPE = "JPEG"
"""What all channels take, and what is delivered."""

_AROUND = 0.5
"""Room around the words that belongs to them, in em."""

_SHAPE = 9
"""Pixels, odd: what compression leaves around the edge of a shape belongs to it."""

_ALIKE = 12
"""Levels of 255 within which a pixel still is the picture's commonest colour."""

_SAMPLE = 40_000
"""Pixels, evenly spread, that stand for the areas of a picture: a share of 0.25 % is 100."""

_WIDE = 0.6
"""Width of a character and the room between rows together, in squares of the font size."""

_MOSTLY = 0.95
"""Share of a picture from which words leave nothing beside them to look at."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A picture with what is known of how it came about.

    Attributes:
        pixels: The delivered pixels, RGB, shape [height, width, 3].
        content: The delivered file; None if only the pixels count.
        ground: The picture under the words, of the same shape; None if it is not known.
        shapes: What stands behind the words, as `shapes_on` says; None if it is not known, and
            then the edges of shapes count as the picture's own.
    """

    pixels: Pixels
    content: bytes | None = None
    ground: Pixels | None = None
    shapes: Pixels | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a picture is held against.

    Attributes:
        limits: The campaign's thresholds.
        palette: The brand's colours by name, as #RRGGBB; none for a picture of unknown origin.
        format: The channel's size, weight and safe box; None for a picture of unknown origin.
    """

    limits: Checks = dataclasses.field(default_factory=Checks)
    palette: Mapping[str, str] = dataclasses.field(default_factory=dict)
    format: Format | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    role: str
    box: Box
    size: float
    ground: Pixels | None
    ink: Box | None = None


def checks_of(
    delivered: Delivered,
    lines: Sequence[LineProof],
    settings: Sequence[LineSetting],
    demands: Demands,
) -> tuple[Check, ...]:
    """Return the checks of a picture beyond its text, passed or failed.

    Args:
        delivered: The picture.
        lines: Its lines as they were found; one that was not found is not checked.
        settings: How lines were set, for those that we typeset.
        demands: What it is held against; what is switched off or unknown is not checked.
    """
    sizes = {setting.role: setting.size for setting in settings}
    found = [_found(line, line.box, sizes, delivered.ground) for line in lines if line.box]
    boxes = [one.ink or one.box for one in found]
    aside = _aside(delivered, found, settings)
    return (
        *_file(delivered, demands),
        *_drawn(delivered.pixels, aside, demands.limits.drawn),
        *_sharp(delivered.pixels, aside, demands.limits.blur),
        *_palette(delivered.pixels, demands),
        *(x for one in found for x in _contrast(delivered.pixels, one, boxes, demands.limits)),
        *(check for one in found for check in _safe(delivered.pixels, one, demands.format)),
        *edge_checks(delivered.pixels, demands.format),
    )


def shapes_on(plate: Pixels, ground: Pixels) -> Pixels:
    """Return where the words' shapes stand on a plate, with their edges; 1 there and 0 elsewhere.

    Args:
        plate: The picture without words and shapes, RGB, shape [height, width, 3].
        ground: The same with the shapes, not yet compressed.
    """
    same = cv2.inRange(cv2.absdiff(plate, ground), (0, 0, 0), (0, 0, 0))
    alone = cv2.erode(same, np.ones((_SHAPE, _SHAPE), np.uint8))
    return np.asarray(alone == 0, np.uint8)


def with_checks(proof: Proof, checks: Sequence[Check]) -> Proof:
    """Return a proof that holds checks too: one that failed fails the proof."""
    failed = any(check.verdict is Verdict.FAIL for check in checks)
    verdict = Verdict.FAIL if failed else proof.verdict
    return dataclasses.replace(proof, verdict=verdict, checks=(*proof.checks, *checks))


def _file(delivered: Delivered, demands: Demands) -> Iterator[Check]:
    fmt, content = demands.format, delivered.content
    if fmt is None:
        return
    kind, (width, height) = _header(delivered)
    for name, measured, limit in (("width", width, fmt.width), ("height", height, fmt.height)):
        reason = f"the picture is {measured} px, not {limit} px"
        yield _check((name, ""), measured, "px", limit, reason if measured != limit else "")
    shape, wanted = round(width / height, 3), round(fmt.width / fmt.height, 3)
    reason = f"width to height is {shape}, not {wanted}: the channel would crop or pad it"
    yield _check(("ratio", ""), shape, "to 1", wanted, reason if shape != wanted else "")
    if content is None:
        return
    right = kind == FILE_TYPE
    reason = f"the file is {kind or 'no picture'}, and the channel takes {FILE_TYPE}"
    yield _check(("file type", ""), float(right), FILE_TYPE, 1, "" if right else reason)
    own = demands.limits.kilobytes
    most = min(fmt.most_bytes, math.inf if own is None else int(own * 1000))
    reason = f"the file has {len(content):,} bytes, at most {most:,} are allowed"
    heavy = len(content) > most
    yield _check(("file weight", ""), len(content), "bytes", most, reason if heavy else "")


def _header(delivered: Delivered) -> tuple[str, tuple[int, int]]:
    """Return the type and size that the file states, or the size of the pixels."""
    height, width = delivered.pixels.shape[:2]
    try:
        with PIL.Image.open(io.BytesIO(delivered.content or b"")) as image:
            return image.format or "", image.size
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError):
        return "", (width, height)


def _step(pixels: Pixels) -> int:
    return max(1, round(math.sqrt(pixels.shape[0] * pixels.shape[1] / _SAMPLE)))


def _drawn(pixels: Pixels, aside: Pixels, least: decimal.Decimal | None) -> Iterator[Check]:
    """Yield whether anything is drawn: a black, white or otherwise constant picture is blank."""
    if least is None:
        return
    step = _step(pixels)
    seen = pixels[::step, ::step][aside[::step, ::step] == 0]
    red, green, blue = (seen >> 3).astype(np.int32).T  # so coarse that noise parts no colour
    keys = red << 10 | green << 5 | blue
    common = np.median(seen[keys == np.bincount(keys).argmax()], axis=0).astype(np.int16)
    same = (np.abs(seen.astype(np.int16) - common) <= _ALIKE).all(axis=1)
    share = round(100 - float(same.mean()) * 100, 2)
    reason = f"words aside, only {share} % of the picture is not one single colour: it is blank"
    yield _check(("blank", ""), share, "%", float(least), reason if share < least else "")


def _sharp(pixels: Pixels, aside: Pixels, most: decimal.Decimal | None) -> Iterator[Check]:
    if most is None:
        return
    measured = blur_of(pixels, aside)
    if measured is None:  # nothing to see beside the words, so the words themselves count
        measured = blur_of(pixels, np.zeros_like(aside))
    blur = round(measured or 0.0, 2)
    reason = f"even the sharpest edges are blurred by {blur} px, at most {most} px is sharp"
    yield _check(("blur", ""), blur, "px", float(most), reason if blur > most else "")


def _palette(pixels: Pixels, demands: Demands) -> Iterator[Check]:
    most, area = demands.limits.palette_difference, demands.limits.palette_area
    if most is None or not demands.palette:
        return
    step = _step(pixels)
    thin = pixels[::step, ::step]
    for name, measured in nearest(thin, demands.palette, float(area) / 100).items():
        near = round(measured, 1)
        reason = f"no {area} % of the picture comes nearer to {demands.palette[name]} than {near}"
        reason += f" (CIEDE2000), at most {most} is the brand's colour"
        yield _check(("palette", name), near, "ΔE2000", float(most), reason if near > most else "")


def _contrast(
    pixels: Pixels, found: _Found, boxes: Sequence[Box], limits: Checks
) -> Iterator[Check]:
    height, width = pixels.shape[:2]
    large = found.size / math.sqrt(width * height) * 100 >= LARGE
    least = limits.contrast_large if large else limits.contrast
    if least is None:
        return
    ratio = round(contrast_of(pixels, found.ground, found.ink or found.box, found.size, boxes), 2)
    reason = f"the words stand out by only {ratio} to 1, at least {least} to 1 is needed"
    named = ("contrast", found.role)
    yield _check(named, ratio, "to 1", float(least), reason if ratio < least else "")


def _size(box: Box, text: str) -> float:
    """Return about the font size of a line from its box, which may hold several rows."""
    _, _, width, height = box
    return min(height, math.sqrt(width * height / (_WIDE * max(1, len(text)))))


def _safe(pixels: Pixels, found: _Found, fmt: Format | None) -> Iterator[Check]:
    """Yield how far a line stays inside what the channel leaves uncovered."""
    if fmt is None:
        return
    room = _room(found.ink or found.box, fmt)
    if room < 0 and not found.ink:  # the box may be wider than what stands in it
        room = _room(ink_box(pixels, found.ground, found.box), fmt)
    reason = f"the words reach {-room} px into what {fmt.channel} covers or cuts off"
    yield _check(("safe box", found.role), room, "px", 0, reason if room < 0 else "")


def _room(box: Box, fmt: Format) -> float:
    """Return by how many pixels a box is inside the safe box; below 0 if it reaches out."""
    left, top, width, height = box
    inset_top, inset_right, inset_bottom, inset_left = (
        side / 100 * whole
        for side, whole in zip(fmt.safe, (fmt.height, fmt.width) * 2, strict=True)
    )
    right, bottom = fmt.width - inset_right - left - width, fmt.height - inset_bottom - top - height
    return round(min(left - inset_left, top - inset_top, right, bottom), 1)


def _aside(
    delivered: Delivered, found: Sequence[_Found], settings: Sequence[LineSetting]
) -> Pixels:
    """Return what is words or their shapes; nothing if that is nearly the whole picture."""
    mask = np.zeros(delivered.pixels.shape[:2], np.uint8)
    for left, top, width, height in (one.box for one in found):
        cv2.rectangle(mask, (left, top), (left + width, top + height), 1, cv2.FILLED)
    for setting in settings:
        room = setting.size * _AROUND
        for row in setting.rows:
            grown = dataclasses.replace(
                row,
                x=row.x - room,
                y=row.y - room,
                width=row.width + 2 * room,
                height=row.height + 2 * room,
            )
            corners = np.rint(turned(grown, setting)).astype(np.int32)
            cv2.fillConvexPoly(mask, corners, 1)
    if delivered.shapes is not None:
        mask |= delivered.shapes
    return mask if cv2.countNonZero(mask) <= _MOSTLY * mask.size else np.zeros_like(mask)


def _found(line: LineProof, box: Box, sizes: Mapping[str, float], ground: Pixels | None) -> _Found:
    """Return a line with what is under it; words that a model drew are part of its picture."""
    if line.role in sizes:
        return _Found(line.role, box, sizes[line.role], ground, line.ink)
    return _Found(line.role, box, _size(box, line.expected), None)


def _check(named: tuple[str, str], measured: float, unit: str, limit: float, reason: str) -> Check:
    return Check(
        name=named[0],
        subject=named[1],
        measured=float(measured),
        unit=unit,
        limit=float(limit),
        verdict=Verdict.FAIL if reason else Verdict.PASS,
        reason=reason,
    )
