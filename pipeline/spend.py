"""Spending, as a person asks for it: the ledger's table, and what the providers themselves say."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.errors import BudgetError, ProviderError, UsageError
from pipeline.plan.catalogue import capabilities
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.reconcile import Difference
from pipeline.produce.ledger.report import differences_table, spend_table, spend_tree
from pipeline.produce.ledger.spend import By, Spend
from pipeline.produce.providers.opening import open_provider
from pipeline.produce.providers.sentinel import SENTINEL
from pipeline.settings import Settings

_EARLIER = dt.timedelta(hours=1)
"""How much earlier than our first attempt a record is asked for, should clocks differ."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the ledger says.

    Attributes:
        spend: What was spent, wasted and saved.
        halted: Why all payments are stopped; None if they are not.
        ledger: Where the ledger is, in words; its address may hold a password.
    """

    spend: Spend
    halted: str | None
    ledger: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A provider's own record beside the ledger.

    Attributes:
        provider: Whose record it is.
        since: From when on it was compared.
        differences: Where the two differ.
        why_not: Why they could not be compared; empty if they were.
    """

    provider: str
    since: dt.datetime
    differences: tuple[Difference, ...] = ()
    why_not: str = ""


def ledger_of(settings: Settings, now: Callable[[], dt.datetime]) -> Ledger:
    """Return the ledger of this place, made if there is none yet.

    Args:
        settings: Where it is.
        now: Returns the present instant, with its offset from UTC.

    Raises:
        LedgerError: If it cannot be opened.
        UsageError: If its address is none.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    return open_ledger(settings.ledger_url, now, settings.work)


def report_of(ledger: Ledger, settings: Settings, by: By, since: dt.date | None) -> Report:
    """Return what was spent.

    Args:
        ledger: The ledger.
        settings: Where it is.
        by: What to list it by.
        since: The first campaign day that counts; None for all.

    Raises:
        LedgerError: If it cannot be read.
    """
    where = "what PROOFPRESS_LEDGER names" if settings.ledger else f"{settings.work}"
    return Report(
        spend=ledger.accounts.spend(by, since), halted=ledger.switch.engaged(), ledger=where
    )


def compared(
    ledger: Ledger,
    environment: Mapping[str, str],
    clock: Callable[[], float],
    since: dt.date | None = None,
) -> tuple[Compared, ...]:
    """Compare the ledger with the record of every provider that was to be paid.

    Args:
        ledger: The ledger; nothing in it is changed.
        environment: Keys and addresses of the providers.
        clock: Monotonic seconds.
        since: The first day that counts, in UTC; from our first attempt on if it is None.

    Raises:
        LedgerError: If it cannot be read.
    """
    start = dt.datetime.combine(since, dt.time(), dt.UTC) if since else None
    asked = ledger.accounts.providers()
    return tuple(
        _compared(ledger, name, start or first - _EARLIER, environment, clock)
        for name, first in asked.items()
    )


def _compared(
    ledger: Ledger,
    name: str,
    since: dt.datetime,
    environment: Mapping[str, str],
    clock: Callable[[], float],
) -> Compared:
    if name == SENTINEL or not capabilities(name).charges:
        return Compared(
            provider=name, since=since, why_not="it offers no record of its charges to a program"
        )
    try:
        charges = list(open_provider(name, environment, clock).charges(since))
    except (BudgetError, ProviderError, UsageError) as error:
        return Compared(provider=name, since=since, why_not=str(error))
    differences = ledger.accounts.reconcile(charges, name, since)
    return Compared(provider=name, since=since, differences=differences)


def report_text(report: Report, records: Sequence[Compared]) -> str:
    """Return it all for a terminal."""
    return "\n".join(_rows(report, records))


def _rows(report: Report, records: Sequence[Compared]) -> Iterator[str]:
    if report.halted is not None:
        yield f"ALL NEW PAYMENTS ARE STOPPED: {report.halted}"
        yield "`proofpress halt --off` allows them again"
        yield ""
    yield spend_table(report.spend)
    yield ""
    yield f"amounts are US dollars; the ledger is in {report.ledger}"
    for one in records:
        yield ""
        if one.why_not:
            yield f"{one.provider}: not compared; {one.why_not}"
        else:
            yield f"{one.provider}, since {one.since:%Y-%m-%d %H:%M} UTC:"
            yield differences_table(one.differences)


def report_tree(report: Report, records: Sequence[Compared]) -> dict[str, object]:
    """Return it all for machines, ready for JSON: dollars as text."""
    return {
        **spend_tree(report.spend),
        "halted": report.halted,
        "records": [
            {
                "provider": one.provider,
                "since": one.since.isoformat(),
                "not_compared": one.why_not or None,
                "differences": [_leaf(difference) for difference in one.differences],
            }
            for one in records
        ],
    }


def _leaf(difference: Difference) -> dict[str, object]:
    return {
        "kind": difference.kind.value,
        "attempt": difference.attempt,
        "request_id": difference.request_id,
        "ours": None if difference.ours is None else str(difference.ours),
        "theirs": None if difference.theirs is None else str(difference.theirs),
        "lines": difference.lines,
    }
