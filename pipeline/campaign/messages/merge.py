"""Merging: a catalogue after the campaign changed; nothing that was translated is lost."""

import dataclasses
from collections.abc import Sequence

from pipeline.campaign.messages.catalogue import Catalogue, Entry
from pipeline.campaign.messages.plurals import category_places
from pipeline.campaign.messages.texts import Message, Source


def template_entries(source: Source) -> tuple[Entry, ...]:
    """Return the entries of the template: all that any locale has to translate."""
    every = (m for locale in source.languages() for m in source.messages(locale))
    found = {(message.context, message.ids): message for message in every}
    return tuple(_new(message, 2) for message in found.values())


def merged_entries(source: Source, catalogue: Catalogue) -> tuple[Entry, ...]:
    """Return the entries that a catalogue has from now on, in the order of the campaign file.

    A translation of an older text of the same line stays, as fuzzy, with the older text; what is
    not asked for any more stays, as obsolete.

    Raises:
        PluralError: If the catalogue's plural forms cannot be told apart.
    """
    count = max(category_places(catalogue.plural_forms, catalogue.locale).values()) + 1
    messages = source.messages(catalogue.locale)
    asked = {(message.context, message.ids) for message in messages}
    made: list[Entry] = []
    used: set[Entry] = set()
    for message in messages:
        before = _before(message, catalogue.entries, asked)
        made.append(_renewed(message, before, count) if before else _new(message, count))
        used |= {before} if before else set()
    left = [e for e in catalogue.entries if e not in used and any(e.forms)]
    return (*made, *(dataclasses.replace(entry, obsolete=True) for entry in left))


def _before(
    message: Message, entries: Sequence[Entry], asked: set[tuple[str, tuple[str, str]]]
) -> Entry | None:
    """Return what a message was translated by: the same text, or an older one of its line."""
    same = [entry for entry in entries if entry.context == message.context and any(entry.forms)]
    exact = [entry for entry in same if entry.ids == message.ids]
    older = [entry for entry in same if (entry.context, entry.ids) not in asked]
    return next(iter([*exact, *older]), None)


def _renewed(message: Message, before: Entry, count: int) -> Entry:
    if before.ids == message.ids:
        return dataclasses.replace(before, obsolete=False)
    wanted = count if message.ids[1] else 1
    forms = (*before.forms, *[""] * wanted)[:wanted]
    return dataclasses.replace(
        before,
        ids=message.ids,
        forms=forms,
        fuzzy=True,
        obsolete=False,
        previous=before.previous if before.fuzzy and before.previous else before.ids[0],
    )


def _new(message: Message, count: int) -> Entry:
    forms = ("",) * (count if message.ids[1] else 1)
    return Entry(context=message.context, ids=message.ids, forms=forms)
