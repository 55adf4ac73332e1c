"""A prepared day of work, as the conductors see it: batches, then publishing, each done once."""

import dataclasses
import functools
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from flows.once import Once
from pipeline import daily, dayplan, selftest
from pipeline.produce.outcome import Outcome
from pipeline.publish.bills import bills_of
from pipeline.session import Session, still_true

TODAY = "today"
"""The day of a run that takes each market's own day."""


class Parameters(TypedDict):
    """What Prefect is told about a run: ids and paths, never copy."""

    files: list[str]
    out: str
    day: str
    markets: list[str]


@dataclasses.dataclass(slots=True, kw_only=True)
class Conductor:
    """What Prefect does with the work at the moment.

    Attributes:
        leads: Set while its tasks begin the pieces.
        run: The id of its flow run; None before there is one.
    """

    leads: threading.Event = dataclasses.field(default_factory=threading.Event)
    run: uuid.UUID | None = None


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
        batches: What is to be produced.
        trial: Plants errors in what is new, and holds it if one slips through the proof.
        publish: Writes files, manifests and gallery.
        done: Returns how many variants have ended so far.
        groups: Sorts outcomes under the campaigns' names.
        read: Returns the bytes of a picture by its SHA-256; None if it has gone.
        conductor: What Prefect does with it.
    """

    parameters: Parameters
    batches: tuple[Batch, ...]
    trial: Once[selftest.Tried]
    publish: Once[daily.Published]
    done: Callable[[], int]
    groups: Callable[[Sequence[Outcome]], Mapping[str, Sequence[Outcome]]]
    read: Callable[[str], bytes | None]
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
    parameters: Parameters | None = None,
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
            title=batch.title.replace("–", "-"),  # the font of Prefect's graph has no dash
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

    def publish() -> daily.Published:
        done = trial()
        bills = bills_of(session.ledger, session.run, day_plan.plans)
        published = daily.publish(day_plan, done.outcomes, workshop, done.selftest, bills)
        session.close("published")
        return published

    return Work(
        parameters=parameters or parameters_of(day_plan.request),
        batches=batches,
        trial=trial,
        publish=Once(publish),
        done=lambda: counter.count,
        groups=functools.partial(_by_campaign, day_plan),
        read=workshop.press.store.get,
    )


def parameters_of(request: dayplan.RunRequest) -> Parameters:
    """Return what Prefect is told about a request."""
    return Parameters(
        files=[str(file) for file in request.files],
        out=str(request.out),
        day=request.day.isoformat() if request.day else TODAY,
        markets=list(request.markets),
    )


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
    return {
        plan.campaign.campaign.campaign: [
            by_id[variant.id] for variant in plan.variants if variant.id in by_id
        ]
        for plan in day_plan.plans
    }
