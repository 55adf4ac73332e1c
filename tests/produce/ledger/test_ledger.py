"""Each step of an attempt is booked, and only steps that are allowed."""

import datetime as dt
import itertools
import threading

import pytest
import sqlalchemy
from sqlalchemy import insert, select

from pipeline.errors import LedgerError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.reading import states_of
from pipeline.produce.ledger.rows import EventKind
from pipeline.produce.ledger.schema import ATTEMPTS
from pipeline.produce.ledger.states import ARROWS, ENDED, EntryState, IllegalArrowError, sources_of
from pipeline.produce.providers.protocol import Ticket
from tests.produce.ledger.bookings import (
    FREE,
    HASH,
    NOON,
    NOTHING,
    PURPOSE,
    accept,
    book,
    dollars,
    prove,
    reject,
    submit,
    wanted,
)

pytestmark = pytest.mark.xdist_group("ledger")


def test_an_intent_is_read_back_as_it_was_booked(ledger: Ledger) -> None:
    entry = book(ledger, seed=7)
    assert entry == ledger.entry(entry.id)
    assert (entry.purpose, entry.state, entry.number, entry.seed) == (
        PURPOSE,
        EntryState.INTENT,
        1,
        7,
    )
    assert (entry.reserved, entry.charged, entry.estimated) == (
        dollars("0.06"),
        None,
        dollars("0.05"),
    )
    assert entry.ticket is None
    assert entry.created == entry.updated > NOON


def test_an_accepted_attempt_has_gone_through_every_state_in_order(ledger: Ledger) -> None:
    entry = accept(ledger)
    events = ledger.events_of(entry.id)
    assert states_of(events) == (
        EntryState.PLANNED,
        EntryState.INTENT,
        EntryState.SUBMITTED,
        EntryState.READY,
        EntryState.STORED,
        EntryState.PROVED,
        EntryState.ACCEPTED,
    )
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert (entry.sha256, entry.passed, entry.detail) == (HASH, True, "reads as asked")
    assert entry.ticket == Ticket(request_id=f"req-{entry.id}", poll_url="/status")
    assert ledger.accepted(entry.job) == entry


def test_the_address_of_a_picture_is_kept_nowhere(ledger: Ledger) -> None:
    entry = book(ledger)
    ticket = Ticket(
        request_id="r", poll_url="https://q.example/r?id=9", result_url="https://signed"
    )
    assert ledger.submitted(entry.id, ticket).poll_url == "https://q.example/r?id=9"
    assert "https://signed" not in str(ledger.accounts.export())


def test_details_lose_what_may_open_a_picture_and_are_one_short_line(ledger: Ledger) -> None:
    detail = (
        'lost\n"https://cdn.example/a.png?sig=SECRET&x=1" and data:image/png;base64,iVBOR= ' * 20
    )
    entry = ledger.unknown(book(ledger).id, detail)
    assert entry.detail.startswith('lost "https://cdn.example/a.png?…" and data:… lost')
    assert len(entry.detail) <= 500
    assert "SECRET" not in str(ledger.accounts.export())


def test_ids_are_unique_sortable_and_fit_for_a_header(ledger: Ledger) -> None:
    first, second = reject(ledger, job="a" * 64), reject(ledger, job="a" * 64)
    assert first.id < second.id
    assert (first.number, second.number) == (1, 2)
    assert len(first.id) <= 64
    assert first.id.replace("-", "").isalnum()
    assert first.id.isascii()
    assert ledger.attempts_of("a" * 64) == (first, second)


def test_each_attempt_of_a_job_has_a_seed_of_its_own(ledger: Ledger) -> None:
    seeds = {reject(ledger).seed for _ in range(3)}
    assert len(seeds) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)


def test_a_job_under_way_is_returned_and_not_paid_again(ledger: Ledger) -> None:
    entry = submit(ledger)
    again = ledger.intend(wanted(variant="another"), FREE)
    assert (again.fresh, again.entry) == (False, entry)


def test_an_accepted_job_is_paid_again_only_if_its_file_is_lost(ledger: Ledger) -> None:
    entry = accept(ledger)
    again = ledger.intend(wanted(), FREE)
    assert (again.fresh, again.entry) == (False, entry)
    renewed = ledger.intend(wanted(renew=True), FREE)
    assert renewed.fresh
    assert renewed.entry.number == 2


def test_an_unknown_outcome_can_be_adopted(ledger: Ledger) -> None:
    entry = ledger.unknown(book(ledger).id, "the answer was lost")
    assert (entry.state, entry.reserved) == (EntryState.UNKNOWN, dollars("0.06"))
    adopted = ledger.submitted(entry.id, Ticket(request_id="found"))
    assert (adopted.state, adopted.request_id) == (EntryState.SUBMITTED, "found")


def test_an_unknown_outcome_written_off_keeps_the_worst_charge(ledger: Ledger) -> None:
    entry = ledger.unknown(book(ledger).id, "the answer was lost")
    ended = ledger.ended(entry.id, EntryState.FAILED, "no way to look it up")
    assert (ended.charged, ended.by_vendor, ended.reserved) == (dollars("0.06"), False, NOTHING)


def test_a_resubmission_writes_off_the_lost_one_and_names_it(ledger: Ledger) -> None:
    lost = ledger.unknown(book(ledger).id, "the answer was lost")
    again = ledger.intend(wanted(resubmits=lost.id), FREE)
    assert again.fresh
    assert again.entry.resubmits == lost.id
    written_off = ledger.entry(lost.id)
    assert written_off.state is EntryState.FAILED
    assert written_off.charged == dollars("0.06")
    assert again.entry.id in written_off.detail


def test_an_attempt_is_resubmitted_once_at_most(ledger: Ledger) -> None:
    lost = ledger.unknown(book(ledger).id, "the answer was lost")
    second = ledger.intend(wanted(resubmits=lost.id), FREE).entry
    standing = ledger.intend(wanted(resubmits=lost.id), FREE)
    assert (standing.fresh, standing.entry.id) == (False, second.id)
    ledger.ended(second.id, EntryState.FAILED, "not accepted")
    standing = ledger.intend(wanted(resubmits=lost.id), FREE)
    assert (standing.fresh, standing.entry.id) == (False, lost.id)


def test_a_resubmission_of_another_job_is_a_mistake(ledger: Ledger) -> None:
    lost = ledger.unknown(book(ledger).id, "the answer was lost")
    with pytest.raises(IllegalArrowError, match="another job"):
        ledger.intend(wanted("ffff", resubmits=lost.id), FREE)


def test_what_was_provably_not_accepted_costs_nothing(ledger: Ledger) -> None:
    refused = ledger.ended(book(ledger).id, EntryState.FAILED, "no credit")
    moderated = ledger.ended(book(ledger).id, EntryState.MODERATED, "the prompt")
    assert (refused.charged, moderated.charged) == (NOTHING, NOTHING)


def test_what_the_vendor_says_stands_in_place_of_the_estimate(ledger: Ledger) -> None:
    entry = submit(ledger)
    at_ready = ledger.ready(entry.id, dollars("0.045"))
    assert (at_ready.charged, at_ready.reserved, at_ready.by_vendor) == (
        dollars("0.045"),
        NOTHING,
        True,
    )
    at_end = ledger.ended(entry.id, EntryState.FAILED, "the bytes never came", dollars("0.04"))
    assert at_end.charged == dollars("0.04")
    assert reject(ledger, "ffff").charged == dollars("0.05")


def test_a_ticket_with_a_cost_settles_at_once(ledger: Ledger) -> None:
    entry = book(ledger)
    ticket = Ticket(request_id="r", cost=dollars("0.055"))
    submitted = ledger.submitted(entry.id, ticket)
    assert (submitted.charged, submitted.reserved) == (dollars("0.055"), NOTHING)


def test_a_late_settlement_is_an_event_and_changes_only_the_charge(ledger: Ledger) -> None:
    before = accept(ledger)
    after = ledger.settle(before.id, dollars("0.0500001"))
    assert after.charged == dollars("0.05")  # finer than a micro-dollar is rounded away
    assert after.by_vendor
    after = ledger.settle(before.id, dollars("0.07"))
    assert ledger.settle(before.id, dollars("0.07")) == after
    assert after.charged == dollars("0.07")
    assert (after.state, after.detail, after.sha256) == (before.state, before.detail, before.sha256)
    settled = [e for e in ledger.events_of(before.id) if e.kind is EventKind.SETTLED]
    assert [event.amount for event in settled] == [
        dollars("0.05"),
        dollars("0.05"),
        dollars("0.07"),
    ]


@pytest.mark.parametrize("state", sorted(ENDED - {EntryState.ACCEPTED}))
def test_what_has_ended_takes_no_further_step(ledger: Ledger, state: EntryState) -> None:
    entry = submit(ledger)
    if state is EntryState.REJECTED:
        prove(ledger, entry, passed=False)
    ended = ledger.ended(entry.id, state, "so it went")
    for again in ENDED:
        with pytest.raises(IllegalArrowError):
            ledger.ended(entry.id, again, "otherwise")
    with pytest.raises(IllegalArrowError):
        ledger.ready(entry.id)
    with pytest.raises(IllegalArrowError):
        ledger.unknown(entry.id, "?")
    assert ledger.entry(entry.id) == ended


@pytest.mark.parametrize(("state", "to"), list(itertools.product(EntryState, EntryState)))
def test_only_arrows_of_the_table_are_allowed(state: EntryState, to: EntryState) -> None:
    assert (state in sources_of(to)) is (to in ARROWS[state])


def test_every_state_can_be_reached_and_all_but_the_last_can_be_left() -> None:
    reached = {to for targets in ARROWS.values() for to in targets}
    assert reached == set(EntryState) - {EntryState.PLANNED}
    assert {state for state, targets in ARROWS.items() if not targets} == ENDED


def test_nothing_is_accepted_without_a_proof_that_passed(ledger: Ledger) -> None:
    entry = prove(ledger, submit(ledger), passed=False)
    with pytest.raises(IllegalArrowError):
        ledger.ended(entry.id, EntryState.ACCEPTED, "wishful")
    assert ledger.entry(entry.id) == entry


def test_an_attempt_nobody_booked_is_a_mistake(ledger: Ledger) -> None:
    with pytest.raises(LookupError, match="no attempt nobody"):
        ledger.ready("nobody")


def test_two_attempts_never_share_one_request_of_the_provider(ledger: Ledger) -> None:
    ticket = Ticket(request_id="same")
    ledger.submitted(book(ledger, "aaaa").id, ticket)
    second = book(ledger, "bbbb")
    with pytest.raises(LedgerError, match=r"same request|UNIQUE|unique"):
        ledger.submitted(second.id, ticket)
    assert ledger.entry(second.id).state is EntryState.INTENT
    other = book(ledger, "cccc", provider="fal")
    assert ledger.submitted(other.id, ticket).request_id == "same"


def test_amounts_that_are_none_are_refused(ledger: Ledger) -> None:
    for amount in ("-0.01", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="no amount of money"):
            ledger.intend(wanted(reserve=dollars(amount)), FREE)
    assert ledger.unfinished() == ()


def test_a_job_whose_name_does_not_fit_into_an_id_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="names no job"):
        ledger.intend(wanted("../x"), FREE)


def test_unfinished_attempts_come_oldest_first(ledger: Ledger) -> None:
    first = submit(ledger, "aaaa")
    accept(ledger, "bbbb")
    second = book(ledger, "cccc", campaign="dinner", day=dt.date(2026, 12, 2))
    third = ledger.unknown(book(ledger, "dddd").id, "lost")
    assert ledger.unfinished() == (first, second, third)
    assert ledger.unfinished(campaign="lunch") == (first, third)
    assert ledger.unfinished(campaign="dinner", day=dt.date(2026, 12, 1)) == ()


def test_a_run_takes_over_what_no_living_run_works_on(ledger: Ledger) -> None:
    ledger.runs.claim("lunch", "de", PURPOSE.day, "living")
    living = submit(ledger, "aaaa", run="living")
    orphan = submit(ledger, "bbbb", run="dead")
    foreign = submit(ledger, "cccc", run="dead", campaign="dinner")
    taken = ledger.take_over("mine", "lunch")
    assert [entry.id for entry in taken] == [orphan.id]
    assert taken[0].purpose.run == "mine"
    assert ledger.take_over("living", "lunch") == (living, ledger.take_over("living")[1])
    assert ledger.events_of(orphan.id)[-1].kind is EventKind.TAKEN
    assert {entry.purpose.run for entry in ledger.unfinished()} >= {"living"}
    assert ledger.entry(foreign.id).purpose.run == "living"


def test_the_database_itself_keeps_what_has_ended(ledger: Ledger, url: str) -> None:
    entry = accept(ledger)
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for statement in (
        "UPDATE attempts SET state = 'intent'",
        "UPDATE attempts SET sha256 = ''",
        "DELETE FROM events",
        "UPDATE events SET detail = 'x'",
        "DELETE FROM attempts",
    ):
        with (
            pytest.raises(sqlalchemy.exc.DBAPIError, match="the ledger keeps its rows"),
            engine.begin() as connection,
        ):
            connection.execute(sqlalchemy.text(statement))
    engine.dispose()
    assert ledger.entry(entry.id) == entry


def test_of_many_that_take_the_same_step_one_succeeds(ledger: Ledger) -> None:
    entry = book(ledger)
    meet = threading.Barrier(8)
    outcomes: list[str] = []

    def take(number: int) -> None:
        meet.wait(30)
        try:
            ledger.submitted(entry.id, Ticket(request_id=f"r{number}"))
            outcomes.append("taken")
        except IllegalArrowError:
            outcomes.append("refused")

    workers = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["taken"]
    assert len(ledger.events_of(entry.id)) == 2


@pytest.mark.parametrize("again", ["job", "resubmits"])
def test_the_database_itself_bars_a_second_attempt(ledger: Ledger, again: str) -> None:
    lost = ledger.unknown(book(ledger).id, "the answer was lost")
    second = ledger.intend(wanted(resubmits=lost.id), FREE).entry
    with ledger.database.read() as connection:
        found = select(ATTEMPTS).where(ATTEMPTS.c.id == second.id)
        row = dict(connection.execute(found).mappings().one())
    row |= {"id": "copy", "number": 3} | ({"resubmits": None} if again == "job" else {"job": "b"})
    with pytest.raises(LedgerError, match=r"UNIQUE|unique"), ledger.database.write() as connection:
        connection.execute(insert(ATTEMPTS).values(row))
    assert len(ledger.unfinished()) == 1


def test_caps_that_are_not_set_limit_nothing(ledger: Ledger) -> None:
    assert ledger.intend(wanted(reserve=dollars("1000000")), Caps()).fresh
