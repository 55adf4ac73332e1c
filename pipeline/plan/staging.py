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

_TALL, _PORTRAIT, _SQUARE, _SMALL = 0.7, 0.95, 1.2, 400


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
        ),
    }


def _shape(fmt: Format) -> str:
    ratio = fmt.width / fmt.height
    shape = "tall" if ratio < _TALL else "portrait" if ratio < _PORTRAIT else "square"
    return shape if ratio < _SQUARE else "landscape"
