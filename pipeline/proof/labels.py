"""Labels: how a verdict looks beside a place, told apart without colour too."""

import dataclasses
import html

from pipeline.proof.verdict import Verdict
from pipeline.typeset.renderer import TextStyle

SIZE = 17
"""Font size of all words on an overview in pixels."""
HEIGHT = 24
FAMILIES = (
    "Archivo", "Noto Sans", "Noto Sans JP", "Noto Sans KR", "Noto Sans SC", "Noto Sans TC",
    "Cairo", "Rubik", "Baloo 2", "Noto Sans Thai", "Geologica",
)  # fmt: skip
"""Between them they have a glyph for whatever a line may say."""
STYLE = TextStyle(families=FAMILIES, weight=600, spacing=0.0, direction="ltr", language="en")

_PADDING = 7


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a verdict is drawn.

    Attributes:
        sign: What stands before a name; empty for a pass.
        line: Colour of the box.
        colour: Colour of its label.
        ink: Colour of the words on the label.
        width: Width of the box's lines in pixels.
        dashes: Length of a stroke and of the gap after it; no gap if the line is whole.
        fault: Whether a person has to look.
    """

    sign: str
    line: str
    colour: str
    ink: str
    width: int
    dashes: tuple[int, int]
    fault: bool


PASS = Look(
    sign="", line="#1D9A57", colour="#14693F", ink="#FFFFFF", width=2, dashes=(1, 0), fault=False
)
FAIL = Look(
    sign="×", line="#D32F2F", colour="#C62828", ink="#FFFFFF", width=5, dashes=(1, 0), fault=True
)
UNSURE = Look(
    sign="?", line="#FFB300", colour="#FFB300", ink="#1B1210", width=5, dashes=(18, 9), fault=True
)
EXTRA = Look(
    sign="+", line="#A23BC2", colour="#7B1FA2", ink="#FFFFFF", width=5, dashes=(5, 5), fault=True
)
LOOKS = {Verdict.PASS: PASS, Verdict.FAIL: FAIL, Verdict.UNSURE: UNSURE}


def named(name: str, look: Look) -> str:
    """Return a name after its sign."""
    return f"{look.sign} {name}".strip()


def size(width: float) -> tuple[float, float]:
    """Return width and height in pixels of a label whose words are some em wide."""
    return (width * SIZE + 2 * _PADDING, HEIGHT)


def label(text: str, look: Look, place: tuple[float, float], width: float) -> str:
    """Return the HTML of a label.

    Args:
        text: Its words.
        look: Its look.
        place: Left and top in pixels.
        width: Its width in pixels.
    """
    colours = f"background-color:{look.colour};border-radius:4px;text-align:center;"
    return words(html.escape(text), (*place, width), f"{colours}color:{look.ink};")


def words(markup: str, place: tuple[float, float, float], css: str) -> str:
    """Return the HTML of one row of words.

    Args:
        markup: The words as HTML.
        place: Left, top and width in pixels.
        css: Further declarations.
    """
    left, top, width = place
    box = f"left:{left:.1f}px;top:{top:.1f}px;width:{width:.1f}px;height:{HEIGHT}px;"
    font = f"line-height:{HEIGHT}px;font-size:{SIZE}px;{STYLE.css()}"
    return f'<div style="position:absolute;{box}{font}{css}">{markup}</div>'
