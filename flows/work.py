"""A prepared day of work, as the conductors see it: batches, then publishing, each done once."""

import dataclasses
import functools
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flows.form import Form, form_of
from flows.once import Once
from pipeline import daily, dayplan, selftest
from pipeline.plan.plan import Plan
from pipeline.produce.ledger.accounts import AcceptRate
from pipeline.produce.outcome import Outcome
from pipeline.publish.bills import Bill, bills_of
from pipeline.session import Session, still_true

LATEST = 40
"""How many of a campaign's latest paid attempts tell how many of them are accepted."""
MOST_NAMED = 6
"""Markets that are named in a title; of more, the first ones and how many there are."""


@dataclasses.dataclass(slots=True, kw_only=True)
class Conductor:
    """What Prefect does with the work at the moment.

    Attributes:
        leads: Set while its tasks begin the pieces.
        run: The id of its flow run; None before there is one.
        told: What automations were told already: event, campaign, day.
    """

    leads: threading.Event = dataclasses.field(default_factory=threading.Event)
    run: uuid.UUID | None = None
    told: set[tuple[str, str, str]] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """About 50 variants that are produced together.

    Attributes:
        title: What a person reads in the UI; made of ids, never of copy.
        size: How many variants it has.
        produce: Makes and proofreads them.
    """

    title: str
    size: int
    produce: Once[Sequence[Outcome]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that is to be done for one run.

    Attributes:
        parameters: What Prefect is told about it.
        title: What a person reads in the UI: campaigns, markets, day, count; made of ids.
        batches: What is to be produced.
        trial: Plants errors in what is new, and holds it if one slips through the proof.
        publish: Writes files, manifests and gallery.
        done: Returns how many variants have ended so far.
        groups: Sorts outcomes under the campaigns' names.
        read: Returns the bytes of a picture by its SHA-256; None if it has gone.
        bills: Returns what the ledger has so far, for as long as the run holds the ledger.
        rates: Returns campaign to how its latest paid attempts ended, likewise.
        conductor: What Prefect does with it.
    """

    parameters: Form
    title: str
    batches: tuple[Batch, ...]
    trial: Once[selftest.Tried]
    publish: Once[daily.Published]
    done: Callable[[], int]
    groups: Callable[[Sequence[Outcome]], Mapping[str, Sequence[Outcome]]]
    read: Callable[[str], bytes | None]
    bills: Callable[[], Sequence[Bill]] = tuple
    rates: Callable[[], Mapping[str, AcceptRate]] = dict
    conductor: Conductor = dataclasses.field(default_factory=Conductor)

    @property
    def pieces(self) -> tuple[Once[Any], ...]:
        """Everything that is to be done, in order."""
        return (*(batch.produce for batch in self.batches), self.trial, self.publish)

    @property
    def size(self) -> int:
        """How many variants there are."""
        return sum(batch.size for batch in self.batches)

    def outcomes(self) -> list[Outcome]:
        """Return all outcomes after the self-test, waiting for what is not done."""
        return list(self.trial().outcomes)


def work_of(
    session: Session,
    workshop: daily.Workshop,
    on_outcome: Callable[[Outcome], None],
    parameters: Form | None = None,
) -> Work:
    """Return the work of a day.

    Args:
        session: What is to be made, and claimed by this run.
        workshop: What it is made with.
        on_outcome: Called with each outcome as it comes, from any thread.
        parameters: What Prefect is told; taken from the plan's request if it is left out.
    """
    counter = _Counter(on_outcome)
    day_plan = session.day_plan
    batches = tuple(
        Batch(
            title=_batch_title(batch),
            size=len(batch.variants),
            produce=Once(functools.partial(daily.produce_batch, batch, workshop, counter)),
        )
        for batch in day_plan.batches()
    )

    def tried() -> selftest.Tried:
        outcomes = [outcome for batch in batches for outcome in batch.produce()]
        tried = selftest.try_day(day_plan, outcomes, workshop)
        now_true = still_true(session, tried.outcomes, workshop.renderer.engine)
        return dataclasses.replace(tried, outcomes=tuple(now_true))

    trial = Once(tried)
    books = _Books(session)

    def publish() -> daily.Published:
        done = trial()
        bills = bills_of(session.ledger, session.run, day_plan.plans)
        published = daily.publish(day_plan, done.outcomes, workshop, done.selftest, bills)
        books.close()
        session.close("published")
        return published

    return Work(
        parameters=parameters or form_of(day_plan.request),
        title=title_of(day_plan),
        batches=batches,
        trial=trial,
        publish=Once(publish),
        done=lambda: counter.count,
        groups=functools.partial(_by_campaign, day_plan),
        read=workshop.press.store.get,
        bills=books.bills,
        rates=books.rates,
    )


def title_of(day_plan: dayplan.DayPlan) -> str:
    """Return what a person reads in the list of runs: campaigns, markets, days and how many."""
    campaigns = [plan.campaign.campaign.campaign for plan in day_plan.plans]
    markets = dict.fromkeys(market for plan in day_plan.plans for market in plan.days)
    days = sorted({day.isoformat() for plan in day_plan.plans for day in plan.days.values()})
    when = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""
    parts = (_few(campaigns, ", "), _few(list(markets), " "), when, counted(day_plan.size))
    return " · ".join(filter(None, parts))


def counted(creatives: int) -> str:
    """Return how many creatives there are, in words."""
    return "1 creative" if creatives == 1 else f"{creatives} creatives"


def _few(names: Sequence[str], between: str) -> str:
    left = len(names) - MOST_NAMED
    return between.join(names[:MOST_NAMED]) + (f" +{left}" if left > 0 else "")


def _batch_title(batch: dayplan.Batch) -> str:
    """Return the title of a task; in ASCII, since the font of Prefect's graph has little else."""
    markets = list(dict.fromkeys(variant.market for variant in batch.variants))
    return f"{batch.title.replace('–', '-')}: {_few(markets, ' ')}"


class _Books:
    """What the ledger says while a run holds it, and the last that it said after that.

    Args:
        session: The run.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._is_open = True
        self._bills: Sequence[Bill] = ()
        self._rates: Mapping[str, AcceptRate] = {}

    def bills(self) -> Sequence[Bill]:
        """Return what was paid so far."""
        self._look()
        return self._bills

    def rates(self) -> Mapping[str, AcceptRate]:
        """Return campaign to how its latest paid attempts ended."""
        self._look()
        return self._rates

    def close(self) -> None:
        """Look a last time."""
        self._look()
        with self._lock:
            self._is_open = False

    def _look(self) -> None:
        with self._lock:
            if not self._is_open:
                return
            ledger, plans = self._session.ledger, self._session.day_plan.plans
            self._bills = bills_of(ledger, self._session.run, plans).bills
            names = [plan.campaign.campaign.campaign for plan in plans]
            self._rates = {name: ledger.accounts.accept_rate(name, LATEST) for name in names}


class _Counter:
    """Counts outcomes that come from any thread, and passes them on."""

    def __init__(self, on_outcome: Callable[[Outcome], None]) -> None:
        self.count = 0
        self._on_outcome = on_outcome
        self._lock = threading.Lock()

    def __call__(self, outcome: Outcome) -> None:
        with self._lock:
            self.count += 1
        self._on_outcome(outcome)


def _by_campaign(
    day_plan: dayplan.DayPlan, outcomes: Sequence[Outcome]
) -> dict[str, list[Outcome]]:
    """Return the outcomes under the names of their campaigns, in the plan's order."""
    by_id = {outcome.variant: outcome for outcome in outcomes}
    return {plan.campaign.campaign.campaign: _of(plan, by_id) for plan in day_plan.plans}


def _of(plan: Plan, by_id: Mapping[str, Outcome]) -> list[Outcome]:
    return [by_id[variant.id] for variant in plan.variants if variant.id in by_id]
