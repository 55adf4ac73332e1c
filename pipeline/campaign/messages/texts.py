"""Texts: what of a campaign file is translated, and the names under which catalogues have it.

This looks at the file as it was read, valid or not, so that a translation's problem is told in
one go with the others.
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping

import babel

from pipeline.campaign.copychecks import served_by
from pipeline.campaign.document import Node, Path
from pipeline.campaign.message import MessageSyntaxError
from pipeline.campaign.messages.plurals import Plural, split_plural
from pipeline.campaign.tree import node_at, placed, table_at, text_at

_NAME = re.compile(r"[a-z0-9-]{1,48}")
"""What may name a folder."""

EVERY_OFFER = "*"
"""Stands in a context for the name of an offer, where a text is shared by all."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line in all languages that the campaign file has.

    Attributes:
        path: Where the file has them.
        offer: The offer's id; `*` for a line that all share.
        role: The line's role; `item.<name>` for the name of a dish.
        texts: Locale to text.
    """

    path: Path
    offer: str
    role: str
    texts: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be translated.

    Attributes:
        context: Campaign, offer and role; and the market, where the copy differs by market.
        text: The line it is of.
        key: The locale of the text that is translated.
        market: The market it is for; the first, if several share it.
        locale: The locale it is for; the market's.
    """

    context: str
    text: Text
    key: str
    market: str
    locale: str

    @property
    def source(self) -> str:
        """Return the text that is translated, as the campaign file has it."""
        return self.text.texts[self.key]

    @property
    def plural(self) -> Plural | None:
        """Return its sentences, one for each form; None if it has not several."""
        try:
            return split_plural(self.source)
        except MessageSyntaxError:  # which is reported where the campaign file has it
            return None

    @property
    def ids(self) -> tuple[str, str]:
        """Return gettext's msgid and msgid_plural; the second is empty without a plural."""
        plural = self.plural
        if plural is None:
            return self.source, ""
        forms = plural.forms
        return forms.get("one", forms["other"]), forms["other"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a campaign file has to translate.

    Attributes:
        campaign: The campaign's name; empty if the file has none that is valid.
        locale: The locale that is translated from; empty if the file names none.
        markets: Market to its locales.
        texts: The lines.
    """

    campaign: str
    locale: str
    markets: Mapping[str, tuple[str, ...]]
    texts: tuple[Text, ...]

    def languages(self) -> tuple[str, ...]:
        """Return the locales of all markets, each once."""
        return tuple(dict.fromkeys(one for locales in self.markets.values() for one in locales))

    def message(self, text: Text, market: str, locale: str) -> Message | None:
        """Return what a market's locale needs a translation of.

        None if the file has a text for it, or none to translate from. A text that the file has
        in the source's language for the market's territory goes before the usual one.
        """
        key = served_by(text.texts, self.locale) if self.locale else None
        if key is None or served_by(text.texts, locale) is not None:
            return None
        context = f"{self.campaign}/{text.offer}/{text.role}"
        own = f"{_parsed(self.locale).language}_{_parsed(locale).territory}"
        if own in text.texts and own != key:
            key, context = own, f"{context}@{market}"
        return Message(context=context, text=text, key=key, market=market, locale=locale)

    def messages(self, catalogue: str) -> tuple[Message, ...]:
        """Return what a catalogue has to translate, in the order of the file, each once.

        Args:
            catalogue: The catalogue's locale: a market's own, or its language.
        """
        found: dict[tuple[str, str], Message] = {}
        for text in self.texts:
            for market, locales in self.markets.items():
                for locale in (one for one in locales if served_by((catalogue,), one)):
                    message = self.message(text, market, locale)
                    if message:
                        found.setdefault((message.context, message.source), message)
        return tuple(found.values())


def source_of(tree: Node) -> Source:
    """Return what a campaign file has to translate."""
    markets = {
        str(name): tuple(one for one in _list(node_at(market, "locales")) if is_locale(one))
        for name, market in table_at(tree, "markets").items()
    }
    first = next((one for locales in markets.values() for one in locales), "")
    said, name = text_at(tree, "source"), text_at(tree, "campaign")
    return Source(
        campaign=name if _NAME.fullmatch(name) else "",
        locale=said if is_locale(said) else first,
        markets=markets,
        texts=tuple(_texts(tree)),
    )


def is_locale(name: str) -> bool:
    """Return whether a word is the full name of a locale."""
    try:
        return str(babel.Locale.parse(name)) == name
    except (ValueError, babel.UnknownLocaleError):
        return False


def spoken_by_source(tree: Node, source: Source) -> Node:
    """Return a tree whose markets all speak the locale that is translated from."""
    if not source.locale:
        return tree
    for market in source.markets:
        tree = placed(tree, ("markets", market, "locales"), [source.locale])
    return tree


def _texts(tree: Node) -> Iterator[Text]:
    for name, offer in table_at(tree, "offers").items():
        yield from _copy(offer, ("offers", name), name)
        for item, entry in table_at(offer, "items").items():
            path: Path = ("offers", name, "items", item, "name")
            yield from _text(node_at(entry, "name"), path, name, f"item.{item}")
    yield from _copy(tree, (), EVERY_OFFER)


def _copy(owner: Node, here: Path, offer: str) -> Iterator[Text]:
    for role, texts in table_at(owner, "copy").items():
        yield from _text(texts, (*here, "copy", role), offer, role)


def _text(texts: Node, path: Path, offer: str, role: str) -> Iterator[Text]:
    plain = {key: text for key, text in table_at(texts).items() if isinstance(text, str)}
    if plain:
        yield Text(path=path, offer=offer, role=role, texts=plain)


def _list(node: Node) -> list[str]:
    return [one for one in node if isinstance(one, str)] if isinstance(node, list) else []


def _parsed(locale: str) -> babel.Locale:
    return babel.Locale.parse(locale)
