"""States of an attempt, and the arrows between them.

    PLANNED ── INTENT ─┬─ SUBMITTED ── READY ── STORED ── PROVED ─┬─ ACCEPTED
                       │    │  │        │  │      │       │  │    └─ REJECTED
                       │    └──┴────────┴──┴──────┴───────┴──┴─ FAILED, MODERATED
                       └─ UNKNOWN ── SUBMITTED (adopted) or FAILED (written off)

PLANNED has no row: what is planned is in the plan, which is pure, and an attempt that nobody
intends to pay yet has nothing to recover. Each other state is committed before the step that
follows from it has an effect outside: INTENT before the submit, SUBMITTED before the first poll,
STORED when the bytes are on disk and before they are judged, PROVED before they are used.
"""

import enum


class EntryState(enum.StrEnum):
    """Where an attempt stands in the ledger."""

    PLANNED = "planned"
    INTENT = "intent"
    SUBMITTED = "submitted"
    READY = "ready"
    STORED = "stored"
    PROVED = "proved"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MODERATED = "moderated"
    FAILED = "failed"
    UNKNOWN = "unknown"


ENDED = frozenset(
    {EntryState.ACCEPTED, EntryState.REJECTED, EntryState.MODERATED, EntryState.FAILED}
)
"""States that nothing follows; a row in one of them never changes, but for a late settlement."""

ARROWS: dict[EntryState, frozenset[EntryState]] = {
    EntryState.PLANNED: frozenset({EntryState.INTENT}),
    EntryState.INTENT: frozenset(
        {EntryState.SUBMITTED, EntryState.UNKNOWN, EntryState.FAILED, EntryState.MODERATED}
    ),
    EntryState.UNKNOWN: frozenset({EntryState.SUBMITTED, EntryState.FAILED}),
    EntryState.SUBMITTED: frozenset({EntryState.READY, EntryState.FAILED, EntryState.MODERATED}),
    EntryState.READY: frozenset({EntryState.STORED, EntryState.FAILED, EntryState.MODERATED}),
    EntryState.STORED: frozenset({EntryState.PROVED, EntryState.FAILED}),
    EntryState.PROVED: frozenset({EntryState.ACCEPTED, EntryState.REJECTED, EntryState.FAILED}),
    EntryState.ACCEPTED: frozenset(),
    EntryState.REJECTED: frozenset(),
    EntryState.MODERATED: frozenset(),
    EntryState.FAILED: frozenset(),
}


class IllegalArrowError(RuntimeError):
    """The program asks for a step that the state of an attempt does not allow: a mistake in it.

    It is no ProofpressError: no person at the terminal can mend it.
    """


def sources_of(to: EntryState) -> frozenset[EntryState]:
    """Return the states from which an arrow leads to one."""
    return frozenset(state for state, targets in ARROWS.items() if to in targets)
