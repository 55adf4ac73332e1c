"""Rules of the channels, as `channels.json` has them: what each takes, and what it refuses."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

from pipeline.campaign.formats import Channel, Rule, channel_of, known_formats
from pipeline.plan.catalogue import STUDIO
from pipeline.plan.lines import Line
from pipeline.plan.preflight.finding import Desk, Finding, text_at
from pipeline.plan.preflight.words import has_word, words_for
from pipeline.plan.provenance import path_of
from pipeline.plan.variants import Variant

_CAPITALS = 5
"""Letters of a word from which capitals are no abbreviation any more."""

_HASHTAG = re.compile(r"#\w")
_DATED = re.compile(r"\{(day|until)\b")

_Said = tuple[str, str, str]
"""Role at fault, what is wrong, what to do."""


def channel_findings(desk: Desk) -> Iterator[Finding]:
    """Yield what channels would refuse of the creatives of a campaign."""
    for variant in desk.variants:
        if variant.format.name not in known_formats():
            continue
        channel = channel_of(variant.format.name)
        yield from _food(desk, variant, channel)
        for rule in channel.rules:
            for role, what, remedy in _BROKEN[rule.name](desk, variant, rule):
                path = path_of(desk.loaded, variant, role) if role else ("formats",)
                said = (f"{channel.name}: {what}", remedy)
                yield desk.error(f"channel: {rule.name}", path, said, [variant])


def states_validity(desk: Desk, variant: Variant) -> bool:
    """Return whether a creative says on which day, or until when, its offer holds."""
    paths = (path_of(desk.loaded, variant, line.role) for line in variant.lines)
    return any(_DATED.search(text_at(desk.loaded, path)) for path in paths)


def _food(desk: Desk, variant: Variant, channel: Channel) -> Iterator[Finding]:
    drawn = variant.request.provider != STUDIO and not variant.request.pin
    if channel.ai_food == "forbidden" and drawn and desk.loaded.campaign.offers[variant.offer].food:
        what = f"{channel.name} takes no food that a model drew"
        said = (what, "pin a photograph under `plate:`, or remove the format")
        yield desk.error("drawn food", ("formats",), said, [variant])


def _no_words(_: Desk, variant: Variant, __: Rule) -> Iterator[_Said]:
    if variant.lines:
        yield "", f"{variant.format.name} takes a picture without words", "remove the format"


def _forbidden(_: Desk, variant: Variant, rule: Rule) -> Iterator[_Said]:
    for line in variant.lines:
        for word in words_for(rule.words, variant.locale):
            if has_word(line.text, word):
                yield line.role, f"does not take {word!r}", "say it otherwise"


def _emoji(_: Desk, variant: Variant, rule: Rule) -> Iterator[_Said]:
    with_some = [line for line in variant.lines if _emoji_in(line.text)]
    count = sum(_emoji_in(line.text) for line in with_some)
    if count > rule.most:
        what = f"takes at most {rule.most} emoji, here are {count}" if rule.most else "takes none"
        yield with_some[-1].role, what if rule.most else "takes no emoji", "remove it"


def _emoji_in(text: str) -> int:
    # Most emoji are symbols of the supplementary planes; those below come from CLDR's ranges.
    return sum(
        unicodedata.category(one) == "So" and (one > "\uffff" or "\u2600" <= one <= "\u27bf")
        for one in text
    )


def _capitals(desk: Desk, variant: Variant, _: Rule) -> Iterator[_Said]:
    brand = desk.loaded.campaign.brand
    known = set(" ".join((brand.name, *brand.allowed_words)).split())
    for line in _spoken(variant):
        for word in re.findall(r"[^\W\d_]+", line.text):
            if len(word) >= _CAPITALS and word.isupper() and word not in known:
                yield line.role, f"does not take capitals as in {word!r}", "write it in small ones"


def _hashtags(_: Desk, variant: Variant, __: Rule) -> Iterator[_Said]:
    for line in variant.lines:
        if _HASHTAG.search(line.text):
            yield line.role, "takes no hashtags", "remove it"


def _plain_button(_: Desk, variant: Variant, rule: Rule) -> Iterator[_Said]:
    for line in variant.lines:
        marks = [one for one in line.text if unicodedata.category(one).startswith(("P", "S"))]
        wrong = [one for one in marks if one not in rule.allowed]
        if line.role == "cta" and wrong:
            yield "cta", f"takes no {wrong[0]!r} on a button", "remove it"


def _needs(_: Desk, variant: Variant, rule: Rule) -> Iterator[_Said]:
    roles = {line.role for line in variant.lines} | ({"brand"} if variant.logo else set())
    for role in rule.roles:
        if role not in roles:
            yield "", f"wants a line `{role}`", f"add `{role}` to the copy, or remove the format"


def _most_characters(_: Desk, variant: Variant, rule: Rule) -> Iterator[_Said]:
    for line in variant.lines:
        most = rule.roles.get(line.role)
        if most and len(line.text) > most:
            yield line.role, f"takes {most} characters, here are {len(line.text)}", "shorten it"


def _states_saving(_: Desk, variant: Variant, __: Rule) -> Iterator[_Said]:
    if not {line.role for line in variant.lines} & {"price", "badge"}:
        yield "", "wants the price or the reduction", "add prices to the offer"


def _states_validity(desk: Desk, variant: Variant, _: Rule) -> Iterator[_Said]:
    if not states_validity(desk, variant):
        yield "", "wants the day until which it holds", "name {day} or {until} in `legal`"


def _edge(_: Desk, __: Variant, ___: Rule) -> Iterator[_Said]:
    return iter(())  # seen on the picture, and mended there


def _spoken(variant: Variant) -> Iterator[Line]:
    return (line for line in variant.lines if line.role not in {"brand", "code"})


_BROKEN: Mapping[str, Callable[[Desk, Variant, Rule], Iterator[_Said]]] = {
    "no words": _no_words,
    "forbidden words": _forbidden,
    "emoji": _emoji,
    "no capitals": _capitals,
    "no hashtags": _hashtags,
    "plain button": _plain_button,
    "needs": _needs,
    "most characters": _most_characters,
    "states saving": _states_saving,
    "states validity": _states_validity,
    "distinct edge": _edge,
}
