"""Match what was read to the lines that were requested.

A line may wrap over several rows, stand in several boxes, or share a box with another line.
Every way in which boxes could make up a line is a candidate; the best set of candidates that
do not use the same text twice is chosen over all lines at once.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence

from pipeline.plan.lines import Line, Policy
from pipeline.proof.distance import similarity
from pipeline.proof.find import box_of
from pipeline.proof.normalise import bare
from pipeline.proof.numbers import same_numbers_but_for_marks
from pipeline.proof.pieces import Part, Piece, same_text
from pipeline.proof.verdict import meet

ALIKE = 0.45
"""From this similarity on, a text counts as an attempt at the line."""

_MOST_ROWS = 6
_BEST = 6
_EFFORT = 20_000
_LONGER = 1.15
_SAME_NUMBERS = 0.7
_ALMOST = 0.99
_SURER = 0.05
"""What certainty adds: found at several sizes, a text is taken where it reads best."""

_SPAN = (0.6, 1.5)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way in which the text on the picture could make up a line.

    Attributes:
        parts: The pieces, or parts of pieces, in reading order.
        score: How alike the text is, 0 to 1.
    """

    parts: tuple[Part, ...]
    score: float

    def clashes(self, other: "Candidate") -> bool:
        """Return whether both use the same text."""
        return any(part.overlaps(taken) for part in self.parts for taken in other.parts)


def match(
    lines: Sequence[Line],
    pieces: Sequence[Piece],
    *,
    mirrored: bool = False,
) -> list[Candidate | None]:
    """Return for each line the text that makes it up, or None.

    Args:
        lines: The requested lines.
        pieces: What was found and read.
        mirrored: Whether rows are written from right to left.
    """
    ordered = in_reading_order(pieces, mirrored=mirrored)
    longest = max((len(bare(line.text)) for line in lines), default=0)
    runs = [run for run in _runs(ordered, longest, mirrored=mirrored) if _legible(run)]
    # As many equal choices as there are lines: a menu may show one price many times.
    most = max(_BEST, len(lines))
    choices = [_candidates(line, runs, mirrored=mirrored)[:most] for line in lines]
    return _Assignment(choices).best()


def in_reading_order(pieces: Sequence[Piece], *, mirrored: bool = False) -> list[Piece]:
    """Return the pieces row by row, each row from its beginning to its end."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: _middle(piece)[1]):
        if rows and _same_row(rows[-1][-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda piece: _middle(piece)[0], reverse=mirrored)
    return [piece for row in rows for piece in row]


def is_torn(run: Sequence[Piece]) -> bool:
    """Return whether pieces of one row overlap: a stroke there is read in both, or in neither."""
    return any(
        _same_row(one, other) and meet(one.box, other.box)
        for one, other in itertools.combinations(run, 2)
    )


def _candidates(
    line: Line,
    runs: Sequence[tuple[Piece, ...]],
    *,
    mirrored: bool,
) -> list[Candidate]:
    wanted = bare(line.text)
    found: list[Candidate] = []
    for run in runs:
        score = _score(line, wanted, run, mirrored=mirrored)
        sure = _SURER * _surest(wanted, run) if score >= _ALMOST and not is_torn(run) else 0.0
        whole = Candidate(parts=tuple(Part(piece=p) for p in run), score=score + sure)
        found.append(whole)
        if len(run) == 1:
            found.extend(_inside(wanted, run[0], whole.score))
    likely = [candidate for candidate in found if candidate.score >= ALIKE]
    # Of two equal attempts the one with fewer boxes is the plainer explanation.
    return sorted(likely, key=lambda c: (-c.score, len(c.parts)))


def _score(line: Line, wanted: str, run: Sequence[Piece], *, mirrored: bool) -> float:
    texts = list(joint_texts(run))
    alike = max(similarity(wanted, bare(text)) for text in texts)
    if line.policy is not Policy.EXACT_NUMBER or alike >= _SAME_NUMBERS:
        return alike
    # The words beside a price may be in a script that the reader lacks.
    same = any(same_numbers_but_for_marks(line.text, text, mirrored=mirrored) for text in texts)
    return _SAME_NUMBERS if same else alike


def _legible(run: Sequence[Piece]) -> bool:
    return any(bare(reading.text) for piece in run for reading in piece.readings)


def _surest(wanted: str, run: Sequence[Piece]) -> float:
    """Return the weakest character of the surest reading that is the line; 0 without one."""
    names = dict.fromkeys(r.reader for piece in run for r in piece.readings)
    best = 0.0
    for name in names:
        readings = [r for piece in run for r in piece.readings if r.reader == name]
        if bare(" ".join(r.text for r in readings)) == wanted:
            best = max(best, min(reading.weakest for reading in readings))
    return best


def joint_texts(run: Sequence[Piece]) -> Iterator[str]:
    """Yield the text of several pieces as each reader read it."""
    for reader in dict.fromkeys(r.reader for piece in run for r in piece.readings):
        texts = [r.text for piece in run for r in piece.readings if r.reader == reader]
        yield " ".join(texts)


def _inside(wanted: str, piece: Piece, whole: float) -> Iterator[Candidate]:
    """Yield parts of a piece that holds more than the line: whole words only."""
    for reading in piece.readings:
        if len(bare(reading.text)) <= _LONGER * len(wanted):
            continue
        for start, end in _spans(reading.text, len(wanted)):
            score = similarity(wanted, bare(reading.text[start:end]))
            if score > whole:
                part = Part(piece=piece, reader=reading.reader, start=start, end=end)
                yield Candidate(parts=(part,), score=score)


def _spans(text: str, length: int) -> Iterator[tuple[int, int]]:
    starts = [i for i, c in enumerate(text) if c != " " and (i == 0 or text[i - 1] == " ")]
    ends = [i + 1 for i, c in enumerate(text) if c != " " and text[i + 1 : i + 2] in {"", " "}]
    for start in starts:
        for end in ends:
            if _SPAN[0] * length <= end - start <= _SPAN[1] * length + 2:
                yield start, end


def _runs(ordered: Sequence[Piece], longest: int, *, mirrored: bool) -> list[tuple[Piece, ...]]:
    """Return every sequence of neighbouring pieces that could be one text.

    Args:
        ordered: The pieces in reading order.
        longest: Visible characters from which a sequence is longer than any line.
        mirrored: Whether rows are written from right to left; Latin words and numbers on such a
            row run the other way, so its pieces may follow each other in both.
    """
    after = {
        piece.quad: [other for other in ordered if _may_follow(piece, other, mirrored=mirrored)]
        for piece in ordered
    }
    runs: list[tuple[Piece, ...]] = [(piece,) for piece in ordered]
    growing = list(runs)
    for _ in range(_MOST_ROWS - 1):
        growing = [
            (*run, piece)
            for run in growing
            if sum(_length(one) for one in run) < longest
            for piece in after[run[-1].quad]
            if not any(same_text(one, piece) for one in run)
        ][:_EFFORT]
        runs += growing
    return runs


def _may_follow(piece: Piece, other: Piece, *, mirrored: bool) -> bool:
    apart = piece.quad != other.quad and not same_text(piece, other)
    return apart and _follows(piece, other, mirrored=mirrored)


def _length(piece: Piece) -> int:
    """Return how many visible characters the shortest reading of a piece has."""
    return min((len(bare(reading.text)) for reading in piece.readings), default=0)


def _follows(before: Piece, after: Piece, *, mirrored: bool) -> bool:
    """Return whether a piece may continue another: beside it, or on the next row under it."""
    first, second = box_of(before.quad), box_of(after.quad)
    height = min(first[3], second[3])
    if max(first[3], second[3]) > 2 * height:
        return False
    if _same_row(before, after):
        gap = max(first[0], second[0]) - min(first[0] + first[2], second[0] + second[2])
        onward = mirrored or _middle(before)[0] < _middle(after)[0]
        return onward and first[0] != second[0] and gap <= 2 * height
    below = second[1] - (first[1] + first[3])
    shared = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    return -height < below <= height and shared > 0


def _same_row(first: Piece, second: Piece) -> bool:
    a, b = box_of(first.quad), box_of(second.quad)
    return abs(_middle(first)[1] - _middle(second)[1]) < 0.5 * min(a[3], b[3])


def _middle(piece: Piece) -> tuple[float, float]:
    left, top, width, height = box_of(piece.quad)
    return left + width / 2, top + height / 2


class _Assignment:
    """Chooses at most one candidate a line, no text twice, the sum of scores greatest.

    Depth first with a bound; after `_EFFORT` steps the best set so far stands, which begins as
    the greedy one.
    """

    def __init__(self, choices: Sequence[Sequence[Candidate]]) -> None:
        self._choices = choices
        self._order = sorted(range(len(choices)), key=lambda i: -self._top(i))
        self._hope = [0.0]
        for index in reversed(self._order):
            self._hope.append(self._hope[-1] + self._top(index))
        self._hope.reverse()
        self._steps = 0
        self._best: tuple[float, dict[int, Candidate]] = (-1.0, {})

    def best(self) -> list[Candidate | None]:
        """Return the chosen candidate of each line."""
        self._descend(0, 0.0, {})
        return [self._best[1].get(index) for index in range(len(self._choices))]

    def _top(self, index: int) -> float:
        return max((candidate.score for candidate in self._choices[index]), default=0.0)

    def _descend(self, depth: int, score: float, chosen: dict[int, Candidate]) -> None:
        self._steps += 1
        if score > self._best[0]:
            self._best = (score, dict(chosen))
        hopeless = depth == len(self._order) or score + self._hope[depth] <= self._best[0]
        if hopeless or self._steps > _EFFORT:
            return
        index = self._order[depth]
        for candidate in self._choices[index]:
            if not any(candidate.clashes(taken) for taken in chosen.values()):
                chosen[index] = candidate
                self._descend(depth + 1, score + candidate.score, chosen)
                del chosen[index]
        self._descend(depth + 1, score, chosen)
