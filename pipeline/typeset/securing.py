"""Securing: what makes words stand out where no colour of the palette does by itself.

Whatever is taken becomes part of the ground: it is painted under the words, so the words alone
are what is proved, and its contrast is measured on the pixels that are really there.
"""

import dataclasses
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from pipeline.typeset.block import Means
from pipeline.typeset.contrast import ratios_of, rgb_of
from pipeline.typeset.draw import line_markup, rotated
from pipeline.typeset.layout import LaidBlock, Sheet
from pipeline.typeset.markup import safe
from pipeline.typeset.setting import LineSetting

Mask = npt.NDArray[np.uint8]

_AROUND = 0.12
"""How far around the letters the ground counts, in em: a letter is told from what touches it."""

_RIM = 0.11
_GLOW = 0.06
"""Width of an outline and of its soft edge, in em."""

_SHADOWS = ((0.0, 0.05), (0.0, 0.1), (0.01, 0.14), (0.02, 0.14), (0.03, 0.2), (0.05, 0.36))
"""Offset downwards and softness of each layer of a shadow, in em, from tight to wide."""

_THINNEST = 1.5
"""Pixels: a thinner rim is lost in compression."""

_FADE = 0.2
"""Length over which a gradient fades, in parts of the picture's side."""
_ROOM = 2.0
"""Room between words and the fading, in percent of the geometric mean of the sides."""
_SIDEWAYS = 0.6
"""Part of the height from which on a gradient comes from the side instead."""


_STRENGTHS: dict[str, tuple[float, ...]] = {
    "scrim": (0.7, 0.82, 0.92),
    "gradient": (0.7, 0.82, 0.94),
}
"""Opacities that are tried one after the other, so that no more of the picture is covered than
has to be. What has no strengths is there or not."""

_COMFORT = 2.0
"""Of what is needed, so much has to be reached for the next strength not to be tried: under a
thin veil a restless picture still disturbs."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """What a block stands on.

    Attributes:
        means: What is done.
        colour: In which colour, #RRGGBB.
        strength: Its opacity, 0 to 1.
        comfort: By how much the needed contrast has to be exceeded for this to suffice.
    """

    means: Means
    colour: str
    strength: float = 1.0
    comfort: float = 1.0


def ways(order: Iterable[Means], colour: str) -> list[Secured]:
    """Return what is tried one after the other to secure words on a ground of a colour."""
    found = []
    for means in order:
        strengths = _STRENGTHS.get(means, (1.0,))
        for strength in strengths:
            comfort = 1.0 if strength == strengths[-1] else _COMFORT
            found.append(Secured(means=means, colour=colour, strength=strength, comfort=comfort))
    return found


def ground_for(colour: str, palette: Mapping[str, str]) -> str:
    """Return what to lay under text of a colour: that of ink and paper on which it reads best."""
    text = rgb_of(colour)
    return max(
        (palette["ink"], palette["paper"]), key=lambda one: ratios_of(text, rgb_of(one)[None])[0]
    )


def what_counts(mask: Mask, size: float, means: Means) -> Mask:
    """Return the pixels that a line has to stand out from.

    Args:
        mask: Coverage of the line, shape [height, width].
        size: Font size in pixels.
        means: What secures it.

    An outline or shadow lies under the letters too, where nobody sees it: what counts is what
    surrounds them.
    """
    if means not in {"outline", "shadow"}:
        return mask
    reach = max(1, round(size * _AROUND))
    half = mask > np.iinfo(np.uint8).max // 2
    rows, columns = np.flatnonzero(half.any(axis=1)), np.flatnonzero(half.any(axis=0))
    around = np.zeros_like(mask)
    if rows.size:
        part = np.s_[
            max(0, rows[0] - reach) : rows[-1] + reach + 1,
            max(0, columns[0] - reach) : columns[-1] + reach + 1,
        ]
        around[part] = _grown(half[part], reach) & (mask[part] == 0)
    return around


def _grown(inked: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """Return a mask grown to all sides by about a disc: what three rectangles of it cover."""
    sums = np.pad(inked.astype(np.int32), reach).cumsum(axis=0).cumsum(axis=1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    height, width = inked.shape
    grown = np.zeros_like(inked)
    flat, middle = round(reach * 0.38), round(reach * 0.71)
    for down, across in ((reach, flat), (flat, reach), (middle, middle)):
        top, left = reach - down, reach - across
        low, right = reach + down + 1, reach + across + 1
        count = sums[low : low + height, right : right + width]
        count = count - sums[top : top + height, right : right + width]
        count = count - sums[low : low + height, left : left + width]
        grown |= count + sums[top : top + height, left : left + width] > 0
    return grown


def words_of(laid: LaidBlock, secured: Secured | None, *, words: bool) -> str:
    """Return the HTML of a block's words with their outline or shadow, or of the latter alone."""
    markup = ""
    if secured is not None and secured.means in {"outline", "shadow"}:
        markup = "".join(_edged(setting, secured) for setting in laid.settings)
    if words:
        markup += "".join(line_markup(setting) for setting in laid.settings)
    return safe(rotated(markup, laid.block.rotation, laid.origin))


def _edged(setting: LineSetting, secured: Secured) -> str:
    size, colour = setting.size, secured.colour
    if secured.means == "outline":
        rim = max(_THINNEST, _RIM * size)
        css = f"-webkit-text-stroke:{2 * rim:.2f}px {colour};stroke-linejoin:round;"
        css += f"text-shadow:0 0 {_GLOW * size:.2f}px {colour};"
    else:
        layers = (f"0 {y * size:.2f}px {soft * size:.2f}px {colour}" for y, soft in _SHADOWS)
        css = f"text-shadow:{','.join(layers)};"
    return line_markup(setting, colour, css)


def shown(laid: LaidBlock, secured: Secured | None, sheet: Sheet) -> dict[str, object]:
    """Return what a layout may use of a block; its words are still empty."""
    left, top, width, height = laid.extent
    block = laid.block
    means = None if secured is None else secured.means
    return {
        "name": block.name,
        "shape": block.shape,
        "fill": block.fill,
        "pad": block.pad,
        "rotation": block.rotation,
        "place": dict(zip(("left", "top", "width", "height"), laid.place, strict=True)),
        "extent": {"left": left, "top": top, "width": width, "height": height},
        "origin": {"x": laid.origin[0], "y": laid.origin[1]},
        "scrim": secured.colour if secured and means == "scrim" else None,
        "panel": secured.colour if secured and means == "panel" else None,
        "strength": secured.strength if secured else 0.0,
        "gradient": _gradient(laid, secured.colour, sheet)
        if secured and means == "gradient"
        else None,
        "words": safe(""),
    }


def _gradient(laid: LaidBlock, colour: str, sheet: Sheet) -> dict[str, object]:
    """Return from which side a gradient comes, its box, and where in it the fading begins."""
    left, top, width, height = laid.extent
    room = _ROOM * sheet.scale / 100
    reach = {
        "top": (top + height + room) / sheet.height,
        "bottom": (sheet.height - top + room) / sheet.height,
        "left": (left + width + room) / sheet.width,
        "right": (sheet.width - left + room) / sheet.width,
    }
    side = min("top", "bottom", key=lambda one: reach[one])
    if reach[side] > _SIDEWAYS:
        side = min(reach, key=lambda one: reach[one])
    part = min(1.0, reach[side] + _FADE)
    box = {"left": 0.0, "top": 0.0, "width": float(sheet.width), "height": float(sheet.height)}
    long, low = ("height", "top") if side in {"top", "bottom"} else ("width", "left")
    whole = box[long]
    box[long] = whole * part
    if side in {"bottom", "right"}:
        box[low] = whole - box[long]
    towards = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[side]
    solid = min(100.0, 100 * reach[side] / part)
    return {"colour": colour, "towards": towards, "solid": solid, **box}
