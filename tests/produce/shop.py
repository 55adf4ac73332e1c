"""A shop: everything that buying takes, over one vendor, with a clock that only sleeping moves."""

import contextlib
import dataclasses
import datetime as dt
import decimal
import pathlib
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlalchemy import RootTransaction

from pipeline.plan.job import PlateRequest
from pipeline.produce.attempts import Attempts, Brought
from pipeline.produce.buyer import Bought, Buyer, Judged, Order
from pipeline.produce.canary import Canary
from pipeline.produce.gate import Gate, Timing
from pipeline.produce.ledger.budget import Caps
from pipeline.produce.ledger.database import Database, open_database
from pipeline.produce.ledger.ledger import Ledger
from pipeline.produce.ledger.rows import Entry, Purpose
from pipeline.produce.store import Store
from tests.produce.ledger.conftest import MEMORY
from tests.produce.vendor import PRICE, Vendor

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 12, 1)


class Time:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        with self._lock:
            self.seconds += seconds
            self.slept.append(seconds)

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.seconds)

    @property
    def timing(self) -> Timing:
        return Timing(clock=self.clock, sleep=self.sleep, dice=lambda: 0.5)


QUICK = Timing(
    clock=lambda: time.monotonic() * 1000,
    sleep=lambda seconds: time.sleep(seconds / 1000),
    dice=lambda: 0.5,
)
"""A thousand seconds in one, for many threads at once."""


class DiedError(BaseException):
    """The program ends here, whatever it is in the middle of."""


class Mortal(Database):
    """A database at one of whose commits the program dies, before or after it is durable."""

    commits = 0
    last: int | None = None
    durable = False

    def commit(self, transaction: RootTransaction) -> None:
        number, self.commits = self.commits, self.commits + 1
        if number == self.last and not self.durable:
            raise DiedError
        super().commit(transaction)
        if number == self.last:
            raise DiedError


class FullStore(Store):
    """A store whose disk can be full, and whose files can be lost."""

    full = False

    def put(self, content: bytes, *, flushed: bool = False) -> str:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().put(content, flushed=flushed)

    def forget(self, sha256: str) -> None:
        self.file(sha256).unlink()


def request(name: str = "bowl", provider: str = "runflow") -> PlateRequest:
    return PlateRequest(
        provider=provider,
        model="flux-2-flex",
        quality="draft",
        prompt=f"a {name} on a table",
        width=64,
        height=64,
        seed=len(name),
        backdrop={},
    )


def judge(brought: Brought) -> Judged[bytes]:
    """Accept whatever came."""
    return Judged(passed=True, detail="", result=brought.content)


def turn_down(brought: Brought) -> Judged[bytes]:
    """Accept nothing."""
    return Judged(passed=False, detail="a digit is wrong", result=brought.content)


@dataclasses.dataclass(slots=True, kw_only=True)
class Program:
    """One program, from its start to its death.

    Attributes:
        ledger: Its connection to the ledger.
        database: Where it may die.
        gate: Its gate.
        buyer: Its buyer.
        run: Its run.
    """

    ledger: Ledger
    database: Mortal
    gate: Gate
    buyer: Buyer
    attempts: Attempts
    run: str

    def order(self, name: str = "bowl", **changes: object) -> Order:
        purpose = Purpose(
            campaign="lunch",
            market="de",
            template="deal",
            locale="de_DE",
            variant=f"lunch--{name}",
            day=DAY,
            run=self.run,
            provider=self.attempts.provider.capabilities.name,
            model="flux-2-flex",
        )
        order = Order(
            request=request(name, purpose.provider),
            purpose=purpose,
            lettering="plate",
            estimate=PRICE,
            caps=Caps(),
            attempts=3,
            resubmits=False,
        )
        return dataclasses.replace(order, **changes)  # type: ignore[arg-type]

    def buy(
        self,
        name: str = "bowl",
        by: Callable[[Brought], Judged[bytes]] = judge,
        **changes: object,
    ) -> Bought[bytes]:
        return self.buyer.buy(self.order(name, **changes), by)

    def only(self, name: str = "bowl") -> Entry:
        """Return the one attempt that there is of a job."""
        (entry,) = self.entries(name)
        return entry

    def entries(self, name: str = "bowl") -> Sequence[Entry]:
        provider = self.attempts.provider.capabilities.name
        return self.ledger.attempts_of(request(name, provider).fingerprint)

    def resume(self, *names: str) -> int:
        """Take over what dead runs left, as a run does when it starts."""
        provider = self.attempts.provider.capabilities.name
        known = [request(name, provider) for name in names]
        entries = self.ledger.take_over(self.run)
        return self.buyer.resume(entries, {one.fingerprint: one for one in known}, 1)

    @property
    def booked(self) -> decimal.Decimal:
        """Return what the ledger says was charged."""
        return self.ledger.accounts.spend().total.spent


class Shop:
    """One vendor, one ledger, one store and one clock for any number of programs.

    Args:
        folder: Where ledger and store are.
        vendor: Who is paid.
    """

    def __init__(self, folder: pathlib.Path, vendor: Vendor) -> None:
        self.vendor = vendor
        self.time = Time()
        self.store = FullStore(folder / "store")
        self._url = f"sqlite:///{folder}/ledger.sqlite3"
        self._runs = 0
        self._open: list[Program] = []

    def start(
        self,
        *,
        timing: Timing | None = None,
        wanted: Mapping[str, int] | None = None,
        claims: bool = False,
    ) -> Program:
        """Start a program; one that claims its day leaves its attempts to no other while it lives.

        Args:
            timing: Another timing than the shop's.
            wanted: How many pictures each campaign wants.
            claims: Whether it claims its campaign and market day.
        """
        opened = open_database(self._url)
        mortal = Mortal(opened.engine, opened.folder)
        ledger, self._runs = Ledger(mortal, self.time.now), self._runs + 1
        timing = timing or self.time.timing
        attempts = Attempts(
            provider=self.vendor,
            ledger=ledger,
            store=self.store,
            gate=Gate(self.vendor.capabilities.active, timing),
            timing=timing,
            now=self.time.now,
        )
        program = Program(
            ledger=ledger,
            database=mortal,
            gate=attempts.gate,
            buyer=Buyer(attempts, Canary(wanted or {})),
            attempts=attempts,
            run=f"run-{self._runs}",
        )
        if claims:
            assert ledger.runs.claim("lunch", "de", DAY, program.run).granted
        self._open.append(program)
        return program

    def end(self, program: Program) -> None:
        """End a program as the kernel ends a killed one: its locks go, its rows stay."""
        program.ledger.close()
        self._open.remove(program)

    def close(self) -> None:
        for program in tuple(self._open):
            self.end(program)


@contextlib.contextmanager
def opened(vendor: Vendor) -> Iterator[Shop]:
    """Yield a shop in an empty folder, in memory if that is possible."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        shop = Shop(pathlib.Path(name), vendor)
        yield shop
        shop.close()
