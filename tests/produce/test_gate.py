"""The gate: how many may submit, how long they wait, and when nobody may."""

import contextlib

import pytest

from pipeline.errors import ProviderError
from pipeline.produce.gate import Gate
from tests.produce.shop import Time

SOON = 1_000_000.0


@pytest.fixture
def time() -> Time:
    return Time()


def waited(gate: Gate, time: Time) -> float:
    """Return the seconds until the gate lets somebody in."""
    before = time.seconds
    with gate.slot(SOON):
        return time.seconds - before


def room(gate: Gate, time: Time) -> int:
    """Return how many may be inside at a time."""
    inside = 0
    with contextlib.ExitStack() as stack, contextlib.suppress(ProviderError):
        while True:
            stack.enter_context(gate.slot(time.seconds + 0.01))
            inside += 1
    return inside


def test_as_many_are_inside_as_the_provider_takes(time: Time) -> None:
    assert room(Gate(3, time.timing), time) == 3


def test_who_finds_no_slot_in_time_is_turned_away_and_a_free_slot_is_taken(time: Time) -> None:
    gate = Gate(1, time.timing)
    with gate.slot(SOON), pytest.raises(ProviderError, match="takes no more"), gate.slot(5.0):
        pass
    assert time.seconds == pytest.approx(5)
    assert waited(gate, time) == 0


def test_nobody_enters_after_his_time_even_if_the_gate_is_open(time: Time) -> None:
    gate = Gate(1, time.timing)
    with pytest.raises(ProviderError, match="takes no more"), gate.slot(time.seconds):
        pass


@pytest.mark.parametrize(("asked", "wait"), [(7.0, 7.0), (90_000.0, 300.0), (0.0, 0.05)])
def test_everybody_waits_as_long_as_the_provider_asks_within_reason(
    time: Time, asked: float, wait: float
) -> None:
    gate = Gate(4, time.timing)
    gate.throttled(asked)
    assert waited(gate, time) == pytest.approx(wait)


def test_without_a_figure_pauses_double_up_to_half_a_minute(time: Time) -> None:
    gate = Gate(4, time.timing)
    pauses = []
    for _ in range(7):
        gate.throttled(None)
        pauses.append(waited(gate, time))
    assert pauses == pytest.approx([0.5, 1, 2, 4, 8, 16, 16])


def test_a_burst_of_refusals_counts_as_one(time: Time) -> None:
    gate = Gate(8, time.timing)
    for _ in range(8):
        gate.throttled(None)
    assert waited(gate, time) == pytest.approx(0.5)
    assert room(gate, time) == 4


def test_fewer_come_back_after_a_refusal_and_more_with_each_success(time: Time) -> None:
    gate = Gate(8, time.timing)
    for left in (4, 2, 1, 1):
        gate.throttled(0.1)
        waited(gate, time)
        assert room(gate, time) == left
    for _ in range(100):
        gate.accepted()
    assert room(gate, time) == 8


def test_five_faults_in_a_row_stop_submits_for_a_while_and_four_do_not(time: Time) -> None:
    gate = Gate(4, time.timing)
    for _ in range(4):
        gate.failed()
    assert waited(gate, time) == 0
    gate.failed()
    assert waited(gate, time) == pytest.approx(15 * 0.75)


def test_an_outage_pauses_longer_each_time_but_a_burst_of_faults_only_once(time: Time) -> None:
    gate = Gate(24, time.timing)
    for _ in range(24):
        gate.failed()
    assert waited(gate, time) == pytest.approx(15 * 0.75)
    gate.failed()
    assert waited(gate, time) == pytest.approx(30 * 0.75)
    for pause in (60, 120, 240, 240):
        gate.failed()
        assert waited(gate, time) == pytest.approx(pause * 0.75)
    gate.accepted()
    gate.failed()
    assert waited(gate, time) == 0


def test_a_closed_gate_says_why_and_keeps_the_first_reason(time: Time) -> None:
    gate = Gate(4, time.timing)
    assert gate.closed == ""
    gate.close("no credit is left")
    gate.close("something else")
    for until in (SOON, time.seconds):
        with pytest.raises(ProviderError, match="no credit is left"), gate.slot(until):
            pass
    assert gate.closed == "no credit is left"
