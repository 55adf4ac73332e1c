"""Write docs/channels.md from pipeline/campaign/channels.json.

python scripts/channels_page.py
"""

import pathlib
from collections.abc import Iterator

from pipeline.campaign.formats import Channel, Format, Rule, known_channels, known_formats

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "channels.md"

HEAD = """\
# Channels and formats

What each channel takes, as data: `pipeline/campaign/channels.json`, from which this page is made
(`python scripts/channels_page.py`). Every figure was read on the day that is named, at the
address that is named; platforms change their rules, so look there before a large campaign.
"""

FOOD = {
    "allowed": "is taken",
    "label": "is taken, and may be labelled",
    "forbidden": "is not taken",
}
SAID = {
    "no words": "takes pictures without words only",
    "forbidden words": "forbids words",
    "emoji": "limits emoji",
    "no capitals": "takes no words in capitals",
    "no hashtags": "takes no hashtags",
    "plain button": "takes no punctuation on a button",
    "needs": "needs lines",
    "most characters": "limits the characters of lines",
    "states saving": "wants the price or the reduction",
    "states validity": "wants the day until which it holds",
    "distinct edge": "wants an edge that stands out; a white picture gets a thin border",
}


def page() -> str:
    """Return the page."""
    sections = ("\n".join(_section(channel)) for channel in known_channels().values())
    return "\n\n".join([HEAD.rstrip(), *sections]) + "\n"


def _section(channel: Channel) -> Iterator[str]:
    formats = [known_formats()[name] for name in channel.formats]
    yield f"## {channel.name}"
    yield ""
    weight = f"Files up to {formats[0].most_bytes:,} bytes"
    food = f"food that a model drew {FOOD[channel.ai_food]}"
    yield f"Read on {channel.read}. {weight}; {food}. {channel.note}".rstrip()
    yield ""
    yield "| format | pixels | shown at | covered: top, right, bottom, left |"
    yield "|---|---|---|---|"
    yield from (_row(fmt) for fmt in formats)
    if channel.rules:
        yield ""
        yield from (_rule(channel, rule) for rule in channel.rules)
    if channel.sources:
        yield ""
        yield "Sources: " + " · ".join(f"<{source}>" for source in channel.sources)


def _row(fmt: Format) -> str:
    placed = f"{fmt.placed[0]} × {fmt.placed[1]}" if fmt.placed else ""
    safe = ", ".join(f"{side:g} %" for side in fmt.safe) if any(fmt.safe) else ""
    return f"| `{fmt.name}` | {fmt.width} × {fmt.height} | {placed} | {safe} |"


def _rule(channel: Channel, rule: Rule) -> str:
    words = ", ".join(f"“{word}”" for some in rule.words.values() for word in some)
    roles = ", ".join(f"`{role}`" + f" {most}" * bool(most) for role, most in rule.roles.items())
    most = f"at most {rule.most}" if rule.name == "emoji" else ""
    what = words or roles or most or (f"all but {rule.allowed}" if rule.allowed else "")
    said = f"{SAID[rule.name]}: {what}" if what else SAID[rule.name]
    return f"- {channel.name} {said} ([read here]({rule.source}))"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
