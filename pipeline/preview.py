"""Preview: one variant, drawn and proofread at once, for the loop of editing and looking."""

import dataclasses
import datetime as dt
import pathlib

from pipeline.campaign.calendar import campaign_day
from pipeline.campaign.load import LoadedCampaign
from pipeline.daily import Workshop
from pipeline.errors import UsageError
from pipeline.files import write_whole
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.outcome import Outcome


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which variant to look at; what is left empty is the first there is.

    Attributes:
        market: The market's id.
        locale: The locale.
        format: The format's name.
        offer: The offer's id.
        day: The campaign day; None for the market's own.
    """

    market: str = ""
    locale: str = ""
    format: str = ""
    offer: str = ""
    day: dt.date | None = None


def choose(
    loaded: LoadedCampaign,
    choice: Choice,
    instant: dt.datetime,
    drawn_with: tuple[pathlib.Path, str],
) -> Variant:
    """Return the variant that a choice names.

    Args:
        loaded: The campaign.
        choice: Which variant.
        instant: Now; the market's day follows from it.
        drawn_with: The folder of all templates, and the typesetting engine's version.

    Raises:
        UsageError: If there is no such variant.
    """
    markets = loaded.campaign.markets
    wanted = [choice.market] if choice.market else list(markets)
    days = {
        name: choice.day or campaign_day(markets[name].time_zone, instant)
        for name in wanted
        if name in markets
    }
    for variant in variants_of(loaded, days, drawn_with):
        if _fits(variant, choice):
            return variant
    asked = {name: value for name, value in dataclasses.asdict(choice).items() if value}
    words = ", ".join(f"{name} {value}" for name, value in asked.items()) or "today"
    msg = f"{loaded.document.file} has no creative for {words}"
    known = f"markets: {', '.join(markets)}; formats: {', '.join(loaded.campaign.formats)}"
    raise UsageError(f"{msg}; {known}")


def preview(variant: Variant, workshop: Workshop) -> tuple[Outcome, pathlib.Path | None]:
    """Return the outcome of a variant and the file to look at; None if nothing was drawn."""
    outcome = workshop.press.produce(variant)
    if outcome.deliverable is None:
        return outcome, None
    content = workshop.press.store.get(outcome.deliverable.sha256) or b""
    path = workshop.settings.work / "preview" / f"{variant.key}.jpg"
    write_whole(path, content)
    return outcome, path


def _fits(variant: Variant, choice: Choice) -> bool:
    return all(
        not asked or asked == has
        for asked, has in (
            (choice.locale, variant.locale),
            (choice.format, variant.format.name),
            (choice.offer, variant.offer),
        )
    )
