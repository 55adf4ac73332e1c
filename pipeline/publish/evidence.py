"""One creative of the manifest, in the words that the gallery shows."""

import dataclasses
import math
import urllib.parse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import babel

from pipeline.publish.differing import Piece, differing, whole

Record = Mapping[str, Any]
"""A part of the manifest, as JSON gives it; what is missing or null is simply not shown."""

_ROLES = {"cta": "Button", "was_price": "Former price", "brand": "Brand name"}
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
    "pass": Judgement(name="pass", label="Passed", sentence="Every line reads as asked"),
    "fail": Judgement(name="fail", label="Failed", sentence="The picture says something else"),
    "unsure": Judgement(name="unsure", label="Unsure", sentence="A line could not be read surely"),
    "none": Judgement(name="none", label="No proof", sentence="There is no picture to proofread"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The proof of one line: asked for, read, and what the reading rests on."""

    role: str
    label: str
    verdict: Judgement
    asked: tuple[Piece, ...]
    read: tuple[Piece, ...]
    reason: str
    box: tuple[int, ...] | None
    facts: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """Text on the picture that nobody asked for."""

    text: str
    reason: str
    box: tuple[int, ...] | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Facts under one heading."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Creative:
    """One creative, ready to show.

    Attributes:
        src: Address of the file relative to the page; empty if there is none.
        language: BCP 47 tag of its copy.
        place: Territory and language in English.
        search: What the free-text search looks in, in lower case.
    """

    variant: str
    campaign: str
    offer: str
    market: str
    format: str
    day: str
    language: str
    territory: str
    place: str
    title: str
    held: bool
    reason: str
    verdict: Judgement
    src: str
    width: int
    height: int
    cost: Decimal
    lines: tuple[Line, ...]
    extra: tuple[Extra, ...]
    groups: tuple[Group, ...]
    search: str


def creative_of(record: Record) -> Creative:
    """Return the creative that a record of the manifest describes."""
    locale, strings, proof = _text(record, "locale"), _part(record, "strings"), _proof(record)
    territory, place = _place(locale)
    title = next((strings[role] for role in ("headline", "brand") if strings.get(role)), "")
    named = [_text(record, key) for key in ("variant", "campaign", "offer", "market", "format")]
    words = [*named, locale, place, _text(record, "reason"), *map(str, strings.values())]
    return Creative(
        variant=named[0],
        campaign=named[1],
        offer=named[2],
        market=named[3],
        format=named[4],
        day=_text(record, "day"),
        language=locale.replace("_", "-"),
        territory=territory,
        place=place,
        title=str(title) or named[0],
        held=record.get("status") != "accepted",
        reason=_text(record, "reason"),
        verdict=_judgement(proof),
        src=_src(_text(record, "file")),
        width=int(record.get("width") or 0),
        height=int(record.get("height") or 0),
        cost=_amount(record.get("cost")),
        lines=_lines(record, proof),
        extra=tuple(_extra(text) for text in _list(proof, "extra")),
        groups=tuple(group for group in _groups(record, proof) if group.facts),
        search=" ".join(words).lower(),
    )


def dollars(amount: Decimal) -> str:
    """Return an amount of US dollars; fractions of a cent only where there are any."""
    return f"${amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"${amount:,.4f}"


def _lines(record: Record, proof: Record) -> tuple[Line, ...]:
    """Return the lines in the order of the picture, those that did not pass before the rest."""
    lettering = _part(record, "lettering")
    lines = (_line(line, lettering) for line in _list(proof, "lines"))
    return tuple(sorted(lines, key=lambda line: line.verdict.name == "pass"))


def _line(line: Record, lettering: Record) -> Line:
    asked, read = _text(line, "expected"), _text(line, "read")
    verdict, role = _judgement(line), _text(line, "role")
    passed = verdict.name == "pass"
    cut_asked, cut_read = (whole(asked), whole(read)) if passed else differing(asked, read)
    box = _box(line)
    facts = {
        "lettered by": _LETTERING.get(_text(lettering, role), _text(lettering, role)),
        "reader": _text(line, "reader"),
        "confidence": _share(line.get("confidence")) if read else "",
        "shape match": _share(line.get("shape")),
        "at": "{}, {}, {} × {} px".format(*box) if box else "",
    }
    return Line(
        role=role,
        label=_ROLES.get(role, role.replace("_", " ").capitalize()),
        verdict=verdict,
        asked=cut_asked if read else whole(asked),
        read=cut_read,
        reason=_text(line, "reason"),
        box=box,
        facts=_given(facts),
    )


def _extra(text: Record) -> Extra:
    return Extra(text=_text(text, "text"), reason=_text(text, "reason"), box=_box(text))


def _groups(record: Record, proof: Record) -> tuple[Group, ...]:
    plate = _part(record, "plate")
    made = {
        "Typesetter": _text(record, "engine"),
        "Plate from": " ".join(filter(None, (_text(plate, "provider"), _text(plate, "model")))),
        "Plate": {True: "already in the store", False: "made for this run"}.get(
            plate.get("reused", ""), ""
        ),
        "Seed": _text(plate, "seed"),
        "Tries": _text(record, "attempts"),
        "Cost": dollars(_amount(record["cost"])) if record.get("cost") is not None else "",
        "Proof took": f"{proof['ms']:,} ms" if "ms" in proof else "",
    }
    file = {
        "File": _text(record, "file"),
        "Pixels": f"{record['width']} × {record['height']}" if record.get("width") else "",
        "Size": f"{math.ceil(record['bytes'] / 1024):,} KB" if record.get("bytes") else "",
        "SHA-256": _text(record, "sha256"),
        "Plate SHA-256": _text(plate, "sha256"),
        "Prompt SHA-256": _text(plate, "prompt_sha256"),
        "Variant": _text(record, "variant"),
        "Fingerprint": _text(record, "fingerprint"),
    }
    readers = _given({str(name): str(text) for name, text in _part(proof, "readers").items()})
    fonts = _given({str(name): str(text) for name, text in _part(record, "fonts").items()})
    return (
        Group(title="How it was made", facts=_given(made)),
        Group(title="File", facts=_given(file)),
        Group(title="Readers", facts=readers),
        Group(title="Fonts", facts=fonts),
    )


def _place(locale: str) -> tuple[str, str]:
    try:
        parsed = babel.Locale.parse(locale)
    except (ValueError, babel.UnknownLocaleError):
        return "", locale
    territory = parsed.get_territory_name("en") or ""
    language = parsed.get_language_name("en") or ""
    return territory, " · ".join(filter(None, (territory, language)))


def _src(file: str) -> str:
    """Return a file's address, which can only lead to the page's own folder or below."""
    parts = [part for part in file.split("/") if part not in {"", ".", ".."}]
    return "./" + "/".join(urllib.parse.quote(part, safe="") for part in parts) if parts else ""


def _judgement(part: Record) -> Judgement:
    return JUDGEMENTS.get(_text(part, "verdict"), JUDGEMENTS["none"])


def _proof(record: Record) -> Record:
    return _part(record, "proof")


def _box(part: Record) -> tuple[int, ...] | None:
    box = part.get("box")
    return tuple(int(side) for side in box) if box else None


def _share(value: float | None) -> str:
    """Return a share of 1 in percent, rounded down: 100 % means all of it."""
    return "" if value is None else f"{math.floor(value * 100)} %"


def _amount(value: str | float | None) -> Decimal:
    return Decimal(str(value or 0))


def _given(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in facts.items() if value)


def _text(part: Record, key: str) -> str:
    value = part.get(key)
    return "" if value is None else str(value)


def _part(part: Record, key: str) -> Record:
    return part.get(key) or {}


def _list(part: Record, key: str) -> Sequence[Record]:
    return part.get(key) or ()
