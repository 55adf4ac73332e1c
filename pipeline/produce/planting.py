"""Planting: a right creative with wrong text in it, painted as if the press had set it so.

The picture lies, the record does not: ground, places, sizes, colours and fonts are those of
the right creative, and so are the strings and settings that it is proved with. Only what one
line says on the picture, or a number beside all lines, is wrong. Several lines may be wrong at
once, each in one way: a proof judges each line on its own.
"""

import dataclasses
import functools
import sys
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.campaign.numerals import unread_digits
from pipeline.produce.creative import Creative
from pipeline.produce.finish import decode, encode
from pipeline.produce.room import around, inside, meet, union
from pipeline.proof.corruption import Kind, script_name, wrong_versions
from pipeline.proof.redraw import Bounds, Drawn, draw_again
from pipeline.typeset.contrast import NEEDED, contrast_under, rgb_of
from pipeline.typeset.draw import draw_line, row_width
from pipeline.typeset.fonts import missing_glyphs, script_of
from pipeline.typeset.lettering import composite
from pipeline.typeset.renderer import Renderer
from pipeline.typeset.setting import LineSetting, Row

Pixels = npt.NDArray[np.uint8]

EXTRAS = (
    "50 %", "-30 %", "19,99 €", "$4.99", "¥980", "£7", "3 for 2", "+49 30 901820", "2027",
    "٣٥٪", "١٩٫٩٩", "₹१९९",
)  # fmt: skip
"""Numbers that nobody asked for, in all digits that are read in some script."""

EXTRA_ROLE = "extra"

_SEEN = 0.5
_LEAST_SEEN = 2
_LEGIBLE = 60
"""A difference is seen if so many pixels differ by more than half of their coverage, where the
line's colour is so far, of 255, from what is under it."""
_WIDER, _NARROWER = 1.1, 0.6
_ONE_MORE = 1.2
"""How much wider, as a share, and narrower a wrong line may run, and by how many em more."""
_TRIES = 12
_PLACES = 60


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One error on a picture.

    Attributes:
        role: The line's role; `extra` for a number beside all lines.
        kind: What is wrong.
        script: The script of the line, as reports name it.
        requested: What the line should say; empty for an extra number.
        planted: What it says on the picture.
        setting: How the wrong line is drawn.
        box: Where its ink is: left, top, right and bottom in pixels.
    """

    role: str
    kind: Kind
    script: str
    requested: str
    planted: str
    setting: LineSetting
    box: Bounds


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Painter:
    """Plants errors and paints them.

    Attributes:
        renderer: Measures and paints.
    """

    renderer: Renderer

    def plant(
        self, creative: Creative, role: str, kind: Kind, seed: int, others: Sequence[str] = ()
    ) -> Planted | None:
        """Return an error of a kind in a line; None if there can be none that one would see.

        Args:
            creative: The right creative.
            role: The line's role; a seed decides which of its rows is wrong.
            kind: What is to be wrong.
            seed: Any number.
            others: The same line in other languages.
        """
        setting = next(one for one in creative.settings if one.role == role)
        if kind is Kind.LANGUAGE and len(setting.rows) > 1:
            return None
        right = self._drawn(setting)
        order = np.random.default_rng(seed).permutation(len(setting.rows))
        for index in order:
            row = setting.rows[index]
            versions = wrong_versions(row.text, kind, creative.variant.locale, seed, others)
            for text in versions[:_TRIES]:
                wrong = self._with_row(setting, int(index), text)
                box = self._seen(right, wrong, creative) if wrong else None
                if wrong and box:
                    return Planted(
                        role=role,
                        kind=kind,
                        script=script_name(setting.text, creative.variant.locale),
                        requested=setting.text,
                        planted=" ".join(one.text for one in wrong.rows),
                        setting=wrong,
                        box=box,
                    )
        return None

    def plant_extra(self, creative: Creative, seed: int) -> Planted | None:
        """Return a number where there is room for it; None if there is none.

        Args:
            creative: The right creative.
            seed: Any number; it decides number, size and place.
        """
        draw = np.random.default_rng(seed)
        taken = [around(setting) for setting in creative.settings]
        base = _decoded(creative.base, *creative.size)
        model, extras = creative.settings[0], extras_for(creative.variant.locale)
        for _ in range(_PLACES):
            text = extras[draw.integers(len(extras))]
            size = float(draw.uniform(0.02, 0.05)) * float(np.sqrt(np.prod(creative.size)))
            where = (float(draw.random()), float(draw.random()))
            setting = self._extra(model, text, max(16.0, size), creative, where)
            if setting is None or any(meet(around(setting), box) for box in taken):
                continue
            drawn = self._drawn(setting)
            box = drawn.ink()
            mask = drawn.within((0, 0, *creative.size))
            colours = [creative.variant.palette[name].upper() for name in ("ink", "paper")]
            ratio, colour = max((contrast_under(base, mask, one), one) for one in colours)
            if box and ratio >= NEEDED:
                return Planted(
                    role=EXTRA_ROLE,
                    kind=Kind.EXTRA,
                    script=creative.script,
                    requested="",
                    planted=text,
                    setting=dataclasses.replace(setting, colour=colour),
                    box=box,
                )
        return None

    def paint(self, creative: Creative, planted: Sequence[Planted]) -> Pixels:
        """Return the pixels of the file that would be delivered with these errors.

        Args:
            creative: The right creative.
            planted: At most one error for each line.
        """
        wrong = {one.role: one.setting for one in planted}
        shown = [wrong.pop(setting.role, setting) for setting in creative.settings]
        picture = _decoded(creative.base, *creative.size).copy()
        for setting in [*shown, *wrong.values()]:
            _lay_over(picture, self._drawn(setting), setting.colour)
        fmt = creative.variant.format
        content = encode(picture, fmt)
        if content is None:  # the right one was light enough; a letter more may weigh too much
            content = encode(picture, dataclasses.replace(fmt, most_bytes=sys.maxsize))
        return decode(content or b"", *creative.size)

    def _drawn(self, setting: LineSetting) -> Drawn:
        return draw_again(setting, functools.partial(draw_line, renderer=self.renderer))

    def _with_row(self, setting: LineSetting, index: int, text: str) -> LineSetting | None:
        """Return the line with one row that says something else, aligned as the right one."""
        if missing_glyphs(text, setting.families):
            return None
        row = setting.rows[index]
        width = self._width(text, setting)
        if not row.width * _NARROWER <= width + setting.size:
            return None
        if width > row.width * _WIDER + _ONE_MORE * setting.size:
            return None
        free = row.width - width
        left = row.x + {"left": 0.0, "center": free / 2, "right": free}[setting.align]
        wrong = dataclasses.replace(row, text=text, x=left, width=width)
        rows = (*setting.rows[:index], wrong, *setting.rows[index + 1 :])
        return dataclasses.replace(setting, rows=rows)

    def _width(self, text: str, setting: LineSetting) -> float:
        return row_width(text, setting, self.renderer)

    def _seen(self, right: Drawn, wrong: LineSetting, creative: Creative) -> Bounds | None:
        """Return where the ink of a wrong line is; None if it looks right or runs off."""
        drawn = self._drawn(wrong)
        box, before = drawn.ink(), right.ink()
        if box is None or before is None or not inside(box, creative.size):
            return None
        left, top, right_edge, bottom = union(box, before)
        both = (max(0, left), max(0, top), right_edge, bottom)
        apart = np.abs(drawn.within(both).astype(int) - right.within(both)) > _SEEN * 255
        under = _decoded(creative.base, *creative.size)[both[1] : bottom, both[0] : right_edge]
        apart = apart[: under.shape[0], : under.shape[1]]
        legible = np.abs(under.astype(int) - rgb_of(wrong.colour)).max(axis=2) > _LEGIBLE
        return box if (apart & legible).sum() >= _LEAST_SEEN else None

    def _extra(
        self,
        model: LineSetting,
        text: str,
        size: float,
        creative: Creative,
        where: tuple[float, float],
    ) -> LineSetting | None:
        plain = dataclasses.replace(
            model,
            role=EXTRA_ROLE,
            text=text,
            size=size,
            spacing=0.0,
            align="left",
            direction="ltr",
            rotation=0.0,
            struck=False,
        )
        if missing_glyphs(text, plain.families):
            return None
        width, height = self._width(text, plain), size * 1.3
        room = (creative.size[0] - width - 2 * size, creative.size[1] - height - 2 * size)
        if min(room) < 0:
            return None
        left, top = size + where[0] * room[0], size + where[1] * room[1]
        row = Row(text=text, x=left, y=top, width=width, height=height)
        return dataclasses.replace(plain, rows=(row,))


def extras_for(locale: str) -> tuple[str, ...]:
    """Return numbers to plant: those with digits that are read in the script of a locale."""
    script = script_of(locale)
    return tuple(one for one in EXTRAS if not unread_digits(one, script))


def undisturbed(creative: Creative, planted: Sequence[Planted]) -> frozenset[str]:
    """Return the roles of the right lines that no error's ink comes near."""
    wrong = {one.role for one in planted}
    return frozenset(
        setting.role
        for setting in creative.settings
        if setting.role not in wrong and not any(meet(around(setting), one.box) for one in planted)
    )


def _lay_over(picture: Pixels, drawn: Drawn, colour: str) -> None:
    """Lay a drawn line in its colour over a picture, in place."""
    box = drawn.ink()
    if box is None:
        return
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(picture.shape[1], box[2]), min(picture.shape[0], box[3])
    part = np.s_[top:bottom, left:right]
    mask = drawn.within((left, top, right, bottom))
    flat = np.broadcast_to(rgb_of(colour), (*mask.shape, 3))
    picture[part] = composite(picture[part], np.dstack([flat, mask]))


@functools.lru_cache(maxsize=4)
def _decoded(content: bytes, width: int, height: int) -> Pixels:
    return decode(content, width, height)
