"""Any order of buying, losing answers, dying and starting again: the invariants hold after each."""

import contextlib
import hashlib

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from pipeline.errors import BudgetError, ProviderError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.states import EntryState
from tests.produce.shop import DiedError, Program, judge, opened, turn_down
from tests.produce.vendor import BROKEN, GONE, PRICE, Vendor

CAP = 20 * PRICE
NAMES = ("bowl", "soup", "salad")
WORDS = ("", "lost", "unanswered", "stuck", "failed", "moderates", "throttled 2", "mumbled")


class Story(RuleBasedStateMachine):
    """One vendor, one ledger, one program at a time, and what an observer remembers."""

    able = "runflow"

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        self.shop = self.stack.enter_context(opened(Vendor(type(self).able)))
        self.program = self.shop.start(claims=True)
        self.ended: dict[str, Entry] = {}
        self.delivered: dict[str, tuple[str, bytes]] = {}
        self.stopped = False

    def teardown(self) -> None:
        self.stack.close()

    @rule(
        name=st.sampled_from(NAMES),
        word=st.sampled_from(WORDS),
        passes=st.booleans(),
        resubmits=st.booleans(),
        spoilt=st.sampled_from([None, GONE, BROKEN]),
    )
    def order(
        self,
        name: str,
        word: str,
        spoilt: Exception | None,
        *,
        passes: bool,
        resubmits: bool,
    ) -> None:
        self.shop.vendor.submits.clear()
        self.shop.vendor.submits.append(word)
        self.shop.vendor.fetches.extend([spoilt] if spoilt else [])
        asked = len(self.shop.vendor.asked)
        try:
            bought = self.program.buy(
                name, judge if passes else turn_down, resubmits=resubmits, caps=Caps(day=CAP)
            )
        except (BudgetError, ProviderError):
            pass
        else:
            if bought.judged.passed:
                self.delivered[name] = (bought.entry.sha256, bought.judged.result)
        if self.stopped:
            repeated = self.shop.vendor.asked[asked:]
            assert all(one in self.shop.vendor.asked[:asked] for one in repeated)

    @rule(name=st.sampled_from(NAMES), commits=st.integers(0, 8), durable=st.booleans())
    def die(self, name: str, commits: int, *, durable: bool) -> None:
        database = self.program.database
        database.last, database.durable = database.commits + commits, durable
        with contextlib.suppress(DiedError, BudgetError, ProviderError):
            self.program.buy(name, caps=Caps(day=CAP))
        self.restart()

    @rule()
    def restart(self) -> None:
        self.shop.end(self.program)
        self.program = self.shop.start(claims=True)
        self.program.resume(*NAMES)

    @rule(name=st.sampled_from(NAMES))
    def order_in_a_second_run(self, name: str) -> None:
        second: Program = self.shop.start()
        with contextlib.suppress(BudgetError, ProviderError):
            second.buy(name, caps=Caps(day=CAP))
        self.shop.end(second)

    @rule()
    def finish(self) -> None:
        self.shop.vendor.finish()

    @rule(full=st.booleans())
    def fill_the_disk(self, *, full: bool) -> None:
        self.shop.store.full = full

    @rule(stops=st.booleans())
    def turn_the_switch(self, *, stops: bool) -> None:
        self.stopped = stops
        switch = self.program.ledger.switch
        switch.engage("enough") if stops else switch.release()

    @property
    def entries(self) -> dict[str, Entry]:
        return {entry.id: entry for name in NAMES for entry in self.program.entries(name)}

    @invariant()
    def every_submit_was_intended_and_every_bill_has_a_row(self) -> None:
        assert set(self.shop.vendor.asked) <= set(self.entries)
        attempts = [self.shop.vendor.works[name].attempt for name in self.shop.vendor.bill]
        assert len(attempts) == len(set(attempts))

    @invariant()
    def what_is_booked_is_what_is_billed_for_all_whose_outcome_is_known(self) -> None:
        by_attempt = {work.attempt: name for name, work in self.shop.vendor.works.items()}
        repeated = {entry.resubmits for entry in self.entries.values()}
        for entry in self.entries.values():
            billed = self.shop.vendor.bill.get(by_attempt.get(entry.id, ""), None)
            if entry.charged is not None and entry.id not in repeated:
                assert entry.charged == (billed or 0)
            elif billed is not None and entry.charged is None:
                assert entry.reserved >= billed

    @invariant()
    def no_cap_is_passed(self) -> None:
        total = self.program.ledger.accounts.spend().total
        assert total.spent + total.reserved <= CAP

    @invariant()
    def what_was_delivered_is_the_file_that_the_ledger_names(self) -> None:
        for name, (sha256, content) in self.delivered.items():
            assert hashlib.sha256(content).hexdigest() == sha256
            states = {entry.sha256: entry.state for entry in self.program.entries(name)}
            assert states[sha256] is EntryState.ACCEPTED

    @invariant()
    def a_job_has_one_live_attempt_at_most(self) -> None:
        live = [entry.job for entry in self.entries.values() if not entry.has_ended]
        assert len(live) == len(set(live))

    @invariant()
    def what_has_ended_stays_and_what_is_stored_has_its_file(self) -> None:
        for entry in self.entries.values():
            if entry.has_ended:
                assert entry == self.ended.setdefault(entry.id, entry)
            if entry.state in {EntryState.STORED, EntryState.PROVED, EntryState.ACCEPTED}:
                assert self.shop.store.get(entry.sha256) is not None


class Listing(Story):
    """With a vendor that lists what was sent, and is not idempotent."""

    able = "fal"


class Blind(Story):
    """With a vendor that neither lists nor knows an attempt again."""

    able = "bfl"


def _told(story: type[Story], examples: int) -> None:
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_promises_hold_with_a_vendor_that_knows_attempts_again() -> None:
    _told(Story, 6)


def test_the_promises_hold_with_a_vendor_that_lists_them() -> None:
    _told(Listing, 4)


def test_the_promises_hold_with_a_vendor_that_tells_nothing() -> None:
    _told(Blind, 4)
