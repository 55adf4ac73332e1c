"""Formats: the pixel sizes and file rules of the channels, as dated data."""

import dataclasses
import functools
import importlib.resources
import json


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
        channel: Where it runs.
        read: Day on which the channel's rules were read.
    """

    name: str
    width: int
    height: int
    most_bytes: int
    safe: tuple[float, float, float, float]
    channel: str
    read: str


@functools.cache
def known_formats() -> dict[str, Format]:
    """Return all formats by name."""
    text = (importlib.resources.files("pipeline.campaign") / "formats.json").read_text("utf-8")
    return {
        name: Format(name=name, **{**entry, "safe": tuple(entry["safe"])})
        for name, entry in json.loads(text).items()
    }
