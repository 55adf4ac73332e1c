"""Judge one line by what was read and, if it was typeset, by its shape.

Two rules. A line that we typeset passes if its shape passes, a reading roughly agrees and no
reading contradicts a digit. A line that a model drew, or that stands on a picture we know
nothing about, passes on readings alone, and those must be exact.
"""

import dataclasses
import unicodedata
from collections import Counter
from collections.abc import Sequence

from pipeline.plan.lines import Line, Policy
from pipeline.proof.distance import distance, similarity
from pipeline.proof.normalise import bare
from pipeline.proof.numbers import (
    foreign_marks,
    forgiven,
    has_number,
    holds_numbers,
    letters,
    marks,
    same_numbers,
    same_numbers_but_for_marks,
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
CONTRADICTS = 0.90
"""From this probability on, another digit is a contradiction and not a slip."""
DENIES = 0.95
"""From this probability on, other letters are a contradiction. One look in six may cut off a
full stop, or split a wide letter, at 0.9."""
ROUGHLY = 0.55
"""How alike the letters read must be to the requested ones, beside a passing shape.

On creatives in 14 locales the best reading of a line reached at least 0.87 with its own letters
(42 lines) and at most 0.29 with those of another line of the creative (84 pairs).
"""
STRUCK = "was_price"
"""The role of a price with a stroke through it, which Tesseract cannot read."""
VERY_SURE = 0.95
"""From here on a strict reading of a price needs less company: another reader that sees the
number with something beside it or, for a struck price, the strict reader's own second look."""

OTHERWISE = "the line reads differently"

_SHORT_WORD = 4
_VOTES = 2
_LOOKS = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reading of a whole line.

    Attributes:
        reading: The reading.
        strict: Whether the reader tells every character of the requested line apart and its
            probabilities can be taken at their word.
    """

    reading: Reading
    strict: bool


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
    closest = _closest(line, evidence)
    reading = closest.reading if closest else None
    if shape.verdict is not Verdict.PASS:
        return Judgement(verdict=shape.verdict, reading=reading, reason=shape.reason)
    against = next((e for e in evidence if _denies_digits(line, e, mirrored=mirrored)), None)
    if against is not None:
        return Judgement(
            verdict=Verdict.UNSURE,
            reading=against.reading,
            reason="the shape agrees, but the line reads differently",
        )
    numbers = [e for e in evidence if _numbers_agree(line, e, mirrored=mirrored)]
    words = [e for e in evidence if _words_agree(line, e.reading.text)]
    agreeing = next((e for e in numbers if e in words), None) or next(iter(numbers), None)
    if agreeing and words:
        return Judgement(verdict=Verdict.PASS, reading=agreeing.reading, reason="")
    reason = "no reading agrees with the words" if numbers else "no reading agrees with the digits"
    return Judgement(
        verdict=Verdict.UNSURE,
        reading=reading,
        reason=reason if reading else "the shape agrees, but nothing could be read",
    )


def judge_read(line: Line, evidence: Sequence[Evidence], *, mirrored: bool = False) -> Judgement:
    """Judge a line on its readings alone.

    Args:
        line: What was requested.
        evidence: The readings of the place where it seems to stand.
        mirrored: Whether the line is written from right to left.
    """
    closest = _closest(line, evidence)
    if closest is None or not bare(closest.reading.text):
        return Judgement(verdict=Verdict.UNSURE, reading=None, reason="nothing could be read")
    wrong = _wrong_marks(line, evidence)
    if wrong:
        reason = f"another mark was read: {wrong}"
        return Judgement(verdict=Verdict.FAIL, reading=closest.reading, reason=reason)
    against = next((item.reading for item in evidence if _near_miss(line, item)), None)
    if against is not None:
        return Judgement(verdict=Verdict.FAIL, reading=against, reason=OTHERWISE, placed=True)
    reason = _objection(line, evidence, mirrored=mirrored)
    if not reason:
        return Judgement(verdict=Verdict.PASS, reading=_deciding(line, evidence), reason="")
    differs = not _exact(line, closest.reading) and _reads_otherwise(line, evidence)
    verdict = Verdict.FAIL if differs else Verdict.UNSURE
    looks = [_exact(line, item.reading) for item in evidence if item.strict]
    placed = bool(looks) and sum(looks) * 2 >= len(looks)
    return Judgement(verdict=verdict, reading=closest.reading, reason=reason, placed=placed)


def _wrong_marks(line: Line, evidence: Sequence[Evidence]) -> str:
    found = (foreign_marks(line.text, item.reading.text) for item in evidence)
    return next(filter(None, found), "") if has_number(line.text) else ""


def _objection(line: Line, evidence: Sequence[Evidence], *, mirrored: bool) -> str:
    if line.policy is Policy.EXACT_NUMBER:
        return _number_objection(line, evidence, mirrored=mirrored)
    return _text_objection(line, evidence)


def _text_objection(line: Line, evidence: Sequence[Evidence]) -> str:
    strict = [e.reading for e in evidence if e.strict]
    if _surely_read(line, strict):
        return ""
    exact = [e.reading for e in evidence if not e.strict and _exact(line, e.reading)]
    if strict and (has_number(line.text) or not any(_exact(line, r) for r in strict)):
        # Never digits, and never another letter, on the word of a reader that corrects what
        # it sees towards likely words.
        return _weakness(line, strict)
    # Several looks in one set of languages are counted; sets do not help each other out.
    sets = Counter(reading.reader.partition("/")[0] for reading in exact)
    return (
        ""
        if max(sets.values(), default=0) >= _VOTES
        else _weakness(line, [e.reading for e in evidence])
    )


def _surely_read(line: Line, looks: Sequence[Reading]) -> bool:
    """Return whether the looks of strict readers suffice: all of two, or any three of more."""
    sure = [reading.weakest for reading in looks if _exact(line, reading)]
    if len(looks) == len(sure) >= _LOOKS and min(sure) >= SURE:
        return True
    return sum(weakest >= FAIR for weakest in sure) > _LOOKS


def _number_objection(line: Line, evidence: Sequence[Evidence], *, mirrored: bool) -> str:
    right = [e for e in evidence if same_numbers(line.text, e.reading.text, mirrored=mirrored)]
    # Two looks of the strict reader are one witness.
    votes = sum(not e.strict for e in right) + any(e.strict for e in right)
    if votes < _VOTES and not _corroborated(line, evidence):
        return "fewer than two readings agree on the digits"
    if any(e.strict for e in evidence) and not any(e.strict for e in right):
        return "the digits are read differently"
    missing = [m for m in marks(line.text) if not any(m in marks(e.reading.text) for e in right)]
    if missing:
        return f"the mark {''.join(missing)} could not be read"
    wanted = letters(line.text)
    if wanted and not any(letters(e.reading.text) == wanted for e in evidence):
        return "the words beside the number read differently"
    return ""


def _corroborated(line: Line, evidence: Sequence[Evidence]) -> bool:
    """Return whether a strict reader is so sure that less than a second reading will do."""
    sure = [e for e in evidence if e.strict and e.reading.weakest >= VERY_SURE]
    looks = sum(_exact(line, e.reading) for e in sure)
    others = [e.reading.text for e in evidence if not e.strict]
    held = any(holds_numbers(line.text, text) for text in others)
    return looks > 0 and (held or (line.role == STRUCK and looks >= _VOTES))


def _exact(line: Line, reading: Reading) -> bool:
    return _equal(line.policy, line.text, _without_pictograms(line, reading.text))


def _without_pictograms(line: Line, read: str) -> str:
    """Return a reading without stars, bullets and the like at its ends, if none was requested.

    Readers take icons beside a line for such characters.
    """
    if any(_pictogram(char) for char in line.text):
        return read
    shown = [i for i, char in enumerate(read) if not (char.isspace() or _pictogram(char))]
    return read[shown[0] : shown[-1] + 1] if shown else ""


def _pictogram(char: str) -> bool:
    return unicodedata.category(char) == "So"


def _equal(policy: Policy, wanted: str, got: str) -> bool:
    first, second = bare(wanted), bare(got)
    if policy is Policy.CASELESS:
        first, second = first.casefold(), second.casefold()
    return first == second and (not has_number(first) or same_numbers(wanted, got))


def _same_but_for_marks(line: Line, reading: Reading) -> bool:
    wanted, got = forgiven(line.text, reading.text)
    return _equal(line.policy, wanted, got)


def _nearly(line: Line, reading: Reading) -> bool:
    return distance(bare(line.text), bare(reading.text)) <= _slip(line)


def _slip(line: Line) -> int:
    return max(1, min(2, len(bare(line.text)) // 4))


def _near_miss(line: Line, item: Evidence) -> bool:
    """Return whether a strict reader surely sees almost the line, but not the line."""
    reading = item.reading
    limit = CONTRADICTS if has_number(line.text) else DENIES
    if not item.strict or reading.weakest < limit or not _nearly(line, reading):
        return False
    if has_number(line.text):
        return not _same_but_for_marks(line, reading)
    return letters(line.text) != letters(reading.text)


def _denies_digits(line: Line, item: Evidence, *, mirrored: bool) -> bool:
    """Return whether a strict reader surely sees other digits in the place of the line's."""
    text = item.reading.text
    if not (item.strict and has_number(line.text) and has_number(text)):
        return False
    sure = item.reading.weakest_of("0123456789") >= CONTRADICTS
    alike = similarity(bare(line.text), bare(text)) >= ROUGHLY
    return sure and alike and not same_numbers_but_for_marks(line.text, text, mirrored=mirrored)


def _numbers_agree(line: Line, item: Evidence, *, mirrored: bool) -> bool:
    text = item.reading.text
    if not has_number(line.text):
        return bool(bare(text))
    if foreign_marks(line.text, text):
        return False
    # Beside a passing shape, a reader without the script may see digits in its letters, and
    # numbers between words from right to left may come in any order.
    same = same_numbers_but_for_marks(line.text, text, mirrored=mirrored)
    return same or (not item.strict and holds_numbers(line.text, text))


def _words_agree(line: Line, read: str) -> bool:
    wanted = letters(line.text)
    if has_number(line.text) and len(wanted) < _SHORT_WORD:
        return True
    return bool(wanted) and similarity(wanted, letters(read)) >= ROUGHLY


def _reads_otherwise(line: Line, evidence: Sequence[Evidence]) -> bool:
    """Return whether a reading is good enough to say that something else stands there."""
    others = [e for e in evidence if _differs(line, e.reading)]
    if any(e.strict and e.reading.weakest >= SURE for e in others):
        return True
    texts = [bare(e.reading.text) for e in others]
    return any(texts.count(text) >= _VOTES for text in texts)


def _differs(line: Line, reading: Reading) -> bool:
    if line.policy is Policy.EXACT_NUMBER:
        numbers = has_number(reading.text)
        return numbers and not same_numbers_but_for_marks(line.text, reading.text)
    return not _same_but_for_marks(line, reading)


def _weakness(line: Line, readings: Sequence[Reading]) -> str:
    if any(_exact(line, reading) for reading in readings):
        return "read as requested, but too weakly to be sure"
    return OTHERWISE


def _closest(line: Line, evidence: Sequence[Evidence]) -> Evidence | None:
    wanted = bare(line.text)
    return max(
        evidence,
        key=lambda e: (similarity(wanted, bare(e.reading.text)), e.strict, e.reading.weakest),
        default=None,
    )


def _deciding(line: Line, evidence: Sequence[Evidence]) -> Reading | None:
    exact = [e for e in evidence if _exact(line, e.reading)]
    closest = _closest(line, exact or evidence)
    return closest.reading if closest else None
