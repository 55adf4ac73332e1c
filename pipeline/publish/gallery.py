"""The gallery: one static page that shows every creative of a run and the proof of each."""

import base64
import collections
import dataclasses
import datetime as dt
import decimal
import hashlib
import pathlib
from collections.abc import Iterable, Iterator, Sequence

import babel.dates
import jinja2
import markupsafe

from pipeline.publish.evidence import Creative, creative_of, dollars
from pipeline.publish.lines import JUDGEMENTS
from pipeline.publish.records import Record
from pipeline.settings import PROJECT

_SEVEREST_FIRST = ("fail", "unsure", "none", "pass")
_EMPTY = (
    "No offer runs on this day. Look at days, valid_from and valid_to in the campaign, "
    "and run it again."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    value: str
    label: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    name: str
    label: str
    every: str
    options: tuple[_Option, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    note: str
    held: bool
    creatives: tuple[Creative, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    headline: str
    lead: str
    when: str
    stats: tuple[tuple[str, str], ...]
    choices: tuple[_Choice, ...]
    verdicts: tuple[_Option, ...]
    sections: tuple[_Section, ...]
    creatives: tuple[Creative, ...]
    translations: tuple[str, ...]
    colophon: tuple[tuple[str, str], ...]


def render_gallery(manifest: Record, pages: pathlib.Path = PROJECT / "templates" / "pages") -> str:
    """Return the page as HTML; takes what `gallery_of` takes."""
    return "".join(gallery_of(manifest, pages))


def gallery_of(manifest: Record, pages: pathlib.Path) -> Iterator[str]:
    """Yield the page as HTML, piece by piece: that of a large day takes many megabytes.

    The page asks the network for nothing: style and script are in it, its content security
    policy allows them by hash, and pictures only from where the page is.

    Args:
        manifest: The record of a run, as in `manifest.json`. Read are `run`, `created`,
            `versions`, `translations` and, from each of `creatives`, `variant`, `campaign`,
            `offer`, `market`, `words`, `locale`, `format`, `day`, `strings`, `status`, `reason`,
            `file` (relative to the page), `sha256`, `width`, `height`, `bytes`, `plate`,
            `lettering`, `fonts`, `engine`, `attempts`, `proof`, `cost`, `overview`, `crops` and
            `evidence` (the folder of those, relative to the page), `fallback`, `decision`,
            `ledger` and `opinion`. What is
            missing or null is not shown.
        pages: Folder of `gallery.html.j2`, `gallery.css` and `gallery.js`.
    """
    style = (pages / "gallery.css").read_text(encoding="utf-8")
    script = (pages / "gallery.js").read_text(encoding="utf-8")
    return (
        environment_of(pages)
        .get_template("gallery.html.j2")
        .generate(
            page=_page(manifest),
            # Both are files of ours and hold no copy; escaping would break their hashes.
            style=markupsafe.Markup(style),  # noqa: S704
            script=markupsafe.Markup(script),  # noqa: S704
            policy=_policy(style, script),
        )
    )


def environment_of(pages: pathlib.Path) -> jinja2.Environment:
    """Return what renders the pages of a folder: copy is escaped, what is missing is an error."""
    return jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader(pages),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(style: str, script: str) -> str:
    """Return the content security policy.

    A page opened from disk has no origin of its own that `'self'` could mean, so `file:` is
    allowed for pictures; it adds no way to the network.
    """
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' file:",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _page(manifest: Record) -> _Page:
    every = tuple(creative_of(record) for record in manifest.get("creatives") or ())
    sections = _sections(every)
    held = sum(creative.held for creative in every)
    approved = sum(creative.approved for creative in every)
    versions = manifest.get("versions") or {}
    about = {
        "Run": manifest.get("run"),
        "Made": manifest.get("created"),
        "Self-test": _tried(manifest.get("selftest") or {}),
        **versions,
    }
    return _Page(
        headline=_headline(len(every), held, approved),
        lead=" ".join(filter(None, (_lead(len(every), held, approved), _stand_ins(every)))),
        when=_when(every),
        stats=_stats(every, held, approved),
        choices=tuple(choice for choice in _choices(every) if len(choice.options) > 1),
        verdicts=_verdicts(every),
        sections=sections,
        creatives=tuple(creative for section in sections for creative in section.creatives),
        translations=tuple(str(note) for note in manifest.get("translations") or ()),
        colophon=tuple((name, str(value)) for name, value in about.items() if value),
    )


def _tried(selftest: Record) -> str:
    """Return what the self-test came to; empty if nothing was planted."""
    planted, slipped = selftest.get("planted") or 0, selftest.get("slipped") or 0
    if not planted:
        return ""
    result = f"{slipped:,} slipped through" if slipped else "all refused"
    return f"{_counted(planted, 'planted error')}, {result}"


def _sections(every: Sequence[Creative]) -> tuple[_Section, ...]:
    """Return what is held, the severest first, and then what shipped, by campaign."""
    held = [creative for creative in every if creative.held]
    held.sort(key=lambda creative: _SEVEREST_FIRST.index(creative.verdict.name))
    shipped = collections.defaultdict[str, list[Creative]](list)
    for creative in every:
        if not creative.held:
            shipped[creative.campaign].append(creative)
    first = _Section(
        title="Held",
        note="Not shipped. Each one says why.",
        held=True,
        creatives=tuple(held),
    )
    rest = (
        _Section(
            title=campaign.replace("-", " ").capitalize(),
            note=_counted(len(creatives), "creative"),
            held=False,
            creatives=tuple(creatives),
        )
        for campaign, creatives in shipped.items()
    )
    return ((first,) if held else ()) + tuple(rest)


def _headline(every: int, held: int, approved: int) -> str:
    if not every:
        return "Nothing was scheduled"
    if not held and approved:
        were = "was" if approved == 1 else "were"
        passed = f"{every - approved:,} of {every:,} creatives passed"
        return f"{passed}, {approved:,} {were} approved by a person"
    if not held:
        return "The one creative passed" if every == 1 else f"All {every:,} creatives passed"
    if held == every:
        return "The one creative is held" if every == 1 else f"All {every:,} creatives are held"
    return f"{held:,} of {every:,} creatives {'is' if held == 1 else 'are'} held"


def _lead(every: int, held: int, approved: int) -> str:
    if not every:
        return _EMPTY
    if not held and not approved:
        return "Every line on every picture was read back and compared with what was asked for."
    kept = "Held creatives were not shipped; they come first, each with its reason."
    if held == every:
        return kept
    said = f"{_counted(every - held - approved, 'creative')} passed on every line and shipped."
    if approved:
        said += f" {approved:,} did not, and shipped because a person approved; it says who."
    return f"{said} {kept}" if held else said


def _stand_ins(every: Sequence[Creative]) -> str:
    count = sum(bool(creative.fallback) for creative in every)
    if not count:
        return ""
    stand, it = ("stands", "it") if count == 1 else ("stand", "each")
    what = f"{_counted(count, 'creative')} {stand} on the studio's plate"
    return f"{what} in place of a paid picture; {it} says why."


def _when(every: Sequence[Creative]) -> str:
    days = sorted({creative.day for creative in every if creative.day})
    ends = dict.fromkeys(days[:1] + days[-1:])
    return " to ".join(_long_date(day) for day in ends)


def _long_date(day: str) -> str:
    try:
        return babel.dates.format_date(dt.date.fromisoformat(day), "d MMMM y", locale="en")
    except ValueError:
        return day


def _stats(every: Sequence[Creative], held: int, approved: int) -> tuple[tuple[str, str], ...]:
    if not every:
        return ()
    cost = sum((creative.cost for creative in every), decimal.Decimal(0))
    by_hand = (("Approved by a person", f"{approved:,}"),) if approved else ()
    return (
        ("Accepted", f"{len(every) - held:,}"),
        *by_hand,
        ("Held", f"{held:,}"),
        ("Lines proofread", f"{sum(len(creative.lines) for creative in every):,}"),
        ("Markets", f"{len({creative.market for creative in every}):,}"),
        ("Locales", f"{len({creative.language for creative in every}):,}"),
        ("Cost", dollars(cost)),
    )


def _choices(every: Sequence[Creative]) -> Iterable[_Choice]:
    territories = {creative.market: creative.territory for creative in every}
    places = {market: f"{market} · {name}" for market, name in territories.items() if name}
    for name, plural in (("campaign", "campaigns"), ("market", "markets"), ("format", "formats")):
        counts = collections.Counter(getattr(creative, name) for creative in every)
        labels = places if name == "market" else {}
        yield _Choice(
            name=name,
            label=name.capitalize(),
            every=plural.capitalize(),
            options=tuple(
                _Option(value=value, label=labels.get(value, value), count=count)
                for value, count in sorted(counts.items())
            ),
        )


def _verdicts(every: Sequence[Creative]) -> tuple[_Option, ...]:
    counts = collections.Counter(creative.verdict.name for creative in every)
    return tuple(
        _Option(value=name, label=judgement.label, count=counts[name])
        for name, judgement in JUDGEMENTS.items()
    )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
