"""The lines, the extra text and the checks of one proof, in the words that the gallery shows."""

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.proof.crops import shown_size
from pipeline.proof.differing import Glyph, direction, glyphs
from pipeline.proof.judge import SURE
from pipeline.publish.glyphs import Word, is_weak, share, shown
from pipeline.publish.records import Record, part, picture_of, rows, text_of

_ROLES = {"cta": "Button", "was_price": "Former price", "brand": "Brand name"}
_ALIKE = 0.7
WORDS = {
    "file": "the campaign file",
    "approved": "translators",
    "fallback": "the language's catalogue, for want of the locale's",
    "machine": "a machine, approved by nobody",
    "formatted": "the locale's way to write amounts",
}
"""Where a line's words come from, in the words that the gallery shows."""

_LETTERING = {"typeset": "typeset", "model": "image model"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A verdict in words.

    Attributes:
        name: pass, fail, unsure or none (no proof, since nothing was drawn).
        label: One or two words.
        sentence: The same in a sentence.
    """

    name: str
    label: str
    sentence: str


JUDGEMENTS = {
    "pass": Judgement(name="pass", label="Passed", sentence="Every line says what was asked for"),
    "fail": Judgement(name="fail", label="Failed", sentence="The picture says something else"),
    "unsure": Judgement(name="unsure", label="Unsure", sentence="A line could not be read surely"),
    "none": Judgement(name="none", label="No proof", sentence="There is no picture to proofread"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The proof of one line: asked for, read, and what the reading rests on.

    Attributes:
        role: The line's role.
        label: The same in words.
        verdict: Its verdict.
        asked: What was asked for.
        read: What was read.
        direction: ltr or rtl, by what was asked for.
        words: Both, word by word; empty if they are alike and surely read, or not alike at all.
        reason: Why it did not pass.
        box: Left, top, width and height on the picture; None if it was not found.
        crop: Address of its picture; empty if there is none.
        crop_size: Width and height of that in pixels.
        facts: Names and values of what the reading rests on.
    """

    role: str
    label: str
    verdict: Judgement
    asked: str
    read: str
    direction: str
    words: tuple[Word, ...]
    reason: str
    box: tuple[int, ...] | None
    crop: str
    crop_size: tuple[int, int]
    facts: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Text on the picture that nobody asked for.

    Attributes:
        text: What it says; empty for ink that says nothing.
        reason: What is wrong with it.
        boxes: Where it stands; ink that says nothing may stand in several places.
    """

    text: str
    reason: str
    boxes: tuple[tuple[int, ...], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A property of the picture, measured.

    Attributes:
        label: What was checked, and of what.
        verdict: Its verdict.
        measured: The value with its unit.
        limit: What it was held against.
        reason: Why it did not pass.
    """

    label: str
    verdict: Judgement
    measured: str
    limit: str
    reason: str


def judgement_of(record: Record) -> Judgement:
    """Return the verdict of a proof or a part of one."""
    return JUDGEMENTS.get(text_of(record, "verdict"), JUDGEMENTS["none"])


def lines_of(record: Record) -> tuple[Line, ...]:
    """Return the lines in the order of the picture, those that did not pass before the rest."""
    crops = itertools.chain(record.get("crops") or (), itertools.repeat(None))
    pairs = zip(rows(part(record, "proof"), "lines"), crops, strict=False)
    found = (_line(line, crop, record) for line, crop in pairs)
    return tuple(sorted(found, key=lambda line: line.verdict.name == "pass"))


def extras_of(proof: Record) -> tuple[Extra, ...]:
    """Return what stands on the picture unasked."""
    found: dict[tuple[object, ...], list[Record]] = {}
    for number, one in enumerate(rows(proof, "extra")):
        text, reason = text_of(one, "text"), text_of(one, "reason")
        found.setdefault((text, reason, number if text else None), []).append(one)
    return tuple(
        Extra(
            text=text_of(some[0], "text"),
            reason=_plural(text_of(some[0], "reason"), len(some)),
            boxes=tuple(box for one in some if (box := _box(one))),
        )
        for some in found.values()
    )


def checks_of(proof: Record) -> tuple[Check, ...]:
    """Return the checks, those that did not pass before the rest."""
    found = (_check(check) for check in rows(proof, "checks"))
    return tuple(sorted(found, key=lambda check: check.verdict.name == "pass"))


def _line(line: Record, crop: str | None, record: Record) -> Line:
    asked, read, role = (text_of(line, key) for key in ("expected", "read", "role"))
    sure = line.get("confidences") or ()
    as_asked = asked == read and min(sure, default=SURE) >= SURE
    compared = () if as_asked else glyphs(asked, read, sure)
    # Where hardly anything is alike, glyphs beside each other would say nothing.
    alike = sum(glyph.differs for glyph in compared) <= _ALIKE * len(compared)
    told = alike and any(glyph.differs or is_weak(glyph) for glyph in compared)
    box = _box(line)
    return Line(
        role=role,
        label=_ROLES.get(role, role.replace("_", " ").capitalize()),
        verdict=judgement_of(line),
        asked=asked,
        read=_without_stray_spaces(compared) if compared and alike else read,
        direction=direction(asked),
        words=shown(compared) if read and told else (),
        reason=text_of(line, "reason"),
        box=box,
        crop=picture_of(record, crop),
        crop_size=shown_size(box[2], box[3]) if box else (0, 0),
        facts=given(_facts(line, record, box)),
    )


def _without_stray_spaces(compared: Sequence[Glyph]) -> str:
    """Return what was read without spaces that nobody asked for, which count for nothing."""
    return "".join(glyph.read for glyph in compared if glyph.asked or glyph.differs)


def _facts(line: Record, record: Record, box: Sequence[int] | None) -> dict[str, str]:
    role = text_of(line, "role")
    by, why = (text_of(part(record, key), role) for key in ("lettering", "why"))
    words = text_of(part(record, "words"), role)
    return {
        "words from": WORDS.get(words, words),
        "lettered by": _LETTERING.get(by, by) + (f": {why}" if why else ""),
        "reader": text_of(line, "reader"),
        "weakest character": share(line.get("confidence")) if line.get("read") else "",
        "shape match": share(line.get("shape")),
        "at": "{}, {}, {} × {} px".format(*box) if box else "",
    }


def _check(check: Record) -> Check:
    name, subject, unit = (text_of(check, key) for key in ("name", "subject", "unit"))
    return Check(
        label=" · ".join(filter(None, (name.replace("_", " ").capitalize(), subject))),
        verdict=judgement_of(check),
        measured=_measured(check.get("measured"), unit),
        limit=_measured(check.get("limit"), unit),
        reason=text_of(check, "reason"),
    )


def _measured(value: float | None, unit: str) -> str:
    """Return a value with its unit, to two decimals at most."""
    if value is None:
        return ""
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {unit}".strip()


def _plural(reason: str, places: int) -> str:
    return f"{reason} ({places} places)" if places > 1 else reason


def _box(one: Record) -> tuple[int, ...] | None:
    box: Any = one.get("box")
    return tuple(int(side) for side in box) if box else None


def given(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the facts that are known."""
    return tuple((name, value) for name, value in facts.items() if value)
