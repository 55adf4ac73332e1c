"""Jobs: what was accepted, how far it is, and what it cost."""

import dataclasses
import decimal
import heapq
import math
from collections import Counter, defaultdict
from typing import Any

from simulator.bill import Bill, BillLine
from simulator.chance import digest, uuid4_of, uuid7_of
from simulator.faults import strikes
from simulator.orders import Order
from simulator.prices import PRICES

_FATES = ("moderated_input", "moderated_output", "failed", "canceled", "canceled_vs_cancelled")
_ENDLESS = ("queued_forever", "endless_202", "unknown_status")
_QUEUED_SHARE = 0.1
_DISPATCHED_SHARE = 0.2
SLOW_POLLS = 3
"""How many polls `slow` without an argument takes."""


@dataclasses.dataclass(slots=True, kw_only=True)
class Job:
    """One accepted request.

    Attributes:
        id: The id the client is given.
        key: What names the job in every run of the same seed; draws depend on it.
        order: What is to be made.
        scenario: The faults it meets.
        submitted: Simulated time of acceptance, in seconds since 1970.
        ready: Simulated time at which it is done; infinity if never.
        client_ref: The client's label.
        idempotency_key: The client's key.
        extra: What else the API must echo or remember.
        polls: How often its state was asked for.
        downloads: How often its pictures were asked for.
        settled: Whether the bill is final.
        withdrawn: Whether the client cancelled it in time.
        usd: What was charged in the end, in US dollars.
    """

    id: str
    key: str
    order: Order
    scenario: dict[str, str]
    submitted: float
    ready: float
    client_ref: str | None
    idempotency_key: str | None
    extra: dict[str, Any]
    polls: int = 0
    downloads: int = 0
    settled: bool = False
    withdrawn: bool = False
    usd: decimal.Decimal = decimal.Decimal(0)

    @property
    def fate(self) -> str:
        """Return how the job ends: ok, failed, canceled, moderated_input or moderated_output."""
        if self.withdrawn:
            return "canceled"
        found = next((name for name in _FATES if name in self.scenario), "ok")
        return "canceled" if found == "canceled_vs_cancelled" else found

    @property
    def seed(self) -> int:
        """Return the seed of the first picture."""
        return self.order.used_seed(self.key)

    def done(self, now: float) -> bool:
        """Return whether the job has ended, well or badly."""
        if self.withdrawn:
            return True
        if "slow" in self.scenario:
            argument = self.scenario["slow"]
            if self.polls <= (int(argument) if argument.isdigit() else SLOW_POLLS):
                return False
        return now >= self.ready

    def phase(self, now: float) -> str:
        """Return queued, dispatching, running or done."""
        if self.done(now):
            return "done"
        if "queued_forever" in self.scenario:
            return "queued"
        if math.isinf(self.ready) or self.ready <= now:
            return "running"
        share = (now - self.submitted) / (self.ready - self.submitted)
        return (
            "queued"
            if share < _QUEUED_SHARE
            else "dispatching"
            if share < _DISPATCHED_SHARE
            else "running"
        )

    def struck(self, name: str) -> bool:
        """Return whether a fault of the job strikes at its present poll."""
        return strikes(self.scenario, name, self.polls - 1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What an API knows of a request before it is accepted.

    Attributes:
        order: What is asked for.
        scenario: The faults it meets.
        client_ref: The client's label.
        idempotency_key: The client's key.
        extra: What the API must remember.
    """

    order: Order
    scenario: dict[str, str]
    client_ref: str | None = None
    idempotency_key: str | None = None
    extra: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Return what is the same for every try of one request."""
        order = self.order
        seed = "none" if order.seed is None else order.seed
        return digest(
            order.endpoint, order.picture_key(0), seed, self.client_ref, self.idempotency_key
        )


class JobBook:
    """All jobs of all providers, and the bill they cause.

    Args:
        bill: Where charges and refunds are booked.
        seed: Decides every id.
        latency: Seconds of the simulated clock that a job takes.
    """

    def __init__(self, bill: Bill, seed: int, latency: float) -> None:
        self.jobs: dict[str, Job] = {}
        self.by_client_ref: dict[str, list[Job]] = defaultdict(list)
        self.by_endpoint: dict[str, list[Job]] = defaultdict(list)
        self.submits: Counter[str] = Counter()
        self._bill = bill
        self._seed = seed
        self._latency = latency
        self._attempts: Counter[str] = Counter()
        self._accepted: Counter[str] = Counter()
        self._due: list[tuple[float, str]] = []
        self._active: dict[str, set[str]] = defaultdict(set)

    def attempt(self, ticket: Ticket) -> int:
        """Count a submit and return how often the same request came before."""
        self.submits[ticket.order.provider] += 1
        self._attempts[ticket.fingerprint] += 1
        return self._attempts[ticket.fingerprint] - 1

    def accept(self, ticket: Ticket, now: float) -> Job:
        """Return the new job of a ticket; what is charged at once is on the bill."""
        order = ticket.order
        count = self._accepted[ticket.fingerprint]
        self._accepted[ticket.fingerprint] += 1
        key = digest(self._seed, ticket.fingerprint, count)
        stuck = any(name in ticket.scenario for name in _ENDLESS)
        job = Job(
            id=uuid7_of(key, now) if order.provider == "runflow" else uuid4_of(key),
            key=key,
            order=order,
            scenario=ticket.scenario,
            submitted=now,
            ready=math.inf if stuck else now + self._latency,
            client_ref=ticket.client_ref,
            idempotency_key=ticket.idempotency_key,
            extra=ticket.extra,
        )
        self._enter(job)
        self.settle(now)
        return job

    def active(self, provider: str, now: float, stuck_slot: float) -> int:
        """Return how many jobs of a provider are accepted and not finished.

        Args:
            provider: runflow, fal or bfl.
            now: Simulated time in seconds since 1970.
            stuck_slot: Seconds after which a job that never ends is no longer counted.
        """
        running = self._active[provider]
        running -= {
            one
            for one in running
            if self.jobs[one].done(now)
            or (math.isinf(self.jobs[one].ready) and now > self.jobs[one].submitted + stuck_slot)
        }
        return len(running)

    def settle(self, now: float) -> None:
        """Book all that has become due."""
        while self._due and self._due[0][0] <= now:
            self._finish(self.jobs[heapq.heappop(self._due)[1]], now)

    def withdraw(self, job: Job, now: float) -> None:
        """Cancel a job before it is done."""
        job.withdrawn = True
        job.ready = now
        self._finish(job, now)

    def _enter(self, job: Job) -> None:
        self.jobs[job.id] = job
        self.by_endpoint[job.order.endpoint].append(job)
        if job.client_ref:
            self.by_client_ref[job.client_ref].append(job)
        self._active[job.order.provider].add(job.id)
        if job.order.provider == "bfl":
            self._book(job, job.submitted, 1, "accepted")
        if not math.isinf(job.ready):
            heapq.heappush(self._due, (job.ready, job.id))

    def _finish(self, job: Job, now: float) -> None:
        if job.settled:
            return
        job.settled = True
        charged_at_once = job.order.provider == "bfl"
        owed = job.fate == "ok" or (job.fate, job.order.provider) == ("moderated_output", "fal")
        if owed and not charged_at_once:
            self._book(job, now, 1, "generated" if job.fate == "ok" else "generated, then refused")
        if not owed and charged_at_once:
            self._book(job, now, -1, f"refund: {job.fate}")

    def _book(self, job: Job, now: float, sign: int, why: str) -> None:
        order = job.order
        usd = sign * price_of(order)
        job.usd += usd
        self._bill.add(
            BillLine(
                at=now,
                provider=order.provider,
                model=order.model,
                job=job.id,
                client_ref=job.client_ref,
                idempotency_key=job.idempotency_key,
                seed=order.seed,
                output_mp=sign * order.output_mp,
                input_mp=sign * order.input_mp,
                usd=usd,
                why=why,
            )
        )


def price_of(order: Order) -> decimal.Decimal:
    """Return what an order costs in US dollars if it succeeds."""
    price = PRICES[order.provider][order.model]
    return order.images * price.usd(order.output_mp // order.images, order.input_mp)
