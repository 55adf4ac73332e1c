"""An earlier version of a campaign file, read for its prices alone.

What was written for an earlier version of this program, or was wrong in another place, is no
hindrance: whatever is no offer, price, former price or day is passed over.
"""

import datetime as dt
import decimal
import functools
import re
from collections.abc import Iterator

from pipeline.campaign.document import Node, parsed
from pipeline.campaign.history import Figures, Special, Version
from pipeline.campaign.scalars import DAY_GROUPS, RANGE, WEEKDAYS
from pipeline.campaign.tree import table_at

_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
_COPY = re.compile(rb"^(\s*)copy:\s*(#.*)?$")
_EPOCH = dt.datetime.min.replace(tzinfo=dt.UTC)


@functools.lru_cache(maxsize=512)
def prices_of(content: bytes) -> tuple[Version, bool]:
    """Return the prices of a campaign file without an instant, and whether it names a price list.

    Args:
        content: The file's bytes.
    """
    tree = parsed("", _without_copy(content)).tree
    if not isinstance(tree, dict):
        tree = {}
    usual: dict[tuple[str, str], Figures] = {}
    for offer, node in table_at(tree, "offers").items():
        was = dict(_amounts(node, "was"))
        for market, price in _amounts(node, "price"):
            usual[offer, market] = Figures(price=price, was=was.get(market))
    days = {
        key: dict(_specials(entries))
        for key, entries in table_at(tree, "days").items()
        if _is_day(key)
    }
    return Version(since=_EPOCH, usual=usual, days=days), "feed" in tree


def _without_copy(content: bytes) -> bytes:
    """Return a file without its blocks of copy, which are most of it and hold no price."""
    kept: list[bytes] = []
    deeper: int | None = None
    for line in content.split(b"\n"):
        indent = len(line) - len(line.lstrip())
        if deeper is not None and (not line.strip() or indent > deeper):
            continue
        found = _COPY.match(line)
        deeper = len(found[1]) if found else None
        if deeper is None:
            kept.append(line)
    return b"\n".join(kept)


def _amounts(node: Node, key: str) -> Iterator[tuple[str, decimal.Decimal]]:
    for market, text in table_at(node, key).items():
        if isinstance(text, str) and _AMOUNT.fullmatch(text):
            yield market, decimal.Decimal(text)


def _specials(node: Node) -> Iterator[tuple[str, Special]]:
    """Yield the offers of a day with what differs, the first of two alone."""
    entries = node if isinstance(node, list) else [node]
    for entry in reversed(entries):
        offer = entry.get("offer") if isinstance(entry, dict) else entry
        if isinstance(offer, str):
            price, was = dict(_amounts(entry, "price")), dict(_amounts(entry, "was"))
            yield offer, Special(price=price, was=was)


def _is_day(key: str) -> bool:
    if key in WEEKDAYS or key in DAY_GROUPS:
        return True
    try:
        return all(dt.date.fromisoformat(part) for part in key.split(RANGE))
    except ValueError:
        return False
