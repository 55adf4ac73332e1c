"""Beginning: the text of a new campaign file, made from what a template shows.

Words that nobody can invent are marked TODO; preflight holds what still has one, so a campaign
that was only begun never ships.
"""

import re
from collections.abc import Iterator, Sequence

import babel
from babel.core import get_global
from babel.numbers import get_territory_currencies

from pipeline.errors import UsageError

_ROLE = re.compile(r"\bcopy\.([a-z_]+)")
_SPOKEN = ("headline", "offer", "cta", "legal")
_CAPITALS = {
    "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney", "BR": "America/Sao_Paulo",
    "CA": "America/Toronto", "CL": "America/Santiago", "CN": "Asia/Shanghai",
    "DE": "Europe/Berlin", "ES": "Europe/Madrid", "GB": "Europe/London", "ID": "Asia/Jakarta",
    "KZ": "Asia/Almaty", "MX": "America/Mexico_City", "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
}  # fmt: skip
"""The zone of the capital, or of most people, where a territory has several."""

_HEAD = """\
# yaml-language-server: $schema=campaign.schema.json
#
# {name}, begun from the template `{template}`. What is marked TODO waits for words;
# `proofpress check campaigns/{name}.yaml` names each line that does.
campaign: {name}
template: {template}
brand:
  name: TODO brand
  palette: {{ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}}
formats: [meta-feed-4x5, meta-story-9x16, google-landscape]
markets:
"""


def begun(name: str, template: str, source: str, locales: Sequence[str]) -> str:
    """Return the text of a new campaign file.

    Args:
        name: The campaign's name.
        template: The template's name.
        source: The template's scene, which says which lines it shows.
        locales: CLDR locale identifiers with their territory, such as `de_DE`; each is a market.

    Raises:
        UsageError: If a locale is none, or names no territory with a currency.
    """
    roles = set(_ROLE.findall(source))
    items = any(role.startswith("item") for role in roles) or "item_" in source
    markets = {_territory(locale).lower(): locale for locale in locales}
    parts = [_HEAD.format(name=name, template=template)]
    parts += [f"  {market}: {{{_market(locale)}}}\n" for market, locale in markets.items()]
    parts += ["offers:\n  first:\n    subject: ''  # what the picture shows, in English\n"]
    prices = ", ".join(f"{market}: {_amount(locale)}" for market, locale in markets.items())
    if "price" in roles and not items:
        parts.append(f"    price: {{{prices}}}\n")
    if items:
        parts.append("    items:\n")
        parts += [_item(number, locales, prices) for number in (1, 2, 3)]
    parts.append("    copy:\n")
    parts += list(_copy([role for role in _SPOKEN if role in roles], locales))
    return "".join(parts)


def _copy(roles: Sequence[str], locales: Sequence[str]) -> Iterator[str]:
    for role in roles:
        texts = ", ".join(f"{locale}: TODO {role}" for locale in locales)
        yield f"      {role}: {{{texts}}}\n"


def _item(number: int, locales: Sequence[str], prices: str) -> str:
    names = ", ".join(f"{locale}: TODO dish {number}" for locale in locales)
    return f"      dish-{number}:\n        name: {{{names}}}\n        price: {{{prices}}}\n"


def _market(locale: str) -> str:
    territory = _territory(locale)
    zones = get_global("zone_territories")
    own = sorted(zone for zone, there in zones.items() if there == territory and "/" in zone)
    zone = _CAPITALS.get(territory) or (own[0] if own else "UTC")
    return f"locales: [{locale}], currency: {_currency(locale)}, time_zone: {zone}"


def _amount(locale: str) -> str:
    digits = get_global("currency_fractions").get(_currency(locale), (2,))[0]
    return "990" if not digits else f"9.9{'0' * (digits - 1)}"


def _currency(locale: str) -> str:
    found = get_territory_currencies(_territory(locale))
    if not found:
        raise UsageError(f"{locale} has no currency that is known; write the market by hand")
    return str(found[0])


def _territory(locale: str) -> str:
    try:
        territory = babel.Locale.parse(locale).territory
    except (ValueError, babel.UnknownLocaleError):
        raise UsageError(f"{locale!r} is no locale; write one such as de_DE") from None
    if territory is None:
        raise UsageError(f"{locale!r} names no country; write one such as {locale}_DE")
    return str(territory)
