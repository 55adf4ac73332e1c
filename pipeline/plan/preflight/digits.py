"""The rule about digits: what no reader reads cannot be proved, so it is not made."""

from collections.abc import Iterator

from pipeline.campaign.document import Path
from pipeline.campaign.numerals import other_digits
from pipeline.plan.preflight.finding import Desk, Finding


def digit_findings(desk: Desk) -> Iterator[Finding]:
    """Yield the markets whose numbers are written with digits that no reader reads.

    Of Arabic-Indic, Persian and Devanagari digits, neither the recogniser nor Tesseract reads
    enough for a price; a line that is not read never ships.
    """
    for variant in desk.variants:
        digits = other_digits("".join(line.text for line in variant.lines))
        if digits:
            path: Path = ("markets", variant.market)
            said = (
                f"no reader reads the digits {digits} of {variant.locale}",
                "write `digits: latin` in the market, and 0 to 9 in its copy",
            )
            yield desk.error("digits", path, said, [variant])
