"""One run at a time has a campaign and market day, and what the dead leave is found."""

import contextlib
import datetime as dt
import json
import pathlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.errors import LedgerError
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.lock import FileLocks
from pipeline.produce.ledger.states import EntryState
from tests.produce.ledger.bookings import NOON, PURPOSE, Ticking, book

pytestmark = pytest.mark.xdist_group("ledger")

PROGRAM = pathlib.Path(__file__).with_name("program.py")
PROJECT = PROGRAM.parents[3]
DAY = PURPOSE.day


@contextlib.contextmanager
def program(name: str, url: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a program, and end it the hard way if it has not ended."""
    started = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import runpy; runpy.run_path({str(PROGRAM)!r}, run_name='__main__')",
            name,
            url,
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
        assert started.stdout is not None
        started.stdout.close()


def said(started: "subprocess.Popen[str]") -> object:
    """Return the next value that a program prints."""
    assert started.stdout is not None
    return json.loads(started.stdout.readline())


def test_a_day_is_claimed_once_until_it_is_released(ledger: Ledger, clock: Ticking) -> None:
    first = ledger.runs.claim("lunch", "de", DAY, "one")
    second = ledger.runs.claim("lunch", "de", DAY, "two")
    assert (first.granted, first.run, first.since) == (True, "one", NOON + dt.timedelta(seconds=1))
    assert (second.granted, second.run, second.since) == (False, "one", first.since)
    assert str(second) == (
        "lunch for de on 2026-12-01 is already being made, by run one since 2026-12-01 12:00:01 UTC"
    )
    ledger.runs.release(second, "never had it")
    assert not ledger.runs.claim("lunch", "de", DAY, "two").granted
    ledger.runs.release(first, "done")
    third = ledger.runs.claim("lunch", "de", DAY, "three")
    assert (third.granted, third.since > first.since, clock.now > third.since) == (
        True,
        True,
        False,
    )
    assert str(third) == "run three makes lunch for de on 2026-12-01"


@pytest.mark.parametrize(
    ("campaign", "market", "day"),
    [("dinner", "de", DAY), ("lunch", "fr", DAY), ("lunch", "de", DAY + dt.timedelta(days=1))],
)
def test_another_campaign_market_or_day_is_free(
    ledger: Ledger, campaign: str, market: str, day: dt.date
) -> None:
    assert ledger.runs.claim("lunch", "de", DAY, "one").granted
    assert ledger.runs.claim(campaign, market, day, "one").granted


def test_another_program_is_refused_and_told_who_has_it(
    url: str, clock: Ticking, ledger: Ledger
) -> None:
    other = open_ledger(url, clock)
    first = ledger.runs.claim("lunch", "de", DAY, "one")
    assert other.runs.claim("lunch", "de", DAY, "two").run == "one"
    other.close()
    assert not ledger.runs.claim("lunch", "de", DAY, "three").granted
    ledger.runs.release(first, "done")


def test_eight_programs_that_start_at_once_make_one_run_and_one_bill(url: str) -> None:
    with program("eight", url) as started:
        answers = [said(started) for _ in range(8)]
        assert said(started) == [0] * 8
    granted = [answer for answer in answers if isinstance(answer, list) and answer[1]]
    assert len(granted) == 1
    winner = granted[0][2]
    assert all(isinstance(answer, list) and answer[2] == winner for answer in answers)
    ledger = open_ledger(url, Ticking())
    assert ledger.accounts.spend().total.attempts == 1
    ledger.close()


def test_what_a_killed_program_left_is_found_by_the_next_claim(url: str) -> None:
    ledger = open_ledger(url, Ticking(dt.datetime.now(dt.UTC)))
    with program("claim", url) as started:
        attempt = said(started)
        assert not ledger.runs.claim("lunch", "de", DAY, "second").granted
        assert ledger.take_over("second") == ()
    assert _claimed_soon(ledger)
    (entry,) = ledger.take_over("second")
    assert (entry.id, entry.state, entry.purpose.run) == (attempt, EntryState.INTENT, "second")
    runs = ledger.accounts.export()["runs"]
    assert [(run["run"], run["outcome"]) for run in runs] == [
        (PURPOSE.run, "its process died"),
        ("second", ""),
    ]
    ledger.close()


def _claimed_soon(ledger: Ledger) -> bool:
    """Claim the day until the death of its holder is noticed; a server needs a moment."""
    for _ in range(100):
        if ledger.runs.claim("lunch", "de", DAY, "second").granted:
            return True
        time.sleep(0.05)
    return False


def test_a_run_that_lost_its_claim_pays_nothing_more(ledger: Ledger) -> None:
    claim = ledger.runs.claim("lunch", "de", DAY, PURPOSE.run)
    assert book(ledger, "aaaa").state is EntryState.INTENT
    ledger.runs.release(claim, "done")
    with pytest.raises(LedgerError, match="has ended for lunch, de on 2026-12-01"):
        book(ledger, "bbbb")


def test_a_lock_has_one_holder_however_fast_it_changes_hands(folder: pathlib.Path) -> None:
    inside: list[int] = []
    crowds: list[int] = []

    def hurry(number: int) -> None:
        locks = FileLocks(folder / "locks")
        for _ in range(400):
            if locks.try_lock("a"):
                inside.append(number)
                time.sleep(0)
                crowds.append(len(inside))
                inside.remove(number)
                locks.unlock("a")

    workers = [threading.Thread(target=hurry, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert set(crowds) == {1}


def test_a_lock_file_leaves_nothing_behind_and_bars_others_while_it_is_held(
    folder: pathlib.Path,
) -> None:
    mine, yours = FileLocks(folder / "locks"), FileLocks(folder / "locks")
    assert mine.try_lock("a")
    assert not mine.try_lock("a")
    assert not yours.try_lock("a")
    assert yours.try_lock("b")
    yours.unlock("a")  # which is not theirs
    assert not yours.try_lock("a")
    mine.close()
    assert yours.try_lock("a")
    yours.close()
    assert list((folder / "locks").iterdir()) == []
