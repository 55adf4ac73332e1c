"""Chance that can be repeated: numbers in [0, 1) drawn by hashing a seed and a name."""

import hashlib
import uuid
from typing import TypeVar

_T = TypeVar("_T")
_SPAN = 2.0**64


def digest(*parts: object) -> str:
    """Return the SHA-256 of the parts, in hex."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def draw(*parts: object) -> float:
    """Return a number in [0, 1) that depends on the parts alone."""
    return int(digest(*parts)[:16], 16) / _SPAN


def pick(options: tuple[_T, ...], *parts: object) -> _T:
    """Return one of the options, all equally likely.

    Raises:
        IndexError: If there is no option.
    """
    return options[int(draw(*parts) * len(options))]


def uuid4_of(key: str) -> str:
    """Return a UUID of version 4 made from a key."""
    return str(uuid.UUID(hex=digest("uuid4", key)[:32], version=4))


def uuid7_of(key: str, seconds: float) -> str:
    """Return a UUID of version 7 (RFC 9562): milliseconds since 1970, then bits from a key."""
    bits = int(digest("uuid7", key)[:32], 16)
    value = (int(seconds * 1000) & (1 << 48) - 1) << 80 | bits & (1 << 80) - 1
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
