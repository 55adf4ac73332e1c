"""The caption of an overview: the verdict, and for each fault what was asked for and read."""

import dataclasses
import html
from collections.abc import Callable, Iterator

from pipeline.proof.differing import Glyph, direction, glyphs, pieces
from pipeline.proof.labels import (
    EXTRA,
    FAIL,
    HEIGHT,
    LOOKS,
    SIZE,
    STYLE,
    Look,
    label,
    named,
    size,
    words,
)
from pipeline.proof.normalise import bare
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict, meet
from pipeline.typeset.renderer import Renderer

MOST = 4
"""How many faults are told; the rest is on the picture."""

_NAMES = {Verdict.PASS: "PASS", Verdict.FAIL: "FAIL", Verdict.UNSURE: "UNSURE"}
_MARGIN = 14
_GAP = 14
_ROW = 26
_INK = "color:#1B1210;"
_SOFT = "color:#5A534B;"
_MARK = "background-color:#FFC9C2;color:#8A0F0F"
_ELLIPSIS = Glyph(asked="…", read="…", differs=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A caption.

    Attributes:
        markup: Its HTML, placed from the upper left corner.
        height: Its height in pixels.
    """

    markup: str
    height: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row: whose fault it is, what the words are, and the words."""

    name: str
    look: Look
    what: str
    line: tuple[Glyph, ...]
    side: Callable[[Glyph], str]


def caption(proof: Proof, width: int, renderer: Renderer) -> Caption:
    """Return the caption of a picture of some width in pixels."""
    chip = named(_NAMES[proof.verdict], LOOKS[proof.verdict])
    (em,) = renderer.measure([chip], STYLE)
    wide, _ = size(em)
    markup = label(chip, LOOKS[proof.verdict], (_MARGIN, _GAP), wide)
    left = _MARGIN + wide + _GAP
    markup += words(html.escape(_summary(proof)), (left, _GAP, width - left), _INK)
    rows, left_out = _rows(proof)
    top = _GAP + HEIGHT + _GAP // 2
    for row in _Table(renderer=renderer, width=width).markup(rows, top):
        markup += row
    height = top + _ROW * len(rows) + _GAP // 2
    if left_out:
        more = f"and {left_out} more, on the picture"
        markup += words(more, (_MARGIN, height - _GAP // 2, width - _MARGIN), _SOFT)
        height += _ROW
    return Caption(markup=markup, height=height)


def stray(proof: Proof) -> list[ExtraText]:
    """Return what nobody asked for, without illegible specks on a line that is at fault anyway.

    A changed glyph leaves such specks: they are part of the line's own fault.
    """
    faulty = [line.box for line in proof.lines if line.box and line.verdict is not Verdict.PASS]
    return [x for x in proof.extra if x.text or not any(meet(x.box, box) for box in faulty)]


def _summary(proof: Proof) -> str:
    lines, wrong = len(proof.lines), sum(x.verdict is not Verdict.PASS for x in proof.lines)
    unmet = sum(check.verdict is not Verdict.PASS for check in proof.checks)
    if proof.verdict is Verdict.PASS:
        return f"{_counted(lines, 'line')} as asked"
    parts = [f"{wrong} of {_counted(lines, 'line')}"] if wrong else []
    strays = len(stray(proof))
    parts += [f"{_counted(strays, 'thing')} nobody asked for"] if strays else []
    parts += [f"{unmet} of {_counted(len(proof.checks), 'check')}"] if unmet else []
    return ", ".join(parts) or "no line was asked for"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _rows(proof: Proof) -> tuple[list[_Row], int]:
    """Return the rows of the first faults, and how many faults are left out."""
    order = (Verdict.FAIL, Verdict.UNSURE)
    wrong = [line for verdict in order for line in proof.lines if line.verdict is verdict]
    faults = [list(_line_rows(line)) for line in wrong]
    for one in stray(proof):
        text = _plain(one.text or one.reason)
        faults.append([_row("extra", EXTRA, "nobody asked for", text, read=False)])
    for check in proof.checks:
        if check.verdict is not Verdict.PASS:
            name, reason = check.subject or "picture", _plain(check.reason)
            faults.append([_row(name, FAIL, check.name, reason, read=False)])
    return [row for fault in faults[:MOST] for row in fault], max(0, len(faults) - MOST)


def _line_rows(line: LineProof) -> Iterator[_Row]:
    """Yield what was asked for, and under it what was read or, if that is alike, the reason."""
    look = LOOKS[line.verdict]
    # Spaces that a reader put between letters would only push the two rows apart.
    compared = tuple(g for g in glyphs(line.expected, line.read) if g.asked or g.differs)
    if line.read and bare(line.read) != bare(line.expected):
        yield _row(line.role, look, "asked for", compared, read=False)
        yield _row("", look, "read", compared, read=True)
    else:
        yield _row(line.role, look, "asked for", glyphs(line.expected, line.expected), read=False)
        yield _row("", look, "", _plain(line.reason), read=False)


def _plain(text: str) -> tuple[Glyph, ...]:
    return glyphs(text, text)


def _row(name: str, look: Look, what: str, line: tuple[Glyph, ...], *, read: bool) -> _Row:
    side: Callable[[Glyph], str] = (lambda g: g.read) if read else (lambda g: g.asked)
    return _Row(name=name, look=look, what=what, line=line, side=side)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    renderer: Renderer
    width: int

    def markup(self, rows: list[_Row], top: float) -> Iterator[str]:
        """Yield the HTML of rows under each other: name, what, words."""
        names = [named(row.name, row.look) if row.name else "" for row in rows]
        whats = [row.what for row in rows]
        first, second = self._widest(names), self._widest(whats)
        for number, (row, name) in enumerate(zip(rows, names, strict=True)):
            y = top + number * _ROW
            x = _MARGIN + first + _GAP
            own = f"color:{row.look.colour};" if row.look.fault and row.look.sign != "?" else _INK
            yield words(html.escape(name), (_MARGIN, y, first + _GAP), own)
            yield words(html.escape(row.what), (x, y, second + _GAP), _SOFT)
            x += second + _GAP
            yield self._words(row, (x, y, self.width - x - _MARGIN))

    def _widest(self, texts: list[str]) -> float:
        return max(self.renderer.measure(texts, STYLE), default=0.0) * SIZE if texts else 0.0

    def _words(self, row: _Row, place: tuple[float, float, float]) -> str:
        line = self._fitted(row, place[2])
        marked = (
            f"<span style='{_MARK}'>{html.escape(piece.text)}</span>"
            if piece.mark
            else html.escape(piece.text)
            for piece in pieces(line, row.side, lambda one: "x" if one.differs else "")
        )
        # Words of a right-to-left script begin at the left here, beside their label.
        way = direction("".join(map(row.side, line)))
        return words("".join(marked), place, f"{_INK}direction:{way};text-align:left;")

    def _fitted(self, row: _Row, room: float) -> tuple[Glyph, ...]:
        """Return as much of the words as there is room for, around what differs first."""
        line = row.line
        kept, start = len(line), 0
        first = next((i for i, glyph in enumerate(line) if glyph.differs), 0)
        while kept > 1 and (wide := self._wide(line[start : start + kept], room)) > 1:
            kept = max(1, min(kept - 1, int(kept / wide) - 1))
            start = min(max(0, first - kept // 3), len(line) - kept)
        before = (_ELLIPSIS,) if start else ()
        after = (_ELLIPSIS,) if start + kept < len(line) else ()
        return (*before, *line[start : start + kept], *after)

    def _wide(self, line: tuple[Glyph, ...], room: float) -> float:
        """Return how much of the room the wider side takes, with an ellipsis at both ends."""
        sides = ["".join(g.asked for g in line), "".join(g.read for g in line)]
        return (max(self.renderer.measure(sides, STYLE)) + 2) * SIZE / room
