"""Reports of the ledger: tables for a terminal, trees for JSON. Amounts are US dollars."""

import decimal
from collections.abc import Iterable, Sequence

from pipeline.produce.ledger.reconcile import Difference
from pipeline.produce.ledger.rows import Entry
from pipeline.produce.ledger.spend import Spend, SpendLine

_HEAD = (
    "attempts",
    "accepted",
    "rate",
    "spent",
    "wasted",
    "unknown",
    "held back",
    "saved by cache",
    "saved by size",
    "$ per creative",
)


def spend_table(spend: Spend) -> str:
    """Return what was spent as aligned columns for a terminal."""
    lines = [*spend.lines, spend.total] if len(spend.lines) != 1 else spend.lines
    rows = [(spend.by.value, *_HEAD), *(_spend_row(line) for line in lines)]
    since = f" on campaign days from {spend.since} on" if spend.since else ""
    if not spend.lines:
        return f"nothing was spent or saved{since}"
    return _aligned(rows)


def _spend_row(line: SpendLine) -> tuple[str, ...]:
    rate, each = line.accept_rate, line.per_creative
    return (
        line.name,
        str(line.attempts),
        str(line.accepted),
        "-" if rate is None else f"{rate:.1%}",
        _money(line.spent),
        _money(line.wasted),
        _money(line.unknown),
        _money(line.reserved),
        _money(line.saved_by_cache),
        _money(line.saved_by_planning),
        "-" if each is None else f"{each:.4f}",
    )


def spend_tree(spend: Spend) -> dict[str, object]:
    """Return what was spent, ready for JSON: dollars as text, to the micro-dollar."""
    return {
        "by": spend.by.value,
        "since": spend.since.isoformat() if spend.since else None,
        "lines": [_spend_leaf(line) for line in spend.lines],
        "total": _spend_leaf(spend.total),
    }


def _spend_leaf(line: SpendLine) -> dict[str, object]:
    return {
        "name": line.name,
        "attempts": line.attempts,
        "ended": line.ended,
        "accepted": line.accepted,
        "cached": line.cached,
        "accept_rate": None if line.accept_rate is None else round(line.accept_rate, 4),
        "estimated": str(line.estimated),
        "spent": str(line.spent),
        "wasted": str(line.wasted),
        "unknown": str(line.unknown),
        "reserved": str(line.reserved),
        "saved_by_cache": str(line.saved_by_cache),
        "saved_by_planning": str(line.saved_by_planning),
        "per_creative": None if line.per_creative is None else f"{line.per_creative:.6f}",
    }


def differences_table(differences: Sequence[Difference]) -> str:
    """Return the differences to a provider's record as aligned columns for a terminal."""
    if not differences:
        return "the provider's record and the ledger agree"
    rows = [("difference", "attempt", "request", "ours", "theirs", "lines")]
    rows += [
        (
            one.kind.value,
            one.attempt or "-",
            one.request_id or "-",
            "-" if one.ours is None else _exact(one.ours),
            "-" if one.theirs is None else _exact(one.theirs),
            str(one.lines),
        )
        for one in differences
    ]
    return _aligned(rows, left=3)


def manifest_row(entry: Entry) -> dict[str, object]:
    """Return what the manifest of a variant says about one attempt."""
    return {
        "attempt": entry.id,
        "number": entry.number,
        "provider": entry.purpose.provider,
        "model": entry.purpose.model,
        "request_id": entry.request_id,
        "seed": entry.seed,
        "lettering": entry.lettering,
        "state": entry.state.value,
        "charged": None if entry.charged is None else str(entry.charged),
        "by_vendor": entry.by_vendor,
        "estimated": str(entry.estimated),
        "sha256": entry.sha256,
        "resubmits": entry.resubmits,
        "detail": entry.detail,
    }


def _money(amount: decimal.Decimal) -> str:
    return f"{amount:.2f}"


def _exact(amount: decimal.Decimal) -> str:
    return f"{amount:.6f}".rstrip("0").rstrip(".")


def _aligned(rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """Return rows as columns, the first ones flush left, numbers flush right."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if place < left else f"{cell:>{width}}"
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )
