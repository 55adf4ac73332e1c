"""The pseudo-locale: the campaign's own texts, longer and accented, to find what will not fit.

A translation is longer than its source more often than not; a template in which a text of a
third more does not fit is better changed before translators begin. Nothing of it can be
delivered: only `plan --pseudo` reads a campaign this way, and `en_XA` is no locale that a
campaign or a catalogue may name.
"""

import dataclasses
import re
import unicodedata

from pipeline.campaign.copychecks import served_by
from pipeline.campaign.document import Document
from pipeline.campaign.message import MessageSyntaxError
from pipeline.campaign.messages.plurals import join_plural, split_plural
from pipeline.campaign.messages.texts import source_of, spoken_by_source
from pipeline.campaign.messages.words import Words
from pipeline.campaign.scalars import LONGEST_COPY
from pipeline.campaign.tree import placed

GROWTH = 0.35
"""How much longer a text gets. IBM's guideline for translations from English is 31 to 40 % for 51
to 70 characters, 30 % beyond, and more for shorter ones (as quoted in "Text Expansion Awareness
for UX Designers", Oracle Blogs, 2 February 2011)."""

_ACCENTED = str.maketrans("aceinorsuyzACEINORSUYZ", "áçéíñóřšúýžÁÇÉÍÑÓŘŠÚÝŽ")
_PLACEHOLDER = re.compile(r"(\{[^{}]*\})")


def pseudo_text(text: str) -> str:
    """Return a text as the pseudo-locale has it; its placeholders stay as they are."""
    try:
        plural = split_plural(text)
    except MessageSyntaxError:  # which is reported where the campaign file has it
        return text
    if plural:
        forms = {name: pseudo_text(form) for name, form in plural.forms.items()}
        return join_plural(plural.name, forms)
    if re.search(r"\{\w+\s*,", text):
        return text
    parts = _PLACEHOLDER.split(text)
    return f"[{''.join(one if one.startswith('{') else _longer(one) for one in parts)}]"


def pseudo_words(document: Document) -> Words:
    """Return a campaign file in which every market speaks the pseudo-locale, of all offers."""
    source = source_of(document.tree)
    tree = spoken_by_source(document.tree, source)
    if isinstance(tree, dict):
        tree = {key: node for key, node in tree.items() if key not in {"days", "valid_from"}}
    for text in source.texts:
        key = served_by(text.texts, source.locale) if source.locale else None
        if key is not None:
            longer = pseudo_text(text.texts[key])[:LONGEST_COPY]
            tree = placed(tree, (*text.path, key), longer)
    return Words(document=dataclasses.replace(document, tree=tree), source=source)


def _longer(text: str) -> str:
    out: list[str] = []
    owed = 0.0
    for at, character in enumerate(text):
        out.append(character)
        owed += GROWTH
        marked = at + 1 < len(text) and unicodedata.category(text[at + 1]).startswith("M")
        if owed >= 1 and character.isalpha() and not marked:
            out.append(character.lower())
            owed -= 1
    return "".join(out).translate(_ACCENTED)
