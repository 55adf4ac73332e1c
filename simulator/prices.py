"""What the vendors charge, as their pages said when read on 2026-11-22.

Sources: Runflow model pages (flex $0.05 per MP of input and output; pro $0.03 for the first
megapixel and $0.015 for each further one; klein $0.005 and $0.006 per MP). fal's model pages
(flex and pro alike; turbo $0.008 per MP). BFL's published cents (flex 5 and 5, pro 3 and 1.5,
max 7 and 3, klein-9b 1.5 and 0.2, klein-4b 1.4 and 0.1). Runflow and fal show no price for max,
Runflow none for turbo and none for an evaluation: BFL's, fal's and two cents are assumed.

A megapixel is 1024 x 1024 = 1,048,576 px and always rounded up: it is the only unit under which
the tables of Runflow (2048 x 2048 = $0.075 on pro) and fal (1024 x 1024 = $0.05 on flex) hold.
"""

import dataclasses
import decimal
import math
from collections.abc import Iterable

MEGAPIXEL = 1024 * 1024
"""Pixels of one billed megapixel."""
MOST_INPUT_MP = 4
"""A reference image above 4 MP is scaled down to 4 MP before it is counted."""

EVALUATION_USD = decimal.Decimal("0.02")
"""What one Sentinel evaluation costs here; Runflow shows its prices only to customers."""


@dataclasses.dataclass(frozen=True, slots=True)
class Price:
    """US dollars per megapixel: the first of the output, each further one, each of input."""

    first: decimal.Decimal
    further: decimal.Decimal
    given: decimal.Decimal

    def usd(self, output_mp: int, input_mp: int) -> decimal.Decimal:
        """Return the price of one picture in US dollars."""
        return self.first + (output_mp - 1) * self.further + input_mp * self.given


def _price(first: str, further: str, given: str) -> Price:
    return Price(decimal.Decimal(first), decimal.Decimal(further), decimal.Decimal(given))


_FLEX = _price("0.05", "0.05", "0.05")
_PRO = _price("0.03", "0.015", "0.015")
_MAX = _price("0.07", "0.03", "0.03")
_TURBO = _price("0.008", "0.008", "0.008")

PRICES: dict[str, dict[str, Price]] = {
    "runflow": {
        "flux-2-flex": _FLEX,
        "flux-2-pro": _PRO,
        "flux-2-max": _MAX,
        "flux-2-turbo": _TURBO,
    },
    "fal": {
        "flux-2-flex": _FLEX,
        "flux-2-pro": _PRO,
        "flux-2-max": _MAX,
        "flux-2-turbo": _TURBO,
    },
    "bfl": {
        "flux-2-flex": _FLEX,
        "flux-2-pro": _PRO,
        "flux-2-max": _MAX,
        "flux-2-klein-4b": _price("0.014", "0.001", "0.001"),
        "flux-2-klein-9b": _price("0.015", "0.002", "0.002"),
    },
}
"""Provider to model to price."""


def output_megapixels(width: int, height: int) -> int:
    """Return the billed megapixels of a picture of a size in pixels, rounded up."""
    return math.ceil(width * height / MEGAPIXEL)


def input_megapixels(sizes: Iterable[tuple[int, int]]) -> int:
    """Return the billed megapixels of reference images, each rounded up on its own."""
    return sum(min(MOST_INPUT_MP, output_megapixels(*size)) for size in sizes)
