"""Set lines: the requested lines that we typeset, drawn again and compared."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from pipeline.plan.lines import Line
from pipeline.proof.normalise import bare
from pipeline.proof.reading import Pixels
from pipeline.proof.redraw import Drawer, Drawn, draw_again
from pipeline.proof.shape import Shape, compare, refused
from pipeline.typeset.setting import LineSetting


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SetLine:
    """A requested line with its setting.

    Attributes:
        as_set: The line, its text as the rows show it (a hyphen may stand at a row's end).
        setting: How it was set.
        drawn: The requested text drawn alone.
        bar: The stroke through it drawn alone; None if none runs through it.
        shape: How the delivered pixels compare with it.
    """

    as_set: Line
    setting: LineSetting
    drawn: Drawn
    bar: Drawn | None
    shape: Shape


def set_lines(
    image: Pixels,
    lines: Sequence[Line],
    settings: Sequence[LineSetting],
    drawer: Drawer,
    ground: Pixels | None = None,
) -> dict[int, SetLine]:
    """Return the typeset ones of the lines by their index, each compared with the picture.

    A setting belongs to the next line of its role. A setting whose text is not the requested
    one, or whose rows do not spell it, fails whatever the picture shows: drawing it again
    would prove the wrong text.

    Args:
        image: The delivered picture.
        lines: All requested lines.
        settings: How lines were set.
        drawer: Draws a set line alone.
        ground: The picture before the words went on it; None if it is not known.
    """
    paired = _paired(lines, settings)
    drawn = {index: draw_again(setting, drawer) for index, setting in paired.items()}
    return {
        index: SetLine(
            as_set=dataclasses.replace(lines[index], text=_rows_text(setting)),
            setting=setting,
            drawn=drawn[index],
            bar=_bar(setting, drawer),
            shape=_shape((image, ground), lines[index], setting, drawn, index),
        )
        for index, setting in paired.items()
    }


def _bar(setting: LineSetting, drawer: Drawer) -> Drawn | None:
    """Return the stroke through a line without its words; None if there is none."""
    if not setting.struck:
        return None
    bare_rows = tuple(dataclasses.replace(row, text="") for row in setting.rows)
    return draw_again(dataclasses.replace(setting, rows=bare_rows), drawer)


def _paired(lines: Sequence[Line], settings: Sequence[LineSetting]) -> dict[int, LineSetting]:
    waiting = list(settings)
    paired: dict[int, LineSetting] = {}
    for index, line in enumerate(lines):
        setting = next((one for one in waiting if one.role == line.role), None)
        if setting is not None:
            waiting.remove(setting)
            paired[index] = setting
    return paired


def _shape(
    seen: tuple[Pixels, Pixels | None],
    line: Line,
    setting: LineSetting,
    drawn: dict[int, Drawn],
    index: int,
) -> Shape:
    if setting.text != line.text:
        return refused("the line was set with another text than requested")
    if not _spelt(line.text, [row.text for row in setting.rows]):
        return refused("the rows of the setting do not spell the requested text")
    image, ground = seen
    others = np.zeros(image.shape[:2], np.uint8)
    for other, ink in drawn.items():
        if other != index:
            others = np.maximum(others, ink.within((0, 0, image.shape[1], image.shape[0])))
    return compare(image, drawn[index], others, setting, ground)


def _rows_text(setting: LineSetting) -> str:
    return " ".join(row.text for row in setting.rows)


def _spelt(text: str, rows: Sequence[str]) -> bool:
    """Return whether the rows hold the text; only a hyphen may be added at a row's end."""
    rest = bare(text)
    for index, row in enumerate(rows):
        shown = bare(row)
        hyphenated = index + 1 < len(rows) and shown.endswith("-")
        if hyphenated and not rest.startswith(shown):
            shown = shown[:-1]
        if not rest.startswith(shown):
            return False
        rest = rest[len(shown) :]
    return not rest
