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
from pipeline.typeset.draw import draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import LaidBlock, lay_out
from pipeline.typeset.markup import render_markup, text_in
from pipeline.typeset.overhang import kept_on
from pipeline.typeset.placement import settle
from pipeline.typeset.renderer import Renderer
from pipeline.typeset.securing import Secured, ground_for, shown, ways, what_counts, words_of
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

        Blocks that may roam go to the calmest spot of their reach. A line whose colour does not
        stand out from what is under it takes the colour of the palette that does; if none does,
        its block takes the first of its own means that suffices; if none does, the line is
        refused.

        Raises:
            TemplateError: If the layout cannot be rendered, or says something by itself.
        """
        laid = lay_out(blocks, canvas.sheet, self.renderer)
        if not isinstance(laid, Misfit):
            laid = settle(laid, canvas)
        if isinstance(laid, Misfit):
            return laid
        laid = kept_on(laid, canvas.sheet, self.renderer)
        coloured, secured = self._secured(canvas, laid)
        if coloured.unreadable:
            setting = next(iter(coloured.unreadable.values()))
            ratio = coloured.contrasts[setting.role]
            what = f"does not stand out from the picture (contrast {ratio:.1f} to 1)"
            return Misfit(role=setting.role, text=setting.text, what=what)
        return Lettered(
            picture=self._over(canvas, coloured.laid, secured, words=True),
            ground=coloured.ground,
            settings=tuple(setting for block in coloured.laid for setting in block.settings),
            contrasts=coloured.contrasts,
        )

    def _secured(
        self, canvas: Canvas, laid: Sequence[LaidBlock]
    ) -> tuple[_Coloured, dict[str, Secured]]:
        """Return the blocks as they read best, each with the first of its means that suffices."""
        secured: dict[str, Secured] = {}
        waiting: dict[str, list[Secured]] = {}
        asked = {one.role: one.colour for block in laid for one in block.settings}
        orders = {one.block.name: one.block.secure for one in laid}
        coloured = self._coloured(canvas, laid, secured)
        while coloured.unreadable:
            for name, setting in coloured.unreadable.items():
                under = ground_for(asked[setting.role], canvas.palette)
                todo = waiting.setdefault(name, ways(orders[name], under))
                if not todo:
                    return coloured, secured
                secured[name] = todo.pop(0)
            coloured = self._coloured(canvas, laid, secured)
        return coloured, secured

    def _over(
        self,
        canvas: Canvas,
        laid: Sequence[LaidBlock],
        secured: Mapping[str, Secured],
        *,
        words: bool,
    ) -> Pixels:
        sheet = canvas.sheet
        bare = [shown(one, secured.get(one.block.name), sheet) for one in laid]
        self._said(canvas, bare)
        blocks = [
            {**view, "words": words_of(one, secured.get(one.block.name), words=words)}
            for view, one in zip(bare, laid, strict=True)
        ]
        markup = self._markup(canvas, blocks)
        return composite(canvas.plate, self.renderer.render(markup, sheet.width, sheet.height))

    def _markup(self, canvas: Canvas, blocks: Sequence[Mapping[str, object]]) -> str:
        sheet = canvas.sheet
        values = {
            "sheet": sheet,
            "palette": canvas.palette,
            "unit": sheet.scale / 100,
            "blocks": blocks,
        }
        return render_markup(self.layouts, f"{canvas.template}.html.j2", values)

    def _said(self, canvas: Canvas, blocks: Sequence[Mapping[str, object]]) -> None:
        """Refuse a layout that says something by itself."""
        if literal := text_in(self._markup(canvas, blocks)):
            name = f"{self.layouts.name}/{canvas.template}.html.j2"
            msg = (
                f"templates/{name}: the layout itself says {literal!r}, which nobody would "
                "proofread; let a line of the campaign say it"
            )
            raise TemplateError(msg)

    def _coloured(
        self, canvas: Canvas, laid: Sequence[LaidBlock], secured: Mapping[str, Secured]
    ) -> _Coloured:
        ground = self._over(canvas, laid, secured, words=False)
        sheet = canvas.sheet
        blocks: list[LaidBlock] = []
        result = _Coloured(ground, (), {}, {})
        for block in laid:
            settings = []
            by = secured.get(block.block.name)
            for setting in block.settings:
                mask = draw_line(setting, sheet.width, sheet.height, self.renderer)
                seen = mask if by is None else what_counts(mask, setting.size, by.means)
                needed = needed_ratio(setting.size, sheet.scale) * (
                    1.0 if by is None else by.comfort
                )
                colour, ratio = _readable(ground, seen, setting, canvas.palette, needed)
                means = "" if by is None else by.means
                settings.append(dataclasses.replace(setting, colour=colour, secured=means))
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
