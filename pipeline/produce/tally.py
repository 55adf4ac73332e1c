"""Tally: how many planted errors were refused and how many slipped, and what that can mean."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.produce.selftest import Trial
from pipeline.proof.verdict import Verdict

CONFIDENCE = 0.95

Row = tuple[str, str, int, int, int, int]
"""Script, kind, planted, failed, unsure, slipped."""


def rows_of(trials: Iterable[Trial]) -> list[Row]:
    """Return one row for each script and kind, sorted, and one with the sums."""
    counts = Counter((one.planted.script, one.planted.kind.value, one.verdict) for one in trials)
    keys = sorted({key[:2] for key in counts})
    rows = [_row(script, kind, counts) for script, kind in keys]
    sums = [sum(column) for column in zip(*(row[2:] for row in rows), strict=True)]
    return [*rows, ("all", "", sums[0], sums[1], sums[2], sums[3])] if rows else []


def _row(script: str, kind: str, counts: Counter[tuple[str, str, Verdict]]) -> Row:
    fail, unsure, slipped = (
        counts[script, kind, verdict] for verdict in (Verdict.FAIL, Verdict.UNSURE, Verdict.PASS)
    )
    return script, kind, fail + unsure + slipped, fail, unsure, slipped


def upper_bound(slipped: int, planted: int) -> float:
    """Return the share of errors that may slip through, at most, with 95 % confidence.

    With none slipped it is the rule of three, 3/n (Hanley and Lippman-Hand 1983), else the
    exact one-sided bound of Clopper and Pearson (1934): the share at which so few slips have a
    probability of 5 %.

    Args:
        slipped: How many slipped.
        planted: Out of how many; with none, everything may slip.
    """
    if slipped >= planted:
        return 1.0
    if slipped == 0:
        return min(1.0, 3 / planted)
    low, high = slipped / planted, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(slipped, planted, middle) > 1 - CONFIDENCE:
            low = middle
        else:
            high = middle
    return high


def _at_most(count: int, trials: int, share: float) -> float:
    """Return the probability of no more than so many successes."""
    if share >= 1:
        return 0.0
    logs = (
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(share)
        + (trials - k) * math.log1p(-share)
        for k in range(count + 1)
    )
    return math.fsum(math.exp(one) for one in logs)


def tables(trials: Sequence[Trial]) -> str:
    """Return the tally by script and by kind, as aligned columns for a terminal."""
    rows = rows_of(trials)
    return "\n\n".join(
        _table(name, rows, column) for column, name in enumerate(("script", "error"))
    )


def _table(name: str, rows: Sequence[Row], column: int) -> str:
    sums: dict[str, list[int]] = {}
    for row in rows:
        label = row[:2][column] if row is not rows[-1] else "all"
        counts = sums.setdefault(label, [0, 0, 0, 0])
        sums[label] = [a + b for a, b in zip(counts, row[2:], strict=True)]
    wide = max(len(label) for label in [name, *sums])
    head = f"{name:<{wide}}  planted  fail  unsure  slipped  may slip, at most"
    return "\n".join([head, *(_table_row(f"{x:<{wide}}", counts) for x, counts in sums.items())])


def _table_row(label: str, counts: Sequence[int]) -> str:
    planted, fail, unsure, slipped = counts
    bound = f"{upper_bound(slipped, planted):.1%}"
    return f"{label}  {planted:>7}  {fail:>4}  {unsure:>6}  {slipped:>7}  {bound:>17}"
