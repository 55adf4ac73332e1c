"""Metrics: what came of a run as Prometheus text, for node exporter's textfile collector.

Names and units follow https://prometheus.io/docs/practices/naming/: base units, and a gauge for
what each run sets anew.
"""

import dataclasses
import pathlib
from collections import Counter
from collections.abc import Mapping, Sequence

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from pipeline.files import write_whole
from pipeline.produce.outcome import Outcome, Status
from pipeline.publish.bills import Bills
from pipeline.publish.reasons import reason_of

SECONDS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram of proofs: a usual one takes one to two seconds of CPU."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of a run.

    Attributes:
        outcomes: Campaign to how its creatives ended.
        bills: What the ledger has about them.
        seconds: How long the run took, in seconds.
        ended: When it ended, in seconds since 1970 UTC.
        undelivered: Whether the bucket for finished days does not have it all.
    """

    outcomes: Mapping[str, Sequence[Outcome]]
    bills: Bills
    seconds: float
    ended: float
    undelivered: bool = False


def write_metrics(file: pathlib.Path, measured: Measured) -> None:
    """Write a run's metrics, whole, so that a collector never reads half of them.

    Raises:
        OSError: If the file cannot be written.
    """
    write_whole(file, metrics_of(measured))


def metrics_of(measured: Measured) -> bytes:
    """Return a run's metrics as Prometheus text."""
    registry = CollectorRegistry()
    _creatives(registry, measured.outcomes)
    _proofs(registry, measured.outcomes)
    _money(registry, measured.bills)
    _gauge(registry, "run_duration_seconds", "How long the last run took").set(measured.seconds)
    _gauge(registry, "run_end_timestamp_seconds", "When the last run ended").set(measured.ended)
    _gauge(
        registry, "undelivered", "1 if the bucket for finished days does not have the whole run"
    ).set(measured.undelivered)
    return generate_latest(registry)


def _creatives(registry: CollectorRegistry, outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    status = _gauge(registry, "creatives", "Creatives of the last run", "campaign", "status")
    rate = _gauge(registry, "accept_ratio", "Share of creatives that were accepted", "campaign")
    stand_ins = _gauge(
        registry, "stand_ins", "Creatives on the studio's plate in place of a paid one", "campaign"
    )
    held = _gauge(
        registry, "held_creatives", "Creatives that are held, by reason", "campaign", "reason"
    )
    for campaign, some in outcomes.items():
        accepted = sum(one.status is Status.ACCEPTED for one in some)
        status.labels(campaign, "accepted").set(accepted)
        status.labels(campaign, "held").set(len(some) - accepted)
        stand_ins.labels(campaign).set(sum(bool(one.fallback) for one in some))
        if some:
            rate.labels(campaign).set(accepted / len(some))
        for reason, count in Counter(filter(None, map(reason_of, some))).items():
            held.labels(campaign, reason).set(count)


def _proofs(registry: CollectorRegistry, outcomes: Mapping[str, Sequence[Outcome]]) -> None:
    """Put in how long each proof took that was made now; what was taken over took none."""
    seconds = Histogram(
        "proofpress_proof_seconds",
        "Wall time of a proof",
        ["campaign"],
        buckets=SECONDS,
        registry=registry,
    )
    for campaign, some in outcomes.items():
        of_campaign = seconds.labels(campaign)
        for one in some:
            if one.proof is not None and one.attempts:
                of_campaign.observe(one.proof.ms / 1000)


def _money(registry: CollectorRegistry, bills: Bills) -> None:
    labels = ("campaign", "day")
    attempts = _gauge(registry, "attempts", "Paid attempts of the last run", *labels, "result")
    spent = _gauge(registry, "spent_usd", "What the last run was charged", *labels)
    budget = _gauge(registry, "budget_usd", "The most that the day may cost", *labels)
    left = _gauge(registry, "budget_left_usd", "What is left of that", *labels)
    for bill in bills.bills:
        of_day = (bill.campaign, bill.day.isoformat())
        passed = bill.pictures - bill.turned_down - bill.under_way
        attempts.labels(*of_day, "accepted").set(passed)
        attempts.labels(*of_day, "turned_down").set(bill.turned_down)
        attempts.labels(*of_day, "under_way").set(bill.under_way)
        spent.labels(*of_day).set(float(bill.spent))
        budget.labels(*of_day).set(float(bill.budget))
        left.labels(*of_day).set(float(bill.left))


def _gauge(registry: CollectorRegistry, name: str, said: str, *labels: str) -> Gauge:
    return Gauge(f"proofpress_{name}", said, labels, registry=registry)
