"""Attempts: whatever happens on the way, the ledger knows, and nothing is paid twice."""

import datetime as dt
from collections.abc import Iterator

import pytest

from pipeline.errors import ProviderError
from pipeline.produce.attempts import LateError, QuarantinedError
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import Poll, State, TransientError
from tests.produce.shop import DiedError, Shop, opened
from tests.produce.vendor import BROKEN, FREE, GONE, OUTAGE, PRICE, Vendor


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop whose vendor looks attempts up and knows them again."""
    with opened(Vendor()) as one:
        yield one


@pytest.fixture
def blind() -> Iterator[Shop]:
    """A shop whose vendor does neither."""
    with opened(Vendor("bfl")) as one:
        yield one


def test_a_picture_is_paid_once_and_kept(shop: Shop) -> None:
    program = shop.start()
    bought = program.buy()
    entry = program.only()
    assert entry.state is EntryState.ACCEPTED
    assert entry.charged == PRICE
    assert entry.by_vendor
    assert shop.store.get(entry.sha256) == bought.judged.result
    assert shop.vendor.asked == [entry.id]
    assert program.booked == shop.vendor.total == PRICE


@pytest.mark.parametrize(("words", "least"), [(["throttled 7"], 7), (["throttled"] * 3, 3.5)])
def test_a_throttled_submit_is_repeated_after_the_pause(
    shop: Shop, words: list[str], least: float
) -> None:
    shop.vendor.submits.extend(words)
    program = shop.start()
    assert program.buy().judged.passed
    assert shop.time.seconds >= least
    assert shop.vendor.asked == [program.only().id] * (len(words) + 1)
    assert program.booked == shop.vendor.total == PRICE


@pytest.mark.parametrize("word", ["throttled", "throttled 0", "unreachable"])
def test_a_vendor_that_never_accepts_ends_the_order_free_of_charge(shop: Shop, word: str) -> None:
    shop.vendor.submits.extend([word] * 100_000)
    program = shop.start()
    with pytest.raises(ProviderError, match="takes no more"):
        program.buy()
    assert [entry.state for entry in program.entries()] == [EntryState.FAILED] * 3
    assert shop.time.seconds <= 3 * (300 + 1)
    assert program.booked == shop.vendor.total == FREE


def test_an_outage_stops_submits_while_polls_go_on(shop: Shop) -> None:
    shop.vendor.submits.append("stuck")
    program = shop.start()
    with pytest.raises(LateError):
        program.buy("stuck")
    for _ in range(5):
        program.gate.failed()
    shop.vendor.finish()
    assert program.buy("stuck").judged.passed  # polled and fetched: nobody had to enter the gate
    begun, asked = shop.time.seconds, len(shop.vendor.asked)
    program.buy("next")
    assert shop.time.seconds - begun >= 5
    assert len(shop.vendor.asked) == asked + 1


def test_a_stuck_attempt_frees_its_slot_and_the_next_run_collects_it() -> None:
    with opened(Vendor(active=1)) as shop:
        shop.vendor.submits.append("stuck")
        program = shop.start()
        with pytest.raises(LateError, match="not ready in time"):
            program.buy("stuck")
        assert program.only("stuck").state is EntryState.SUBMITTED
        assert program.buy("next").judged.passed
        shop.vendor.finish()
        shop.end(program)
        second = shop.start()
        assert second.resume("stuck") == 1
        assert second.only("stuck").state is EntryState.STORED
        assert second.buy("stuck").judged.passed
        assert len(shop.vendor.asked) == 2
        assert second.booked == shop.vendor.total == 2 * PRICE


def test_a_run_does_not_wait_long_for_what_is_still_stuck_and_gives_it_up_after_a_day(
    shop: Shop,
) -> None:
    shop.vendor.submits.append("stuck")
    program = shop.start()
    with pytest.raises(LateError):
        program.buy()
    shop.end(program)
    second, begun = shop.start(), shop.time.seconds
    assert second.resume("bowl") == 0
    assert shop.time.seconds - begun < 20
    assert second.only().state is EntryState.SUBMITTED
    shop.time.seconds += dt.timedelta(hours=25).total_seconds()
    assert shop.start().resume("bowl") == 0
    assert second.only().state is EntryState.FAILED
    assert second.only().charged == PRICE  # the vendor may still finish it


def test_what_was_accepted_without_an_answer_is_looked_up_and_adopted(shop: Shop) -> None:
    shop.vendor.submits.append("lost")
    program = shop.start()
    assert program.buy().judged.passed
    assert shop.vendor.asked == [program.only().id]
    assert program.booked == shop.vendor.total == PRICE


def test_what_is_not_listed_is_submitted_again_under_the_same_name(shop: Shop) -> None:
    shop.vendor.submits.extend(["lost"])
    shop.vendor.listed = False
    program = shop.start()
    assert program.buy().judged.passed
    assert shop.vendor.asked == [program.only().id] * 2
    assert program.booked == shop.vendor.total == PRICE


def test_a_replay_that_is_throttled_and_fails_is_repeated(shop: Shop) -> None:
    shop.vendor.submits.extend(["unanswered", "throttled 2", "unanswered"])
    program = shop.start()
    assert program.buy().judged.passed
    assert shop.vendor.asked == [program.only().id] * 4
    assert program.booked == shop.vendor.total == PRICE


def test_without_a_look_up_an_unknown_attempt_is_set_aside_with_its_money(blind: Shop) -> None:
    blind.vendor.submits.append("lost")
    program = blind.start()
    for _ in range(2):
        with pytest.raises(QuarantinedError, match="nobody knows"):
            program.buy()
    entry = program.only()
    assert (entry.state, entry.reserved, entry.charged) == (EntryState.UNKNOWN, PRICE, None)
    assert blind.vendor.asked == [entry.id]


@pytest.mark.parametrize("known", [["bowl"], []])
def test_an_unknown_attempt_is_booked_as_spent_when_its_picture_would_be_gone(
    blind: Shop, known: list[str]
) -> None:
    blind.vendor.submits.append("lost")
    first = blind.start()
    with pytest.raises(QuarantinedError, match="booked as spent by a later run"):
        first.buy()
    life = blind.vendor.capabilities.result_life
    blind.time.seconds += life - 60
    assert blind.start().resume(*known) == 0
    assert (first.only().state, first.only().reserved) == (EntryState.UNKNOWN, PRICE)
    blind.time.seconds += 120
    later = blind.start()
    assert later.resume(*known) == 0
    entry = later.only()
    assert (entry.state, entry.charged, entry.reserved) == (EntryState.FAILED, PRICE, FREE)
    assert entry.is_unknown
    total = later.ledger.accounts.spend().total
    assert (total.unknown, total.spent, total.wasted, total.reserved) == (PRICE, PRICE, FREE, FREE)
    assert later.booked == blind.vendor.total


def test_what_was_perhaps_paid_is_paid_again_only_if_the_policy_allows(blind: Shop) -> None:
    blind.vendor.submits.append("lost")
    with pytest.raises(QuarantinedError):
        blind.start().buy()
    blind.time.seconds += blind.vendor.capabilities.result_life + 60
    later = blind.start()
    later.resume("bowl")
    with pytest.raises(ProviderError, match="`budget: resubmit: 1` in the campaign allows"):
        later.buy()
    assert len(blind.vendor.asked) == 1
    assert later.buy(resubmits=True).judged.passed
    assert not later.buy().fresh  # what is accepted serves everybody
    assert later.booked == blind.vendor.total == 2 * PRICE


def test_a_repetition_that_is_lost_too_is_the_last(blind: Shop) -> None:
    blind.vendor.submits.extend(["lost", "lost"])
    with pytest.raises(QuarantinedError):
        blind.start().buy(resubmits=True)
    blind.time.seconds += blind.vendor.capabilities.result_life + 60
    later = blind.start()
    later.resume("bowl")
    with pytest.raises(ProviderError, match="perhaps paid for"):
        later.buy(resubmits=True)
    assert len(blind.vendor.asked) == 2
    assert later.booked == blind.vendor.total == 2 * PRICE


def test_what_cannot_be_looked_up_without_its_request_is_booked_as_spent_after_a_day(
    shop: Shop,
) -> None:
    shop.vendor.submits.extend(["lost"])
    program = shop.start()
    program.database.last, program.database.durable = 1, True  # it dies when that is known
    with pytest.raises(DiedError):
        program.buy()
    shop.end(program)
    second = shop.start()
    assert second.resume() == 0
    assert second.only().state is EntryState.UNKNOWN
    shop.time.seconds += dt.timedelta(hours=25).total_seconds()
    assert second.resume() == 0
    assert second.only().is_unknown
    assert second.booked == shop.vendor.total == PRICE


def test_policy_allows_one_recorded_repetition(blind: Shop) -> None:
    blind.vendor.submits.append("lost")
    program = blind.start()
    assert program.buy(resubmits=True).judged.passed
    lost, again = program.entries()
    assert (lost.state, lost.charged) == (EntryState.FAILED, PRICE)
    assert again.resubmits == lost.id
    assert program.booked == blind.vendor.total == 2 * PRICE


def test_a_repetition_is_not_repeated(blind: Shop) -> None:
    blind.vendor.submits.extend(["lost", "lost"])
    program = blind.start()
    for _ in range(2):
        with pytest.raises(QuarantinedError):
            program.buy(resubmits=True)
    assert len(blind.vendor.asked) == 2


def test_an_attempt_that_the_vendor_never_heard_of_is_given_up_after_a_day() -> None:
    with opened(Vendor("fal")) as shop:
        shop.vendor.submits.append("unanswered")
        program = shop.start()
        with pytest.raises(QuarantinedError):
            program.buy()
        shop.time.seconds += dt.timedelta(hours=25).total_seconds()
        assert shop.start().resume("bowl") == 0
        entry = program.only()
        assert (entry.state, entry.charged) == (EntryState.FAILED, FREE)


@pytest.mark.parametrize("word", ["moderated", "moderates"])
def test_words_that_the_vendor_refuses_are_not_tried_again(shop: Shop, word: str) -> None:
    shop.vendor.submits.append(word)
    program = shop.start()
    with pytest.raises(ProviderError, match=r"not allowed|moderated"):
        program.buy()
    with pytest.raises(ProviderError, match="turned down before"):
        program.buy()
    assert program.only().state is EntryState.MODERATED
    assert program.booked == FREE


def test_a_request_that_is_wrong_is_refused_once(shop: Shop) -> None:
    shop.vendor.submits.append("refused")
    program = shop.start()
    with pytest.raises(ProviderError, match="a field is wrong"):
        program.buy()
    assert program.only().state is EntryState.FAILED
    assert not program.gate.closed


def test_no_credit_stops_everybody(shop: Shop) -> None:
    shop.vendor.submits.append("closed")
    program = shop.start()
    for name in ("first", "second", "third"):
        with pytest.raises(ProviderError, match="no credit is left"):
            program.buy(name)
    assert len(shop.vendor.asked) == 1
    assert program.booked == FREE


def test_an_address_that_has_run_out_is_asked_for_again(shop: Shop) -> None:
    shop.vendor.fetches.extend([GONE, GONE])
    program = shop.start()
    assert program.buy().judged.passed
    assert len(shop.vendor.polled) == 3
    assert len(shop.vendor.asked) == 1


@pytest.mark.parametrize("error", [GONE, BROKEN])
def test_a_picture_that_never_comes_is_a_charged_failure(shop: Shop, error: Exception) -> None:
    shop.vendor.fetches.extend([error] * 4)
    program = shop.start()
    assert program.buy().judged.passed  # with a second attempt
    failed, accepted = program.entries()
    assert (failed.state, failed.charged) == (EntryState.FAILED, PRICE)
    assert accepted.state is EntryState.ACCEPTED
    assert program.booked == shop.vendor.total == 2 * PRICE


def test_polls_without_an_answer_are_repeated_as_the_vendor_asks(shop: Shop) -> None:
    shop.vendor.polls.append(Poll(state=State.MISSING))  # right after the submit: not yet known
    shop.vendor.polls.extend([OUTAGE, TransientError("later", after=20.0)])
    program = shop.start()
    assert program.buy().judged.passed
    assert shop.time.seconds >= 20
    assert len(shop.vendor.polled) == 4


def test_what_went_wrong_last_is_said_when_an_attempt_is_late_or_given_up(shop: Shop) -> None:
    shop.vendor.polls.extend([OUTAGE] * 1000)
    program = shop.start()
    with pytest.raises(LateError, match=r"it is fetched later: no answer$"):
        program.buy()
    shop.time.seconds += dt.timedelta(hours=25).total_seconds()
    assert shop.start().resume("bowl") == 0
    assert program.only().detail == "the provider never finished it: no answer"


def test_what_went_wrong_before_a_good_answer_is_not_why_an_attempt_is_late(shop: Shop) -> None:
    shop.vendor.submits.append("stuck")
    shop.vendor.polls.append(OUTAGE)
    with pytest.raises(LateError, match=r"it is fetched later$"):
        shop.start().buy()


def test_what_the_vendor_forgot_is_a_charged_failure(shop: Shop) -> None:
    shop.vendor.polls.extend([Poll(state=State.WAITING)] * 5 + [Poll(state=State.MISSING)])
    program = shop.start()
    assert program.buy().judged.passed
    assert [(one.state, one.charged) for one in program.entries()] == [
        (EntryState.FAILED, PRICE),
        (EntryState.ACCEPTED, PRICE),
    ]


def test_a_full_disk_stops_new_submits_and_loses_nothing(shop: Shop) -> None:
    program = shop.start()
    shop.store.full = True
    with pytest.raises(LateError, match="No space left on device"):
        program.buy()
    with pytest.raises(ProviderError, match="free some disk space, then run again"):
        program.buy("next")
    assert program.only().state is EntryState.READY
    assert len(shop.vendor.asked) == 1
    shop.store.full = False
    shop.end(program)
    second = shop.start()
    assert second.resume("bowl") == 1
    assert second.buy().judged.passed
    assert second.booked == shop.vendor.total == PRICE


def test_a_file_that_is_lost_after_it_was_stored_is_a_charged_failure(shop: Shop) -> None:
    program = shop.start()
    program.database.last, program.database.durable = 3, True  # it dies when the file is stored
    with pytest.raises(DiedError):
        program.buy()
    shop.end(program)
    second = shop.start()
    entry = second.only()
    assert entry.state is EntryState.STORED
    shop.store.forget(entry.sha256)
    shop.vendor.works["req-1"].fetches.append(GONE)
    assert second.resume("bowl") == 0
    assert second.only().state is EntryState.FAILED
    assert second.only().charged == PRICE


def test_a_file_that_is_lost_is_fetched_again_while_the_provider_has_it(shop: Shop) -> None:
    program = shop.start()
    program.database.last, program.database.durable = 3, True  # it dies when the file is stored
    with pytest.raises(DiedError):
        program.buy()
    shop.end(program)
    second = shop.start()
    sha256 = second.only().sha256
    shop.store.forget(sha256)
    assert second.resume("bowl") == 1
    assert shop.store.get(sha256) is not None
    assert second.buy().judged.passed
    assert shop.vendor.total == second.booked == PRICE


def test_a_lost_file_whose_provider_is_away_is_not_given_up(shop: Shop) -> None:
    program = shop.start()
    program.database.last, program.database.durable = 3, True  # it dies when the file is stored
    with pytest.raises(DiedError):
        program.buy()
    shop.end(program)
    second = shop.start()
    shop.store.forget(second.only().sha256)
    shop.vendor.works["req-1"].polls.append(OUTAGE)
    assert second.resume("bowl") == 0
    assert second.only().state is EntryState.STORED
    assert second.buy().judged.passed
    assert shop.vendor.total == second.booked == PRICE


def test_a_dearer_charge_is_recorded_and_stops_everything(shop: Shop) -> None:
    shop.vendor.price = PRICE * 2
    program = shop.start()
    assert program.buy().judged.passed  # it is paid, so it is used
    assert program.booked == shop.vendor.total == 2 * PRICE
    with pytest.raises(ProviderError) as caught:
        program.buy("next")
    for part in ("pipeline/plan/providers/runflow.toml", "$0.1000", "$0.0500"):
        assert part in str(caught.value)
    assert len(shop.vendor.asked) == 1


def test_an_error_that_does_not_say_is_treated_as_unknown(blind: Shop) -> None:
    blind.vendor.submits.append("mumbled")
    program = blind.start()
    with pytest.raises(QuarantinedError):
        program.buy()
    assert program.only().state is EntryState.UNKNOWN
