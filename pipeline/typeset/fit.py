"""Fit lines into a box: the largest sizes at which every word stands whole, or a refusal.

All lines of a block are sized together, each between its floor and its ceiling, so that the
hierarchy the template asks for stays as it is. Nothing is clipped and nothing shrinks below
its floor.
"""

import dataclasses
from collections.abc import Sequence

from pipeline.typeset.breaks import Segment, segments
from pipeline.typeset.price import price_width
from pipeline.typeset.rag import BAD, strains
from pipeline.typeset.renderer import Renderer, TextStyle

_STEPS = 48
_GOOD_BREAK = 0.82
"""A block gets smaller down to this share of its size for breaks that read better."""
_MEASURING_SLACK = 0.998
"""Keep 0.2 % of the width free: segments are measured apart, rows are drawn together."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineSpec:
    """A line and the room it may take.

    Attributes:
        role: The line's role.
        text: The string.
        locale: Its CLDR locale identifier.
        style: Fonts, weight, spacing, direction, language.
        smallest: Floor of the font size in pixels.
        largest: Ceiling of the font size in pixels.
        rows: How many rows it may take.
        leading: Line height as a multiple of the font size.
        drop: How far down its letters go to stand in the middle of their row, in em.
        retail: Whether it is a price in runs of several sizes, which stays on one row.
    """

    role: str
    text: str
    locale: str
    style: TextStyle
    smallest: float
    largest: float
    rows: int
    leading: float
    drop: float = 0.0
    retail: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FittedLine:
    """A line with its size and rows.

    Attributes:
        spec: What was asked for.
        size: Font size in pixels.
        rows: The text of each row.
        widths: The advance width of each row in pixels.
        strain: How badly its rows end, 0 for breaks where one would pause.
    """

    spec: LineSpec
    size: float
    rows: tuple[str, ...]
    widths: tuple[float, ...]
    strain: float = 0.0

    @property
    def height(self) -> float:
        """Return the height of all rows in pixels."""
        return self.size * self.spec.leading * len(self.rows)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The lines of a block.

    Attributes:
        scale: Where all sizes lie between their floors (0) and ceilings (1).
        lines: The lines, from top to bottom.
    """

    scale: float
    lines: tuple[FittedLine, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A line that does not fit at its floor.

    Attributes:
        role: The line's role.
        text: The string.
        what: Why it does not fit, in plain words.
        remedy: What to do about it.
    """

    role: str
    text: str
    what: str
    remedy: str = "shorten it or leave the format out"


@dataclasses.dataclass(frozen=True, slots=True)
class _Measured:
    pieces: tuple[Segment, ...]
    widths: tuple[float, ...]
    hyphens: tuple[float, ...]
    space: float
    strains: tuple[float, ...]


def fit_lines(
    specs: Sequence[LineSpec],
    box: tuple[float, float],
    gap: float,
    renderer: Renderer,
    *,
    ceiling: float = 1.0,
) -> Fitted | Misfit:
    """Return the lines at the largest common scale that fits, or the line that cannot.

    Args:
        specs: The lines of one block, from top to bottom.
        box: Width and height of the block in pixels.
        gap: Room between two lines in pixels.
        renderer: Measures the words.
        ceiling: The highest scale to try, 0 to 1.
    """
    for loose in (False, True):
        measured = [_measure(spec, renderer, loose=loose) for spec in specs]
        found: Fitted | None = None
        for step in range(round(_STEPS * ceiling), -1, -1):
            lines = _at_scale(specs, measured, box[0], step / _STEPS)
            if lines is None or _height(lines, gap) > box[1]:
                continue
            if found is None or _reads_better(lines, found.lines):
                found = Fitted(scale=step / _STEPS, lines=lines)
            if _strain(found.lines) == 0.0 or _much_smaller(lines, found.lines):
                break
        if found is not None:
            return found
    return _refusal(specs, [_measure(s, renderer, loose=True) for s in specs], box)


def _strain(lines: Sequence[FittedLine]) -> float:
    """Return how badly the rows of the largest line end: for the others none gets smaller."""
    return max(lines, key=lambda line: line.size).strain


def _reads_better(lines: Sequence[FittedLine], found: Sequence[FittedLine]) -> bool:
    """Return whether smaller lines break better, on as many rows."""
    rows = sum(len(line.rows) for line in lines) <= sum(len(line.rows) for line in found)
    return rows and _strain(lines) < _strain(found) and not _much_smaller(lines, found)


def _much_smaller(lines: Sequence[FittedLine], found: Sequence[FittedLine]) -> bool:
    pairs = zip(lines, found, strict=True)
    return any(one.size < _GOOD_BREAK * other.size for one, other in pairs)


def _measure(spec: LineSpec, renderer: Renderer, *, loose: bool) -> _Measured:
    if spec.retail:
        width = price_width(spec.text, spec.style, renderer)
        return _Measured((Segment(text=spec.text, glue=""),), (width,), (0.0,), 0.0, (0.0,))
    pieces = segments(spec.text, spec.locale, loose=loose)
    texts = [piece.text for piece in pieces]
    widths = renderer.measure([*texts, "n n", "nn", "-"], spec.style)
    count = len(pieces)
    return _Measured(
        pieces=pieces,
        widths=widths[:count],
        hyphens=tuple(widths[count + 2] if piece.hyphen else 0.0 for piece in pieces),
        space=widths[count] - widths[count + 1],
        strains=strains(pieces, spec.locale),
    )


def _at_scale(
    specs: Sequence[LineSpec],
    measured: Sequence[_Measured],
    width: float,
    scale: float,
) -> tuple[FittedLine, ...] | None:
    fitted = []
    for spec, words in zip(specs, measured, strict=True):
        size = spec.smallest + scale * (spec.largest - spec.smallest)
        rows = _wrap(words, width * _MEASURING_SLACK / size, spec.rows)
        if rows is None:
            return None
        texts = tuple(_row_text(words, start, end) for start, end in rows)
        widths = tuple(size * _row_width(words, start, end) for start, end in rows)
        strain = max((words.strains[end - 1] for _, end in rows[:-1]), default=0.0)
        strain = strain if strain >= BAD else 0.0
        line = FittedLine(spec=spec, size=size, rows=texts, widths=widths, strain=strain)
        fitted.append(line)
    return tuple(fitted)


def _height(fitted: Sequence[FittedLine], gap: float) -> float:
    return sum(line.height for line in fitted) + gap * (len(fitted) - 1)


def _wrap(words: _Measured, width: float, most_rows: int) -> list[tuple[int, int]] | None:
    """Return rows as (start, end) into the pieces: fewest rows, then the most even ones.

    Width is in em. Minimises the sum of squared slacks, as Knuth and Plass do for paragraphs,
    without stretch; a break where nobody would pause counts as so much more slack.
    """
    count = len(words.pieces)
    strain = [(part * width) ** 2 for part in (*words.strains[:-1], 0.0)]
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, count + 1):
        options = [
            (best[start][0] + 1, best[start][1] + (width - row) ** 2 + strain[end - 1], start)
            for start in range(end)
            if best[start][0] <= most_rows and (row := _row_width(words, start, end)) <= width
        ]
        best.append(min(options, default=(most_rows + 1, 0.0, end - 1)))
    if best[count][0] > most_rows:
        return None
    rows, end = [], count
    while end:
        rows.append((best[end][2], end))
        end = best[end][2]
    return rows[::-1]


def _row_width(words: _Measured, start: int, end: int) -> float:
    spaces = sum(words.space for piece in words.pieces[start : end - 1] if piece.glue)
    hyphen = words.hyphens[end - 1] if end < len(words.pieces) else 0.0
    return sum(words.widths[start:end]) + spaces + hyphen


def _row_text(words: _Measured, start: int, end: int) -> str:
    inner = "".join(piece.text + piece.glue for piece in words.pieces[start : end - 1])
    hyphen = words.pieces[end - 1].hyphen if end < len(words.pieces) else ""
    return inner + words.pieces[end - 1].text + hyphen


def _refusal(
    specs: Sequence[LineSpec],
    measured: Sequence[_Measured],
    box: tuple[float, float],
) -> Misfit:
    for spec, words in zip(specs, measured, strict=True):
        room = box[0] * _MEASURING_SLACK / spec.smallest
        widest = max(range(len(words.pieces)), key=lambda i: words.widths[i])
        if words.widths[widest] > room:
            word = words.pieces[widest].text
            return _misfit(spec, f"'{word}' alone is wider than its box at {spec.smallest:.0f} px")
        if _wrap(words, room, spec.rows) is None:
            total = sum(words.widths)
            over = max(1, round(len(spec.text) * (1 - 0.92 * room * spec.rows / total)))
            rows = f"{spec.rows} row{'s' if spec.rows > 1 else ''}"
            return _misfit(spec, f"needs more than {rows}: about {over} characters too long")
    longest = max(specs, key=lambda spec: len(spec.text))
    return _misfit(longest, "the lines of its block are together taller than their box")


def _misfit(spec: LineSpec, what: str) -> Misfit:
    return Misfit(role=spec.role, text=spec.text, what=what)
