"""Programs that the tests start and kill: real processes that share one ledger.

Each is called with its name, the ledger's address and what more it needs, and prints one JSON
value a line, after what the line tells is done.
"""

import datetime as dt
import json
import multiprocessing
import multiprocessing.synchronize
import os
import pathlib
import resource
import signal
import sys

from pipeline.errors import LedgerError
from pipeline.produce.ledger.ledger import open_ledger
from tests.produce.ledger.bookings import PURPOSE, accept, book

EIGHT = 8


def clock() -> dt.datetime:
    """Return the present instant."""
    return dt.datetime.now(dt.UTC)


def say(value: object) -> None:
    """Print a value at once, in one piece: eight programs print to one pipe."""
    os.write(1, f"{json.dumps(value)}\n".encode())


def start(url: str, number: int, meet: multiprocessing.synchronize.Barrier) -> None:
    """Be one of eight that open a ledger and claim the same day at the same time."""
    meet.wait(30)
    ledger = open_ledger(url, clock)
    meet.wait(30)
    claim = ledger.runs.claim(PURPOSE.campaign, PURPOSE.market, PURPOSE.day, f"run-{number}")
    if claim.granted:
        accept(ledger, run=claim.run)
    say([number, claim.granted, claim.run, str(claim)])
    meet.wait(30)  # so that nobody claims what another has done with
    ledger.runs.release(claim, "done")
    ledger.close()


def eight(url: str) -> None:
    """Start eight at once."""
    context = multiprocessing.get_context("fork")
    meet = context.Barrier(EIGHT)
    processes = [context.Process(target=start, args=(url, n, meet)) for n in range(EIGHT)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    say([process.exitcode for process in processes])


def claim_and_wait(url: str) -> None:
    """Claim a day, book an attempt, and wait to be killed before it is submitted."""
    ledger = open_ledger(url, clock)
    ledger.runs.claim(PURPOSE.campaign, PURPOSE.market, PURPOSE.day, PURPOSE.run)
    say(book(ledger).id)
    signal.pause()


def spin(url: str) -> None:
    """Let attempts go all the way, one after the other, until killed."""
    ledger = open_ledger(url, clock)
    for number in range(100_000):
        entry = accept(ledger, f"job{number}")
        say(entry.id)


def fill(url: str) -> None:
    """Book attempts until no file may grow any more, as if the disk were full."""
    ledger = open_ledger(url, clock)
    book(ledger, "first")
    written = pathlib.Path(url.removeprefix("sqlite:///") + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (written + 1_000_000, resource.RLIM_INFINITY))
    for number in range(100_000):
        try:
            say(book(ledger, f"job{number}").id)
        except LedgerError as error:
            say([str(error)])
            break


if __name__ == "__main__":
    {"eight": eight, "claim": claim_and_wait, "spin": spin, "fill": fill}[sys.argv[1]](sys.argv[2])
