"""Draw rows of text: as markup inside a layout, or one line alone as a mask.

Both come from the same markup, so a line drawn again for the proof stands where the
delivered one stands.
"""

import html
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import PIL.Image

from pipeline.typeset.pairing import raised
from pipeline.typeset.price import Run, price_width, runs_of
from pipeline.typeset.renderer import Renderer, TextStyle
from pipeline.typeset.setting import LineSetting, Row

TRACE = 12
"""Coverage, of 255, from which a pixel counts as touched by ink."""
STRIKE_THICKNESS = 0.07
"""Thickness in em of the stroke through a former price."""
_STRIKE_OVERHANG = 0.06
_STRIKE_HEIGHT = 0.53


def line_markup(setting: LineSetting, colour: str | None = None, effects: str = "") -> str:
    """Return the HTML of a set line, absolutely placed on the picture.

    Args:
        setting: The line's setting.
        colour: Paint it in this colour instead of its own.
        effects: CSS declarations for its rows.
    """
    ink = colour or setting.colour
    css = f"{_style(setting).css()}font-size:{setting.size:.3f}px;color:{ink};"
    css += f"text-align:{setting.align};{effects}"
    return "".join(_row_markup(row, css, setting, ink) for row in setting.rows)


def rotated(markup: str, rotation: float, origin: tuple[float, float]) -> str:
    """Return markup turned clockwise about a point given in pixels of the picture."""
    if not rotation:
        return markup
    return (
        "<div style='position:absolute;left:0;top:0;width:100%;height:100%;"
        f"transform:rotate({rotation:.3f}deg);"
        f"transform-origin:{origin[0]:.2f}px {origin[1]:.2f}px'>{markup}</div>"
    )


def draw_line(
    setting: LineSetting,
    width: int,
    height: int,
    renderer: Renderer,
) -> npt.NDArray[np.uint8]:
    """Return how much of each pixel the line covers, shape [height, width], 0 to 255.

    What is shown smaller than it was set is drawn as it was set, and reduced: letters that are
    drawn small look different from small pictures of letters.
    """
    if setting.density != 1:
        scale = setting.density
        large = draw_line(
            setting.scaled(scale), round(width * scale), round(height * scale), renderer
        )
        small = PIL.Image.fromarray(large).resize((width, height), PIL.Image.Resampling.BOX)
        return np.asarray(small, np.uint8)
    markup = rotated(line_markup(setting, "#000000"), setting.rotation, setting.origin)
    page = f"<div style='width:100%;height:100%;position:relative'>{markup}</div>"
    return np.ascontiguousarray(renderer.render(page, width, height)[:, :, 3])


def row_width(text: str, setting: LineSetting, renderer: Renderer) -> float:
    """Return how wide a row of a line is, in pixels, with another text on it.

    Args:
        text: What the row says.
        setting: How the line is set.
        renderer: Measures it.
    """
    style = _style(setting)
    if setting.price_style == "retail":
        return price_width(text, style, renderer) * setting.size
    return renderer.measure([text], style)[0] * setting.size


def _style(setting: LineSetting) -> TextStyle:
    return TextStyle(
        families=setting.families,
        weight=setting.weight,
        spacing=setting.spacing,
        direction=setting.direction,
        language=setting.language,
    )


def _row_markup(row: Row, css: str, setting: LineSetting, ink: str) -> str:
    runs = runs_of(row.text, setting.language, setting.price_style)
    text = _runs_markup(runs, setting)
    # The engine wraps between runs, whatever the white space, where the box just holds them.
    slack = setting.size if len(runs) > 1 else 0.0
    before = {"left": 0.0, "center": slack, "right": slack}[setting.align]
    wide = row.width + before + (slack if setting.align != "right" else 0.0)
    box = f"left:{row.x - before:.2f}px;top:{row.y:.2f}px;"
    box += f"width:{wide:.2f}px;height:{row.height:.2f}px;"
    markup = (
        f"<div lang='{html.escape(setting.language)}' style=\"position:absolute;{box}"
        f'line-height:{row.height:.2f}px;{css}">{text}</div>'
    )
    return markup + (_strike(row, setting, ink) if setting.struck else "")


def _runs_markup(runs: Sequence[Run], setting: LineSetting) -> str:
    """Return runs of a row; raised decimals stay with their amount, from left to right."""
    parts: list[str] = []
    for run in runs:
        text = html.escape(run.text, quote=False)
        size = f"font-size:{run.size * setting.size:.3f}px"
        if run.raised:
            up = raised(setting.families[0], run.size) * setting.size
            lifted = f"display:inline-block;transform:translateY({-up:.3f}px)"
            text = f"{parts.pop()}<span style='{size};{lifted}'>{text}</span>"
            text = f"<span style='display:inline-block;direction:ltr'>{text}</span>"
        elif run.size != 1.0:
            text = f"<span style='{size}'>{text}</span>"
        parts.append(text)
    return "".join(parts)


def _strike(row: Row, setting: LineSetting, ink: str) -> str:
    over = _STRIKE_OVERHANG * setting.size
    thick = STRIKE_THICKNESS * setting.size
    top = row.y + row.height * _STRIKE_HEIGHT - thick / 2
    return (
        f"<div style='position:absolute;left:{row.x - over:.2f}px;top:{top:.2f}px;"
        f"width:{row.width + 2 * over:.2f}px;height:{thick:.2f}px;background:{ink}'></div>"
    )
