"""Rules about words that the image model is to draw: what it cannot."""

from collections.abc import Iterator

from pipeline.campaign.generation import LETTERED
from pipeline.plan.lines import Policy
from pipeline.plan.preflight.finding import Desk, Finding
from pipeline.plan.provenance import path_of
from pipeline.plan.routing import MODEL, MOST_REGIONS, MOST_WORDS


def drawing_findings(desk: Desk) -> Iterator[Finding]:
    """Yield the lines that a campaign gives to the model and that it draws badly."""
    for variant in (variant for variant in desk.variants if variant.insists):
        drawn = [line for line in variant.lines if variant.lettering.get(line.role) == MODEL]
        if len(drawn) > MOST_REGIONS:
            said = (
                f"gives {len(drawn)} lines to the model, which draws {MOST_REGIONS} reliably",
                "set the others: `lettering: {headline: model}`",
            )
            yield desk.warning("lines to draw", ("lettering",), said, [variant])
        for line in drawn:
            path = path_of(desk.loaded, variant, line.role)
            words = len(line.text.split())
            if words > MOST_WORDS:
                what = f"has {words} words; the model draws {MOST_WORDS} reliably"
                yield desk.warning("words to draw", path, (what, "shorten or set it"), [variant])
            if line.policy is Policy.EXACT_NUMBER and line.role in LETTERED:
                said = ("a number is to be drawn", f"`lettering: {{{line.role}: typeset}}`")
                yield desk.warning("number to draw", path, said, [variant])
