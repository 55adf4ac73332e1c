"""What the tests of the ledger book: attempts, and the steps that they take."""

import dataclasses
import datetime as dt
import decimal

from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.rows import Entry, Purpose, Wanted
from pipeline.produce.ledger.states import EntryState
from pipeline.produce.providers.protocol import Ticket

FREE = Caps()
NOTHING = decimal.Decimal(0)
HASH = "5e" * 32
NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)

PURPOSE = Purpose(
    campaign="lunch",
    market="de",
    template="deal",
    locale="de_DE",
    variant="lunch.bowl.de.2026-12-01",
    day=dt.date(2026, 12, 1),
    run="run-1",
    provider="runflow",
    model="flux-2-flex",
)

WANTED = Wanted(
    job="a1b2c3d4e5f60718",
    purpose=PURPOSE,
    lettering="plate",
    estimated=decimal.Decimal("0.05"),
    reserve=decimal.Decimal("0.06"),
)


def wanted(job: str = WANTED.job, **changes: object) -> Wanted:
    """Return an attempt that is wanted; names of a purpose's fields change the purpose."""
    names = {field.name for field in dataclasses.fields(Purpose)}
    purpose = {name: value for name, value in changes.items() if name in names}
    rest = {name: value for name, value in changes.items() if name not in names}
    return dataclasses.replace(
        WANTED,
        job=job,
        purpose=dataclasses.replace(PURPOSE, **purpose),  # type: ignore[arg-type]
        **rest,  # type: ignore[arg-type]
    )


class Ticking:
    """A clock that goes on by a second whenever it is looked at."""

    def __init__(self, start: dt.datetime = NOON) -> None:
        self.now = start

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


def dollars(text: str | int) -> decimal.Decimal:
    """Return an amount."""
    return decimal.Decimal(text)


def book(ledger: Ledger, job: str = WANTED.job, **changes: object) -> Entry:
    """Intend an attempt that nothing stands in the way of."""
    intended = ledger.intend(wanted(job, **changes), FREE)
    assert intended.fresh
    return intended.entry


def submit(ledger: Ledger, job: str = WANTED.job, **changes: object) -> Entry:
    """Book and submit an attempt; its request id follows from its own."""
    entry = book(ledger, job, **changes)
    return ledger.submitted(entry.id, Ticket(request_id=f"req-{entry.id}", poll_url="/status"))


def prove(ledger: Ledger, entry: Entry, *, passed: bool) -> Entry:
    """Let a submitted attempt come as far as its proof."""
    ledger.ready(entry.id)
    ledger.stored(entry.id, HASH)
    return ledger.proved(entry.id, passed=passed)


def accept(ledger: Ledger, job: str = WANTED.job, **changes: object) -> Entry:
    """Let an attempt go all the way."""
    entry = prove(ledger, submit(ledger, job, **changes), passed=True)
    return ledger.ended(entry.id, EntryState.ACCEPTED, "reads as asked")


def reject(ledger: Ledger, job: str = WANTED.job, **changes: object) -> Entry:
    """Let an attempt go all the way and be thrown away."""
    entry = prove(ledger, submit(ledger, job, **changes), passed=False)
    return ledger.ended(entry.id, EntryState.REJECTED, "reads 8.80, not 8.90")
