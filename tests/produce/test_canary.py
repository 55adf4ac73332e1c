"""The canary: a few first, and an end when too few pass."""

import contextlib
import threading

import pytest

from pipeline.produce.canary import Canary, HaltedError

JOIN = 10.0


def land(canary: Canary, pictures: str) -> None:
    """Let pictures land: + passes, - does not, ? was none to judge."""
    for one in pictures:
        with canary.flight("lunch") as flight:
            flight.passed = {"+": True, "-": False}.get(one)


def test_of_a_large_run_five_go_first_and_the_others_wait_for_them() -> None:
    canary, begun, go = Canary({"lunch": 30}), threading.Semaphore(0), threading.Event()
    started: list[int] = []

    def fly(number: int) -> None:
        with canary.flight("lunch") as flight:
            started.append(number)
            begun.release()
            assert go.wait(JOIN)
            flight.passed = True

    threads = [threading.Thread(target=fly, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert begun.acquire(timeout=JOIN)
    assert not begun.acquire(timeout=0.05)
    assert len(started) == 5
    go.set()
    for thread in threads:
        thread.join(JOIN)
    assert sorted(started) == list(range(30))


def test_a_small_run_waits_for_nobody() -> None:
    canary = Canary({"lunch": 19})
    with contextlib.ExitStack() as stack:
        for _ in range(19):
            stack.enter_context(canary.flight("lunch"))


def test_a_large_run_ends_when_none_of_the_first_five_passes() -> None:
    canary = Canary({"lunch": 30})
    land(canary, "-" * 5)
    with pytest.raises(HaltedError, match="0 of the last 5 pictures of lunch"):
        land(canary, "+")


def test_one_of_five_lets_a_large_run_go_on() -> None:
    canary = Canary({"lunch": 30})
    land(canary, "--+----")


def test_any_run_ends_when_fewer_than_two_of_the_last_twenty_pass() -> None:
    canary = Canary({"lunch": 10})
    land(canary, "++" + "-" * 18)
    land(canary, "-")
    with pytest.raises(HaltedError, match="1 of the last 20"):
        land(canary, "+")


def test_what_gave_no_picture_to_judge_says_nothing_about_pictures() -> None:
    canary = Canary({"lunch": 30})
    land(canary, "?" * 50)
    land(canary, "+")


def test_another_campaign_is_not_halted_with_it() -> None:
    canary = Canary({"lunch": 30, "dinner": 30})
    land(canary, "-" * 5)
    with canary.flight("dinner") as flight:
        flight.passed = True
