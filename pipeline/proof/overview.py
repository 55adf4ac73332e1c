"""The overview: one picture from which a person sees in seconds what a proof found, and where."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageDraw

from pipeline.proof.caption import Caption, caption, stray
from pipeline.proof.crops import jpeg
from pipeline.proof.flags import Rect, placed
from pipeline.proof.labels import EXTRA, FAIL, LOOKS, STYLE, Look, label, named, size
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Box, Proof, Verdict
from pipeline.typeset.renderer import Renderer

LONGEST = 960
"""Longest side of the shown picture in pixels."""
MOST_ENLARGED = 3
MOST_NAMED = 60
"""How many places have their name, what is at fault first; the others have a box alone."""

_QUALITY = 76
_AROUND = 4
_SHADE = 0.42
"""How bright the rest of the picture is beside a place at fault."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    name: str
    look: Look
    box: Rect


def overview(image: Pixels, proof: Proof, renderer: Renderer) -> bytes:
    """Return the picture as JPEG under a caption, with a named box around every line.

    The verdict of a line is told by colour, by the style of the box and by a sign. If
    something is at fault, the rest of the picture is shaded, and the caption says what.

    Args:
        image: The delivered pixels, RGB.
        proof: Their proof; its time and readers do not show.
        renderer: Measures and paints the words.
    """
    scale = min(MOST_ENLARGED, LONGEST / max(image.shape[:2]))
    room = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    picture = Image.fromarray(image).resize(room, Image.Resampling.LANCZOS)
    places = sorted(_places(proof, scale, room), key=lambda place: not place.look.fault)
    picture = _shaded(picture, [place.box for place in places if place.look.fault])
    pen = ImageDraw.Draw(picture)
    for place in reversed(places):  # what is at fault lies on top
        _outline(pen, place)
    above = caption(proof, picture.width, renderer)
    return jpeg(_lettered(picture, places, above, renderer), _QUALITY)


def _places(proof: Proof, scale: float, room: tuple[int, int]) -> Iterator[_Place]:
    unmet = {check.subject: check.name for check in proof.checks if check.verdict != Verdict.PASS}
    for line in proof.lines:
        if line.box:
            spoilt = line.verdict is Verdict.PASS and line.role in unmet
            look = FAIL if spoilt else LOOKS[line.verdict]
            name = f"{line.role}: {unmet[line.role]}" if spoilt else line.role
            yield _Place(name=name, look=look, box=_scaled(line.box, scale, room))
    for extra in stray(proof):
        box = _scaled(extra.box, scale, room)
        yield _Place(name="not asked for", look=EXTRA, box=box)


def _scaled(box: Box, scale: float, room: tuple[int, int]) -> Rect:
    """Return a box on the shown picture, a little wider, inside it."""
    left, top, width, height = (side * scale for side in box)
    edges = (left - _AROUND, top - _AROUND, left + width + _AROUND, top + height + _AROUND)
    first = (min(max(edges[0], 0), room[0] - 2), min(max(edges[1], 0), room[1] - 2))
    return (
        *first,
        max(first[0] + 1, min(edges[2], room[0] - 1)),
        max(first[1] + 1, min(edges[3], room[1] - 1)),
    )


def _shaded(picture: Image.Image, lit: Sequence[Rect]) -> Image.Image:
    """Return the picture grey and dark but for some places; as it is if there are none."""
    if not lit:
        return picture
    grey = picture.convert("L").point([round(level * _SHADE) for level in range(256)])
    shaded = grey.convert("RGB")
    for box in lit:
        corner = (round(box[0]), round(box[1]))
        shaded.paste(picture.crop((*corner, round(box[2]), round(box[3]))), corner)
    return shaded


def _outline(pen: ImageDraw.ImageDraw, place: _Place) -> None:
    look = place.look
    left, top, right, bottom = place.box
    if look.fault:
        pen.rectangle(place.box, outline="#FFFFFF", width=look.width + 2)
    for start, end in (
        ((left, top), (right, top)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    ):
        for stroke in _strokes(start, end, look.dashes):
            pen.line(stroke, fill=look.line, width=look.width)


def _strokes(
    start: tuple[float, float], end: tuple[float, float], dashes: tuple[int, int]
) -> Iterator[tuple[float, float, float, float]]:
    """Yield the strokes of an upright or level line: length and gap, all of it if no gap."""
    length = max(end[0] - start[0], end[1] - start[1])
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    stroke, gap = dashes if dashes[1] else (length, 1)
    for at in np.arange(0, length, stroke + gap):
        to = min(length, at + stroke)
        yield (
            start[0] + along[0] * at,
            start[1] + along[1] * at,
            start[0] + along[0] * to,
            start[1] + along[1] * to,
        )


def _lettered(
    picture: Image.Image, places: Sequence[_Place], above: Caption, renderer: Renderer
) -> Image.Image:
    """Return the picture under its caption, with a flag at every box."""
    places = places[:MOST_NAMED]
    texts = [named(place.name, place.look) for place in places]
    widths = renderer.measure(texts, STYLE) if texts else ()
    sizes = [size(width) for width in widths]
    flags = placed([place.box for place in places], sizes, picture.size)
    markup = above.markup + "".join(
        label(text, place.look, (flag[0], flag[1] + above.height), flag[2] - flag[0])
        for text, place, flag in zip(texts, places, flags, strict=True)
    )
    whole = Image.new("RGB", (picture.width, picture.height + above.height), "#FFFFFF")
    whole.paste(picture, (0, above.height))
    page = f"<div style='width:100%;height:100%;position:relative'>{markup}</div>"
    ink = Image.fromarray(renderer.render(page, *whole.size))
    whole.paste(ink.convert("RGB"), mask=ink.getchannel("A"))
    return whole
