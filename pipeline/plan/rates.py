"""Rates: how often pictures with drawn words come out right, as published and as measured.

Before anything is measured, published figures count, all of FLUX.2 [dev], since none of another
FLUX.2 model is known:

- Latin: CVTG-2K word accuracy 0.926, 0.890, 0.900 and 0.873 with 2, 3, 4 and 5 regions of text
  (table in the README of HiDream-O1-Image on GitHub). One region is taken like two.
- Chinese, Japanese and Korean: LongText-Bench ZH 0.757 (same table), applied to every eight
  characters.
- Other scripts: no figure is published. Four words in five in Cyrillic and Greek, and one in five
  in all others, are assumptions, which the ledger's own counts soon outweigh.
"""

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence

from pipeline.plan.lines import Line

LATIN = {1: 0.926, 2: 0.926, 3: 0.890, 4: 0.900, 5: 0.873}
"""Regions of text to the share of words that come out right."""

CHINESE = 0.757
CYRILLIC = 0.8
OTHER = 0.2

BARE = 0.95
"""Share of pictures without asked-for words that carry no legible text; an assumption."""

WEIGHT = 8.0
"""Pictures that the published figures count as much as."""

PLATE = "plate"
"""What the ledger calls the lettering of a picture on which the model draws no word."""

_MOST_REGIONS = 5
_UNIT = 8
_CJK = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_EASTERN = re.compile(r"[\u0370-\u052f]")
_FURTHER = re.compile(r"[\u0530-\u10ff\u1200-\u1cff]")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a rate is of.

    Attributes:
        template: The scene template's name.
        locale: CLDR locale identifier.
        model: The image model's name.
    """

    template: str
    locale: str
    model: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What earlier runs measured.

    Attributes:
        counts: Template, locale, model and lettering to how many pictures passed their proof,
            and how many were proved.
    """

    counts: Mapping[tuple[str, str, str, str], tuple[int, int]] = dataclasses.field(
        default_factory=dict
    )

    def chance(self, asked: Asked, drawn: Sequence[Line]) -> float:
        """Return how likely the next picture passes its proof, more than 0 and less than 1.

        Args:
            asked: What for.
            drawn: The lines that the model is to draw; none for a plate without words.

        The mean of a beta distribution: what was published counts like `WEIGHT` pictures. Plates
        without words are counted over all locales.
        """
        passed, proved = self.measured(asked, drawn)
        return (WEIGHT * published(drawn) + passed) / (WEIGHT + proved)

    def measured(self, asked: Asked, drawn: Sequence[Line]) -> tuple[int, int]:
        """Return how many such pictures passed their proof, and how many were proved."""
        found = [
            count
            for (template, locale, model, lettering), count in self.counts.items()
            if (template, model, lettering) == (asked.template, asked.model, lettering_of(drawn))
            and (not drawn or locale == asked.locale)
        ]
        return sum(passed for passed, _ in found), sum(proved for _, proved in found)


UNMEASURED = Rates()
"""Only the published figures."""


def lettering_of(drawn: Sequence[Line]) -> str:
    """Return what the ledger calls a picture on which the model draws these lines."""
    return "+".join(sorted(line.role for line in drawn)) or PLATE


def published(drawn: Sequence[Line]) -> float:
    """Return how likely a picture comes out right by the published figures."""
    if not drawn:
        return BARE
    return math.prod(_line(line.text, len(drawn)) for line in drawn)


def _line(text: str, regions: int) -> float:
    if _CJK.search(text):
        return CHINESE ** math.ceil(len(text) / _UNIT)
    words = len(text.split())
    if _FURTHER.search(text):
        return float(OTHER**words)
    if _EASTERN.search(text):
        return float(CYRILLIC**words)
    return float(LATIN[min(regions, _MOST_REGIONS)] ** words)
