"""Sessions: what a run holds while it works, so that no other makes the same or pays the same.

A session claims each campaign and market day, keeps the campaign files as they were read, opens
the till, brings home what earlier runs paid for, and looks once more before delivery whether
what was made is still what the files say.
"""

import contextlib
import dataclasses
import datetime as dt
import functools
import logging
import pathlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from pipeline.campaign.calendar import not_valid, wall_clock
from pipeline.daily import Workshop
from pipeline.dayplan import DayPlan, load
from pipeline.errors import CampaignError, TemplateError, UsageError
from pipeline.feeds.supply import freeze, open_supply
from pipeline.plan.catalogue import STUDIO
from pipeline.plan.plan import Plan
from pipeline.plan.preflight.finding import Finding
from pipeline.plan.preflight.look import refusals
from pipeline.plan.variants import Variant, variants_of
from pipeline.produce.doorbell import Doorbell
from pipeline.produce.gate import Timing
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.rows import Claim
from pipeline.produce.opinions import Opinions
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.providers.opening import CALLBACK_URL, open_provider, open_sentinel
from pipeline.produce.reception import (
    CALLBACK_PORT,
    application,
    checks_of,
    open_reception,
)
from pipeline.produce.store import Store
from pipeline.produce.till import Means, Till
from pipeline.publish.approvals import settled
from pipeline.settings import Settings

_LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one run holds.

    Attributes:
        run: Id of the run, unique for ever.
        day_plan: What it makes: what it could claim of what was asked for.
        taken: What others are making already.
        claims: What it has claimed.
        ledger: The ledger.
        settings: Folders and limits.
        now: Returns the present instant, with its offset from UTC.
        open: What is closed with it, such as the reception for callbacks.
    """

    run: str
    day_plan: DayPlan
    taken: tuple[Claim, ...]
    claims: tuple[Claim, ...]
    ledger: Ledger
    settings: Settings
    now: Callable[[], dt.datetime]
    open: contextlib.ExitStack = dataclasses.field(default_factory=contextlib.ExitStack)

    def close(self, outcome: str) -> None:
        """Give back what was claimed, and say in the ledger how the run ended."""
        self.open.close()
        for claim in self.claims:
            self.ledger.runs.release(claim, outcome)
        self.ledger.close()


def open_session(day_plan: DayPlan, settings: Settings, now: Callable[[], dt.datetime]) -> Session:
    """Return a session that has claimed what nobody else is making.

    Args:
        day_plan: What is to be made.
        settings: Folders and limits.
        now: Returns the present instant, with its offset from UTC.

    Raises:
        LedgerError: If the ledger cannot be used.
        UsageError: If the ledger's address is none.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    ledger = open_ledger(settings.ledger_url, now, settings.work)
    run = f"{day_plan.request.run}-{secrets.token_hex(3)}"
    claims = [
        ledger.runs.claim(plan.campaign.campaign.campaign, market, day, run)
        for plan in day_plan.plans
        for market, day in plan.days.items()
    ]
    granted = {(one.campaign, one.market) for one in claims if one.granted}
    for claim in claims:
        told = {"campaign": claim.campaign, "market": claim.market, "run": run}
        _LOG.info("%s", claim, extra={"event": "claim", "granted": claim.granted, **told})
    plans = tuple(_granted(plan, granted) for plan in day_plan.plans)
    return Session(
        run=run,
        day_plan=dataclasses.replace(day_plan, plans=plans),
        taken=tuple(one for one in claims if not one.granted),
        claims=tuple(one for one in claims if one.granted),
        ledger=ledger,
        settings=settings,
        now=now,
    )


def _granted(plan: Plan, granted: set[tuple[str, str]]) -> Plan:
    name = plan.campaign.campaign.campaign
    return dataclasses.replace(
        plan,
        days={market: day for market, day in plan.days.items() if (name, market) in granted},
        planned=tuple(one for one in plan.planned if (name, one.variant.market) in granted),
    )


def with_till(
    session: Session,
    workshop: Workshop,
    environment: Mapping[str, str],
    found: Iterable[Finding],
) -> Workshop:
    """Return a workshop that pays for what the session makes, after bringing home what is paid.

    The campaign files, their catalogues and price lists are kept in the store as they were read.

    Args:
        session: The run.
        workshop: Its tools.
        environment: Keys and addresses of the providers.
        found: What preflight found; creatives that an error is about are not made.

    Raises:
        BudgetError: If a provider's key is missing.
        LedgerError: If the ledger cannot be used.
        ToolMissingError: If callbacks are asked for and their port is taken.
    """
    out = session.day_plan.request.out
    workshop.press.store.share()
    for plan in session.day_plan.plans:
        workshop.press.store.put(plan.campaign.document.content)
        for catalogue in plan.campaign.words.catalogues:
            workshop.press.store.put(catalogue.content)
        name = plan.campaign.campaign.campaign
        freeze(plan.campaign.fed, name, session.settings, session.now())
    paid = [variant for plan in session.day_plan.plans for variant in _paid(plan)]
    doorbell = _doorbell(session, environment) if paid else None
    means = Means(
        ledger=session.ledger,
        store=workshop.press.store,
        open_provider=functools.partial(
            open_provider, environment=environment, clock=time.monotonic
        ),
        timing=Timing(
            clock=time.monotonic,
            sleep=time.sleep,
            dice=secrets.SystemRandom().random,
            doorbell=doorbell,
        ),
        now=session.now,
    )
    jobs = {variant.request.fingerprint: variant for variant in paid}
    wanted = Counter(variant.campaign for variant in jobs.values())
    till = Till(means, session.run, wanted)
    session.open.callback(till.write_notes)
    active = max((till.active(name) for name in sorted(_providers(paid))), default=1)
    till.resume({job: variant.request for job, variant in jobs.items()}, active)
    opinions = _opinions(session, workshop.press.store, till, environment)
    press = dataclasses.replace(
        workshop.press, till=till, opinions=opinions, refused=refusals(found)
    )
    return dataclasses.replace(
        workshop,
        press=press,
        threads=max(active, workshop.threads),
        run=session.run,
        settled=settled(out, session.day_plan.variants, press.store),
    )


def _doorbell(session: Session, environment: Mapping[str, str]) -> Doorbell | None:
    """Take callbacks for as long as the session lasts, if they are asked for; else None."""
    if not environment.get(CALLBACK_URL):
        return None
    port = environment.get(CALLBACK_PORT, "0")
    if not port.isdecimal():
        raise UsageError(f"{CALLBACK_PORT} is {port!r}; set it to the port behind {CALLBACK_URL}")
    doorbell = Doorbell()
    app = application(checks_of(environment, time.monotonic, time.time), doorbell)
    session.open.enter_context(open_reception(app, int(port)))
    return doorbell


def _opinions(
    session: Session, store: Store, till: Till, environment: Mapping[str, str]
) -> Opinions | None:
    """Return who is asked for second opinions; None if no campaign wants one."""
    if not any(v.second_opinion for plan in session.day_plan.plans for v in plan.variants):
        return None
    price = functools.cache(open_sentinel(environment, time.monotonic).price)
    return Opinions(till=till, store=store, price=price)


def _paid(plan: Plan) -> Iterator[Variant]:
    return (variant for variant in plan.variants if variant.request.provider != STUDIO)


def _providers(variants: Sequence[Variant]) -> set[str]:
    return {variant.request.provider for variant in variants}


def still_true(session: Session, outcomes: Sequence[Outcome], engine: str) -> list[Outcome]:
    """Return outcomes, with those held that no longer say what the campaign files say.

    Args:
        session: The run.
        outcomes: How its variants ended.
        engine: Name and version of the typesetting engine.
    """
    wrong: dict[str, str] = {}
    for plan in session.day_plan.plans:
        wrong |= _outdated(plan, session, engine) or _over(plan, session.now())
    return [
        dataclasses.replace(outcome, status=Status.HELD, reason=wrong[outcome.variant])
        if outcome.variant in wrong and outcome.status is Status.ACCEPTED
        else outcome
        for outcome in outcomes
    ]


def _outdated(plan: Plan, session: Session, engine: str) -> dict[str, str]:
    """Return variant to what is wrong, for variants that the live file would make otherwise."""
    file = pathlib.Path(plan.campaign.document.file)
    same = plan.campaign.as_on_disk()
    if same and plan.campaign.fed.snapshot is None:
        return {}
    again = "; run again, so that what ships is what the file says"
    supply = open_supply(session.settings, session.now(), days=plan.days)
    try:
        (live,) = load([file], session.settings, supply=supply)
        if same and live.fed.prices == plan.campaign.fed.prices:
            return {}
        made = variants_of(live, plan.days, (session.settings.templates, engine))
        says = {variant.id: variant for variant in made}
    except (CampaignError, TemplateError, OSError) as error:
        wrong = error.problems[0].what if same and isinstance(error, CampaignError) else ""
        what = f"its price list {plan.campaign.fed.name} has a problem: {wrong}"
        changed = "was changed during the run and has problems now"
        reason = f"{file}: {what}{again}" if same else f"{file} {changed}{again}"
        return dict.fromkeys((variant.id for variant in plan.variants), reason)
    start = f"{file}: its price list {plan.campaign.fed.name}" if same else f"{file}"
    return {
        variant.id: f"{start} was changed during the run: {what}{again}"
        for variant in plan.variants
        if (what := _difference(variant, says.get(variant.id)))
    }


def _difference(made: Variant, live: Variant | None) -> str:
    """Return how a variant's words differ from what the file now asks for; empty if not."""
    if live is None:
        return "this creative is no longer asked for"
    now = {line.role: line.text for line in live.lines}
    for line in made.lines:
        if now.get(line.role) != line.text:
            return f"{line.role} is now {now.get(line.role, 'left out')!r}, not {line.text!r}"
    return "" if len(now) == len(made.lines) else "a line was added"


def _over(plan: Plan, instant: dt.datetime) -> dict[str, str]:
    """Return variant to what is wrong, for variants that are not valid at an instant."""
    campaign = plan.campaign.campaign
    clocks = {
        market: wall_clock(campaign.markets[market].time_zone, instant) for market in plan.days
    }
    return {
        variant.id: what
        for variant in plan.variants
        if (what := not_valid(campaign, variant.offer, variant.day, clocks[variant.market]))
    }
