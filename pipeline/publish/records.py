"""A part of the manifest, as JSON gives it: what is missing or null is nothing."""

import functools
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
"""A JSON object; what is missing or null is simply not shown."""


def text_of(record: Record, key: str) -> str:
    """Return a value as text; empty if there is none."""
    value = record.get(key)
    return "" if value is None else str(value)


def part(record: Record, key: str) -> Record:
    """Return an object; empty if there is none."""
    return record.get(key) or {}


def rows(record: Record, key: str) -> Sequence[Record]:
    """Return a list of objects; empty if there is none."""
    return record.get(key) or ()


def address(file: str) -> str:
    """Return a file's address, which can only lead to the page's own folder or below."""
    parts = [part for part in file.split("/") if part not in {"", ".", ".."}]
    return "./" + "/".join(map(_quoted, parts)) if parts else ""


@functools.lru_cache(maxsize=1024)
def _quoted(part: str) -> str:
    return urllib.parse.quote(part, safe="")


def picture_of(record: Record, sha256: str | None) -> str:
    """Return the address of a picture of a creative's evidence; empty if there is none."""
    folder = text_of(record, "evidence") or "evidence"
    return address(f"{folder}/{sha256}.jpg") if sha256 else ""
