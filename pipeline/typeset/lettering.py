"""Lettering: set the words over a plate, readable on the pixels that are really there."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.errors import TemplateError
from pipeline.typeset.block import Block
from pipeline.typeset.canvas import Canvas, Pixels
from pipeline.typeset.contrast import contrast_under, needed_ratio
from pipeline.typeset.draw import draw_line, line_markup, rotated
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import LaidBlock, lay_out
from pipeline.typeset.markup import render_markup, safe, text_in
from pipeline.typeset.placement import settle
from pipeline.typeset.renderer import Renderer
from pipeline.typeset.setting import LineSetting

__all__ = ["Canvas", "Lettered", "Letterer", "composite"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Lettered:
    """A plate with its words.

    Attributes:
        picture: RGB, shape [height, width, 3].
        ground: The same without the words: the plate with the layout's shapes.
        settings: How each line was set.
        contrasts: Role to contrast ratio.
    """

    picture: Pixels
    ground: Pixels
    settings: tuple[LineSetting, ...]
    contrasts: dict[str, float]


@dataclasses.dataclass(frozen=True, slots=True)
class _Coloured:
    """Blocks in the colours that read best, and what is still hard to read."""

    ground: Pixels
    laid: tuple[LaidBlock, ...]
    contrasts: dict[str, float]
    unreadable: dict[str, LineSetting]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Letterer:
    """Sets words over plates.

    Attributes:
        renderer: Measures and paints.
        layouts: Folder of the layout templates.
    """

    renderer: Renderer
    layouts: pathlib.Path

    def letter(self, canvas: Canvas, blocks: Sequence[Block]) -> Lettered | Misfit:
        """Return the plate with its words, or the line that cannot be set.

        A line whose colour does not stand out from what is under it takes the colour of the
        palette that does; if none does, its block gets a scrim; if that is not enough either,
        the line is refused.

        Raises:
            TemplateError: If the layout cannot be rendered, or says something by itself.
        """
        laid = lay_out(blocks, canvas.sheet, self.renderer)
        if not isinstance(laid, Misfit):
            laid = settle(laid, canvas)
        if isinstance(laid, Misfit):
            return laid
        scrims: dict[str, str] = {}
        coloured = self._coloured(canvas, laid, scrims)
        if coloured.unreadable:
            scrims = {name: _scrim(coloured, name, canvas) for name in coloured.unreadable}
            coloured = self._coloured(canvas, laid, scrims)
        if coloured.unreadable:
            setting = next(iter(coloured.unreadable.values()))
            ratio = coloured.contrasts[setting.role]
            what = f"does not stand out from the picture (contrast {ratio:.1f} to 1)"
            return Misfit(role=setting.role, text=setting.text, what=what)
        return Lettered(
            picture=self._over(canvas, coloured.laid, scrims, words=True),
            ground=coloured.ground,
            settings=tuple(setting for block in coloured.laid for setting in block.settings),
            contrasts=coloured.contrasts,
        )

    def _over(
        self,
        canvas: Canvas,
        laid: Sequence[LaidBlock],
        scrims: Mapping[str, str],
        *,
        words: bool,
    ) -> Pixels:
        sheet = canvas.sheet
        values = {
            "sheet": sheet,
            "palette": canvas.palette,
            "unit": sheet.scale / 100,
            "blocks": [_shown(block, scrims.get(block.block.name), words=words) for block in laid],
        }
        name = f"{canvas.template}.html.j2"
        markup = render_markup(self.layouts, name, values)
        if not words and (literal := text_in(markup)):
            msg = (
                f"templates/{self.layouts.name}/{name}: the layout itself says {literal!r}, which "
                "nobody would proofread; let a line of the campaign say it"
            )
            raise TemplateError(msg)
        return composite(canvas.plate, self.renderer.render(markup, sheet.width, sheet.height))

    def _coloured(
        self, canvas: Canvas, laid: Sequence[LaidBlock], scrims: Mapping[str, str]
    ) -> _Coloured:
        ground = self._over(canvas, laid, scrims, words=False)
        sheet = canvas.sheet
        blocks: list[LaidBlock] = []
        result = _Coloured(ground, (), {}, {})
        for block in laid:
            settings = []
            for setting in block.settings:
                mask = draw_line(setting, sheet.width, sheet.height, self.renderer)
                needed = needed_ratio(setting.size, sheet.scale)
                colour, ratio = _readable(ground, mask, setting, canvas.palette, needed)
                settings.append(dataclasses.replace(setting, colour=colour))
                result.contrasts[setting.role] = round(ratio, 2)
                if ratio < needed:
                    result.unreadable.setdefault(block.block.name, settings[-1])
            blocks.append(dataclasses.replace(block, settings=tuple(settings)))
        return dataclasses.replace(result, laid=tuple(blocks))


def composite(plate: Pixels, overlay: npt.NDArray[np.uint8]) -> Pixels:
    """Return straight RGBA laid over RGB, rounded to the nearest value."""
    alpha = overlay[:, :, 3:].astype(np.uint16)
    mixed = overlay[:, :, :3] * alpha + plate * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def _readable(
    ground: Pixels,
    mask: npt.NDArray[np.uint8],
    setting: LineSetting,
    palette: Mapping[str, str],
    needed: float,
) -> tuple[str, float]:
    asked = setting.colour
    ratio = contrast_under(ground, mask, asked, setting.size)
    if ratio >= needed:
        return asked, ratio
    others = {
        name: contrast_under(ground, mask, palette[name], setting.size) for name in ("ink", "paper")
    }
    best = max(others, key=lambda name: others[name])
    return (palette[best].upper(), others[best]) if others[best] > ratio else (asked, ratio)


def _scrim(coloured: _Coloured, name: str, canvas: Canvas) -> str:
    """Return what to lay under a block: the ground on which its text reads best."""
    light = coloured.unreadable[name].colour == canvas.palette["paper"].upper()
    return canvas.palette["ink" if light else "paper"]


def _shown(block: LaidBlock, scrim: str | None, *, words: bool) -> dict[str, object]:
    """Return what a layout may use of a block."""
    left, top, width, height = block.extent
    markup = "".join(line_markup(setting) for setting in block.settings) if words else ""
    turned = rotated(markup, block.block.rotation, block.origin)
    return {
        "name": block.block.name,
        "shape": block.block.shape,
        "fill": block.block.fill,
        "pad": block.block.pad,
        "rotation": block.block.rotation,
        "place": dict(zip(("left", "top", "width", "height"), block.place, strict=True)),
        "extent": {"left": left, "top": top, "width": width, "height": height},
        "origin": {"x": block.origin[0], "y": block.origin[1]},
        "scrim": scrim,
        "words": safe(turned),
    }
