"""How a reading agrees with the requested line, or denies it."""

import dataclasses
import unicodedata
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
    same_numbers,
    same_numbers_but_for_marks,
)
from pipeline.proof.reading import Reading

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

_DIGIT_LIKE = str.maketrans("зЗоОб", "33006")
"""In Cyrillic, з and 3, О and 0, б and 6 are one shape."""
_LEGIBLE = 0.75
_SHORT_WORD = 4
_VOTES = 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reading of a whole line.

    Attributes:
        reading: The reading.
        strict: Whether the reader tells every character of the requested line apart and its
            probabilities can be taken at their word.
        sees: Whether the reader does not correct what it sees towards likely words, though it
            may lack some characters of the line.
    """

    reading: Reading
    strict: bool
    sees: bool = False


def digits_seen(line: Line, evidence: Sequence[Evidence]) -> bool:
    """Return whether a reader that corrects nothing sees the line's numbers, whole.

    Several looks of a reader that corrects are one witness, and one that could be wrong in the
    same way each time: it read a 6 drawn as 0 as the 6 that the word asked for.
    """
    return any(
        holds_numbers(line.text, item.reading.text) for item in evidence if item.sees or item.strict
    )


def corroborated(line: Line, evidence: Sequence[Evidence]) -> bool:
    """Return whether a strict reader is so sure that less than a second reading will do."""
    sure = [e for e in evidence if e.strict and e.reading.weakest >= VERY_SURE]
    looks = sum(exact(line, e.reading) for e in sure)
    others = [e.reading.text for e in evidence if not e.strict]
    held = any(holds_numbers(line.text, text) for text in others)
    return looks > 0 and (held or (line.role == STRUCK and looks >= _VOTES))


def exact(line: Line, reading: Reading) -> bool:
    """Return whether a reading is the line, by the line's policy."""
    return _equal(line.policy, line.text, without_pictograms(line, reading).text)


def without_pictograms(line: Line, reading: Reading) -> Reading:
    """Return a reading without stars, bullets and the like at its ends, if none was requested.

    Readers take icons beside a line for such characters, and are not sure of them.
    """
    if any(_pictogram(char) for char in line.text):
        return reading
    read = reading.text
    shown = [i for i, char in enumerate(read) if not (char.isspace() or _pictogram(char))]
    part = slice(shown[0], shown[-1] + 1) if shown else slice(0)
    return dataclasses.replace(reading, text=read[part], confidence=reading.confidence[part])


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


def near_miss(line: Line, item: Evidence) -> bool:
    """Return whether a strict reader surely sees almost the line, but not the line."""
    reading = item.reading
    limit = CONTRADICTS if has_number(line.text) else DENIES
    if not item.strict or reading.weakest < limit or not _nearly(line, reading):
        return False
    if bare(line.text.translate(_DIGIT_LIKE)) == bare(reading.text.translate(_DIGIT_LIKE)):
        return False
    if has_number(line.text):
        return not _same_but_for_marks(line, reading)
    return letters(line.text) != letters(reading.text)


def denies_digits(line: Line, item: Evidence, *, mirrored: bool) -> bool:
    """Return whether a strict reader surely sees other digits in the place of the line's."""
    text = item.reading.text
    if not (item.strict and has_number(line.text) and has_number(text)):
        return False
    sure = item.reading.weakest_of("".join(filter(str.isdecimal, text))) >= CONTRADICTS
    alike = similarity(bare(line.text), bare(text)) >= ROUGHLY
    if not (sure and alike):
        return False
    return not _same_digits(line.text, text, mirrored=mirrored)


def _same_digits(expected: str, read: str, *, mirrored: bool) -> bool:
    """Return whether the digits agree, be they letters of their shape or not."""
    folded = (expected.translate(_DIGIT_LIKE), read.translate(_DIGIT_LIKE))
    pairs = ((expected, read), folded)
    return any(same_numbers_but_for_marks(*pair, mirrored=mirrored) for pair in pairs)


def numbers_agree(line: Line, item: Evidence, *, mirrored: bool) -> bool:
    """Return whether a reading shows the line's numbers, for a line whose shape is proved."""
    text = item.reading.text
    if not has_number(line.text):
        return bool(bare(text))
    if foreign_marks(line.text, text):
        return False
    # Beside a passing shape, a reader without the script may see digits in its letters, and
    # numbers between words from right to left may come in any order.
    same = _same_digits(line.text, text, mirrored=mirrored)
    return same or (not item.strict and holds_numbers(line.text, text))


def words_agree(line: Line, read: str) -> bool:
    """Return whether a reading shows roughly the line's words."""
    wanted = letters(line.text)
    if has_number(line.text) and len(wanted) < _SHORT_WORD:
        return True
    return bool(wanted) and similarity(wanted, letters(read)) >= ROUGHLY


def reads_otherwise(line: Line, evidence: Sequence[Evidence]) -> bool:
    """Return whether a reading is good enough to say that something else stands there."""
    others = [e for e in evidence if _differs(line, e.reading)]
    if any(e.strict and e.reading.weakest >= _LEGIBLE for e in others):
        return True
    texts = [bare(e.reading.text) for e in others]
    return any(texts.count(text) >= _VOTES for text in texts)


def _differs(line: Line, reading: Reading) -> bool:
    if line.policy is Policy.EXACT_NUMBER:
        numbers = has_number(reading.text)
        return numbers and not same_numbers_but_for_marks(line.text, reading.text)
    return not _same_but_for_marks(line, reading)


def closest(line: Line, evidence: Sequence[Evidence]) -> Evidence | None:
    """Return the evidence that is most like the line; None without any."""
    wanted = bare(line.text)
    return max(
        evidence,
        key=lambda e: (similarity(wanted, bare(e.reading.text)), e.strict, e.reading.weakest),
        default=None,
    )
