"""One creative of the manifest, in the words that the gallery shows."""

import dataclasses
import functools
import math
from decimal import Decimal

import babel

from pipeline.publish.decisions import decision_of, is_approved
from pipeline.publish.lines import (
    Check,
    Extra,
    Judgement,
    Line,
    checks_of,
    extras_of,
    given,
    judgement_of,
    lines_of,
)
from pipeline.publish.records import Record, address, part, picture_of, rows, text_of


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
        fallback: Why the studio's plate stands in for a paid picture; empty if it does not.
        approved: Whether it ships because a person approved it.
        machine: Whether a machine wrote words on it that nobody approved.
        decision: What a person said about it, in a sentence; empty if nobody did.
        overview: Address of the picture with its boxes; empty if there is none.
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
    fallback: str
    approved: bool
    machine: bool
    decision: str
    verdict: Judgement
    src: str
    overview: str
    width: int
    height: int
    cost: Decimal
    lines: tuple[Line, ...]
    extra: tuple[Extra, ...]
    checks: tuple[Check, ...]
    groups: tuple[Group, ...]
    search: str


def creative_of(record: Record) -> Creative:
    """Return the creative that a record of the manifest describes."""
    locale, strings, proof = (
        text_of(record, "locale"),
        part(record, "strings"),
        part(record, "proof"),
    )
    territory, place = _place(locale)
    decision = decision_of(record)
    title = next((strings[role] for role in ("headline", "brand") if strings.get(role)), "")
    named = [text_of(record, key) for key in ("variant", "campaign", "offer", "market", "format")]
    said = [text_of(record, key) for key in ("reason", "fallback")]
    words = [*named, locale, place, *said, *map(str, strings.values())]
    return Creative(
        variant=named[0],
        campaign=named[1],
        offer=named[2],
        market=named[3],
        format=named[4],
        day=text_of(record, "day"),
        language=locale.replace("_", "-"),
        territory=territory,
        place=place,
        title=str(title) or named[0],
        held=record.get("status") != "accepted",
        reason=said[0],
        fallback=said[1],
        approved=is_approved(record),
        machine="machine" in part(record, "words").values(),
        decision=decision.said if decision else "",
        verdict=judgement_of(proof),
        src=address(text_of(record, "file")),
        overview=picture_of(record, record.get("overview")),
        width=int(record.get("width") or 0),
        height=int(record.get("height") or 0),
        cost=_amount(record.get("cost")),
        lines=lines_of(record),
        extra=extras_of(proof),
        checks=checks_of(proof),
        groups=tuple(group for group in _groups(record, proof) if group.facts),
        search=" ".join(words).lower(),
    )


def dollars(amount: Decimal) -> str:
    """Return an amount of US dollars; fractions of a cent only where there are any."""
    return f"${amount:,.2f}" if amount == amount.quantize(Decimal("0.01")) else f"${amount:,.4f}"


def _groups(record: Record, proof: Record) -> tuple[Group, ...]:
    plate = part(record, "plate")
    made = {
        "Typesetter": text_of(record, "engine"),
        "Plate from": " ".join(filter(None, (text_of(plate, "provider"), text_of(plate, "model")))),
        "Plate": {True: "already in the store", False: "made for this run"}.get(
            plate.get("reused", ""), ""
        ),
        "Repaired": "drawn words were filled in" if plate.get("repaired") else "",
        "Seed": text_of(plate, "seed"),
        "Tries": text_of(record, "attempts"),
        "Cost": dollars(_amount(record["cost"])) if record.get("cost") is not None else "",
        "Proof took": f"{proof['ms']:,} ms" if "ms" in proof else "",
    }
    file = {
        "File": text_of(record, "file"),
        "Pixels": f"{record['width']} × {record['height']}" if record.get("width") else "",
        "Size": f"{math.ceil(record['bytes'] / 1024):,} KB" if record.get("bytes") else "",
        "SHA-256": text_of(record, "sha256"),
        "Plate SHA-256": text_of(plate, "sha256"),
        "Prompt SHA-256": text_of(plate, "prompt_sha256"),
        "Variant": text_of(record, "variant"),
        "Fingerprint": text_of(record, "fingerprint"),
    }
    readers = given({str(name): str(text) for name, text in part(proof, "readers").items()})
    fonts = given({str(name): str(text) for name, text in part(record, "fonts").items()})
    return (
        Group(title="How it was made", facts=given(made)),
        Group(title="Paid attempts", facts=given(_attempts(record))),
        Group(title="Second opinion", facts=given(_opinion(part(record, "opinion")))),
        Group(title="File", facts=given(file)),
        Group(title="Readers", facts=readers),
        Group(title="Fonts", facts=fonts),
    )


def _attempts(record: Record) -> dict[str, str]:
    """Return what the ledger has of each attempt; those of several jobs are counted through."""
    return {f"Attempt {n}": _attempt(row) for n, row in enumerate(rows(record, "ledger"), 1)}


def _attempt(row: Record) -> str:
    charged = row.get("charged")
    facts = (
        text_of(row, "state"),
        "not charged yet" if charged is None else dollars(_amount(charged)),
        text_of(row, "provider"),
        text_of(row, "request_id"),
        text_of(row, "detail"),
    )
    return " · ".join(filter(None, facts))


def _opinion(opinion: Record) -> dict[str, str]:
    verdict = {True: "passes", False: "does not pass"}.get(opinion.get("passed", ""), "")
    cost = opinion.get("cost")
    return {
        "Sentinel": verdict or text_of(opinion, "failure"),
        "Sees": "; ".join(map(str, opinion.get("issues") or ())),
        "Costs": "" if cost is None else dollars(_amount(cost)),
    }


@functools.lru_cache(maxsize=1024)
def _place(locale: str) -> tuple[str, str]:
    try:
        parsed = babel.Locale.parse(locale)
    except (ValueError, babel.UnknownLocaleError):
        return "", locale
    territory = parsed.get_territory_name("en") or ""
    language = parsed.get_language_name("en") or ""
    return territory, " · ".join(filter(None, (territory, language)))


def _amount(value: str | float | None) -> Decimal:
    return Decimal(str(value or 0))
