"""The rule about digits: what no reader reads cannot be proved, so it is not made."""

from collections.abc import Iterator

from pipeline.campaign.document import Path
from pipeline.campaign.numerals import unread_digits
from pipeline.plan.preflight.finding import Desk, Finding
from pipeline.typeset.fonts import script_of


def digit_findings(desk: Desk) -> Iterator[Finding]:
    """Yield the markets whose numbers are written with digits that no reader reads.

    The recogniser reads 0 to 9 everywhere, Arabic-Indic and Persian digits in Arabic script, and
    Devanagari ones in their own. Of others, such as Bengali, Tesseract does not read enough for
    a price; a line that is not read never ships.
    """
    for variant in desk.variants:
        text = "".join(line.text for line in variant.lines)
        digits = unread_digits(text, script_of(variant.locale))
        if digits:
            path: Path = ("markets", variant.market)
            said = (
                f"no reader reads the digits {digits} of {variant.locale}",
                "write `digits: latin` in the market, and 0 to 9 in its copy",
            )
            yield desk.error("digits", path, said, [variant])
