"""Staging: the scene of one coordinate in one format, inside what the channel leaves free."""

import pathlib
import types
from collections.abc import Iterable

import babel

from pipeline.campaign.formats import Format
from pipeline.plan.lines import Line
from pipeline.plan.safebox import within_safe_box
from pipeline.plan.scene import Scene, render_scene
from pipeline.plan.wording import Coordinate
from pipeline.typeset.layout import SMALLEST_PIXELS

_SHAPES = (
    (0.4, "column"),
    (0.7, "tall"),
    (0.95, "portrait"),
    (1.2, "square"),
    (2.6, "landscape"),
    (5.0, "strip"),
    (float("inf"), "ribbon"),
)
"""Width by height, below which a format has this shape."""

_SMALL = 400
_ROW = SMALLEST_PIXELS * 1.4
"""Pixels that a row of the smallest words takes in the face that takes most; see
`pipeline.typeset.leading`."""


def staged(folder: pathlib.Path, at: Coordinate, lines: Iterable[Line], fmt: Format) -> Scene:
    """Return the scene of a coordinate in a format.

    Args:
        folder: The folder of the scene templates.
        at: The coordinate.
        lines: Its finished lines.
        fmt: The format.

    Raises:
        TemplateError: If the template cannot be rendered, or what it renders is no scene.
    """
    scene = render_scene(folder, at.campaign.template, lines, _values(at, fmt))
    mirrored = babel.Locale.parse(at.locale).text_direction == "rtl"
    return within_safe_box(scene, fmt, _shape(fmt), mirrored=mirrored)


def _values(at: Coordinate, fmt: Format) -> dict[str, object]:
    brand = at.campaign.brand
    return {
        "brand": types.SimpleNamespace(name=brand.name, logo=brand.logo is not None),
        "palette": types.SimpleNamespace(**brand.palette.model_dump()),
        "offer": types.SimpleNamespace(
            subject=at.campaign.offers[at.offer].subject or at.offer,
            pictured=at.campaign.offers[at.offer].picture is not None,
            items=len(at.campaign.offers[at.offer].items),
        ),
        "format": types.SimpleNamespace(
            name=fmt.name,
            width=fmt.width,
            height=fmt.height,
            shape=_shape(fmt),
            small=min(fmt.width, fmt.height) / fmt.density < _SMALL,
            row=100 * _ROW * fmt.density / fmt.height,
        ),
    }


def _shape(fmt: Format) -> str:
    ratio = fmt.width / fmt.height
    return next(shape for below, shape in _SHAPES if ratio < below)
