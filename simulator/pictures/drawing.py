"""Drawn pictures: an ad as the prompt describes it, spelt as well as the model can spell."""

import html
from collections.abc import Mapping

import numpy as np
import PIL.Image

from pipeline.typeset.draw import line_markup
from pipeline.typeset.fit import Fitted, FittedLine, LineSpec, fit_lines
from pipeline.typeset.fonts import families
from pipeline.typeset.renderer import Renderer, TextStyle
from pipeline.typeset.setting import LineSetting, Row
from simulator.orders import Order
from simulator.pictures.colours import contrast, hexed, rgb
from simulator.pictures.ground import Pixels, draw_ground
from simulator.pictures.misspelling import written
from simulator.pictures.plain import encoded
from simulator.pictures.reading import WantedLine, read_prompt
from simulator.pictures.rewriting import rewritten

_BANDS = {"upper": (0.06, 0.37), "middle": (0.36, 0.66), "lower": (0.70, 0.94)}
"""Third of the picture to its top and bottom, as shares of the height."""
_WIDE = 1.25
_MARGIN = 0.07
_TEXT_SHARE = 0.46
"""Share of a wide picture's width that words may take; the thing stands beside them."""
_LEADING = 1.16
_SMALLEST = 0.4
"""Words may shrink to this share of the size asked for before they are left out."""
_READABLE = 3.0
_BUTTON = 0.06
"""Lines below this share of the shorter side are set as buttons."""
_RTL = ("ar", "he")
_ROWS = 3


class Studio:
    """Draws pictures from prompts with the real fonts.

    Args:
        misspelling: Multiplies the published error rates; 0 spells all right.
        renderer: Measures and paints words.
    """

    def __init__(self, misspelling: float, renderer: Renderer) -> None:
        self._misspelling = misspelling
        self._renderer = renderer

    def draw(
        self,
        order: Order,
        seed: int,
        size: tuple[int, int],
        file_format: str,
        scenario: tuple[tuple[str, str], ...],
    ) -> bytes:
        """Return the file of one picture; the same arguments give the same bytes.

        Args:
            order: What is to be made.
            seed: The picture's seed.
            size: Width and height in pixels.
            file_format: png, jpeg or webp.
            scenario: The job's faults.
        """
        faults: Mapping[str, str] = dict(scenario)
        wish = read_prompt(rewritten(order, faults, seed))
        key = order.picture_key(seed)
        lines = written(wish.lines, key, self._misspelling, faults)
        taken = frozenset(line.place for line in wish.lines)
        files = tuple(reference.data for reference in order.references)
        picture = draw_ground(size, wish.palette, taken, key, files)
        for place in _BANDS:
            band = [line for line in lines if line.place == place and line.text.strip()]
            if band:
                picture = self._lettered(picture, band, wish.palette)
        pixels = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
        return encoded(PIL.Image.fromarray(pixels), file_format)

    def _lettered(
        self, picture: Pixels, lines: list[WantedLine], palette: tuple[str, ...]
    ) -> Pixels:
        height, width = picture.shape[:2]
        fitted = self._fitted(lines, (width, height))
        if fitted is None:
            return picture
        top, bottom = (share * height for share in _BANDS[lines[0].place])
        used = sum(line.height for line in fitted.lines) + _gap(width, height) * len(lines)
        y = top if lines[0].place == "upper" else (top + bottom - used) / 2
        markup = ""
        for line, wanted in zip(fitted.lines, lines, strict=True):
            markup += _line_markup(picture, line, wanted, y, palette)
            y += line.height + _gap(width, height)
        page = f"<div style='width:100%;height:100%;position:relative'>{markup}</div>"
        overlay = self._renderer.render(page, width, height)
        alpha = overlay[:, :, 3:].astype(np.float32) / 255
        return np.asarray(picture * (1 - alpha) + overlay[:, :, :3] * alpha, np.float32)

    def _fitted(self, lines: list[WantedLine], size: tuple[int, int]) -> Fitted | None:
        width, height = size
        top, bottom = _BANDS[lines[0].place]
        box = (_room(width, height), (bottom - top) * height)
        for shrink in (1.0, 0.6, 0.35):
            specs = [_spec(line, min(size) * shrink) for line in lines]
            fitted = fit_lines(specs, box, _gap(width, height), self._renderer)
            if isinstance(fitted, Fitted):
                return fitted
        return None


def _spec(line: WantedLine, short: float) -> LineSpec:
    style = TextStyle(
        families=families(line.character, line.locale),
        weight=700,
        spacing=0.0,
        direction="rtl" if line.locale[:2] in _RTL else "ltr",
        language=line.locale.replace("_", "-"),
    )
    return LineSpec(
        role="line",
        text=line.text,
        locale=line.locale,
        style=style,
        smallest=line.size * short * _SMALLEST,
        largest=line.size * short,
        rows=_ROWS,
        leading=_LEADING,
    )


def _line_markup(
    picture: Pixels, line: FittedLine, wanted: WantedLine, y: float, palette: tuple[str, ...]
) -> str:
    height, width = picture.shape[:2]
    room = _room(width, height)
    left = (width - room) / 2 if width <= height * _WIDE else width * _MARGIN
    align = _align(width, height, line.spec.style.direction)
    widest = max(line.widths)
    start = {"left": left, "right": left + room - widest, "center": left + (room - widest) / 2}
    pad = line.size * 0.45
    frame = (start[align] - pad, y - pad * 0.3, widest + 2 * pad, line.height + pad * 0.6)
    under = _under(picture, frame)
    ink = wanted.colour or _best(under, (*palette, "#FFFFFF", "#111111"))
    panel = ""
    if wanted.size < _BUTTON or contrast(rgb(ink), under) < _READABLE:
        fill = _best(rgb(ink), (*palette, "#FFFFFF", "#111111"))
        panel = _panel(frame, fill, line.size * (0.7 if wanted.size < _BUTTON else 0.2))
    setting = LineSetting(
        role="line",
        text=line.spec.text,
        rows=tuple(
            Row(text=text, x=left, y=y + number * line.size * _LEADING, width=room, height=row)
            for number, (text, row) in enumerate((text, line.size * _LEADING) for text in line.rows)
        ),
        size=line.size,
        families=line.spec.style.families,
        weight=line.spec.style.weight,
        spacing=line.spec.style.spacing,
        colour=ink,
        align=align,
        direction=line.spec.style.direction,
        language=line.spec.style.language,
        rotation=0.0,
        origin=(0.0, 0.0),
        struck=False,
    )
    return panel + line_markup(setting)


def _room(width: int, height: int) -> float:
    wide = width > height * _WIDE
    return width * (_TEXT_SHARE if wide else 1 - 2 * _MARGIN - 0.04)


def _gap(width: int, height: int) -> float:
    return min(width, height) * 0.02


def _align(width: int, height: int, direction: str) -> str:
    if width <= height * _WIDE:
        return "center"
    return "right" if direction == "rtl" else "left"


def _under(picture: Pixels, frame: tuple[float, float, float, float]) -> tuple[float, ...]:
    left, top, width, height = (max(0, round(value)) for value in frame)
    part = picture[top : top + max(1, height), left : left + max(1, width)]
    return tuple(float(value) for value in part.reshape(-1, 3).mean(axis=0))


def _best(ground: tuple[float, ...], colours: tuple[str, ...]) -> str:
    """Return the first colour that reads well on a ground, else the one that reads best."""
    ratios = {colour: contrast(rgb(colour), ground) for colour in colours}
    good = (colour for colour in colours if ratios[colour] >= _READABLE + 1)
    return next(good, max(ratios, key=lambda colour: ratios[colour]))


def _panel(frame: tuple[float, float, float, float], fill: str, radius: float) -> str:
    left, top, width, height = frame
    return (
        f"<div style='position:absolute;left:{left:.1f}px;top:{top:.1f}px;width:{width:.1f}px;"
        f"height:{height:.1f}px;border-radius:{radius:.1f}px;"
        f"background:{html.escape(hexed(rgb(fill)))}'></div>"
    )
