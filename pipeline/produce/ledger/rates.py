"""Rates: how many pictures passed their proof, counted from the ledger's attempts."""

import pathlib

from sqlalchemy import Connection, case, func, select

from pipeline.plan.rates import UNMEASURED, Rates
from pipeline.produce.ledger.database import open_database
from pipeline.produce.ledger.schema import ATTEMPTS

_SQLITE = "sqlite:///"


def measured_rates(url: str, work: pathlib.Path) -> Rates:
    """Return what a ledger has measured so far; nothing if there is no ledger yet.

    Args:
        url: The ledger's address.
        work: The work folder.

    Raises:
        LedgerError: If the ledger cannot be read.
        UsageError: If its address is none.
    """
    if url.startswith(_SQLITE) and not pathlib.Path(url.removeprefix(_SQLITE)).is_file():
        return UNMEASURED  # to plan makes nothing, not even an empty ledger
    database = open_database(url, work)
    try:
        with database.read() as connection:
            return rates_of(connection)
    finally:
        database.close()


def rates_of(connection: Connection) -> Rates:
    """Return how many pictures passed, and were proved, by template, locale, model, lettering."""
    keys = (ATTEMPTS.c.template, ATTEMPTS.c.locale, ATTEMPTS.c.model, ATTEMPTS.c.lettering)
    passed = func.sum(case((ATTEMPTS.c.passed.is_(True), 1), else_=0))
    proved = func.count(ATTEMPTS.c.passed)
    rows = connection.execute(
        select(*keys, passed, proved).where(ATTEMPTS.c.passed.is_not(None)).group_by(*keys)
    )
    return Rates(
        counts={(row[0], row[1], row[2], row[3]): (int(row[4]), int(row[5])) for row in rows}
    )
