"""The ledger opens for any number at once, and says in plain words when it cannot."""

import datetime as dt
import pathlib
import sqlite3
import traceback
from collections.abc import Callable

import pytest
import sqlalchemy

from pipeline.errors import LedgerError, UsageError
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.schema import META, VERSION
from pipeline.produce.ledger.units import dollars_of, instant_of, micros_of, ticks_of
from tests.produce.ledger.bookings import NOON, Ticking, accept, book, dollars

pytestmark = pytest.mark.xdist_group("ledger")

SECRET = "canary-4d1f"  # noqa: S105 - a word to look for


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("no address", "cannot be read"),
        (f"odd+driver://u:{SECRET}@h/x", "cannot be kept in odd"),
        (f"mysql://u:{SECRET}@h/x", "cannot be kept in mysql"),
        ("sqlite://", "would be forgotten"),
        ("sqlite:///:memory:", "would be forgotten"),
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(
    address: str, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason) as raised:
        open_ledger(address, Ticking())
    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert "sqlite:///<file>" in str(raised.value)


def test_a_server_that_does_not_answer_is_a_clear_error_without_its_password() -> None:
    with pytest.raises(LedgerError, match=r"the ledger cannot be used: .*run again") as raised:
        open_ledger(f"postgresql://u:{SECRET}@127.0.0.1:1/x?connect_timeout=2", Ticking())
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_a_file_in_the_place_of_the_folder_is_a_clear_error(folder: pathlib.Path) -> None:
    (folder / "taken").write_text("", "utf-8")
    with pytest.raises(LedgerError, match=r"the ledger cannot be used: .*; "):
        open_ledger(f"sqlite:///{folder}/taken/ledger.sqlite3", Ticking())


def test_a_file_that_is_no_database_is_a_clear_error(folder: pathlib.Path, file_url: str) -> None:
    (folder / "ledger.sqlite3").write_text("price: 8.90\n" * 1000, "utf-8")
    with pytest.raises(LedgerError, match="file is not a database"):
        open_ledger(file_url, Ticking())


def test_a_ledger_is_the_same_when_it_is_opened_again(url: str, ledger: Ledger) -> None:
    entry = accept(ledger)
    again = open_ledger(url, Ticking())
    assert again.entry(entry.id) == entry
    assert again.accounts.export() == ledger.accounts.export()
    again.close()


def test_a_ledger_of_a_newer_version_is_refused(url: str, ledger: Ledger) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        newer = {"value": str(VERSION + 1)}
        connection.execute(sqlalchemy.update(META).where(META.c.key == "schema").values(newer))
    engine.dispose()
    with pytest.raises(UsageError, match=f"version {VERSION + 1}, this program knows"):
        open_ledger(url, Ticking())
    assert ledger.unfinished() == ()


def test_a_table_that_is_gone_is_a_clear_error(url: str, ledger: Ledger) -> None:
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("DROP TABLE savings"))
    engine.dispose()
    with pytest.raises(LedgerError, match=r"the ledger cannot be used: .*savings"):
        ledger.accounts.spend()


def test_a_server_that_may_forget_is_refused(new_address: Callable[[], str]) -> None:
    url = f"{new_address()}%20-csynchronous_commit%3Doff"
    with pytest.raises(LedgerError, match="synchronous_commit = on"):
        open_ledger(url, Ticking())


def test_a_file_is_flushed_at_every_commit(file_url: str) -> None:
    ledger = open_ledger(file_url, Ticking())
    with ledger.database.read() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]  # 2 is FULL
    ledger.close()


def test_a_reader_is_not_held_up_by_a_writer(file_url: str) -> None:
    ledger = open_ledger(file_url, Ticking())
    entry = book(ledger)
    other = sqlite3.connect(file_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ledger.entry(entry.id) == entry
    other.execute("ROLLBACK")
    other.close()
    ledger.close()


@pytest.mark.parametrize("text", ["0", "0.000001", "0.05", "14.95", "9007199254.740993"])
def test_dollars_survive_the_database_exactly(text: str) -> None:
    assert dollars_of(micros_of(dollars(text))) == dollars(text)


@pytest.mark.parametrize(
    ("text", "micros"), [("0.0000005", 0), ("0.0000015", 2), ("0.0333333", 33333)]
)
def test_what_is_finer_than_a_micro_dollar_is_rounded_half_to_even(text: str, micros: int) -> None:
    assert micros_of(dollars(text)) == micros


def test_instants_survive_the_database_exactly() -> None:
    instant = dt.datetime(
        2026, 11, 22, 23, 59, 59, 999999, tzinfo=dt.timezone(dt.timedelta(hours=9))
    )
    assert instant_of(ticks_of(instant)) == instant
    assert instant_of(ticks_of(NOON)).utcoffset() == dt.timedelta(0)
    with pytest.raises(ValueError, match="no offset from UTC"):
        ticks_of(NOON.replace(tzinfo=None))
