"""Work is done one time, and done also when the other conductor stops."""

import functools
import threading
import time

import pytest

from flows.once import Once, carry_out


def test_two_callers_get_the_result_of_one_run() -> None:
    runs: list[int] = []
    gate = threading.Event()

    def work() -> int:
        gate.wait(5)
        runs.append(1)
        return 7

    piece = Once(work)
    results: list[int] = []
    callers = [threading.Thread(target=lambda: results.append(piece())) for _ in range(4)]
    for caller in callers:
        caller.start()
    gate.set()
    for caller in callers:
        caller.join(5)
    assert results == [7] * 4
    assert runs == [1]


def test_a_broken_tool_reaches_every_caller() -> None:
    def work() -> int:
        raise OSError("no such tool")

    piece = Once(work)
    for _ in range(2):
        with pytest.raises(OSError, match="no such tool"):
            piece()


def test_a_conductor_that_begins_each_piece_in_time_does_all_of_them() -> None:
    by: list[str] = []
    pieces = [Once(lambda: by.append(threading.current_thread().name)) for _ in range(3)]
    leads = threading.Event()
    leads.set()

    def conduct() -> None:
        for piece in pieces:
            piece()

    conductor = threading.Thread(target=conduct, name="conductor")
    conductor.start()
    carry_out(pieces, leads, grace_s=5)
    conductor.join(5)
    assert by == ["conductor"] * 3
    assert leads.is_set()


def test_a_conductor_that_stops_is_waited_for_one_time_only() -> None:
    by: list[str] = []
    pieces = [Once(lambda: by.append(threading.current_thread().name)) for _ in range(20)]
    leads = threading.Event()
    leads.set()
    conductor = threading.Thread(target=pieces[0], name="conductor")
    conductor.start()
    conductor.join(5)
    began = time.monotonic()
    carry_out(pieces, leads, grace_s=0.2)
    assert by == ["conductor"] + ["MainThread"] * 19
    assert time.monotonic() - began < 1.0
    assert not leads.is_set()


def test_without_a_conductor_nothing_is_waited_for() -> None:
    done: list[int] = []
    pieces = [Once(functools.partial(done.append, number)) for number in range(5)]
    began = time.monotonic()
    carry_out(pieces, threading.Event(), grace_s=60)
    assert done == [0, 1, 2, 3, 4]
    assert time.monotonic() - began < 1.0
