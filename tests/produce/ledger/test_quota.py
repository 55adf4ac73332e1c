"""An account has as many paid pictures a day as its tier gives it, also in an older ledger."""

import datetime as dt
import threading

import pytest
import sqlalchemy

from pipeline.errors import BudgetError
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.schema import META, VERSION
from pipeline.produce.ledger.states import EntryState
from tests.produce.ledger.bookings import NOTHING, Ticking, accept, book, wanted

pytestmark = pytest.mark.xdist_group("ledger")

TWO = Caps(pictures=2)


def job(number: int) -> str:
    return f"{number:016x}"


def test_what_goes_over_the_quota_is_refused_with_the_account_the_day_and_what_to_do(
    ledger: Ledger,
) -> None:
    accept(ledger, job(1), account="deli")
    book(ledger, job(2), account="deli")
    with pytest.raises(BudgetError) as raised:
        ledger.intend(wanted(job(3), account="deli"), TWO)
    assert "the account deli has had its 2 pictures of 2026-12-01" in str(raised.value)
    assert "raise `daily` of its tier" in str(raised.value)


def test_other_accounts_and_days_have_quotas_of_their_own(ledger: Ledger) -> None:
    for number in (1, 2):
        accept(ledger, job(number), account="deli", campaign=f"campaign-{number}")
    assert ledger.intend(wanted(job(3), account="hotel"), TWO).fresh
    assert ledger.intend(wanted(job(4), account="deli", day=dt.date(2026, 12, 2)), TWO).fresh
    with pytest.raises(BudgetError):
        ledger.intend(wanted(job(5), account="deli", campaign="third"), TWO)


def test_a_picture_that_cost_nothing_is_none(ledger: Ledger) -> None:
    for number in (1, 2):
        entry = book(ledger, job(number), account="deli")
        ledger.ended(entry.id, EntryState.FAILED, "refused", NOTHING)
    assert ledger.intend(wanted(job(3), account="deli"), TWO).fresh


def test_an_opinion_of_a_picture_is_no_picture(ledger: Ledger) -> None:
    opinion = {"account": "deli", "provider": "sentinel", "model": "sentinel"}
    for number in (1, 2, 3):
        assert ledger.intend(wanted(job(number), **opinion), TWO).fresh
    for number in (4, 5):
        assert ledger.intend(wanted(job(number), account="deli"), TWO).fresh
    assert ledger.intend(wanted(job(6), **opinion), TWO).fresh
    with pytest.raises(BudgetError):
        ledger.intend(wanted(job(7), account="deli"), TWO)


def test_many_at_once_never_go_over_a_quota(ledger: Ledger) -> None:
    granted: list[int] = []

    def ask(number: int) -> None:
        try:
            ledger.intend(wanted(job(number), account="deli"), TWO)
        except BudgetError:
            return
        granted.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 2


def test_a_ledger_of_the_first_version_keeps_its_rows_and_learns_accounts(
    url: str, ledger: Ledger
) -> None:
    entry = accept(ledger)
    engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        guards = "ended_attempts_stay"
        table = " ON attempts" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER {guards}{table}")  # it watches the column
        connection.exec_driver_sql("DROP INDEX quota")
        connection.exec_driver_sql("ALTER TABLE attempts DROP COLUMN account")
        first = sqlalchemy.update(META).where(META.c.key == "schema").values(value="1")
        connection.execute(first)
    engine.dispose()
    again = open_ledger(url, Ticking())
    assert again.entry(entry.id) == entry
    book(again, job(2), account="deli")
    again.close()
    with engine.begin() as connection:
        found = connection.scalars(sqlalchemy.select(META.c.value).where(META.c.key == "schema"))
        assert found.one() == str(VERSION)
    engine.dispose()
