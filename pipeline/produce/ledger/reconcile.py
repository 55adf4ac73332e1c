"""Reconciling: where a provider's own record and the ledger differ."""

import dataclasses
import datetime as dt
import decimal
import enum
from collections.abc import Iterable, Iterator, Sequence

from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.units import dollars_of, micros_of
from pipeline.produce.providers.protocol import Charge


class DifferenceKind(enum.StrEnum):
    """How the two records differ."""

    NOT_OURS = "not ours"
    NOT_THEIRS = "not theirs"
    AMOUNT = "amount"
    NOT_SETTLED = "not settled"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One request on which a provider's record and the ledger differ. Amounts are US dollars.

    Attributes:
        kind: NOT_OURS if the ledger has no such attempt; NOT_THEIRS if it was charged in the
            ledger only; AMOUNT if the charges differ, be it that it was charged twice;
            NOT_SETTLED if the ledger has no charge for it yet.
        attempt: Our id; empty if it is not ours.
        request_id: The provider's id; empty if we never learned it.
        ours: What the ledger has charged; None for nothing yet.
        theirs: The sum of what the provider has charged for it; None for no line at all.
        lines: How many lines the provider has for it.
    """

    kind: DifferenceKind
    attempt: str
    request_id: str
    ours: decimal.Decimal | None
    theirs: decimal.Decimal | None
    lines: int


def differences_of(
    charges: Iterable[Charge], entries: Sequence[Entry], since: dt.datetime
) -> tuple[Difference, ...]:
    """Compare a provider's record with our attempts there.

    A line belongs to the attempt that it names, else to the one whose request id it has.

    Args:
        charges: The provider's record from `since` on.
        entries: All our attempts at the provider.
        since: Attempts intended before it are not missed in the record.

    Returns:
        Lines that are not ours in the order of the record, then our attempts, oldest first.
    """
    by_attempt = {entry.id: entry for entry in entries}
    by_request = {entry.request_id: entry for entry in entries if entry.request_id}
    theirs: dict[str, list[Charge]] = {}
    strange: dict[str, list[Charge]] = {}
    for line in charges:
        entry = by_attempt.get(line.attempt) or by_request.get(line.request_id)
        if entry is None:
            strange.setdefault(line.request_id or line.attempt, []).append(line)
        else:
            theirs.setdefault(entry.id, []).append(line)
    ours = (
        difference
        for entry in entries
        for difference in _compared(entry, theirs.get(entry.id, []), since)
    )
    return (*map(_not_ours, strange.values()), *ours)


def _not_ours(lines: Sequence[Charge]) -> Difference:
    return Difference(
        kind=DifferenceKind.NOT_OURS,
        attempt="",
        request_id=lines[0].request_id,
        ours=None,
        theirs=_sum(lines),
        lines=len(lines),
    )


def _compared(entry: Entry, lines: Sequence[Charge], since: dt.datetime) -> Iterator[Difference]:
    kind = _kind_of(entry, lines, since)
    if kind is not None:
        yield Difference(
            kind=kind,
            attempt=entry.id,
            request_id=entry.request_id or next((line.request_id for line in lines), ""),
            ours=entry.charged,
            theirs=_sum(lines) if lines else None,
            lines=len(lines),
        )


def _kind_of(entry: Entry, lines: Sequence[Charge], since: dt.datetime) -> DifferenceKind | None:
    if not lines:
        missed = bool(entry.charged) and entry.created >= since
        return DifferenceKind.NOT_THEIRS if missed else None
    if entry.charged is None:
        return DifferenceKind.NOT_SETTLED
    return None if entry.charged == _sum(lines) else DifferenceKind.AMOUNT


def _sum(lines: Iterable[Charge]) -> decimal.Decimal:
    """Return the sum in the ledger's own unit, so that no rounding looks like a difference."""
    return dollars_of(sum(micros_of(line.cost) for line in lines))
