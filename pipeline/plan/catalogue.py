"""Catalogue: what each provider can do and what it costs, as dated data."""

import dataclasses
import decimal

from pipeline.errors import UsageError


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider declares.

    Attributes:
        name: Its name in campaign files.
        model: The model it runs, where the campaign's `model` does not decide.
        draws_words: Whether it can letter; if not, every line is typeset.
        per_megapixel: US dollars a megapixel, rounded up to whole ones.
        read: Day on which the price was read.
    """

    name: str
    model: str
    draws_words: bool
    per_megapixel: decimal.Decimal
    read: str

    def cost(self, width: int, height: int) -> decimal.Decimal:
        """Return the price of one picture in US dollars; 1 MP is 1,048,576 pixels."""
        return self.per_megapixel * -(-width * height // 1_048_576)


_KNOWN = {
    "studio": Capabilities(
        name="studio",
        model="studio-1",
        draws_words=False,
        per_megapixel=decimal.Decimal("0.00"),
        read="2026-11-22",
    ),
}


def capabilities(provider: str) -> Capabilities:
    """Return what a provider declares.

    Raises:
        UsageError: If there is no such provider.
    """
    if provider not in _KNOWN:
        msg = f"there is no provider {provider!r}; use one of: {', '.join(_KNOWN)}"
        raise UsageError(msg)
    return _KNOWN[provider]


def providers() -> tuple[str, ...]:
    """Return the names of all providers."""
    return tuple(_KNOWN)
