"""Checks of the words: a text for every locale, and a value for every placeholder."""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping

import babel
from babel.core import get_global, parse_locale

from pipeline.campaign.document import Path
from pipeline.campaign.message import (
    AUTOMATIC,
    BUILT_IN,
    DAY_STYLES,
    Message,
    MessageSyntaxError,
    parse_message,
)
from pipeline.campaign.model import Campaign, Offer
from pipeline.campaign.scalars import CopyTable, Role

Finding = tuple[Path, str, str]
"""Path, what is wrong, what to do."""

Names = Callable[[Path], frozenset[str]]
"""The keys that the file has under a path, valid or not."""

FORMER = frozenset({"was", "saving", "discount"})
"""Placeholders that need a former price."""


def copy_findings(campaign: Campaign, names: Names) -> Iterator[Finding]:
    """Yield everything that is wrong with the copy of a campaign and of its offers."""
    for name, offer in campaign.offers.items():
        here: Path = ("offers", name)
        for fact in offer.facts.keys() & BUILT_IN.keys():
            yield (*here, "facts", fact), "is the name of a placeholder", "take another name"
        yield from _messages(campaign, names, offer, (*here, "copy"))
        yield from _messages(campaign, names, offer, ("copy",))
        yield from _former(campaign, names, name)


def spoken(campaign: Campaign, names: Names, here: Path) -> Iterator[Finding]:
    """Yield the locales of the campaign that the texts at a path do not serve."""
    for locale in _locales(campaign):
        if served_by(names(here), locale) is None:
            yield here, f"has no text for {locale}", f"add `{locale}: …`"


def localized(texts: Mapping[str, str], locale: str) -> str | None:
    """Return the text for a locale; None if there is none."""
    key = served_by(texts, locale)
    return None if key is None else texts[key]


def served_by(keys: Collection[str], locale: str) -> str | None:
    """Return which of some locales serves a locale: itself, or its language (and script).

    Never another language or script: `zh_Hant_TW` is not served by `zh_Hans`, nor by `zh`,
    which is written in simplified characters.
    """
    return next((key for key in _serving(locale) if key in keys), None)


@functools.lru_cache(maxsize=1024)
def _serving(locale: str) -> tuple[str, ...]:
    """Return the locales that serve a locale, the best first."""
    parsed = babel.Locale.parse(locale)
    script = f"_{parsed.script}" if parsed.script else ""
    chain = (locale, f"{parsed.language}{script}")
    if parsed.script in {None, _usual_script(parsed.language)}:
        return (*chain, parsed.language)
    return chain


def _usual_script(language: str) -> str | None:
    likely = get_global("likely_subtags").get(language)
    return parse_locale(likely)[2] if likely else None


def _messages(campaign: Campaign, names: Names, offer: Offer, here: Path) -> Iterator[Finding]:
    shared = here == ("copy",)
    table: CopyTable = campaign.copy_ if shared else offer.copy_
    known = known_placeholders(campaign, offer)
    for role, texts in table.items():
        if shared and role in offer.copy_:
            continue
        for locale, text in texts.items():
            path = (*here, role, locale)
            yield from ((path, *found) for found in _message(text, known, offer.facts))
        if role not in AUTOMATIC:
            yield from spoken(campaign, names, (*here, role))


def _message(
    text: str, known: Mapping[str, tuple[str, ...]], facts: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    try:
        message = parse_message(text)
    except MessageSyntaxError as error:
        yield str(error), "correct the braces"
        return
    for placeholder in message.placeholders:
        name, style = placeholder.name, placeholder.style
        if name not in known:
            yield f"unknown placeholder {{{name}}}", f"known: {', '.join(known)}"
        elif placeholder.chooses and not facts.get(name, "").isdigit():
            yield (
                f"{{{name}, plural, …}} cannot choose a form",
                "name a fact that is a whole number",
            )
        elif style not in known[name]:
            styles = ", ".join(filter(None, known[name])) or "none"
            yield f"{{{name}}} has no style {style!r}", f"its styles: {styles}"


def known_placeholders(campaign: Campaign, offer: Offer) -> dict[str, tuple[str, ...]]:
    """Return the placeholders that an offer's copy may use, with their styles.

    `{price}` needs a price, `{was}`, `{saving}` and `{discount}` a former one, `{until}` needs
    valid_to of the offer or the campaign, and the style `unit` needs a unit.
    """
    entries = [entry for entries in campaign.days.values() for entry in entries]
    lacking = {
        "price": not offer.price,
        "was": not offer.was and not any(entry.was for entry in entries),
        "until": campaign.valid_to is None and offer.valid_to is None,
    }
    lacking["saving"] = lacking["discount"] = lacking["was"]
    units = {"unit"} if offer.unit is None else set[str]()
    known = {
        name: tuple(style for style in styles if style not in units)
        for name, styles in BUILT_IN.items()
        if not lacking.get(name)
    }
    facts = {name: DAY_STYLES if "-" in text else ("",) for name, text in offer.facts.items()}
    return {**facts, **known}


def _former(campaign: Campaign, names: Names, name: str) -> Iterator[Finding]:
    """Yield the lines that speak of a former price in a market where the offer has none.

    A badge and a former price of its own are left out there; other lines would have a gap.
    """
    offer = campaign.offers[name]
    if "was" not in known_placeholders(campaign, offer):
        return  # reported as unknown
    for market in campaign.markets:
        if market in names(("offers", name, "was")) or _reduced_daily(campaign, name, market):
            continue
        for path, text in _shown(campaign, name, market):
            for placeholder in sorted(FORMER & _placeholders(text)):
                what = f"{{{placeholder}}} has no value in the market {market!r}"
                remedy = f"add `{market}: <amount>` to `was` of the offer {name!r}"
                yield path, what, remedy


def _shown(campaign: Campaign, name: str, market: str) -> Iterator[tuple[Path, str]]:
    """Yield path and text of the lines that a market shows without fail."""
    own = campaign.offers[name].copy_
    roles: list[Role] = [*own, *(role for role in campaign.copy_ if role not in own)]
    for role in (role for role in roles if role not in {"badge", "was_price"}):
        here: Path = ("offers", name, "copy", role) if role in own else ("copy", role)
        texts = own.get(role) or campaign.copy_.get(role) or {}
        for locale in campaign.markets[market].locales:
            key = served_by(texts, locale)
            if key is not None:
                yield (*here, key), texts[key]


def _reduced_daily(campaign: Campaign, offer: str, market: str) -> bool:
    entries = [e for entries in campaign.days.values() for e in entries if e.offer == offer]
    return bool(entries) and all(market in entry.was for entry in entries)


def _placeholders(text: str) -> set[str]:
    try:
        message: Message = parse_message(text)
    except MessageSyntaxError:
        return set()
    return {placeholder.name for placeholder in message.placeholders}


def _locales(campaign: Campaign) -> tuple[str, ...]:
    every = (locale for market in campaign.markets.values() for locale in market.locales)
    return tuple(dict.fromkeys(every))
