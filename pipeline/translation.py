"""Translation: a campaign's texts out to translators, and their translations back."""

import dataclasses
import datetime as dt
import io
import pathlib
from collections import Counter
from collections.abc import Mapping, Sequence

from babel.messages import Catalog
from babel.messages.mofile import write_mo

from pipeline.campaign.document import read_document
from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.messages.catalogue import (
    ENDING,
    Catalogue,
    Entry,
    Notice,
    catalogue_bytes,
    folder_of,
    read_catalogue,
)
from pipeline.campaign.messages.merge import merged_entries, template_entries
from pipeline.campaign.messages.plurals import PluralError
from pipeline.campaign.messages.texts import Message, is_locale
from pipeline.campaign.messages.words import Words, source_words, words_of
from pipeline.errors import CampaignError, Problem, UsageError
from pipeline.feeds.supply import open_supply
from pipeline.files import write_whole
from pipeline.plan.briefing import Briefer, briefer_of
from pipeline.plan.variants import Variant
from pipeline.settings import Settings
from pipeline.typeset.renderer import TakumiRenderer

TEMPLATE = "messages.pot"
PICTURES = "pictures"

_Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one campaign's translators work with.

    Attributes:
        loaded: The campaign, every market of which speaks the source's locale.
        folder: Where its catalogues are.
        briefer: Tells translators about the texts.
        created: When the texts are taken, with offset from UTC.
    """

    loaded: LoadedCampaign
    folder: pathlib.Path
    briefer: Briefer
    created: dt.datetime

    @property
    def words(self) -> Words:
        """Return what the campaign has to translate."""
        return self.loaded.words

    def catalogues(self) -> tuple[Catalogue, ...]:
        """Return the catalogues there are.

        Raises:
            CampaignError: If one of them cannot be read.
        """
        paths = sorted(self.folder.glob(f"*{ENDING}"))
        return tuple(self.catalogue(path.name.removesuffix(ENDING)) for path in paths)

    def catalogue(self, locale: str) -> Catalogue:
        """Return the catalogue of a locale; if there is none yet, one without translations.

        Raises:
            CampaignError: If it cannot be read.
            UsageError: If it is no locale, or none that a market has a use for.
        """
        known = self.words.source.languages()
        if not is_locale(locale):
            raise UsageError(f"{locale!r} is no locale; write one such as de or de_CH")
        path = self.folder / f"{locale}{ENDING}"
        if not path.exists():
            if not self.lacks(locale):
                what = f"{self.loaded.document.file} needs no text in {locale}"
                raise UsageError(f"{what}; its locales: {', '.join(known)}")
            blank = Catalogue(locale=locale, file=str(path), content=b"")
            return dataclasses.replace(blank, entries=merged_entries(self.words.source, blank))
        catalogue = read_catalogue(path, locale)
        if catalogue.problems:
            raise CampaignError(catalogue.problems)
        return catalogue

    @property
    def has_work(self) -> bool:
        """Return whether the campaign lacks a text in any locale, or had one translated."""
        lacking = any(self.lacks(locale) for locale in self.words.source.languages())
        return lacking or any(self.folder.glob(f"*{ENDING}"))

    def lacks(self, locale: str) -> bool:
        """Return whether the campaign file lacks a text that a locale's catalogue would have."""
        return is_locale(locale) and bool(self.words.source.messages(locale))

    def examples(self) -> dict[str, Variant]:
        """Return offer to a creative that shows it in the source's locale, on the studio's plate.

        That costs nothing, and every word is typeset.
        """
        first: dict[str, Variant] = {}
        for variant in self.briefer.variants:
            first.setdefault(variant.offer, variant.on_fallback("to show translators"))
        return first

    def notices(self, messages: Sequence[Message]) -> dict[_Key, Notice]:
        """Return context and msgid to what translators are told about some messages."""
        return {(one.context, one.ids[0]): self.briefer.notice(one) for one in messages}

    def write(self, catalogue: Catalogue, entries: Sequence[Entry]) -> bool:
        """Write a catalogue; return whether anything in it but its date is new."""
        notices = self.notices(self.words.source.messages(catalogue.locale))
        content = catalogue_bytes(catalogue, entries, notices, self.created)
        return _write(pathlib.Path(catalogue.file), content)


def open_desk(
    file: pathlib.Path,
    settings: Settings,
    created: dt.datetime,
    renderer: TakumiRenderer,
) -> Desk:
    """Return what a campaign's translators work with.

    Args:
        file: The campaign file.
        settings: Folders.
        created: When the texts are taken, with offset from UTC.
        renderer: Measures.

    Raises:
        CampaignError: With every problem of the file, its translations aside.
    """
    loaded = load_campaign(file, settings.template_names(), source_words, open_supply(settings))
    folder = folder_of(file, loaded.campaign.campaign)
    pictures = {
        offer: f"{PICTURES}/{offer}.jpg"
        for offer in loaded.campaign.offers
        if (folder / PICTURES / f"{offer}.jpg").is_file()
    }
    briefer = briefer_of(loaded, (settings.templates, renderer.engine), renderer, pictures)
    return Desk(loaded=loaded, folder=folder, briefer=briefer, created=created)


def extract(desk: Desk) -> tuple[pathlib.Path, int]:
    """Write the template that catalogues start from; return it, and how many texts it has."""
    source = desk.words.source
    messages = [one for locale in source.languages() for one in source.messages(locale)]
    first: dict[_Key, Message] = {}
    for message in messages:
        in_source = dataclasses.replace(message, locale=source.locale)
        first.setdefault((message.context, message.ids[0]), in_source)
    entries = template_entries(source)
    path = desk.folder / TEMPLATE
    blank = Catalogue(locale="", file=str(path), content=b"")
    notices = desk.notices(list(first.values()))
    _write(path, catalogue_bytes(blank, entries, notices, desk.created))
    return path, len(entries)


def update(desk: Desk, locales: Sequence[str]) -> dict[str, Counter[str]]:
    """Bring catalogues up to the campaign file; return locale to how its entries stand.

    Args:
        desk: The campaign's desk.
        locales: Catalogues to begin, beside those there are.

    Raises:
        CampaignError: If a catalogue cannot be read.
        UsageError: If a locale is none that a market has a use for.
    """
    new = [one for one in locales if not (desk.folder / f"{one}{ENDING}").exists()]
    made: dict[str, Counter[str]] = {}
    for catalogue in (*desk.catalogues(), *(desk.catalogue(locale) for locale in new)):
        try:
            entries = merged_entries(desk.words.source, catalogue)
        except PluralError as error:
            problem = catalogue.problem(1, "", str(error), "correct its header")
            raise CampaignError((problem,)) from error
        desk.write(catalogue, entries)
        made[catalogue.locale] = states(entries)
    return made


def compile_catalogue(catalogue: Catalogue, folder: pathlib.Path, domain: str) -> pathlib.Path:
    """Write a catalogue as gettext's MO, without what is fuzzy; the run itself reads the PO.

    Args:
        catalogue: The catalogue.
        folder: Where locales' folders are.
        domain: The file's name.
    """
    compiled = Catalog(locale=catalogue.locale)
    compiled.mime_headers = [("Plural-Forms", catalogue.plural_forms)]
    for entry in catalogue.entries:
        if entry.translated and not entry.fuzzy and not entry.obsolete:
            plural = bool(entry.ids[1])
            compiled.add(
                entry.ids if plural else entry.ids[0],
                entry.forms if plural else entry.forms[0],
                context=entry.context,
            )
    content = io.BytesIO()
    write_mo(content, compiled)
    path = folder / catalogue.locale / "LC_MESSAGES" / f"{domain}.mo"
    write_whole(path, content.getvalue())
    return path


def states(entries: Sequence[Entry]) -> Counter[str]:
    """Return how many entries are translated, by machine, fuzzy, missing and obsolete."""
    return Counter(_state(entry) for entry in entries)


def told(counts: Mapping[str, int]) -> str:
    """Return how entries stand, in words."""
    return ", ".join(f"{counts[name]} {name}" for name in _STATES if counts.get(name)) or "empty"


def examined(file: pathlib.Path, settings: Settings) -> tuple[Words, tuple[Problem, ...]]:
    """Return what a campaign says with its catalogues, and what keeps it from being made."""
    try:
        supply = open_supply(settings)
        return load_campaign(file, settings.template_names(), supply=supply).words, ()
    except CampaignError as error:
        return words_of(read_document(file)), error.problems


_STATES = ("translated", "by machine", "fuzzy", "missing", "obsolete")


def _state(entry: Entry) -> str:
    if entry.obsolete:
        return "obsolete"
    if not entry.translated:
        return "missing"
    if entry.fuzzy:
        return "fuzzy"
    return "by machine" if entry.machine else "translated"


def _write(path: pathlib.Path, content: bytes) -> bool:
    """Write a catalogue unless it says the same already, so that a date alone changes no file."""
    if path.is_file() and _undated(path.read_bytes()) == _undated(content):
        return False
    write_whole(path, content)
    return True


def _undated(content: bytes) -> list[bytes]:
    return [line for line in content.split(b"\n") if not line.startswith(b'"POT-Creation-Date')]
