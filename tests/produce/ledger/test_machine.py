"""Any order of steps, by two programs, with crashes between: the promises hold after each one."""

import decimal
import itertools
import pathlib
import tempfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from pipeline.errors import BudgetError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.reading import states_of
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.states import ARROWS, EntryState, IllegalArrowError
from pipeline.produce.providers.protocol import Ticket
from tests.produce.ledger.bookings import HASH, Ticking, dollars, wanted
from tests.produce.ledger.conftest import MEMORY

pytestmark = pytest.mark.xdist_group("ledger")

CAP = dollars("0.30")
CAPS = Caps(day=CAP, campaign=CAP)
JOBS = ["aaaa", "bbbb", "cccc"]
PROGRAMS = st.integers(0, 1)
COSTS = st.sampled_from([None, dollars(0), dollars("0.04"), dollars("0.06")])
STEPS = st.sampled_from(sorted(set(EntryState) - {EntryState.PLANNED, EntryState.INTENT}))


class Story(RuleBasedStateMachine):
    """Two programs that share one ledger, and what a third observer knows about it."""

    new_url: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self.url = type(self).new_url()
        self.clock = Ticking()
        self.programs = [open_ledger(self.url, self.clock) for _ in range(2)]
        self.known: list[str] = []
        self.ended: dict[str, Entry] = {}
        self.stopped = False

    def teardown(self) -> None:
        for program in self.programs:
            program.close()

    @rule(program=PROGRAMS, job=st.sampled_from(JOBS), renew=st.booleans())
    def intend(self, program: int, job: str, *, renew: bool) -> None:
        ledger = self.programs[program]
        before = ledger.attempts_of(job)
        live = [entry for entry in before if not entry.has_ended]
        spent = self._booked(ledger)
        try:
            answer = ledger.intend(wanted(job, renew=renew), CAPS)
        except BudgetError:
            assert self.stopped or spent + dollars("0.06") > CAP
            assert ledger.attempts_of(job) == before
            return
        stands = bool(live) or (not renew and ledger.accepted(job) is not None)
        assert answer.fresh is not stands
        if answer.fresh:
            assert not self.stopped
            assert answer.entry.number == len(before) + 1
            self.known.append(answer.entry.id)

    @rule(program=PROGRAMS, which=st.integers(0, 50), to=STEPS, cost=COSTS, passed=st.booleans())
    def step(
        self,
        program: int,
        which: int,
        to: EntryState,
        cost: decimal.Decimal | None,
        *,
        passed: bool,
    ) -> None:
        if not self.known:
            return
        ledger, attempt = self.programs[program], self.known[which % len(self.known)]
        before = ledger.entry(attempt)
        allowed = to in ARROWS[before.state] and (to is not EntryState.ACCEPTED or before.passed)
        try:
            _take(ledger, attempt, to, cost, passed=passed)
        except IllegalArrowError:
            assert not allowed
            assert ledger.entry(attempt) == before
        else:
            assert allowed
            assert ledger.entry(attempt).state is to

    @rule(program=PROGRAMS, which=st.integers(0, 50))
    def resubmit(self, program: int, which: int) -> None:
        if not self.known:
            return
        ledger = self.programs[program]
        lost = ledger.entry(self.known[which % len(self.known)])
        try:
            answer = ledger.intend(wanted(lost.job, resubmits=lost.id), CAPS)
        except BudgetError:
            assert ledger.entry(lost.id) == lost
            return
        assert answer.fresh is (lost.state is EntryState.UNKNOWN)
        if answer.fresh:
            self.known.append(answer.entry.id)
            assert ledger.entry(lost.id).state is EntryState.FAILED

    @rule(program=PROGRAMS, which=st.integers(0, 50), cost=COSTS)
    def settle(self, program: int, which: int, cost: decimal.Decimal | None) -> None:
        if self.known and cost is not None:
            attempt = self.known[which % len(self.known)]
            assert cost >= 0
            self.programs[program].settle(attempt, min(cost, self._most(attempt)))

    def _most(self, attempt: str) -> decimal.Decimal:
        """Return the most that a vendor may charge late without being dearer than was booked."""
        entry = self.programs[0].entry(attempt)
        return entry.reserved if entry.charged is None else entry.charged

    @rule(program=PROGRAMS)
    def crash(self, program: int) -> None:
        self.programs[program].close()
        self.programs[program] = open_ledger(self.url, self.clock)

    @rule(program=PROGRAMS)
    def stop(self, program: int) -> None:
        self.programs[program].switch.engage("enough")
        self.stopped = True

    @rule(program=PROGRAMS)
    def go_on(self, program: int) -> None:
        self.programs[program].switch.release()
        self.stopped = False

    def _booked(self, ledger: Ledger) -> decimal.Decimal:
        total = ledger.accounts.spend().total
        return total.spent + total.reserved

    @invariant()
    def no_cap_is_passed(self) -> None:
        assert all(self._booked(ledger) <= CAP for ledger in self.programs)

    @invariant()
    def a_job_has_one_live_attempt_at_most(self) -> None:
        live = [entry.job for entry in self.programs[0].unfinished()]
        assert len(live) == len(set(live))

    @invariant()
    def what_has_ended_stays(self) -> None:
        for attempt in self.known:
            entry = self.programs[1].entry(attempt)
            if entry.has_ended:
                first = self.ended.setdefault(attempt, entry)
                assert _without_money(entry) == _without_money(first)
                assert entry.reserved == 0

    @invariant()
    def every_history_is_a_path_of_arrows(self) -> None:
        for attempt in self.known:
            states = states_of(self.programs[1].events_of(attempt))
            assert all(to in ARROWS[state] for state, to in itertools.pairwise(states))
            assert states[-1] is self.programs[0].entry(attempt).state


def _without_money(entry: Entry) -> tuple[object, ...]:
    return entry.state, entry.sha256, entry.request_id, entry.detail, entry.passed, entry.created


def _take(
    ledger: Ledger,
    attempt: str,
    to: EntryState,
    cost: decimal.Decimal | None,
    *,
    passed: bool,
) -> Entry:
    if to is EntryState.SUBMITTED:
        return ledger.submitted(attempt, Ticket(request_id=f"r-{attempt}"))
    if to is EntryState.READY:
        return ledger.ready(attempt, cost)
    if to is EntryState.STORED:
        return ledger.stored(attempt, HASH)
    if to is EntryState.PROVED:
        return ledger.proved(attempt, passed=passed)
    if to is EntryState.UNKNOWN:
        return ledger.unknown(attempt, "the answer was lost")
    known = ledger.entry(attempt).charged
    return ledger.ended(attempt, to, "so it went", cost if known is None else None)


@pytest.mark.parametrize(("kind", "examples"), [("sqlite", 8), ("postgresql", 2)])
def test_the_promises_hold_in_any_order_of_steps(
    kind: str, examples: int, new_address: Callable[[], str]
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folders = pathlib.Path(name)

        def new_file() -> str:
            return f"sqlite:///{tempfile.mkdtemp(dir=folders)}/ledger.sqlite3"

        class Told(Story):
            new_url = staticmethod(new_file if kind == "sqlite" else new_address)

        run_state_machine_as_test(
            Told,
            settings=settings(
                max_examples=examples,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
