"""Lay blocks out on a picture: from places and sizes in percent to rows in pixels."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import babel

from pipeline.campaign.text import is_blank
from pipeline.typeset.block import Block, BlockLine
from pipeline.typeset.direction import direction_of
from pipeline.typeset.fit import Fitted, FittedLine, LineSpec, Misfit, fit_lines
from pipeline.typeset.fonts import families_within, latin_family, missing_glyphs, script_within
from pipeline.typeset.leading import line_height
from pipeline.typeset.pairing import drop, size_beside, weight_beside
from pipeline.typeset.price import SMALLEST, has_arabic, runs_of
from pipeline.typeset.renderer import Renderer, TextStyle
from pipeline.typeset.setting import LineSetting, Row

_SNUG = frozenset({"pill", "tag"})
_BUTTON = 1.2
_ROUNDING = 1e-6
_JOINED = frozenset({"Arab", "Deva", "Thai"})
SMALLEST_PIXELS = 13.0
"""No text is set smaller, whatever a template asks: below it neither people nor readers read."""

Rect = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The picture to lay out on, and whose words go there.

    Attributes:
        width: Width in pixels.
        height: Height in pixels.
        locale: CLDR locale identifier of the copy.
        display: Font character of display lines.
        text: Font character of text lines.
        density: Pixels of the picture to one pixel of the place where it is shown.
    """

    width: int
    height: int
    locale: str
    display: str
    text: str
    density: float = 1.0

    @property
    def scale(self) -> float:
        """Return the geometric mean of the sides in pixels, the measure of all type."""
        return math.sqrt(self.width * self.height)

    @property
    def language(self) -> str:
        """Return the BCP 47 tag of the locale."""
        return self.locale.replace("_", "-")

    @property
    def direction(self) -> str:
        """Return ltr or rtl."""
        return babel.Locale.parse(self.locale).text_direction


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LaidBlock:
    """A block in pixels.

    Attributes:
        block: What was asked for.
        place: The room it had.
        extent: The box around its text.
        settings: Its lines, as set.
    """

    block: Block
    place: Rect
    extent: Rect
    settings: tuple[LineSetting, ...]

    @property
    def origin(self) -> tuple[float, float]:
        """Return the middle of the text, about which the block is turned."""
        left, top, width, height = self.extent
        return left + width / 2, top + height / 2


def lay_out(
    blocks: Sequence[Block], sheet: Sheet, renderer: Renderer
) -> tuple[LaidBlock, ...] | Misfit:
    """Return all blocks in pixels, or the first line that cannot be set.

    A line cannot be set if a font lacks one of its characters, if it does not fit at its
    floor, or if it runs off the picture when its block is turned.
    """
    for line in (line for block in blocks for line in block.lines):
        if is_blank(line.text):
            remedy = "give every plural form a text"
            return Misfit(role=line.role, text=line.text, what="is blank", remedy=remedy)
        if missing := missing_glyphs(line.text, _families(line, sheet)):
            what = f"no font of this script has {' '.join(missing)}"
            remedy = "write it in the letters of the locale's script"
            return Misfit(role=line.role, text=line.text, what=what, remedy=remedy)
    fits: dict[str, Fitted] = {}
    for block in blocks:
        fitted = _fit(block, sheet, renderer, ceiling=1.0)
        if isinstance(fitted, Misfit):
            return fitted
        fits[block.name] = fitted
    for block, ceiling in _group_ceilings(blocks, fits):
        fitted = _fit(block, sheet, renderer, ceiling=ceiling)
        if isinstance(fitted, Misfit):
            return fitted
        fits[block.name] = fitted
    laid = tuple(_place(block, fits[block.name].lines, sheet) for block in blocks)
    return next((_runs_off(one) for one in laid if not _inside(one, sheet)), laid)


def _inside(laid: LaidBlock, sheet: Sheet) -> bool:
    """Return whether the text of a block lies on the picture after it is turned."""
    angle = math.radians(laid.block.rotation)
    _, _, width, height = laid.extent
    wide = abs(width * math.cos(angle)) + abs(height * math.sin(angle))
    tall = abs(width * math.sin(angle)) + abs(height * math.cos(angle))
    x, y = laid.origin
    across = wide / 2 <= min(x, sheet.width - x) + _ROUNDING
    return across and tall / 2 <= min(y, sheet.height - y) + _ROUNDING


def _runs_off(laid: LaidBlock) -> Misfit:
    line = laid.settings[0]
    what = f"runs off the picture when it is turned by {laid.block.rotation:g} degrees"
    return Misfit(role=line.role, text=line.text, what=what)


def _group_ceilings(blocks: Sequence[Block], fits: dict[str, Fitted]) -> list[tuple[Block, float]]:
    grouped = sorted((block for block in blocks if block.group), key=lambda block: block.group)
    ceilings = []
    for _, group in itertools.groupby(grouped, key=lambda block: block.group):
        members = list(group)
        lowest = min(fits[block.name].scale for block in members)
        ceilings += [(block, lowest) for block in members if fits[block.name].scale > lowest]
    return ceilings


def _character(line: BlockLine, sheet: Sheet) -> str:
    return sheet.display if line.font == "display" else sheet.text


def _smallest(line: BlockLine, sheet: Sheet) -> float:
    return max(SMALLEST_PIXELS * sheet.density, line.size[0] * sheet.scale / 100)


def _retail(line: BlockLine, sheet: Sheet) -> bool:
    """Return whether a price gets two sizes: one whose currency is too small to read is none."""
    readable = _smallest(line, sheet) * SMALLEST >= SMALLEST_PIXELS * sheet.density
    return line.price_style == "retail" and readable


def _telling(line: BlockLine, sheet: Sheet) -> str:
    """Return what of a line decides its fonts: of a price in runs its amount, else all of it.

    Figures beside Arabic letters are in the same face, or they are misread.
    """
    if has_arabic(line.text):
        return line.text
    style = line.price_style if _retail(line, sheet) else "plain"
    runs = runs_of(line.text, sheet.language, style)
    return max(runs, key=lambda run: run.size).text


def _families(line: BlockLine, sheet: Sheet) -> tuple[str, ...]:
    return families_within(_telling(line, sheet), _character(line, sheet), sheet.locale)


def _fit(block: Block, sheet: Sheet, renderer: Renderer, *, ceiling: float) -> Fitted | Misfit:
    _, _, width, height = block.place.pixels(sheet.width, sheet.height, sheet.direction)
    unit = sheet.scale / 100
    box = (width - 2 * block.pad[0] * unit, height - 2 * block.pad[1] * unit)
    specs = [_spec(line, sheet) for line in block.lines]
    if block.shape in _SNUG and len(specs) == 1 and specs[0].rows == 1:
        # Buttons are as tall in every script: marks have room in the padding.
        specs = [dataclasses.replace(specs[0], leading=min(specs[0].leading, _BUTTON))]
    return fit_lines(specs, box, block.gap * unit, renderer, ceiling=ceiling)


def _spec(line: BlockLine, sheet: Sheet) -> LineSpec:
    character = _character(line, sheet)
    script = script_within(_telling(line, sheet), character, sheet.locale)
    stack, brand = _families(line, sheet), latin_family(character)
    style = TextStyle(
        families=stack,
        weight=weight_beside(stack[0], brand, line.weight),
        spacing=0.0 if script in _JOINED else line.spacing,
        direction=direction_of(line.text, sheet.direction),
        language=sheet.language,
    )
    unit = sheet.scale / 100
    smallest = _smallest(line, sheet)
    largest = line.size[1] * unit * size_beside(stack[0], brand)
    return LineSpec(
        role=line.role,
        text=line.text,
        locale=sheet.locale,
        style=style,
        smallest=smallest,
        largest=max(smallest, largest),
        rows=line.rows,
        leading=line_height(line.text, script, stack[0], sheet.locale) * line.leading,
        drop=drop(stack[0], script),
        retail=_retail(line, sheet),
    )


def _place(block: Block, lines: Sequence[FittedLine], sheet: Sheet) -> LaidBlock:
    left, top, width, height = block.place.pixels(sheet.width, sheet.height, sheet.direction)
    unit = sheet.scale / 100
    pad_x, pad_y = block.pad[0] * unit, block.pad[1] * unit
    gap = block.gap * unit
    tall = sum(line.height for line in lines) + gap * (len(lines) - 1)
    free = height - 2 * pad_y - tall
    y = top + pad_y + {"top": 0.0, "middle": free / 2, "bottom": free}[block.anchor]
    align = _side(block.align, sheet.direction)
    inner = (left + pad_x, width - 2 * pad_x)
    extent = _extent(lines, inner, align, y, tall)
    origin = (extent[0] + extent[2] / 2, extent[1] + extent[3] / 2)
    settings = []
    for line, asked in zip(lines, block.lines, strict=True):
        settings.append(_set(line, asked, (inner, y, align), (block.rotation, origin)))
        y += line.height + gap
    return LaidBlock(
        block=block,
        place=(left, top, width, height),
        extent=extent,
        settings=tuple(settings),
    )


def _extent(
    lines: Sequence[FittedLine], inner: tuple[float, float], align: str, top: float, tall: float
) -> Rect:
    wide = max(width for line in lines for width in line.widths)
    return (_left(inner, align, wide), top, wide, tall)


def _set(
    line: FittedLine,
    asked: BlockLine,
    where: tuple[tuple[float, float], float, str],
    turn: tuple[float, tuple[float, float]],
) -> LineSetting:
    inner, top, align = where
    height = line.size * line.spec.leading
    top += line.spec.drop * line.size
    rows = tuple(
        Row(
            text=text,
            x=_left(inner, align, width),
            y=top + index * height,
            width=width,
            height=height,
        )
        for index, (text, width) in enumerate(zip(line.rows, line.widths, strict=True))
    )
    style = line.spec.style
    return LineSetting(
        role=line.spec.role,
        text=line.spec.text,
        rows=rows,
        size=line.size,
        families=style.families,
        weight=style.weight,
        spacing=style.spacing,
        colour=asked.colour.upper(),
        align=align,
        direction=style.direction,
        language=style.language,
        rotation=turn[0],
        origin=turn[1],
        struck=asked.struck,
        price_style="retail" if line.spec.retail else "plain",
    )


def _left(inner: tuple[float, float], align: str, width: float) -> float:
    free = inner[1] - width
    return inner[0] + {"left": 0.0, "center": free / 2, "right": free}[align]


def _side(align: str, direction: str) -> str:
    if align == "center":
        return "center"
    return "left" if (align == "start") == (direction == "ltr") else "right"
