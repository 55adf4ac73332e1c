"""A day's plan: what was asked for, loaded and planned, before anything is made."""

import dataclasses
import datetime as dt
import decimal
import hashlib
import math
import pathlib
from collections.abc import Callable, Iterator, Sequence

from pipeline.campaign.accounts import with_tiers
from pipeline.campaign.calendar import campaign_day
from pipeline.campaign.document import Document
from pipeline.campaign.feeds.snapshot import Supply
from pipeline.campaign.history import History
from pipeline.campaign.load import LoadedCampaign, load_campaigns
from pipeline.campaign.messages.words import Words, words_of
from pipeline.errors import CampaignError, Problem, UsageError
from pipeline.feeds.supply import open_supply
from pipeline.history.timeline import histories_of
from pipeline.plan.asked import unable
from pipeline.plan.capping import capped
from pipeline.plan.catalogue import capabilities
from pipeline.plan.choice import Known
from pipeline.plan.plan import Plan, make_plan
from pipeline.plan.preflight.finding import Finding
from pipeline.plan.preflight.look import findings, unfit
from pipeline.plan.rates import UNMEASURED, Rates
from pipeline.plan.variants import Variant
from pipeline.produce.ledger.rates import measured_rates
from pipeline.produce.store import open_store
from pipeline.proof.languages import languages_of
from pipeline.publish.deliver import open_delivery
from pipeline.publish.manifest import delivered_before
from pipeline.publish.standing import standing
from pipeline.publish.wishes import with_wishes
from pipeline.settings import Settings
from pipeline.typeset.renderer import TakumiRenderer

BATCH = 50
"""Variants in a batch: a Prefect task costs about 80 ms of CPU, so 50 make it cheap."""

MOST_BATCHES = 40
"""Batches of a large day: a graph of some dozen tasks can still be read in Prefect's UI."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What a person or a schedule asks for.

    Attributes:
        files: Campaign files.
        out: The folder of all campaign days.
        instant: Now; each market's day follows from it.
        day: This day for all markets instead; None for their own.
        markets: Only these markets; empty for all.
        retry: Whether to try again for paid pictures where the studio's plate stands in.
        campaigns: Only the campaigns of these names; empty for all of the files.
        time_zones: Only markets of these time zones; empty for all.
        provider: Takes the place of the campaigns' own; empty for theirs.
        cap: US dollars that lower the day's budget of each campaign; None for theirs.
    """

    files: tuple[pathlib.Path, ...]
    out: pathlib.Path
    instant: dt.datetime
    day: dt.date | None = None
    markets: tuple[str, ...] = ()
    retry: bool = False
    campaigns: tuple[str, ...] = ()
    time_zones: tuple[str, ...] = ()
    provider: str = ""
    cap: decimal.Decimal | None = None

    @property
    def run(self) -> str:
        """Return the run's id: when, and a hash of what was asked for."""
        only = (*self.markets, *self.campaigns, *self.time_zones)
        asked = "|".join([*map(str, self.files), str(self.day), *only])
        moment = self.instant.astimezone(dt.UTC).strftime("%Y%m%dt%H%M%S")
        return f"{moment}-{hashlib.sha256(asked.encode()).hexdigest()[:6]}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Variants that are produced together.

    Attributes:
        title: What a person reads, made of ids.
        variants: The variants.
    """

    title: str
    variants: tuple[Variant, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """The plans of all campaigns of a run.

    Attributes:
        request: What was asked for.
        plans: One for each campaign.
    """

    request: RunRequest
    plans: tuple[Plan, ...]

    @property
    def size(self) -> int:
        """Return how many creatives there are."""
        return sum(len(plan.planned) for plan in self.plans)

    @property
    def changed(self) -> int:
        """Return how many creatives are not as they were last delivered."""
        return sum(len(plan.to_make) for plan in self.plans)

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Return all variants, in the order of the files."""
        return tuple(variant for plan in self.plans for variant in plan.variants)

    def batches(self, size: int = 0) -> Iterator[Batch]:
        """Yield the variants in batches, none of which spans two campaigns.

        Args:
            size: Variants in a batch; 0 for 50, or more if that would be too many batches.
        """
        size = size or max(BATCH, math.ceil(self.size / MOST_BATCHES))
        for plan in self.plans:
            variants = plan.variants
            name = plan.campaign.campaign.campaign
            for start in range(0, len(variants), size):
                some = variants[start : start + size]
                title = f"{name} {start + 1}–{start + len(some)} of {len(variants)}"
                yield Batch(title=title, variants=some)


def load(
    files: Sequence[pathlib.Path],
    settings: Settings,
    provider: str = "",
    read_words: Callable[[Document], Words] = words_of,
    supply: Supply | None = None,
) -> tuple[LoadedCampaign, ...]:
    """Return the campaigns of some files, with the prices of their price lists as they are now.

    Args:
        files: The files.
        settings: Folders and limits.
        provider: Takes the place of the campaigns' own; empty for theirs.
        read_words: Returns what a file says.
        supply: Where price lists come from; if left out, from where the files say.

    Raises:
        CampaignError: With every problem of all files.
    """
    supply = supply or open_supply(settings)
    read = load_campaigns(files, settings.template_names(), read_words, supply)
    loaded = with_tiers(read, settings.tiers)
    if provider:
        loaded = tuple(campaign.through(provider) for campaign in loaded)
    if problems := tuple(
        problem for campaign in loaded for problem in (*unable(campaign), *_unread(campaign))
    ):
        raise CampaignError(problems)
    return loaded


def _unread(loaded: LoadedCampaign) -> Iterator[Problem]:
    """Yield the locales whose language no reader knows: nothing of them could be proved."""
    for name, market in loaded.campaign.markets.items():
        for locale in market.locales:
            try:
                languages_of(locale)
            except UsageError:
                remedy = "leave the locale out, or take one whose language Tesseract has"
                what = f"no reader knows the language of {locale}"
                yield loaded.problem(("markets", name, "locales"), what, remedy)


def prepare(
    request: RunRequest,
    settings: Settings,
    read_words: Callable[[Document], Words] = words_of,
) -> DayPlan:
    """Load and plan: everything that can be known before anything is made.

    Args:
        request: What is asked for.
        settings: Folders and limits.
        read_words: Returns what a campaign file says.

    Raises:
        CampaignError: With every problem of all files.
        TemplateError: If a scene template cannot be rendered.
        UsageError: If a campaign or market is asked for that is not there.
    """
    supply = open_supply(settings, request.instant, request.day)
    every = load(request.files, settings, request.provider, read_words, supply)
    loaded = _asked_for(every, request.campaigns)
    known = {market for campaign in loaded for market in campaign.campaign.markets}
    if missing := set(request.markets) - known:
        msg = f"no campaign has the market {', '.join(sorted(missing))}"
        raise UsageError(f"{msg}; there are: {', '.join(sorted(known))}")
    engine = TakumiRenderer().engine
    if delivery := open_delivery(settings, request.out):
        days = (day for campaign in loaded for day in _days(campaign, request).values())
        delivery.look(day.isoformat() for day in days)  # what other machines did is done
    earlier = Known(rates=_rates(loaded, settings), plates=open_store(settings).plates())
    return DayPlan(
        request=request,
        plans=tuple(
            capped(
                with_wishes(
                    make_plan(
                        campaign,
                        _days(campaign, request),
                        (settings.templates, engine),
                        delivered_before(request.out, campaign.campaign.campaign),
                        earlier,
                        request.instant,
                    ),
                    request.out,
                ),
                request.cap,
            )
            for campaign in loaded
        ),
    )


def _asked_for(
    loaded: Sequence[LoadedCampaign], names: Sequence[str]
) -> tuple[LoadedCampaign, ...]:
    """Return the campaigns of some names, or all if none is named."""
    known = [one.campaign.campaign for one in loaded]
    if missing := set(names) - set(known):
        msg = f"there is no campaign {', '.join(sorted(missing))}"
        raise UsageError(f"{msg}; there are: {', '.join(known)}")
    return tuple(one for one in loaded if not names or one.campaign.campaign in names)


def _rates(loaded: Sequence[LoadedCampaign], settings: Settings) -> Rates:
    """Return the measured rates, if any of the campaigns may have words drawn."""
    if any(capabilities(one.campaign.provider).draws_words for one in loaded):
        return measured_rates(settings.ledger_url, settings.work)
    return UNMEASURED


def preflight(day_plan: DayPlan) -> tuple[Finding, ...]:
    """Return what the rules find in a day's plan, and the lines that cannot be set.

    What stands unchanged was set and accepted before, so it is not laid out again.
    """
    renderer = TakumiRenderer()
    return tuple(
        found
        for plan, history in _with_history(day_plan)
        for found in (*findings(plan, history), *unfit(plan, renderer))
    )


def _with_history(day_plan: DayPlan) -> Iterator[tuple[Plan, History | None]]:
    campaigns = [plan.campaign for plan in day_plan.plans]
    return zip(day_plan.plans, histories_of(campaigns, day_plan.request.instant), strict=True)


def everything_stands(day_plan: DayPlan) -> bool:
    """Return whether all creatives are as last delivered, and their files are there.

    If stand-ins are to be tried again, none of them stands.
    """
    if day_plan.changed or not day_plan.size:
        return False
    records = standing(day_plan.request.out, day_plan.variants)
    again = day_plan.request.retry and any(record.get("fallback") for record in records or ())
    return records is not None and not again


def _days(campaign: LoadedCampaign, request: RunRequest) -> dict[str, dt.date]:
    return {
        name: request.day or campaign_day(market.time_zone, request.instant)
        for name, market in campaign.campaign.markets.items()
        if (not request.markets or name in request.markets)
        and (not request.time_zones or market.time_zone in request.time_zones)
    }
