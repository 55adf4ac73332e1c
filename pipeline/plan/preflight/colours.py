"""Rules about the palette: colours that words could not be read in."""

import itertools
from collections.abc import Iterator

from pipeline.plan.preflight.finding import Desk, Finding
from pipeline.typeset.contrast import ratios_of, rgb_of

TEXT, LARGE = 4.5, 3.0
"""Contrast ratios that WCAG 2.2 (1.4.3) wants for text and for large text."""

_ALIKE = 1.1
"""Ratio below which two colours of a palette are hardly two."""


def colour_findings(desk: Desk) -> Iterator[Finding]:
    """Yield the pairs of a palette that do not carry words."""
    palette = desk.loaded.campaign.brand.palette.model_dump()
    pair = _ratio(palette["ink"], palette["paper"])
    if pair < TEXT:
        what = f"ink and paper contrast by {pair:.1f} to 1; text needs {TEXT} to 1"
        said = (what, "make one of them darker or lighter")
        yield desk.error("palette contrast", ("brand", "palette", "ink"), said, desk.variants)
    for name in ("action", "accent"):
        best = max(_ratio(palette[name], palette[text]) for text in ("ink", "paper"))
        if best < LARGE:
            what = f"neither ink nor paper can be read on {name} ({best:.1f} to 1)"
            said = (what, "make it darker or lighter")
            yield desk.error("palette contrast", ("brand", "palette", name), said, desk.variants)
    for one, other in itertools.combinations(palette, 2):
        if _ratio(palette[one], palette[other]) < _ALIKE and _near(palette[one], palette[other]):
            said = (f"{one} and {other} are nearly the same colour", "take two that differ")
            yield desk.warning("palette alike", ("brand", "palette", other), said)


def _ratio(one: str, other: str) -> float:
    return float(ratios_of(rgb_of(one), rgb_of(other)[None])[0])


def _near(one: str, other: str) -> bool:
    """Return whether two colours are as bright and of the same hue."""
    apart = rgb_of(one).astype(int) - rgb_of(other).astype(int)
    return bool(abs(apart).max() <= _LEVELS)


_LEVELS = 16
"""Levels of 255 in each channel."""
