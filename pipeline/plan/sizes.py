"""Sizes: what to let a model make for a format, so that no megapixel is paid that nobody sees.

Vendors bill whole megapixels, rounded up: 1088 x 1088 for a square of 1080 costs twice as much
as 1024 x 1024. The naive size is the format's own, each side rounded up to the next multiple
that the model takes.
"""

import dataclasses
import decimal
import functools
import math
from collections.abc import Iterator

from pipeline.errors import UsageError
from pipeline.plan.catalogue import MEGAPIXEL, Price, SizeRule, megapixels

MOST_CROP = 0.02
"""Share of the made picture that may be cut away to get the format's ratio. Of a ratio that the
model does not make, such as a banner eight times as wide as high, the nearest that it makes is
taken, and this much more than that one loses may be cut."""

MOST_UPSCALE = {"draft": 1.42, "production": 1.42, "final": 1.02}
"""How much a picture may be enlarged to fill the format. 1.42 lets a story of 1080 x 1920, which
is 2 MP, be made from 1 MP; 1.02 lets a final one be made from 2 MP where 3 would be billed for a
few rows."""

MOST_ENLARGED = max(MOST_UPSCALE.values())
"""How much even a final picture may be enlarged if the model makes none as large."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SizePlan:
    """The size that a model makes for a format.

    Attributes:
        width: Pixels to make.
        height: Pixels to make.
        upscale: How much it is enlarged to fill the format; below 1 it is reduced.
        crop: Share of it that is cut away.
        saved: US dollars less than the naive size would cost, for one picture.
    """

    width: int
    height: int
    upscale: float
    crop: float
    saved: decimal.Decimal


@functools.lru_cache(maxsize=1024)
def size_for(
    width: int, height: int, rule: SizeRule, price: Price, quality: str = "final"
) -> SizePlan:
    """Return the size to make for a format.

    Args:
        width: The format's width in pixels.
        height: The format's height in pixels.
        rule: What the model takes.
        price: What it costs.
        quality: draft, production or final.

    It is the cheapest step of megapixels that keeps the ratio within `MOST_CROP` of the format's,
    or of the nearest that the model makes, and the enlargement within `MOST_UPSCALE`; within the
    step, the one that shows most of the format's pixels (or of one megapixel, at which the models
    draw best), then loses least, then is smallest.

    Raises:
        UsageError: If the model makes no picture that is large enough.
    """
    if rule.multiple == 1:
        return SizePlan(width=width, height=height, upscale=1.0, crop=0.0, saved=decimal.Decimal(0))
    wide, high = naive_size(width, height, rule)
    near = _near(width, height, rule)
    fitting = [plan for plan in near if plan.upscale <= MOST_UPSCALE[quality]]
    if not fitting:  # the model makes none so large: take its largest, if that is large enough
        largest = min((plan.upscale for plan in near), default=math.inf)
        fitting = [plan for plan in near if plan.upscale == largest <= MOST_ENLARGED]
    if not fitting:
        raise UsageError(
            f"no size of this model fits {width}x{height} in quality {quality}; "
            "choose another model or format"
        )
    fewest = min(megapixels(plan.width, plan.height) for plan in fitting)
    wanted = max(width * height, MEGAPIXEL)
    step = [plan for plan in fitting if megapixels(plan.width, plan.height) == fewest]
    best = min(step, key=lambda plan: _rank(plan, wanted))
    cheaper = price.of(wide, high) - price.of(best.width, best.height)
    return dataclasses.replace(best, saved=max(cheaper, decimal.Decimal(0)))


def exactly(width: int, height: int, fmt: tuple[int, int]) -> SizePlan:
    """Return the plan of a size that the campaign asks for itself; it saves nothing.

    Args:
        width: Pixels to make.
        height: Pixels to make.
        fmt: The format's width and height in pixels.
    """
    return _plan(width, height, *fmt)


def naive_size(width: int, height: int, rule: SizeRule) -> tuple[int, int]:
    """Return the format's size with each side rounded up to the model's next multiple."""
    step = rule.multiple
    return tuple(max(rule.least, -(-side // step) * step) for side in (width, height))  # type: ignore[return-value]


def _rank(plan: SizePlan, wanted: int) -> tuple[float, float, int]:
    pixels = plan.width * plan.height
    shown = min(pixels * (1 - plan.crop), wanted)
    return -shown, plan.crop, pixels


def _near(width: int, height: int, rule: SizeRule) -> list[SizePlan]:
    """Return the legal sizes of a format's ratio, or of the nearest that the model makes."""
    every = list(_candidates(width, height, rule))
    least = min((plan.crop for plan in every), default=0.0)
    most = MOST_CROP if least <= MOST_CROP else least + MOST_CROP
    return [plan for plan in every if plan.crop <= most]


def _candidates(width: int, height: int, rule: SizeRule) -> Iterator[SizePlan]:
    """Yield the legal sizes whose ratio is nearest to a format's, for each legal width."""
    step = rule.multiple
    least, most = -(-rule.least // step) * step, rule.most // step * step
    for wide in range(least, most + 1, step):
        below = int(wide * height / width) // step * step
        for high in {min(max(side, least), most) for side in (below, below + step)}:
            if rule.allows(wide, high):
                yield _plan(wide, high, width, height)


def _plan(wide: int, high: int, width: int, height: int) -> SizePlan:
    upscale = max(width / wide, height / high)
    shown = (width / upscale) * (height / upscale)
    crop = max(0.0, 1 - shown / (wide * high))
    return SizePlan(width=wide, height=high, upscale=upscale, crop=crop, saved=decimal.Decimal(0))
