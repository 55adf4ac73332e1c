"""A day's work, from its plan to the gallery; plain Python, with or without Prefect."""

import dataclasses
import importlib.metadata
import logging
import pathlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from pipeline.dayplan import Batch, DayPlan
from pipeline.observe.context import about
from pipeline.produce.compositor import Compositor
from pipeline.produce.credentials import read_credentials
from pipeline.produce.crew import produce_all
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.studio import Studio
from pipeline.produce.selftest import UNTRIED, SelfTest
from pipeline.produce.store import open_store
from pipeline.proof.delivery import Prover
from pipeline.publish.bills import NOTHING_PAID, Bills
from pipeline.publish.deliver import open_delivery
from pipeline.publish.export import Exporter, write_gallery
from pipeline.publish.manifest import manifests_under
from pipeline.publish.metrics import Measured, write_metrics
from pipeline.settings import Settings
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer

_LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a run left behind.

    Attributes:
        out: The folder of all campaign days.
        gallery: The gallery's page.
        manifests: The manifests.
        bills: What the ledger has about it.
        undelivered: Why the bucket for finished days does not have it all; empty if it has, or
            if there is none.
    """

    out: pathlib.Path
    gallery: pathlib.Path
    manifests: tuple[pathlib.Path, ...]
    bills: Bills = NOTHING_PAID
    undelivered: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The tools of a run.

    Attributes:
        settings: Folders and limits.
        renderer: Measures and paints.
        press: Makes creatives.
        versions: Names and versions of what makes and proofreads.
        threads: How many variants are under way at a time; most may be waiting for a provider.
        settled: Variant id to its outcome, for what a person has decided about; not made again.
        run: Id of the run; empty if it is none.
        seconds: Returns for how long the tools are out, in seconds.
    """

    settings: Settings
    renderer: TakumiRenderer
    press: Press
    versions: Mapping[str, str]
    threads: int
    settled: Mapping[str, Outcome] = dataclasses.field(default_factory=dict)
    run: str = ""
    seconds: Callable[[], float] = lambda: 0.0


def open_workshop(settings: Settings, prover: Prover, readers: Mapping[str, str]) -> Workshop:
    """Return the tools of a run.

    Args:
        settings: Folders and limits.
        prover: Proofreads.
        readers: Names and versions of the proof's engines.
    """
    renderer, begun = TakumiRenderer(), time.monotonic()
    store = open_store(settings)
    studio = Studio(settings.templates / "plates", renderer)
    return Workshop(
        settings=settings,
        renderer=renderer,
        press=Press(
            plates=Plates(studio, store),
            compositor=Compositor(
                letterer=Letterer(renderer=renderer, layouts=settings.templates / "layouts"),
                prover=prover,
                store=store,
                bench=threading.Semaphore(settings.workers),
                credentials=read_credentials(settings.credentials),
            ),
            store=store,
        ),
        versions={
            "proofpress": importlib.metadata.version("proofpress"),
            "engine": renderer.engine,
            **readers,
        },
        threads=settings.workers,
        seconds=lambda: time.monotonic() - begun,
    )


def produce_batch(
    batch: Batch, workshop: Workshop, on_outcome: Callable[[Outcome], None]
) -> list[Outcome]:
    """Return the outcomes of a batch, in its order.

    Raises:
        ToolMissingError: If an engine or font is not installed.
    """
    settled = {v.id: workshop.settled[v.id] for v in batch.variants if v.id in workshop.settled}
    for outcome in settled.values():
        on_outcome(outcome)
    todo = [variant for variant in batch.variants if variant.id not in settled]
    with about(run=workshop.run):
        made = produce_all(todo, workshop.press, workshop.threads, on_outcome)
    by_id = {outcome.variant: outcome for outcome in made} | settled
    return [by_id[variant.id] for variant in batch.variants]


def publish(
    plan: DayPlan,
    outcomes: Sequence[Outcome],
    workshop: Workshop,
    selftest: SelfTest = UNTRIED,
    bills: Bills = NOTHING_PAID,
) -> Published:
    """Write files and manifests, and the gallery of all campaigns of the run's days.

    In the place of what the self-test holds, what was delivered earlier that day stays. All of
    it is copied to the bucket for finished days, if there is one.
    """
    request = plan.request
    exporter = Exporter(
        out=request.out,
        store=workshop.press.store,
        run=request.run,
        instant=request.instant,
        versions=workshop.versions,
        selftest=selftest.record(),
        stays=frozenset(selftest.held),
        bills=bills,
    )
    by_id = {outcome.variant: outcome for outcome in outcomes}

    def write() -> Published:
        manifests = [path for one in plan.plans for path in exporter.export(one, by_id)]
        days = {path.parent.parent for path in manifests}
        shown = [path for day in sorted(days) for path in manifests_under(day)]
        gallery = write_gallery(request.out, shown, workshop.settings.templates / "pages")
        return Published(out=request.out, gallery=gallery, manifests=tuple(manifests), bills=bills)

    days = sorted({day.isoformat() for one in plan.plans for day in one.days.values()})
    published = _delivered(workshop.settings, request.out, days, write)
    with about(run=workshop.run):
        told = {"event": "published", "creatives": len(outcomes), "seconds": workshop.seconds()}
        _LOG.info("published in %s", request.out, extra=told)
    if workshop.settings.metrics:
        measured = _measured(plan, by_id, published, workshop.seconds())
        write_metrics(workshop.settings.metrics, measured)
    return published


def _delivered(
    settings: Settings, out: pathlib.Path, days: Sequence[str], write: Callable[[], Published]
) -> Published:
    """Write days to `out`, and to the bucket for finished days if there is one."""
    delivery = open_delivery(settings, out)
    if delivery is None:
        return write()
    published, problem = delivery.publish(days, write)
    if problem:
        _LOG.error("not all of it was delivered: %s", problem, extra={"event": "undelivered"})
    return dataclasses.replace(published, undelivered=problem)


def bring_owed(settings: Settings, out: pathlib.Path) -> str:
    """Bring to the bucket for finished days what it lacks, such as what a person decided since.

    Returns:
        Why it does not have it all; empty if it has, or if there is no such bucket.
    """
    delivery = open_delivery(settings, out)
    return delivery.catch_up() if delivery else ""


def _measured(
    plan: DayPlan, outcomes: Mapping[str, Outcome], published: Published, seconds: float
) -> Measured:
    groups = {
        one.campaign.campaign.campaign: [outcomes[variant.id] for variant in one.variants]
        for one in plan.plans
    }
    return Measured(
        outcomes=groups,
        bills=published.bills,
        seconds=seconds,
        ended=time.time(),
        undelivered=bool(published.undelivered),
    )


def accepted(outcomes: Sequence[Outcome]) -> bool:
    """Return whether every creative was accepted."""
    return all(outcome.status is Status.ACCEPTED for outcome in outcomes)
