"""Decisions: what a person said about a creative, bound to its very picture and its very words."""

import dataclasses
import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pydantic

from pipeline.plan.catalogue import STUDIO
from pipeline.plan.job import fingerprint_of
from pipeline.plan.routing import MODEL
from pipeline.produce.outcome import Status

Record = Mapping[str, Any]
"""A creative, as the manifest has it."""


class Action(enum.StrEnum):
    """What a person can say about a creative."""

    APPROVE = "approve"
    REJECT = "reject"
    TYPESET = "typeset"
    RETRY = "retry"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person said about a creative.

    Attributes:
        variant: The creative's id.
        action: What was said.
        by: Who said it.
        at: When, in UTC, such as 2026-12-01T06:00:00Z.
        sha256: Hash of the picture that was looked at; empty if there was none.
        copy_sha256: Hash of the words that were asked for.
        fingerprint: Hash of everything that shaped the picture.
    """

    variant: str
    action: Action
    by: str
    at: str
    sha256: str
    copy_sha256: str
    fingerprint: str

    @property
    def said(self) -> str:
        """Return the decision in a sentence."""
        when = self.at.replace("T", " ").removesuffix("Z")
        return f"{_SAID[self.action]} by {self.by} on {when} UTC"


_SAID = {
    Action.APPROVE: "Approved",
    Action.REJECT: "Rejected",
    Action.TYPESET: "Asked to be typeset instead",
    Action.RETRY: "Asked to be tried again",
}
_DECISIONS = pydantic.TypeAdapter(tuple[Decision, ...])
_DECISION = pydantic.TypeAdapter(Decision)


def copy_sha256(strings: Mapping[str, str]) -> str:
    """Return the hash of requested words, role by role, whatever their order.

    Args:
        strings: Role to text.
    """
    return fingerprint_of(dict(strings))


def decisions_of(manifest: Record) -> tuple[Decision, ...]:
    """Return every decision of a campaign day, oldest first; those that were overruled too."""
    return _DECISIONS.validate_python(manifest.get("decisions") or ())


def trees_of(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """Return decisions as the manifest has them."""
    return [_DECISION.dump_python(decision, mode="json") for decision in decisions]


def decision_of(record: Record) -> Decision | None:
    """Return the decision that holds for a creative; None if nobody has decided."""
    tree = record.get("decision")
    return _DECISION.validate_python(tree) if tree else None


def is_approved(record: Record) -> bool:
    """Return whether a creative ships because a person approved it."""
    decision = decision_of(record)
    return decision is not None and decision.action is Action.APPROVE


def decided(record: Record, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return a creative's record with the decision that holds for it, if any does.

    That is the last one about this very picture and these very words. What is held is not
    approved, whatever was said before: then the campaign has changed since.
    """
    bare = {key: value for key, value in record.items() if key != "decision"}
    if not decisions:
        return bare
    key = (record["variant"], record.get("sha256") or "", copy_sha256(record["strings"]))
    bound = [d for d in decisions if (d.variant, d.sha256, d.copy_sha256) == key]
    if not bound:
        return bare
    ships = record["status"] == Status.ACCEPTED
    if ships is not (bound[-1].action is Action.APPROVE) or bound[-1].action is Action.RETRY:
        return bare
    return {**bare, "decision": trees_of(bound[-1:])[0]}


_THE_SAME = ("sha256", "strings", "fingerprint", "reason")


def upheld(record: Record, before: Record | None) -> Record:
    """Return the approved record of before in place of one that is held just as that was.

    So an approval that was given while a run was under way is not lost to that run.
    """
    if before is None or record["status"] == Status.ACCEPTED or not is_approved(before):
        return record
    same = all(record.get(name) == before.get(name) for name in _THE_SAME)
    return before if same else record


def possible(record: Record) -> tuple[Action, ...]:
    """Return what can be said about a creative as it is.

    One without a picture cannot be approved. Only what a model drew on, or a picture that was
    not the studio's, can be typeset instead. One that a person approved can be taken back.
    """
    if record["status"] == Status.ACCEPTED:
        return (Action.REJECT,) if is_approved(record) else ()
    return tuple(_possible(record))


def _possible(record: Record) -> Iterator[Action]:
    if record.get("file"):
        yield Action.APPROVE
    yield Action.REJECT
    plate = record.get("plate") or {}
    bought = plate.get("provider", STUDIO) != STUDIO
    if bought or MODEL in (record.get("lettering") or {}).values():
        yield Action.TYPESET
    yield Action.RETRY
