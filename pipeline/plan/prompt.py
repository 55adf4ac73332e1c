"""The prompt for FLUX.2, made from a scene.

After the vendor's prompting guide: strings quoted and first, each with place, type and HEX
colour; colours tied to named things; the ratio of the frame stated; nothing negative, because
the model has no negative prompts and draws what it is told to leave out.
"""

import math
import unicodedata
from collections.abc import Mapping

from pipeline.campaign.formats import Format
from pipeline.campaign.references import called_references, with_places
from pipeline.plan.routing import MODEL
from pipeline.plan.scene import Scene
from pipeline.typeset.block import Block, BlockLine, Place

_CHARACTERS = {
    "friendly": "rounded sans-serif",
    "modern": "clean grotesque sans-serif",
    "elegant": "high-contrast serif",
    "condensed": "condensed sans-serif",
}
_BOLD = 700
_LARGE = 9.0
_MIDDLE = 5.0
_THIRD = 100 / 3
_OPEN = ("none", "rule")
"""Shapes of blocks whose words stand on the picture itself."""

_WIDE = 60
"""Percent of the width from which a place counts as all of it."""


_NO_PICTURES: Mapping[str, int] = {}


def prompt_of(
    scene: Scene,
    lettering: dict[str, str],
    fonts: dict[str, str],
    fmt: Format,
    *,
    places: Mapping[str, int] = _NO_PICTURES,
    direction: str = "ltr",
) -> str:
    """Return the prompt.

    Args:
        scene: The scene.
        lettering: Role to who draws it; only the model's lines are quoted.
        fonts: `display` and `text` to font character.
        fmt: The format; its ratio is stated.
        places: Name of a reference picture to its place among those that are sent, from 1; the
            scene's `@name` becomes FLUX.2's own wording, "image 1".
        direction: ltr or rtl; in the latter the room for words lies mirrored.
    """
    drawn = [
        (block, line)
        for block in scene.lettering
        for line in block.lines
        if lettering.get(line.role) == MODEL
    ]
    parts = [_quoted(block, line, fonts) for block, line in drawn]
    parts += [f"{_frame(fmt)} {with_places(_picture(scene), places)}"]
    parts += [*_room(scene, lettering, direction), _lettering_rule(drawn)]
    return " ".join(parts)


def called_in(scene: Scene) -> tuple[str, ...]:
    """Return the names of the reference pictures that a scene calls, in order of first call."""
    return called_references(_picture(scene))


def _picture(scene: Scene) -> str:
    """Return what the prompt says of the picture, words aside."""
    return " ".join(
        [
            f"{scene.style} of {_subjects(scene)}, {scene.scene}.",
            f"Background: {scene.background.description}, {_colours(scene)}.",
            f"{_sentence(scene.lighting)} {_sentence(scene.mood)} {_sentence(scene.composition)}",
            f"Shot {scene.camera.angle}, {scene.camera.lens}.",
            _sentence(scene.background.calm),
        ]
    )


def _quoted(block: Block, line: BlockLine, fonts: dict[str, str]) -> str:
    text = prompt_form(line.text)
    weight = "bold " if line.weight >= _BOLD else ""
    size = "very large" if line.size[1] >= _LARGE else "large"
    size = size if line.size[1] >= _MIDDLE else "small"
    character = _CHARACTERS[fonts[line.font]]
    where = _where(block.place)
    return f'The text "{text}" in {size} {weight}{character}, color {line.colour}, {where}.'


def prompt_form(text: str) -> str:
    """Return a string as a prompt quotes it: NFC, plain spaces, no directional marks."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(c for c in composed if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).replace('"', "'")


def _where(place: Place) -> str:
    middle = place.y + place.height / 2
    if middle < _THIRD:
        return "in the upper third"
    return "in the middle" if middle < 2 * _THIRD else "in the lower third"


def _frame(fmt: Format) -> str:
    divisor = math.gcd(fmt.width, fmt.height)
    across, down = fmt.width // divisor, fmt.height // divisor
    ratio = f"{across}:{down}" if max(across, down) <= 21 else f"{fmt.width / fmt.height:.2f}:1"  # noqa: PLR2004 - cinema's widest named ratio is 21:9
    if fmt.width == fmt.height:
        return "Square 1:1"
    return f"{'Horizontal' if fmt.width > fmt.height else 'Vertical'} {ratio}"


def kept_within(made: tuple[int, int], shown: tuple[int, int]) -> str:
    """Return the sentence that says where everything is to stand in a picture that is cut.

    Args:
        made: Width and height of the picture in pixels.
        shown: Width and height in pixels of the format that is cut out of it.
    """
    share = (shown[0] * made[1]) / (shown[1] * made[0])
    where = f"the middle {min(share, 1 / share):.0%} of the {'height' if share > 1 else 'width'}"
    return f"Everything stands whole within {where}; around it the background goes on."


def _subjects(scene: Scene) -> str:
    return " and ".join(subject.description for subject in scene.subjects)


def _colours(scene: Scene) -> str:
    ground = " to ".join(scene.background.colours)
    accents = [c for c in scene.color_palette if c not in scene.background.colours]
    return f"color {ground}" + (f", accents in color {', '.join(accents)}" if accents else "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _room(scene: Scene, lettering: dict[str, str], direction: str) -> list[str]:
    """Return what is asked of the places where words will be set: calm, open ground.

    Words on a shape of the layout bring their own ground.
    """
    where = dict.fromkeys(
        _area(block.place, direction)
        for block in scene.lettering
        if block.shape in _OPEN and any(lettering.get(x.role) != MODEL for x in block.lines)
    )
    if not where:
        return []
    return [f"Smooth, evenly lit open ground in {_listed([f'the {area}' for area in where])}."]


def _area(place: Place, direction: str) -> str:
    """Return the part of the frame that a place lies in, such as `upper left`."""
    middle = place.y + place.height / 2
    height = "upper" if middle < _THIRD else "middle" if middle < 2 * _THIRD else "lower"
    if place.width >= _WIDE:
        return f"{height} third"
    across = place.x + place.width / 2
    across = 100 - across if direction == "rtl" else across
    side = "left" if across < _THIRD else "centre" if across < 2 * _THIRD else "right"
    return f"{height} {side}"


def _listed(parts: list[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if parts[1:] else "") + parts[-1]


def _lettering_rule(drawn: list[tuple[Block, BlockLine]]) -> str:
    if not drawn:
        return "Every surface is clean and unmarked."
    words = ", ".join(f'"{prompt_form(line.text)}"' for _, line in drawn)
    return f"The only lettering is {words}; every other surface is clean and unmarked."
