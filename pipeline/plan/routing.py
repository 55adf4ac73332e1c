"""Routing: who draws each line, the image model or the typesetter."""

import re

from pipeline.plan.lines import Line, Policy

MODEL = "model"
TYPESET = "typeset"

MOST_WORDS = 4
"""Words a FLUX.2 model draws reliably in one string, by the vendor's own guide."""

MOST_REGIONS = 2
"""Text regions on one picture; public benchmarks lose accuracy with every further one."""

_DRAWN_ROLES = ("headline", "cta")
_LATIN = re.compile(r"^[\u0000-\u024f\u2010-\u2026\s]*$")


def route(lines: tuple[Line, ...], policy: str, *, draws_words: bool) -> dict[str, str]:
    """Return role to `model` or `typeset`.

    Args:
        lines: The finished lines.
        policy: The campaign's `lettering`: auto, model or typeset.
        draws_words: Whether the provider can letter at all.

    `auto` lets the model draw at most two short Latin lines; prices, legal lines and other
    scripts are typeset.
    """
    if policy == TYPESET or not draws_words:
        return {line.role: TYPESET for line in lines}
    if policy == MODEL:
        return {line.role: MODEL for line in lines}
    drawn = [line.role for line in lines if _easy(line)][:MOST_REGIONS]
    return {line.role: MODEL if line.role in drawn else TYPESET for line in lines}


def _easy(line: Line) -> bool:
    short = len(line.text.split()) <= MOST_WORDS
    plain = line.policy is not Policy.EXACT_NUMBER and not any(c.isdigit() for c in line.text)
    return line.role in _DRAWN_ROLES and short and plain and bool(_LATIN.match(line.text))
