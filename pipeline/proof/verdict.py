"""What a proof says: per line, about text nobody asked for, of the picture, and on the whole."""

import dataclasses
import enum

Box = tuple[int, int, int, int]
"""Left, top, width and height in pixels of the delivered picture."""


def meet(first: Box, second: Box) -> bool:
    """Return whether two boxes share a pixel."""
    return all(
        first[axis] < second[axis] + second[axis + 2]
        and second[axis] < first[axis] + first[axis + 2]
        for axis in (0, 1)
    )


class Verdict(enum.StrEnum):
    """Only a pass ships."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNSURE = "unsure"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineProof:
    """The evidence for one line.

    Attributes:
        role: The line's role.
        expected: The requested string.
        read: What was read where the line stands; empty if nothing was.
        verdict: Pass, fail (we read something else) or unsure (we could not read it).
        box: Where it was found; None if it was not.
        reader: The reader whose reading decided, such as `pp-ocr` or `tesseract:deu+eng`.
        confidence: The decisive reading's weakest character, 0 to 1.
        shape: Agreement with the line drawn again, 0 to 1; None if it was not typeset.
        reason: Why, in plain words; empty for a pass.
        confidences: How sure the decisive reading is of each character of `read`, 0 to 1;
            empty if that is not known.
        ink: Where the ink of a typeset line stands, as it was drawn again; None if it was not
            typeset. Unlike `box`, which has the height of whole rows, it never reaches into
            another line.
    """

    role: str
    expected: str
    read: str
    verdict: Verdict
    box: Box | None
    reader: str
    confidence: float
    shape: float | None
    reason: str
    confidences: tuple[float, ...] = ()
    ink: Box | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ExtraText:
    """Text on the picture that nobody asked for."""

    text: str
    box: Box
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One property of the picture beyond its text: what was measured, and what is right.

    Attributes:
        name: What was checked, such as `contrast`.
        subject: A line's role or the name of a palette colour; empty if it is the whole picture.
        measured: The measured value.
        unit: What the value counts, such as `to 1`, `%` or `bytes`.
        limit: The value it was held against.
        verdict: Pass or fail.
        reason: Why, in plain words; empty for a pass.
    """

    name: str
    subject: str
    measured: float
    unit: str
    limit: float
    verdict: Verdict
    reason: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof of one delivered picture.

    Attributes:
        verdict: The worst verdict of all lines, of the extra text and, on a creative of a
            campaign, of the checks.
        lines: One entry for each requested line, in order.
        extra: Legible text that no line explains.
        readers: Reader names with their versions.
        ms: Wall time in milliseconds.
        checks: What was measured beyond the text.
    """

    verdict: Verdict
    lines: tuple[LineProof, ...]
    extra: tuple[ExtraText, ...]
    readers: dict[str, str]
    ms: int
    checks: tuple[Check, ...] = ()
