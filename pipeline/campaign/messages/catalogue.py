"""Catalogues: a PO file for each locale, read strictly and with the line of every entry."""

import dataclasses
import datetime as dt
import io
import pathlib
import re
from collections.abc import Mapping, Sequence

from babel.messages import Catalog
from babel.messages import Message as PoMessage
from babel.messages.pofile import PoFileError, denormalize, read_po, write_po

from pipeline.campaign.messages.plurals import plural_header
from pipeline.errors import Problem

ENDING = ".po"
PLURAL_FORMS = "Plural-Forms"
FUZZY = "fuzzy"
_OWN_FLAGS = frozenset({FUZZY, "python-format", "python-brace-format"})
"""Flags that follow from the entry: Babel adds those of placeholders itself."""
MACHINE = "provenance: machine"
"""The translator's comment that says a machine wrote a string; whoever approves it removes it.

A comment and not a flag, because the tools that merge catalogues drop flags they do not know,
and a string would count as approved without anybody having looked.
"""

MOST_BYTES = 5_000_000
"""What lies beyond is not read, and so is the entry that it cuts: a campaign has far less."""
_WIDEST = 10_000
"""Characters of a line: nothing is wrapped, so that a changed word is one changed line."""
_PREVIOUS = re.compile(r'^\| msgid (".*"(?:\n\| ".*")*)$', re.MULTILINE)
_PREVIOUS_OBSOLETE = re.compile(r"^#~ ?\|.*$", re.MULTILINE)
"""What gettext says of an obsolete entry's older text; Babel refuses such a line."""
_KEYWORD = re.compile(r'(?:#~ ?)?(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[[0-9]\])?)\s*)?(".*")')
_TOO_MANY = re.compile(r"nplurals\s*=\s*[0-9]{3}")
_HEAD = re.compile(
    r'((?:#[^\n]*\n|[ \t\r]*\n)*)msgid ""[ \t\r]*\nmsgstr ((?:"[^\n]*"[ \t\r]*(?:\n|$))+)'
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\[\\"nrt])*"')


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a catalogue.

    Attributes:
        context: Which line of the campaign it is for.
        ids: The text it translates, and that text in the plural; the second may be empty.
        forms: The translation: one string, or one for each plural form.
        line: Line of its msgid, from 1.
        fuzzy: Whether somebody has to look at it again.
        obsolete: Whether it is kept although nothing asks for it any more.
        comments: What translators said about it.
        flags: What else is marked on it, such as Weblate's `max-length:30`.
        previous: The text it was translated from, if that was another one.
    """

    context: str
    ids: tuple[str, str]
    forms: tuple[str, ...]
    line: int = 0
    fuzzy: bool = False
    obsolete: bool = False
    comments: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    previous: str = ""

    @property
    def translated(self) -> bool:
        """Return whether every form has a text."""
        return all(self.forms)

    @property
    def machine(self) -> bool:
        """Return whether a machine wrote it and nobody approved it."""
        return MACHINE in (comment.strip() for comment in self.comments)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """A PO file as it was read.

    Attributes:
        locale: Its locale, from its name.
        file: The file, named as the campaign's is.
        content: Its bytes, read once.
        header: Name to value of its header's lines.
        comments: What stands above its header, line by line.
        entries: Its entries, the obsolete ones last.
        problems: What is wrong with the file itself.
    """

    locale: str
    file: str
    content: bytes
    header: Mapping[str, str] = dataclasses.field(default_factory=dict)
    comments: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def plural_forms(self) -> str:
        """Return its header of that name: CLDR's categories if it has none."""
        return self.header.get(PLURAL_FORMS) or plural_header(self.locale)

    def named(self, context: str) -> tuple[Entry, ...]:
        """Return the entries for a line that are not obsolete."""
        return tuple(e for e in self.entries if e.context == context and not e.obsolete)

    def problem(self, line: int, context: str, what: str, remedy: str) -> Problem:
        """Return a problem at a line of the file."""
        return Problem(file=self.file, line=line, path=context, what=what, remedy=remedy)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a catalogue tells translators about an entry.

    Attributes:
        comments: What stands for what, how much room there is, a picture.
        place: File and line of the source text.
    """

    comments: tuple[str, ...] = ()
    place: tuple[str, int] = ("", 0)


def folder_of(campaign_file: pathlib.Path, campaign: str) -> pathlib.Path:
    """Return where the catalogues of a campaign are: `locale/<campaign>` beside its file."""
    return campaign_file.parent / "locale" / campaign


def read_catalogue(path: pathlib.Path, locale: str) -> Catalogue:
    """Read a PO file; what is wrong with it is in the catalogue's problems."""
    blank = Catalogue(locale=locale, file=str(path), content=b"")
    try:
        content = path.read_bytes()
        text = content[:MOST_BYTES].decode("utf-8-sig")
    except OSError as error:
        return _broken(blank, 1, f"cannot be read ({error.strerror})", "check the path")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return _broken(blank, line, "is not UTF-8", "save the catalogue as UTF-8")
    blank = dataclasses.replace(blank, content=content)
    if (wrong := _malformed(text)) is not None:
        return _broken(blank, *wrong)
    return _parsed(blank, text)


def _parsed(blank: Catalogue, text: str) -> Catalogue:
    if _TOO_MANY.search(text):  # Babel would make room for that many forms
        return _broken(blank, 1, "has Plural-Forms of too many forms", "correct its header")
    try:
        catalog = read_po(io.StringIO(_PREVIOUS_OBSOLETE.sub("", text)), abort_invalid=True)
    except PoFileError as error:
        what = str(error.args[0]).rpartition(" on ")[0] or "is not a PO file"
        return _broken(blank, error.lineno + 1, what, "correct the entry")
    except (ValueError, TypeError) as error:
        return _broken(blank, 1, f"has a header that cannot be read ({error})", "correct it")
    entries = [_entry(message) for message in catalog if message.id]
    entries += [dataclasses.replace(_entry(m), obsolete=True) for m in catalog.obsolete.values()]
    header, comments = _head(text)
    return dataclasses.replace(blank, entries=tuple(entries), header=header, comments=comments)


def catalogue_bytes(
    catalogue: Catalogue,
    entries: Sequence[Entry],
    notices: Mapping[tuple[str, str], Notice],
    created: dt.datetime,
) -> bytes:
    """Return a PO file.

    Args:
        catalogue: What it was before, whose header stays; without a locale it is the template
            that translators start from.
        entries: Its entries, in this order.
        notices: Context and msgid to what translators are told.
        created: When its source texts were taken, with offset from UTC.
    """
    head = {
        **catalogue.header,
        "POT-Creation-Date": created.strftime("%Y-%m-%d %H:%M%z"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    catalog = Catalog(creation_date=created, revision_date=created)
    if catalogue.locale:
        head |= {"Language": catalogue.locale, PLURAL_FORMS: catalogue.plural_forms}
        catalog.mime_headers = [(PLURAL_FORMS, catalogue.plural_forms)]
    for entry in entries:
        _add(catalog, entry, notices.get((entry.context, entry.ids[0]), Notice()))
    file = io.BytesIO()
    write_po(file, catalog, width=_WIDEST, omit_header=True, include_previous=True)
    comments = "".join(f"{comment}\n" for comment in catalogue.comments)
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in head.items())
    return f'{comments}msgid ""\nmsgstr ""\n{lines}\n'.encode() + file.getvalue()


def _broken(catalogue: Catalogue, line: int, what: str, remedy: str) -> Catalogue:
    return dataclasses.replace(catalogue, problems=(catalogue.problem(line, "", what, remedy),))


def _malformed(text: str) -> tuple[int, str, str] | None:
    """Return line, fault and remedy of what Babel would read as something else, or leave out."""
    seen: set[tuple[str, str]] = set()
    entry: dict[str, str] = {}
    keyword = ""
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.strip()
        if not plain or (plain.startswith("#") and not plain.startswith("#~ ")):
            continue
        found = _KEYWORD.fullmatch(plain)
        if not found or not _QUOTED.fullmatch(found[2]):
            if plain.startswith(("#~|", "#~ |")):
                continue
            return number, "is no line of a PO file", "close its quotes, or remove it"
        keyword = found[1] or keyword
        starts = found[1] == "msgctxt" or (found[1] == "msgid" and "msgid" in entry)
        entry = {} if starts else entry
        entry[keyword] = entry.get(keyword, "") + found[2][1:-1]
        if found[1] and found[1].startswith("msgstr") and not plain.startswith("#~"):
            key = (entry.get("msgctxt", ""), entry.get("msgid", ""))
            if key in seen and not found[1].startswith("msgstr["):
                return number, f"translates {key[1]!r} a second time", "keep one of the two"
            seen.add(key)
    return None


def _entry(message: PoMessage) -> Entry:
    ids = message.id if isinstance(message.id, tuple) else (message.id, "")
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    said = [comment for comment in message.user_comments if not comment.startswith("|")]
    before = _PREVIOUS.search("\n".join(message.user_comments))
    return Entry(
        context=message.context or "",
        ids=(str(ids[0]), str(ids[1])),
        forms=tuple(str(form or "") for form in forms),
        line=message.lineno or 0,
        fuzzy=FUZZY in message.flags,
        comments=tuple(said),
        flags=tuple(sorted(message.flags - _OWN_FLAGS)),
        previous=denormalize(before[1].replace("\n| ", "\n")) if before else "",
    )


def _head(text: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the header's lines, as they are escaped in the file, and the comments above it."""
    found = _HEAD.match(text)
    if not found:
        return {}, ()
    comments = tuple(line.strip() for line in found[1].split("\n") if line.startswith("# "))
    value = "".join(line.strip()[1:-1] for line in found[2].split("\n"))
    pairs = (line.partition(":") for line in value.split("\\n") if ":" in line)
    return {name.strip(): said.strip() for name, _, said in pairs}, comments


def _add(catalog: Catalog, entry: Entry, notice: Notice) -> None:
    plural = bool(entry.ids[1])
    name, line = notice.place
    message = PoMessage(
        entry.ids if plural else entry.ids[0],
        entry.forms if plural else entry.forms[0],
        locations=[(name, line)] if name else [],
        flags={*entry.flags, *([FUZZY] if entry.fuzzy else [])},
        auto_comments=notice.comments,
        user_comments=entry.comments,
        previous_id=(entry.previous,) if entry.previous else (),
        context=entry.context,
    )
    if entry.obsolete:
        catalog.obsolete[(entry.context, entry.ids[0])] = message
    else:
        catalog[entry.ids if plural else entry.ids[0]] = message
