"""Words: where each string of a campaign comes from, and what its catalogues add to the file.

What the campaign file says for a locale stands. What it lacks comes from the catalogue of the
locale, or from that of its language; never from another language. A translation of another
source text, one marked fuzzy and one that is missing are problems, told at their line.
"""

import dataclasses
import enum
import hashlib
import pathlib
from collections.abc import Iterator, Mapping, Sequence

from pipeline.campaign.copychecks import served_by
from pipeline.campaign.document import Document, Path
from pipeline.campaign.message import MessageSyntaxError
from pipeline.campaign.messages.catalogue import (
    ENDING,
    Catalogue,
    Entry,
    folder_of,
    read_catalogue,
)
from pipeline.campaign.messages.placeholders import placeholder_problem
from pipeline.campaign.messages.plurals import (
    PluralError,
    category_places,
    join_plural,
    named_forms,
)
from pipeline.campaign.messages.texts import (
    Message,
    Source,
    is_locale,
    source_of,
    spoken_by_source,
)
from pipeline.campaign.tree import placed
from pipeline.errors import Problem

_UPDATE = "run `proofpress messages update`"


class Provenance(enum.StrEnum):
    """Where a string comes from.

    A machine's string that stands in for a locale from its language's catalogue is told as the
    machine's: that is what somebody has to look at.
    """

    FILE = "file"
    APPROVED = "approved"
    FALLBACK = "fallback"
    MACHINE = "machine"
    FORMATTED = "formatted"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a campaign says, with its catalogues.

    Attributes:
        document: The file, with the texts of the catalogues in its tree.
        source: What of it is translated.
        catalogues: The catalogues, by the names of their files.
        provenance: Path of a text to where it comes from, for those of catalogues.
        named: Path of a line to the locales whose translation has a problem of its own.
        problems: What keeps creatives from being made.
        notes: What does not, and should be known.
    """

    document: Document
    source: Source
    catalogues: tuple[Catalogue, ...] = ()
    provenance: Mapping[Path, Provenance] = dataclasses.field(default_factory=dict)
    named: Mapping[Path, frozenset[str]] = dataclasses.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def provenance_of(self, path: Path) -> Provenance:
        """Return where the text at a path comes from."""
        return self.provenance.get(path, Provenance.FILE)

    def hashes(self) -> dict[str, str]:
        """Return the name of each catalogue's file to its SHA-256."""
        return {
            pathlib.Path(one.file).name: hashlib.sha256(one.content).hexdigest()
            for one in self.catalogues
        }

    def as_on_disk(self) -> bool:
        """Return whether all catalogues are still as they were read, and no other is there."""
        if not self.source.campaign:
            return True
        folder = folder_of(pathlib.Path(self.document.file), self.source.campaign)
        there = {str(path): path for path in folder.glob(f"*{ENDING}")}
        read = {catalogue.file: catalogue.content for catalogue in self.catalogues}
        return there.keys() == read.keys() and all(
            there[name].read_bytes() == content for name, content in read.items()
        )


def words_of(document: Document) -> Words:
    """Return what a campaign file says, with the catalogues that lie beside it."""
    source = source_of(document.tree)
    folder = folder_of(pathlib.Path(document.file), source.campaign or "-")
    catalogues = tuple(_read(path) for path in sorted(folder.glob(f"*{ENDING}")))
    if not source.campaign or not catalogues:
        return Words(document=document, source=source)
    return _Reader(document, source, catalogues).words()


def source_words(document: Document) -> Words:
    """Return a campaign file in which every market speaks the locale that is translated from.

    So a campaign can be looked at before its translations are there.
    """
    source = source_of(document.tree)
    tree = spoken_by_source(document.tree, source)
    return Words(document=dataclasses.replace(document, tree=tree), source=source)


def served_from(catalogues: Sequence[Catalogue], locale: str) -> list[Catalogue]:
    """Return the catalogues that serve a locale: its own before its language's."""
    by_name = {one.locale: one for one in catalogues}
    found: list[Catalogue] = []
    while (name := served_by(by_name.keys(), locale)) is not None:
        found.append(by_name.pop(name))
    return found


def message_text(message: Message, entry: Entry, catalogue: Catalogue) -> str:
    """Return the message that an entry's forms make.

    Raises:
        PluralError: If the catalogue's forms cannot be told apart.
        MessageSyntaxError: If a brace of a form is wrong.
    """
    plural = message.plural
    if plural is None or not entry.ids[1]:
        return entry.forms[0]
    if any("#" in form for form in entry.forms):
        raise PluralError(f"has a # beside the number, which is written {{{plural.name}}}")
    places = category_places(catalogue.plural_forms, message.locale)
    return join_plural(plural.name, named_forms(entry.forms, places))


def entry_problem(message: Message, entry: Entry, catalogue: Catalogue) -> tuple[str, str] | None:
    """Return what is wrong with a translation, and what to do; None if nothing is."""
    if not entry.translated:
        what = "is not translated" if not any(entry.forms) else "lacks a plural form"
        return what, f"translate it, or add `{message.locale}: …` to the campaign file"
    if entry.ids != message.ids:
        what = f"translates an older text, {entry.ids[0]!r}"
        return what, f"{_UPDATE}, and have it translated again"
    if entry.fuzzy:
        return "is fuzzy", "correct the translation and remove `fuzzy`"
    try:
        text = message_text(message, entry, catalogue)
        wrong = placeholder_problem(message.source, text, message.locale)
    except (PluralError, MessageSyntaxError) as error:
        return str(error), "correct the translation"
    return (wrong, "keep the placeholders of its source") if wrong else None


class _Reader:
    def __init__(
        self, document: Document, source: Source, catalogues: tuple[Catalogue, ...]
    ) -> None:
        self._document = document
        self._source = source
        self._catalogues = catalogues
        self._tree = document.tree
        self._places: dict[Path, tuple[str, int]] = {}
        self._provenance: dict[Path, Provenance] = {}
        self._named: dict[Path, frozenset[str]] = {}
        self._problems = [problem for one in catalogues for problem in one.problems]
        self._notes: list[Problem] = []

    def words(self) -> Words:
        for text in self._source.texts:
            for market, locales in self._source.markets.items():
                for locale in locales:
                    message = self._source.message(text, market, locale)
                    if message and (*text.path, locale) not in self._places:
                        self._translate(message)
        self._notes += [note for one in self._catalogues for note in self._idle(one)]
        document = dataclasses.replace(
            self._document, tree=self._tree, places={**self._document.places, **self._places}
        )
        return Words(
            document=document,
            source=self._source,
            catalogues=self._catalogues,
            provenance=self._provenance,
            named=self._named,
            problems=tuple(dict.fromkeys(self._problems)),
            notes=tuple(dict.fromkeys(self._notes)),
        )

    def _translate(self, message: Message) -> None:
        """Take a message from the first catalogue that has it, or say why there is none."""
        chain = served_from(self._catalogues, message.locale)
        lacking: list[Problem] = []
        for catalogue in chain:
            entry = _entry_for(message, catalogue)
            wrong = entry_problem(message, entry, catalogue) if entry else None
            if entry is None or (wrong and not any(entry.forms)):
                lacking.append(_lack(message, entry, catalogue))
                continue
            if wrong:
                self._hold(message, _said(message, entry.line, catalogue, *wrong))
                return
            self._take(message, entry, catalogue)
            if lacking:
                self._provenance.update({self._path(message): _stood_in(entry)})
                self._notes.append(dataclasses.replace(lacking[0], remedy=_used(entry, catalogue)))
            return
        if lacking:
            self._hold(message, lacking[0])

    def _take(self, message: Message, entry: Entry, catalogue: Catalogue) -> None:
        path = self._path(message)
        text = message_text(message, entry, catalogue)
        self._tree = placed(self._tree, path, text)
        self._places[path] = (catalogue.file, entry.line)
        self._provenance[path] = Provenance.MACHINE if entry.machine else Provenance.APPROVED
        if entry.machine:
            what, remedy = "was written by a machine", "approve it: remove `provenance: machine`"
            self._notes.append(_said(message, entry.line, catalogue, what, remedy))

    def _hold(self, message: Message, problem: Problem) -> None:
        path = message.text.path
        self._named[path] = self._named.get(path, frozenset()) | {message.locale}
        self._problems.append(problem)

    def _path(self, message: Message) -> Path:
        return (*message.text.path, message.locale)

    def _idle(self, catalogue: Catalogue) -> Iterator[Problem]:
        """Yield the entries of a catalogue that nothing takes its words from."""
        if catalogue.problems:
            return
        asked = {message.context for message in self._source.messages(catalogue.locale)}
        for entry in catalogue.entries:
            if entry.obsolete:
                remedy = "delete it, or bring its text back to the campaign"
                yield catalogue.problem(entry.line, entry.context, "is obsolete", remedy)
            elif entry.context not in asked:
                what = (
                    "is asked for by nothing: the campaign file has its own text, or no such line"
                )
                yield catalogue.problem(entry.line, entry.context, what, _UPDATE)


def _entry_for(message: Message, catalogue: Catalogue) -> Entry | None:
    """Return the entry of a message; of an older text of the same line, if there is no other."""
    entries = catalogue.named(message.context)
    return next((e for e in entries if e.ids == message.ids), next(iter(entries), None))


def _lack(message: Message, entry: Entry | None, catalogue: Catalogue) -> Problem:
    if entry is None:
        remedy = f"{_UPDATE}, and translate it"
        return _said(message, 1, catalogue, "is not in the catalogue", remedy)
    what = "is not translated"
    remedy = f"translate it, or add `{message.locale}: …` to the campaign file"
    return _said(message, entry.line, catalogue, what, remedy)


def _said(message: Message, line: int, catalogue: Catalogue, what: str, remedy: str) -> Problem:
    where = f"{what} (market {message.market}, {message.locale})"
    return catalogue.problem(line, message.context, where, remedy)


def _stood_in(entry: Entry) -> Provenance:
    return Provenance.MACHINE if entry.machine else Provenance.FALLBACK


def _used(entry: Entry, catalogue: Catalogue) -> str:
    return f"{catalogue.file}:{entry.line} stands in for it"


def _read(path: pathlib.Path) -> Catalogue:
    locale = path.name.removesuffix(ENDING)
    catalogue = read_catalogue(path, locale)
    if is_locale(locale):
        return catalogue
    remedy = "name it after a locale or a language, such as de_CH.po or de.po"
    problem = catalogue.problem(1, "", f"{locale!r} is no locale", remedy)
    return dataclasses.replace(catalogue, problems=(problem,), entries=())
