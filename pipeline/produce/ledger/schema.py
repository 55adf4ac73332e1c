"""Tables of the ledger, the same in SQLite and PostgreSQL, and what guards them.

Money is whole micro-dollars, instants are whole microseconds since 1970 UTC, days are ISO text.
Triggers in the database itself keep the promise that what has ended stays and that nothing is
ever deleted, whichever program writes to it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
    inspect,
    select,
    text,
    update,
)

from pipeline.errors import UsageError
from pipeline.produce.ledger.states import ENDED, EntryState

VERSION = 2
"""Version of the tables; a ledger with a higher one is refused."""

_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts up only an INTEGER
_ENDED = "({})".format(", ".join(f"'{state}'" for state in sorted(ENDED)))
_STATES = "({})".format(", ".join(f"'{state}'" for state in EntryState))
_LIVE = text(f"state NOT IN {_ENDED}")
_OPEN = text("ended IS NULL")

METADATA = MetaData()

_QUOTA = Index("quota", "account", "day")

META = Table(
    "meta",
    METADATA,
    Column("key", String(32), primary_key=True),
    Column("value", Text, nullable=False),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("job", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("run", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("lettering", Text, nullable=False),
    Column("account", Text, nullable=False, server_default=""),
    Column("state", String(16), CheckConstraint(f"state IN {_STATES}"), nullable=False),
    Column("reserved", BigInteger, CheckConstraint("reserved >= 0"), nullable=False),
    Column("charged", BigInteger, CheckConstraint("charged >= 0")),
    Column("by_vendor", Boolean, nullable=False),
    Column("estimated", BigInteger, CheckConstraint("estimated >= 0"), nullable=False),
    Column("request_id", Text),
    Column("poll_url", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("passed", Boolean),
    Column("detail", Text, nullable=False),
    Column("resubmits", String(64), ForeignKey("attempts.id"), unique=True),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    UniqueConstraint("job", "number"),
    UniqueConstraint("provider", "request_id"),
    CheckConstraint(f"state NOT IN {_ENDED} OR (reserved = 0 AND charged IS NOT NULL)"),
    Index("one_live_attempt", "job", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    # A budget is summed before each intent; from this index alone, without reading the rows.
    Index("money", "campaign", "day", "variant", "charged", "reserved"),
    _QUOTA,
)

EVENTS = Table(
    "events",
    METADATA,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("attempt", String(64), ForeignKey("attempts.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("amount", BigInteger),
    Column("at", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("run", Text, nullable=False, index=True),
    Column("campaign", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("outcome", Text, nullable=False),
    Index(
        "one_open_run",
        "campaign",
        "market",
        "day",
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
)

SAVINGS = Table(
    "savings",
    METADATA,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("job", String(64), nullable=False),
    Column("amount", BigInteger, CheckConstraint("amount >= 0"), nullable=False),
    Column("campaign", Text, nullable=False),
    Column("market", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("day", String(10), nullable=False),
    Column("run", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    UniqueConstraint("kind", "variant"),
)

_SETTLED_LATE = {"charged", "by_vendor", "updated"}
"""The only columns of an ended attempt that may be written: the vendor's bill comes later."""


def create_tables(connection: Connection) -> None:
    """Make the tables if there are none, and refuse those of a newer version.

    Args:
        connection: In a transaction that no other process can make tables in.

    Raises:
        UsageError: If a newer version made the ledger.
    """
    if not inspect(connection).has_table(META.name):
        METADATA.create_all(connection)
        connection.execute(insert(META).values(key="schema", value=str(VERSION)))
        for statement in _guards(connection.dialect.name):
            connection.exec_driver_sql(statement)
        return
    version = connection.scalars(select(META.c.value).where(META.c.key == "schema")).one()
    if int(version) > VERSION:
        raise UsageError(
            f"the ledger has tables of version {version}, this program knows version {VERSION}; "
            "install the version of Proofpress that wrote it"
        )
    if int(version) < VERSION:
        _name_accounts(connection)


def _name_accounts(connection: Connection) -> None:
    """Make version 1 into version 2, which names the account of each attempt."""
    column = "ALTER TABLE attempts ADD COLUMN account TEXT NOT NULL DEFAULT ''"
    connection.exec_driver_sql(column)
    _QUOTA.create(connection)
    connection.execute(update(META).where(META.c.key == "schema").values(value=str(VERSION)))


def _guards(dialect: str) -> list[str]:
    kept = ", ".join(column.name for column in ATTEMPTS.c if column.name not in _SETTLED_LATE)
    guards = {
        "ended_attempts_stay": (f"UPDATE OF {kept} ON attempts", f"OLD.state IN {_ENDED}"),
        "attempts_are_kept": ("DELETE ON attempts", "1 = 1"),
        "events_are_kept": ("DELETE ON events", "1 = 1"),
        "events_are_final": ("UPDATE ON events", "1 = 1"),
    }
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {what} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, 'the ledger keeps its rows: {name}'); END"
            for name, (what, when) in guards.items()
        ]
    refuse = (
        "CREATE FUNCTION keep_ledger_rows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION USING MESSAGE = 'the ledger keeps its rows: ' || TG_NAME; END $$"
    )
    return [
        refuse,
        *(
            f"CREATE TRIGGER {name} BEFORE {what} FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION keep_ledger_rows()"
            for name, (what, when) in guards.items()
        ),
    ]
