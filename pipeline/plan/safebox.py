"""The safe box: a scene moved out of what a channel's interface covers.

Templates are drawn for the whole picture; for tall formats they leave free what stories cover.
Where a channel covers more, everything that is lettered is brought into the box that is left,
in proportion, so that no template has to know every channel.
"""

import dataclasses

from pipeline.campaign.formats import Format
from pipeline.plan.scene import Scene
from pipeline.typeset.block import Block, Place

_TALL = (14.0, 6.0, 20.0, 6.0)
"""What templates leave free in tall formats: top, right, bottom and left, in percent."""

_WHOLE = (0.0, 0.0, 0.0, 0.0)


@dataclasses.dataclass(frozen=True, slots=True)
class _Axis:
    """Moves what lies between two drawn edges to between two free ones, in percent."""

    drawn: tuple[float, float]
    free: tuple[float, float]

    @property
    def scale(self) -> float:
        """Return how much of its length remains."""
        return (self.free[1] - self.free[0]) / (self.drawn[1] - self.drawn[0])

    def moved(self, at: float) -> float:
        """Return where a point goes."""
        return self.free[0] + (at - self.drawn[0]) * self.scale


def within_safe_box(scene: Scene, fmt: Format, shape: str, *, mirrored: bool) -> Scene:
    """Return a scene whose lettering, logo and subjects stand inside a format's safe box.

    Args:
        scene: The scene as the template renders it.
        fmt: The format.
        shape: The shape that the template was rendered for, such as `tall`.
        mirrored: Whether reading starts at the right, so that places count from there.
    """
    top, right, bottom, left = _TALL if shape == "tall" else _WHOLE
    safe_top, safe_right, safe_bottom, safe_left = fmt.safe
    if mirrored:
        safe_left, safe_right = safe_right, safe_left
    across = _Axis((left, 100 - right), (max(left, safe_left), 100 - max(right, safe_right)))
    down = _Axis((top, 100 - bottom), (max(top, safe_top), 100 - max(bottom, safe_bottom)))
    if across.scale == down.scale == 1:
        return scene

    def moved(place: Place) -> Place:
        return Place(
            x=across.moved(place.x),
            y=down.moved(place.y),
            width=place.width * across.scale,
            height=place.height * down.scale,
        )

    type_scale = min(across.scale, down.scale)
    blocks = [
        one.model_copy(update={"place": moved(one.place), **_smaller(one, type_scale)})
        for one in scene.lettering
    ]
    subjects = [
        one.model_copy(update={"place": moved(one.place)}) if one.place else one
        for one in scene.subjects
    ]
    logo = scene.logo and scene.logo.model_copy(update={"place": moved(scene.logo.place)})
    return scene.model_copy(
        update={"lettering": tuple(blocks), "subjects": tuple(subjects), "logo": logo}
    )


def _smaller(block: Block, scale: float) -> dict[str, object]:
    """Return a block's type and the room around it, at the scale of its place."""
    lines = [
        line.model_copy(update={"size": (line.size[0] * scale, line.size[1] * scale)})
        for line in block.lines
    ]
    pad = tuple(side * scale for side in block.pad)
    return {"lines": tuple(lines), "gap": block.gap * scale, "pad": pad}
