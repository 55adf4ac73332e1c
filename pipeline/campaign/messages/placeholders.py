"""Placeholders of a translation: none of the source's lost, none invented, none doubled."""

from collections import Counter
from collections.abc import Mapping

from pipeline.campaign.message import parse_message
from pipeline.campaign.messages.plurals import OTHER, is_single, split_plural


def placeholder_problem(source: str, translation: str, locale: str) -> str:
    """Return what is wrong with the placeholders of a translation; empty if nothing is.

    A style may differ (`{saving:number}` for `{saving}`), and a form that is for one number only
    need not say that number. Everything else has to be there as often as in the source.

    Args:
        source: The source message.
        translation: The translated message.
        locale: CLDR locale identifier of the translation.

    Raises:
        MessageSyntaxError: If the braces of either are wrong.
    """
    wanted, counting = _sentences(source)
    given, counted = _sentences(translation)
    if wanted is None or given is None:
        return _compared(_once(source), _once(translation))
    if counting and counted and counting != counted:
        return f"chooses its form by {{{counted}}}, its source by {{{counting}}}"
    names, number = _names(wanted[OTHER]), counting or counted
    for category, sentence in given.items():
        found = _names(sentence)
        single = bool(number) and number not in found and is_single(category, locale)
        expected = names if not single else Counter({n: c for n, c in names.items() if n != number})
        if problem := _compared(expected, found):
            return f"{problem} (form {category})" if len(given) > 1 else problem
    return ""


def _sentences(text: str) -> tuple[Mapping[str, str] | None, str]:
    """Return category to sentence and what chooses; None if the forms cannot be told apart."""
    plural = split_plural(text)
    if plural:
        return plural.forms, plural.name
    choosing = any(place.chooses for place in parse_message(text).placeholders)
    return (None, "") if choosing else ({OTHER: text}, "")


def _names(text: str) -> Counter[str]:
    return Counter(place.name for place in parse_message(text).placeholders)


def _once(text: str) -> Counter[str]:
    return Counter(dict.fromkeys(_names(text), 1))


def _compared(wanted: Counter[str], found: Counter[str]) -> str:
    if lost := wanted - found:
        return f"has lost {_listed(lost)}"
    invented = Counter({name: count for name, count in found.items() if name not in wanted})
    if invented:
        return f"has {_listed(invented)}, which its source has not"
    doubled = found - wanted
    return f"has {_listed(doubled)} more often than its source" if doubled else ""


def _listed(names: Counter[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
