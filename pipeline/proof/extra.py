"""Text on the picture that no line asked for."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from pipeline.proof.normalise import bare, normalise
from pipeline.proof.numbers import has_number, marks
from pipeline.proof.pieces import Part, Piece, covered
from pipeline.proof.reading import Reading
from pipeline.proof.verdict import ExtraText

NUMBER_SURE = 0.7
ALONE_SURE = 0.95
WORD_SURE = 0.85
"""Mean probability from which a number, a single digit standing alone or a word counts as
legible, not as picture detail: rings and handles in pictures read as 0 or 2 at up to 0.90."""

_WEAKEST = 0.5
_SEEN_ELSEWHERE = 0.75
"""Covered to this share by the places of lines, a piece is another look at the same text."""

_SHORTEST_WORD = 3
_SHORTEST_IDEOGRAPHS = 2
_AGREEING = 2
_DENSE = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL")


def unexplained(
    pieces: Sequence[Piece],
    used: Sequence[Part],
    strict: frozenset[str],
    allowed: frozenset[str] = frozenset(),
) -> list[ExtraText]:
    """Return the legible text that no line explains.

    Args:
        pieces: Everything that was read outside the lines we set.
        used: The parts that make up requested lines.
        strict: Names of the readers whose probabilities can be taken at their word.
        allowed: Words that may stand on any picture of the brand, compared without case.
    """
    permitted = {bare(word).casefold() for word in allowed}
    found = []
    for piece in pieces:
        for reading in _remaining(piece, used):
            reason = _reason(reading, piece, strict)
            if reason and not _permitted(reading.text, permitted):
                text = normalise(reading.text)
                found.append(ExtraText(text=text, box=piece.box, reason=reason))
                break
    return found


def _remaining(piece: Piece, used: Sequence[Part]) -> list[Reading]:
    parts = [part for part in used if part.piece.quad == piece.quad]
    if any(not part.reader for part in parts):
        return []
    if not parts:
        elsewhere = covered(piece.quad, [part.piece.quad for part in used])
        return [] if elsewhere > _SEEN_ELSEWHERE else list(piece.readings)
    reader = parts[0].reader
    taken = {i for part in parts for i in range(part.start, part.end)}
    return [_without(r, taken) for r in piece.readings if r.reader == reader]


def _without(reading: Reading, taken: set[int]) -> Reading:
    kept = [i for i in range(len(reading.text)) if i not in taken]
    return Reading(
        text="".join(reading.text[i] for i in kept),
        confidence=tuple(reading.confidence[i] for i in kept),
        reader=reading.reader,
    )


def _reason(reading: Reading, piece: Piece, strict: frozenset[str]) -> str:
    believed = reading.reader in strict or _agreed(reading, piece) or _other_number(reading, strict)
    if not believed:
        return ""
    if _is_number(reading):
        return "a number or a mark that nobody asked for"
    sure = reading.mean >= WORD_SURE and reading.weakest >= _WEAKEST
    return "words that nobody asked for" if sure and _is_word(reading.text) else ""


def _is_number(reading: Reading) -> bool:
    """Return whether digits, or else a currency mark or percent sign, are surely there.

    A weak mark beside sure digits does not make them doubtful: 50 % is 50, whatever the sign.
    """
    digits = "".join(c for c in reading.text if has_number(c))
    telling = digits or "".join(c for c in reading.text if marks(c))
    needed = NUMBER_SURE if len(bare(reading.text)) > 1 else ALONE_SURE
    if not telling or reading.weakest_of(telling) < needed:
        return False
    return len(digits) > 1 or reading.mean >= needed


def _agreed(reading: Reading, piece: Piece) -> bool:
    texts = Counter(bare(other.text) for other in piece.readings)
    return reading.mean >= WORD_SURE and texts[bare(reading.text)] >= _AGREEING


def _other_number(reading: Reading, strict: frozenset[str]) -> bool:
    """Return whether a further alphabet of a strict reader surely sees digits but 0 to 9.

    No other reader could agree. At least two, since a stroke is a one in Arabic and a ring a zero
    in Devanagari.
    """
    digits = "".join(c for c in reading.text if c.isdecimal() and not c.isascii())
    ours = reading.reader.partition(":")[0] in strict
    return ours and len(digits) > 1 and reading.weakest_of(digits) >= ALONE_SURE


def _is_word(text: str) -> bool:
    characters = [c for c in normalise(text) if unicodedata.category(c)[0] == "L"]
    dense = sum(unicodedata.name(c, "").startswith(_DENSE) for c in characters)
    return len(characters) >= _SHORTEST_WORD or dense >= _SHORTEST_IDEOGRAPHS


def _permitted(text: str, allowed: set[str]) -> bool:
    words = normalise(text).casefold().split(" ")
    return bare(text).casefold() in allowed or all(bare(word) in allowed for word in words)
