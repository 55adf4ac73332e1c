"""Judge one line by what was read and, if it was typeset, by its shape.

Two rules. A line that we typeset passes if its shape passes, a reading roughly agrees and no
reading contradicts a digit. A line that a model drew, or that stands on a picture we know
nothing about, passes on readings alone, and those must be exact.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence

from pipeline.plan.lines import Line, Policy
from pipeline.proof.agreement import (
    STRUCK,
    Evidence,
    closest,
    corroborated,
    denies_digits,
    digits_seen,
    exact,
    near_miss,
    numbers_agree,
    reads_otherwise,
    without_pictograms,
    words_agree,
)
from pipeline.proof.normalise import bare
from pipeline.proof.numbers import (
    foreign_marks,
    has_number,
    holds_numbers,
    letters,
    marks,
    same_numbers,
    same_order,
)
from pipeline.proof.reading import Reading
from pipeline.proof.shape import Shape
from pipeline.proof.verdict import Verdict

SURE = 0.85
FAIR = 0.70
"""A line is read surely if the weakest character of every look so far has the first probability,
or of three looks the second one.

On 249 labelled lines of real generated pictures, six looks each, 227 of 232 right ones and none
of 17 misdrawn ones were read so; from 0.65 on, malformed Han characters that the recogniser took
for the right ones came in as well. Provisional: the same pictures served to set the limits.
"""
CLEAR = 0.07
"""Up to this residual a shape needs no reader to tell one letter from another: all but 3 of 6,438
right lines stay below it, and of 25,752 wrong ones the residual begins at 0.143."""

OTHERWISE = "the line reads differently"

_VOTES = 2
_WORD = 4
_LOOKS = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is thought of a line.

    Attributes:
        verdict: Pass, fail or unsure.
        reading: The reading that decided, or the closest one; None if nothing was read.
        reason: Why, in plain words; empty for a pass.
        placed: Whether the line surely stands where it was read, be it well or badly drawn:
            looking for it elsewhere would only give a bad drawing another chance.
    """

    verdict: Verdict
    reading: Reading | None
    reason: str
    placed: bool = False


def judge_typeset(
    line: Line,
    evidence: Sequence[Evidence],
    shape: Shape,
    *,
    mirrored: bool = False,
) -> Judgement:
    """Judge a line that we typeset.

    Args:
        line: What was requested.
        evidence: The readings of the place where it was set.
        shape: How its pixels compare with the line drawn again.
        mirrored: Whether the line is written from right to left.
    """
    nearest = closest(line, evidence)
    reading = nearest.reading if nearest else None
    if shape.verdict is not Verdict.PASS:
        return Judgement(verdict=shape.verdict, reading=reading, reason=shape.reason)
    clear = shape.residual <= CLEAR
    against = _other_digits(line, evidence, clear=clear, mirrored=mirrored)
    if against is None and not clear:
        against = _other_words(line, evidence)
    if against is not None:
        return Judgement(
            verdict=Verdict.UNSURE,
            reading=against.reading,
            reason="the shape agrees, but the line reads differently",
        )
    numbers = [e for e in evidence if numbers_agree(line, e, mirrored=mirrored)]
    words = [e for e in evidence if words_agree(line, e.reading.text)]
    agreeing = next((e for e in numbers if e in words), None) or next(iter(numbers), None)
    if agreeing and words:
        return Judgement(verdict=Verdict.PASS, reading=agreeing.reading, reason="")
    reason = "no reading agrees with the words" if numbers else "no reading agrees with the digits"
    return Judgement(
        verdict=Verdict.UNSURE,
        reading=reading,
        reason=reason if reading else "the shape agrees, but nothing could be read",
    )


def _other_digits(
    line: Line, evidence: Sequence[Evidence], *, clear: bool, mirrored: bool
) -> Evidence | None:
    """Return a sure strict reading of other digits.

    One look in many takes a digit for another, and a stroke through a price makes it look like
    one: where the shape is clear, and under a stroke, a strict reading of the right ones outweighs
    it. And a reader of digits, though it lacks the letters, outweighs one that has the letters
    and takes some of them for digits.
    """
    if any(e.sees and not e.strict and holds_numbers(line.text, e.reading.text) for e in evidence):
        return None
    right = any(e.strict and same_numbers(line.text, e.reading.text) for e in evidence)
    if right and (clear or line.role == STRUCK):
        return None
    return next((e for e in evidence if denies_digits(line, e, mirrored=mirrored)), None)


def _other_words(line: Line, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return a sure strict reading of other letters, if no strict reading is the line.

    A stroke through a line changes its letters; a letter or two beside a number, such as zł, are
    too few to be sure of.
    """
    if line.role == STRUCK or len(letters(line.text)) < _WORD:
        return None
    if any(item.strict and exact(line, item.reading) for item in evidence):
        return None
    return next((item for item in evidence if near_miss(line, item)), None)


def judge_read(line: Line, evidence: Sequence[Evidence], *, mirrored: bool = False) -> Judgement:
    """Judge a line on its readings alone.

    Args:
        line: What was requested.
        evidence: The readings of the place where it seems to stand.
        mirrored: Whether the line is written from right to left.
    """
    nearest = closest(line, evidence)
    if nearest is None or not bare(nearest.reading.text):
        return Judgement(verdict=Verdict.UNSURE, reading=None, reason="nothing could be read")
    wrong = _wrong_marks(line, evidence)
    if wrong:
        reason = f"another mark was read: {wrong}"
        return Judgement(verdict=Verdict.FAIL, reading=nearest.reading, reason=reason)
    against = next((item.reading for item in evidence if near_miss(line, item)), None)
    if against is not None:
        return Judgement(verdict=Verdict.FAIL, reading=against, reason=OTHERWISE, placed=True)
    reason = _objection(line, evidence, mirrored=mirrored)
    if not reason:
        right = closest(line, [item for item in evidence if exact(line, item.reading)]) or nearest
        return Judgement(verdict=Verdict.PASS, reading=right.reading, reason="")
    differs = not exact(line, nearest.reading) and reads_otherwise(line, evidence)
    verdict = Verdict.FAIL if differs else Verdict.UNSURE
    looks = [exact(line, item.reading) for item in evidence if item.strict]
    placed = bool(looks) and sum(looks) * 2 >= len(looks)
    return Judgement(verdict=verdict, reading=nearest.reading, reason=reason, placed=placed)


def _wrong_marks(line: Line, evidence: Sequence[Evidence]) -> str:
    found = (foreign_marks(line.text, item.reading.text) for item in evidence)
    return next(filter(None, found), "") if has_number(line.text) else ""


def _objection(line: Line, evidence: Sequence[Evidence], *, mirrored: bool) -> str:
    if line.policy is Policy.EXACT_NUMBER:
        return _number_objection(line, evidence, mirrored=mirrored)
    return _text_objection(line, evidence)


def _text_objection(line: Line, evidence: Sequence[Evidence]) -> str:
    strict = [without_pictograms(line, e.reading) for e in evidence if e.strict]
    if _surely_read(line, strict):
        return ""
    right = [e.reading for e in evidence if not e.strict and exact(line, e.reading)]
    if right and any(exact(line, reading) and reading.weakest >= SURE for reading in strict):
        return ""  # two readers of different kinds
    if has_number(line.text) and not digits_seen(line, evidence):
        return _weakness(line, right)
    if strict and (has_number(line.text) or not any(exact(line, r) for r in strict)):
        # Never digits, and never another letter, on the word of a reader that corrects what
        # it sees towards likely words.
        return _weakness(line, strict)
    # Several looks in one set of languages are counted; sets do not help each other out.
    sets = Counter(reading.reader.partition("/")[0] for reading in right)
    return (
        ""
        if max(sets.values(), default=0) >= _VOTES
        else _weakness(line, [e.reading for e in evidence])
    )


def _surely_read(line: Line, looks: Sequence[Reading]) -> bool:
    """Return whether the looks of strict readers suffice: all of two, or any three of more."""
    sure = [reading.weakest for reading in looks if exact(line, reading)]
    if len(looks) == len(sure) >= _LOOKS and min(sure) >= SURE:
        return True
    return sum(weakest >= FAIR for weakest in sure) > _LOOKS


def _number_objection(line: Line, evidence: Sequence[Evidence], *, mirrored: bool) -> str:
    right = [e for e in evidence if same_numbers(line.text, e.reading.text, mirrored=mirrored)]
    # All looks of one reader are one witness.
    witnesses = any(not e.strict for e in right) + digits_seen(line, evidence)
    if witnesses < _VOTES and not corroborated(line, evidence):
        return "fewer than two readings agree on the digits"
    if any(e.strict for e in evidence) and not any(e.strict for e in right):
        return "the digits are read differently"
    missing = [m for m in marks(line.text) if not any(m in marks(e.reading.text) for e in right)]
    if missing:
        return f"the mark {''.join(missing)} could not be read"
    wanted = letters(line.text)
    if wanted and not any(letters(e.reading.text) == wanted for e in evidence):
        return "the words beside the number read differently"
    if not mirrored and not any(same_order(line.text, e.reading.text) for e in right):
        return "what stands beside the number was read on its other side"
    return ""


def _weakness(line: Line, readings: Sequence[Reading]) -> str:
    if any(exact(line, reading) for reading in readings):
        return "read as requested, but too weakly to be sure"
    return OTHERWISE
