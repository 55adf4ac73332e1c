"""The buyer: one bill, whoever dies, whoever orders the same, however many at once."""

import concurrent.futures
import contextlib
import dataclasses
import decimal
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from pipeline.errors import BudgetError, ProviderError
from pipeline.produce.attempts import Brought, LateError, QuarantinedError
from pipeline.produce.buyer import Judged
from pipeline.produce.canary import HaltedError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.states import EntryState
from tests.produce.shop import QUICK, DiedError, Program, Shop, judge, opened, turn_down
from tests.produce.vendor import FREE, GONE, PRICE, Vendor


@pytest.fixture
def shop() -> Iterator[Shop]:
    with opened(Vendor()) as one:
        yield one


def test_a_picture_that_is_turned_down_is_tried_again_with_another_seed(shop: Shop) -> None:
    program, seen = shop.start(), list[Brought]()

    def second(brought: Brought) -> Judged[bytes]:
        seen.append(brought)
        return dataclasses.replace(judge(brought), passed=len(seen) == 2)

    bought = program.buy(by=second)
    assert (bought.attempts, bought.fresh) == (2, True)
    first, last = program.entries()
    assert [first.state, last.state] == [EntryState.REJECTED, EntryState.ACCEPTED]
    assert first.seed == len("bowl")
    assert last.seed != first.seed
    assert shop.vendor.total == program.booked == 2 * PRICE


def test_a_bought_picture_takes_nineteen_statements_in_six_commits(shop: Shop) -> None:
    program, said, commits = shop.start(), list[str](), list[object]()
    engine = program.database.engine

    @event.listens_for(engine, "before_cursor_execute")
    def _count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement.split(maxsplit=1)[0])

    event.listen(engine, "commit", commits.append)
    assert program.buy(caps=Caps(day=PRICE)).judged.passed
    assert len(said) - said.count("BEGIN") == 19
    assert len(commits) == 6


def test_after_so_many_pictures_nothing_more_is_paid_for(shop: Shop) -> None:
    program = shop.start()
    bought = program.buy(by=turn_down)
    assert (bought.attempts, bought.judged.passed) == (3, False)
    assert bought.judged.detail == "a digit is wrong"
    for later in (program, shop.start()):
        with pytest.raises(ProviderError, match="turned down before"):
            later.buy()
    assert shop.vendor.total == program.booked == 3 * PRICE


def test_failures_count_in_one_run_only(shop: Shop) -> None:
    shop.vendor.submits.extend(["failed"] * 3)
    program = shop.start()
    with pytest.raises(ProviderError, match="made no picture"):
        program.buy()
    assert program.booked == FREE
    assert shop.start().buy().judged.passed


def test_two_orders_of_one_job_pay_once(shop: Shop) -> None:
    program = shop.start()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        bought = list(pool.map(lambda _: program.buy(), range(8)))
    assert sum(one.fresh for one in bought) == 1
    assert {one.judged.result for one in bought} == {bought[0].judged.result}
    assert shop.vendor.asked == [program.only().id]


def test_a_picture_that_was_accepted_before_is_judged_again_for_another_order(shop: Shop) -> None:
    program = shop.start()
    program.buy()
    bought = program.buy(by=turn_down)
    assert (bought.judged.passed, bought.fresh, bought.attempts) == (False, False, 0)
    assert program.only().state is EntryState.ACCEPTED
    assert shop.vendor.total == PRICE


def test_an_accepted_picture_whose_file_is_lost_is_paid_again_and_says_so(shop: Shop) -> None:
    program = shop.start()
    program.buy()
    shop.store.forget(program.only().sha256)
    shop.vendor.works["req-1"].fetches.append(GONE)
    assert program.buy().fresh
    assert shop.vendor.total == program.booked == 2 * PRICE


def test_an_accepted_picture_whose_file_is_lost_is_fetched_again_first(shop: Shop) -> None:
    program = shop.start()
    program.buy()
    shop.store.forget(program.only().sha256)
    bought = program.buy()
    assert not bought.fresh
    assert bought.judged.passed
    assert shop.vendor.total == program.booked == PRICE


def test_what_another_run_is_paying_for_is_waited_for_and_not_paid_again(shop: Shop) -> None:
    first = shop.start(claims=True)
    shop.vendor.submits.append("stuck")
    with pytest.raises(LateError):
        first.buy()
    second = shop.start()
    asked = len(shop.vendor.asked)
    with pytest.raises(LateError, match=f"run {first.run} is paying"):
        second.buy()
    assert len(shop.vendor.asked) == asked == 1
    assert second.only().state is EntryState.SUBMITTED
    shop.vendor.finish()
    assert first.buy().judged.passed
    bought = second.buy()
    assert not bought.fresh
    assert shop.vendor.total == second.booked == PRICE


def test_what_a_run_was_paying_for_when_it_died_is_taken_over_by_the_one_that_waits(
    shop: Shop,
) -> None:
    first = shop.start(claims=True)
    shop.vendor.submits.append("stuck")
    with pytest.raises(LateError):
        first.buy()

    def sleep(seconds: float) -> None:
        shop.time.sleep(seconds)
        if first.run not in died:
            died.append(first.run)
            shop.end(first)
            shop.vendor.finish()

    died: list[str] = []
    second = shop.start(timing=dataclasses.replace(shop.time.timing, sleep=sleep))
    assert second.buy().judged.passed
    assert second.only().purpose.run == second.run
    assert shop.vendor.total == second.booked == PRICE


def test_an_intent_of_this_run_that_ended_in_a_mistake_is_not_simply_submitted() -> None:
    with opened(Vendor("bfl")) as shop:
        shop.vendor.submits.append("broken")
        program = shop.start()
        with pytest.raises(RuntimeError, match="a mistake"):
            program.buy()
        assert program.only().state is EntryState.INTENT
        with pytest.raises(QuarantinedError):
            program.buy()
        assert program.only().state is EntryState.UNKNOWN
        assert len(shop.vendor.asked) == 1


STEPS = ["intent", "submitted", "ready", "stored", "proved", "accepted"]


@pytest.mark.parametrize("able", ["runflow", "fal", "bfl"])
@pytest.mark.parametrize("durable", [False, True])
@pytest.mark.parametrize("step", range(len(STEPS)), ids=STEPS)
def test_a_run_that_dies_at_any_arrow_is_gone_on_with_and_nothing_is_paid_twice(
    able: str, step: int, *, durable: bool
) -> None:
    with opened(Vendor(able)) as shop:
        program = shop.start(claims=True)
        # One commit more before the first arrow: the claim.
        program.database.last, program.database.durable = 1 + step, durable
        with pytest.raises(DiedError):
            program.buy()
        shop.end(program)
        second = shop.start(claims=True)
        second.resume("bowl")
        doubtful = [entry for entry in second.entries() if entry.state is EntryState.UNKNOWN]
        if doubtful:
            _check_doubt(shop, second, able)
        else:
            assert second.buy().judged.passed
            assert second.booked == shop.vendor.total == PRICE
            assert len(second.entries()) == 1
        assert len(set(shop.vendor.bill)) == len(
            {one.attempt for one in shop.vendor.works.values()}
        )


def _check_doubt(shop: Shop, second: Program, able: str) -> None:
    """Of an intent or a submit without an answer: only Runflow knows the attempt again."""
    assert able != "runflow"
    with pytest.raises(QuarantinedError):
        second.buy()
    entry = second.only()
    assert entry.reserved == PRICE
    assert second.booked + entry.reserved >= shop.vendor.total
    assert len(shop.vendor.asked) <= 1


def test_a_death_between_the_attempts_of_one_order_forgets_none_of_them(shop: Shop) -> None:
    for last in range(1, 12):
        program = shop.start(claims=True)
        program.database.last = last
        with pytest.raises(DiedError):
            program.buy(f"bowl {last}", by=turn_down)
        shop.end(program)
        second = shop.start(claims=True)
        second.resume(f"bowl {last}")
        second.buy(f"bowl {last}", by=turn_down)
        entries = second.entries(f"bowl {last}")
        assert [entry.state for entry in entries] == [EntryState.REJECTED] * 3
        shop.end(second)
    assert shop.start().booked == shop.vendor.total == 11 * 3 * PRICE


def test_what_is_in_doubt_without_its_request_stays_aside_and_the_rest_comes_home(
    shop: Shop,
) -> None:
    shop.vendor.submits.append("stuck")
    program = shop.start()
    with pytest.raises(LateError):
        program.buy("stuck")
    program.database.last, program.database.durable = program.database.commits, True
    with pytest.raises(DiedError):
        program.buy("doubtful")
    shop.end(program)
    shop.vendor.finish()
    second = shop.start()
    assert second.resume() == 1
    assert second.only("stuck").state is EntryState.STORED
    assert second.only("doubtful").state is EntryState.UNKNOWN


def test_a_hundred_workers_with_faults_stay_within_the_cap() -> None:
    with opened(Vendor(active=24)) as shop:
        words = ["", "lost", "throttled 1", "unanswered", "failed", "", "", "stuck", "", ""]
        shop.vendor.submits.extend(words * 30)
        program, cap = shop.start(timing=QUICK), decimal.Decimal("2.00")

        def one(number: int) -> str:
            try:
                return str(program.buy(f"dish {number}", caps=Caps(day=cap)).judged.passed)
            except BudgetError:
                return "no budget"
            except ProviderError:
                return "no picture"

        with _watched(program) as totals, concurrent.futures.ThreadPoolExecutor(100) as pool:
            results = list(pool.map(one, range(100)))
        assert max(totals) <= cap
        assert {"True", "no budget"} <= set(results)
        shop.end(program)
        second = shop.start()
        second.resume(*[f"dish {number}" for number in range(100)])
        total = second.ledger.accounts.spend().total
        assert total.spent == shop.vendor.total
        assert total.spent + total.reserved <= cap


@contextlib.contextmanager
def _watched(program: Program) -> Iterator[list[decimal.Decimal]]:
    """Yield what is booked and held back together, looked at all the time."""
    ended, totals = threading.Event(), list[decimal.Decimal]()

    def sample() -> None:
        while not ended.wait(0.002):
            total = program.ledger.accounts.spend().total
            totals.append(total.spent + total.reserved)

    watch = threading.Thread(target=sample)
    watch.start()
    try:
        yield totals
    finally:
        ended.set()
        watch.join()


def test_the_switch_stops_new_payments_and_what_is_paid_comes_home(shop: Shop) -> None:
    shop.vendor.submits.append("stuck")
    program = shop.start()
    with pytest.raises(LateError):
        program.buy("stuck")
    program.ledger.switch.engage("enough")
    shop.vendor.finish()
    assert program.buy("stuck").judged.passed
    with pytest.raises(BudgetError, match="enough"):
        program.buy("next")
    assert shop.vendor.total == program.booked == PRICE
    program.ledger.switch.release()
    assert program.buy("next").judged.passed


def test_of_a_large_run_that_nothing_passes_in_only_five_orders_are_paid(shop: Shop) -> None:
    program = shop.start(timing=QUICK, wanted={"lunch": 40})

    def one(number: int) -> bool:
        try:
            return program.buy(f"dish {number}", by=turn_down, attempts=1).judged.passed
        except HaltedError:
            return False

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert not any(pool.map(one, range(40)))
    assert len(shop.vendor.asked) == 5


def test_a_used_up_budget_is_the_reason_given_to_the_last(shop: Shop) -> None:
    program = shop.start(wanted={"lunch": 40})
    for number in range(40):
        with pytest.raises(BudgetError, match="does not fit"):
            program.buy(f"dish {number}", caps=Caps(day=FREE))


def test_charges_without_pictures_count_as_pictures_that_do_not_pass(shop: Shop) -> None:
    shop.vendor.submits.extend(["stuck"] * 5)
    program = shop.start(wanted={"lunch": 40})
    for number in range(5):
        with pytest.raises(LateError):
            program.buy(f"dish {number}")
    assert program.buy("dish 6").judged.passed  # nothing was charged, so nothing is known
