"""Whatever happens at a commit, the ledger holds the old state or the new one, never a third."""

import itertools
import pathlib
import sqlite3
import time
from collections.abc import Callable

import pytest
from sqlalchemy import RootTransaction

from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.database import Database, open_database
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.reading import states_of
from pipeline.produce.ledger.rows import Saving, SavingKind
from pipeline.produce.ledger.states import ARROWS, EntryState
from pipeline.produce.providers.protocol import Ticket
from tests.produce.ledger.bookings import FREE, HASH, PURPOSE, Ticking, book, dollars, wanted
from tests.produce.ledger.test_runs import program, said

pytestmark = pytest.mark.xdist_group("ledger")


class PowerCutError(Exception):
    """The program ends here."""


class Failing(Database):
    """A database whose commits fail, just before or just after they are durable."""

    moment = ""

    def commit(self, transaction: RootTransaction) -> None:
        if self.moment == "before":
            raise PowerCutError
        super().commit(transaction)
        if self.moment == "after":
            raise PowerCutError


STEPS: list[Callable[[Ledger, list[str]], object]] = [
    lambda ledger, _: ledger.runs.claim("lunch", "de", PURPOSE.day, PURPOSE.run),
    lambda ledger, _: ledger.intend(wanted(), Caps(day=dollars(1))),
    lambda ledger, ids: ledger.unknown(ids[0], "the answer was lost"),
    lambda ledger, ids: ledger.intend(wanted(resubmits=ids[0]), FREE),
    lambda ledger, ids: ledger.submitted(ids[1], Ticket(request_id="r", poll_url="/p")),
    lambda ledger, ids: ledger.ready(ids[1], dollars("0.055")),
    lambda ledger, ids: ledger.stored(ids[1], HASH),
    lambda ledger, ids: ledger.proved(ids[1], passed=True),
    lambda ledger, ids: ledger.ended(ids[1], EntryState.ACCEPTED, "fine", dollars("0.05")),
    lambda ledger, ids: ledger.settle(ids[1], dollars("0.045")),
    lambda ledger, _: ledger.accounts.save(
        [Saving(kind=SavingKind.PLANNING, purpose=PURPOSE, job="a", amount=dollars("0.05"))]
    ),
    lambda ledger, _: ledger.take_over("another"),
    lambda ledger, _: ledger.switch.engage("enough"),
]
"""What a run does to the ledger; each is one commit."""


def _tables(ledger: Ledger) -> dict[str, list[dict[str, object]]]:
    """Return every row, but for its number: a server skips those of undone transactions."""
    return {
        name: [{key: value for key, value in row.items() if key != "seq"} for row in rows]
        for name, rows in ledger.accounts.export().items()
    }


def _ids(ledger: Ledger) -> list[str]:
    return [str(row["id"]) for row in _tables(ledger)["attempts"]]


def _history(url: str) -> list[dict[str, list[dict[str, object]]]]:
    """Return what the ledger holds before the first step and after each."""
    ledger = open_ledger(url, Ticking())
    history = [_tables(ledger)]
    for step in STEPS:
        step(ledger, _ids(ledger))
        history.append(_tables(ledger))
    ledger.close()
    return history


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_crash_at_any_commit_leaves_the_old_state_or_the_new(
    kind: str, folder: pathlib.Path, new_address: Callable[[], str]
) -> None:
    addresses = [
        f"sqlite:///{folder}/{name}/ledger.sqlite3" if kind == "sqlite" else new_address()
        for name in ("whole", "cut")
    ]
    history = _history(addresses[0])
    written = history[:-2]  # the last step but one finds nothing to take over
    assert all(before != after for before, after in itertools.pairwise(written))
    opened, clock = open_database(addresses[1]), Ticking()
    failing = Failing(opened.engine, opened.folder)
    ledger, observer = Ledger(failing, clock), open_ledger(addresses[1], Ticking())
    for number, step in enumerate(STEPS):
        start = clock.now
        for moment, state in (("before", history[number]), ("after", history[number + 1])):
            clock.now, failing.moment = start, moment
            with pytest.raises(PowerCutError):
                step(ledger, _ids(observer))
            assert _tables(observer) == state
    ledger.close()
    observer.close()


def test_nothing_a_killed_program_was_told_is_lost(url: str) -> None:
    with program("spin", url) as started:
        told = [said(started) for _ in range(3)]
        time.sleep(0.2)
        started.kill()
        assert started.stdout is not None
        told += [line.strip().strip('"') for line in started.stdout if line.endswith("\n")]
    ledger = open_ledger(url, Ticking())
    kept = [str(row["id"]) for row in ledger.accounts.export()["attempts"]]
    assert kept[: len(told)] == told
    assert len(kept) <= len(told) + 1  # one was perhaps under way, or done and not yet told
    for attempt in kept:
        states = states_of(ledger.events_of(attempt))
        assert all(to in ARROWS[state] for state, to in itertools.pairwise(states))
        assert states[-1] is ledger.entry(attempt).state
    ledger.close()


def test_a_full_disk_stops_the_ledger_and_spoils_nothing(
    file_url: str, folder: pathlib.Path
) -> None:
    with program("fill", file_url) as started:
        told: list[object] = []
        while isinstance(answer := said(started), str):
            told.append(answer)
        assert started.wait(30) == 0
    assert isinstance(answer, list)
    assert "the ledger cannot be used: " in answer[0]
    assert "; " in answer[0]
    ledger = open_ledger(file_url, Ticking())
    kept = [row["id"] for row in ledger.accounts.export()["attempts"]]
    assert kept[1:] == told
    assert len(told) > 3
    assert book(ledger, "afterwards").state is EntryState.INTENT
    ledger.close()
    checked = sqlite3.connect(folder / "ledger.sqlite3")
    assert checked.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    checked.close()
