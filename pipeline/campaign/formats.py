"""Channels and their formats, as dated data: sizes, weights, safe boxes, rules for the copy.

`channels.json` says for each channel where a rule was read, and when.
"""

import dataclasses
import functools
import importlib.resources
import json
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a channel demands of the words or the picture.

    Attributes:
        name: Which kind of rule, such as `forbidden words`; `pipeline.plan.preflight` knows all.
        source: Address of the page where it was read.
        words: Language (`und`: any) to words that may not be used.
        roles: Roles that are needed, or role to the most characters it may have.
        most: How many may stand on one creative.
        allowed: Characters that are an exception.
    """

    name: str
    source: str
    words: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    roles: Mapping[str, int] = dataclasses.field(default_factory=dict)
    most: int = 0
    allowed: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where creatives run.

    Attributes:
        id: Its name in this data, such as `google-pmax`.
        name: What people call it.
        read: Day on which its rules were read, ISO 8601.
        ai_food: Whether it takes food that a model drew: `allowed`, `label` or `forbidden`.
        note: What a person should know; empty if there is nothing.
        sources: Addresses of the pages where its sizes and limits were read.
        rules: What it demands beyond sizes and weights.
        formats: Names of its formats.
    """

    id: str
    name: str
    read: str
    ai_food: str
    note: str
    sources: tuple[str, ...]
    rules: tuple[Rule, ...]
    formats: tuple[str, ...]

    def has(self, rule: str) -> bool:
        """Return whether the channel has a rule of this name."""
        return any(one.name == rule for one in self.rules)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One placement.

    Attributes:
        name: Its name in campaign files.
        width: Width in pixels.
        height: Height in pixels.
        most_bytes: The channel refuses larger files.
        safe: Insets that the channel's own interface covers: top, right, bottom and left, in
            percent of the height and width.
        channel: What people call the channel where it runs.
        read: Day on which the channel's rules were read.
        placed: Width and height in pixels at which the channel shows it, of the same ratio; None
            if it shows the file as it is.
    """

    name: str
    width: int
    height: int
    most_bytes: int
    safe: tuple[float, float, float, float]
    channel: str
    read: str
    placed: tuple[int, int] | None = None

    @property
    def density(self) -> float:
        """Return how many pixels of the file make one pixel of the placement, 1 or more."""
        return self.width / self.placed[0] if self.placed else 1.0


@functools.cache
def known_channels() -> dict[str, Channel]:
    """Return all channels by their id."""
    return {
        name: Channel(
            id=name,
            name=entry["name"],
            read=entry["read"],
            ai_food=entry["ai_food"],
            note=entry["note"],
            sources=tuple(entry["sources"]),
            rules=tuple(_rule(rule) for rule in entry["rules"]),
            formats=tuple(entry["formats"]),
        )
        for name, entry in _data().items()
    }


@functools.cache
def known_formats() -> dict[str, Format]:
    """Return all formats by name."""
    return {
        name: Format(
            name=name,
            width=fmt["width"],
            height=fmt["height"],
            most_bytes=entry["most_bytes"],
            safe=tuple(fmt.get("safe", (0, 0, 0, 0))),
            channel=entry["name"],
            read=entry["read"],
            placed=tuple(fmt["placed"]) if "placed" in fmt else None,
        )
        for entry in _data().values()
        for name, fmt in entry["formats"].items()
    }


def channel_of(fmt: str) -> Channel:
    """Return the channel of a known format.

    Raises:
        KeyError: If there is no such format.
    """
    for channel in known_channels().values():
        if fmt in channel.formats:
            return channel
    raise KeyError(fmt)


def _rule(entry: Mapping[str, Any]) -> Rule:
    roles = entry.get("roles", {})
    return Rule(
        name=entry["rule"],
        source=entry["source"],
        words={language: tuple(words) for language, words in entry.get("words", {}).items()},
        roles=dict(roles) if isinstance(roles, dict) else dict.fromkeys(roles, 0),
        most=entry.get("most", 0),
        allowed=entry.get("allowed", ""),
    )


@functools.cache
def _data() -> dict[str, Any]:
    text = (importlib.resources.files("pipeline.campaign") / "channels.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data
