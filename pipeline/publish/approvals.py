"""Approvals: a decision changes the folder of a campaign day, whole or not at all.

The manifest is the commit mark: a picture is copied to where it belongs before the manifest
names it there, and taken away from where it was after. Whoever writes a manifest holds the lock
of its folder, so that two reviewers, or a reviewer and a run, cannot lose each other's work.
"""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pydantic

from pipeline.errors import OvertakenError
from pipeline.files import holding, write_whole
from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.store import Store
from pipeline.publish.decisions import (
    Action,
    Decision,
    copy_sha256,
    decision_of,
    decisions_of,
    possible,
    trees_of,
)
from pipeline.publish.export import HELD
from pipeline.publish.manifest import NAME, manifest_of, read_manifest, write_manifest

_OUTCOME = pydantic.TypeAdapter(Outcome)
_PICTURE = ("sha256", "media_type", "width", "height", "bytes")
_COUNTED = {"manifest", "totals", "retired", "creatives"}
"""What of a manifest follows from the rest."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reviewer wants, and what the reviewer saw.

    Attributes:
        variant: The creative's id.
        action: What is wanted.
        sha256: Hash of the picture that was seen; empty if there was none.
        copy_sha256: Hash of the requested words that were seen.
        before: When the decision was made that was seen; empty if there was none.
    """

    variant: str
    action: Action
    sha256: str
    copy_sha256: str
    before: str


def seen(record: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a decision about a creative rests on: picture, words, decision so far."""
    before = decision_of(record)
    at = before.at if before else ""
    return record.get("sha256") or "", copy_sha256(record["strings"]), at


def decide(folder: pathlib.Path, wish: Wish, by: str, at: str) -> Decision:
    """Decide about a creative, and return the decision.

    Approving publishes it: its file goes to its market's folder. Rejecting one that was approved
    takes it back. Everything else in the folder stays as it is.

    Args:
        folder: The folder of the campaign day.
        wish: What is wanted.
        by: Who wants it.
        at: When, in UTC.

    Raises:
        OvertakenError: If the creative is not as it was seen, or that cannot be said about it.
        UsageError: If the manifest cannot be read.
        OSError: If the disk is full.
    """
    with holding(folder):
        manifest = read_manifest(folder / NAME)
        record = _found(manifest, wish)
        decision = Decision(
            variant=wish.variant,
            action=wish.action,
            by=by,
            at=at,
            sha256=wish.sha256,
            copy_sha256=wish.copy_sha256,
            fingerprint=record["fingerprint"],
        )
        _carry_out(folder, manifest, record, decision)
    return decision


def _found(manifest: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    """Return the record that a wish is about, if it still is what was seen."""
    records = {record["variant"]: record for record in manifest["creatives"]}
    record: dict[str, Any] | None = records.get(wish.variant)
    if record is None:
        raise OvertakenError("this creative is no longer asked for; the page shows what is now")
    if seen(record) != (wish.sha256, wish.copy_sha256, wish.before):
        other = decision_of(record)
        what = other.said if other else "it was made anew, or a decision was taken back"
        raise OvertakenError(f"meanwhile: {what}; look at it again")
    if wish.action not in possible(record):
        raise OvertakenError(f"{wish.action} cannot be said about it as it is")
    return record


def _carry_out(
    folder: pathlib.Path, manifest: Mapping[str, Any], record: Mapping[str, Any], new: Decision
) -> None:
    status = Status.ACCEPTED if new.action is Action.APPROVE else Status.HELD
    file = record["file"]
    moved = _moved(folder, record, record["market"] if status is Status.ACCEPTED else HELD)
    decisions = (*decisions_of(manifest), new)
    told = {"decision": trees_of([new])[0]}
    changed = {**record, "status": str(status), "file": moved, **told}
    creatives = [changed if one is record else one for one in manifest["creatives"]]
    head = {key: value for key, value in manifest.items() if key not in _COUNTED}
    gone = {file} if record["status"] == Status.ACCEPTED and moved != file else set()
    retired = (set(manifest["retired"]) | gone) - {moved}
    head["decisions"] = trees_of(decisions)
    write_manifest(folder, manifest_of(head, creatives, sorted(retired)))
    if file and moved != file:
        (folder / file).unlink(missing_ok=True)


def _moved(folder: pathlib.Path, record: Mapping[str, Any], shelf: str) -> str | None:
    """Copy a creative's picture to a shelf of its folder, and return where it is there.

    Raises:
        OvertakenError: If the picture is not there as it was proved.
    """
    if not record["file"]:
        return None
    name = pathlib.PurePosixPath(record["file"]).name
    moved = f"{shelf}/{name}"
    if moved == record["file"]:
        return moved
    try:
        content = (folder / record["file"]).read_bytes()
    except OSError as error:
        raise OvertakenError(f"its picture cannot be read ({error}); run it again") from error
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise OvertakenError("its picture is not the one that was proofread; run it again")
    write_whole(folder / moved, content)
    return moved


def settled(out: pathlib.Path, variants: Sequence[Variant], store: Store) -> dict[str, Outcome]:
    """Return variant id to its outcome, for what a person approved or rejected and is unchanged.

    A run makes none of these again.

    Args:
        out: The folder of all campaign days.
        variants: What is to be made.
        store: Where pictures are kept, should one be missing in its folder.

    Raises:
        UsageError: If a manifest cannot be read.
    """
    return {
        variant.id: _outcome(record)
        for variant, folder, record in _records(out, variants)
        if _holds(variant, record) and _is_there(folder, record, store)
    }


def _records(
    out: pathlib.Path, variants: Sequence[Variant]
) -> Iterator[tuple[Variant, pathlib.Path, dict[str, Any]]]:
    """Yield variants with their folder and the record of the last run of their day."""
    by_folder: dict[pathlib.Path, list[Variant]] = {}
    for variant in variants:
        folder = out / variant.day.isoformat() / variant.campaign
        by_folder.setdefault(folder, []).append(variant)
    for folder, some in by_folder.items():
        if (folder / NAME).exists():
            records = {r["variant"]: r for r in read_manifest(folder / NAME)["creatives"]}
            yield from ((v, folder, records[v.id]) for v in some if v.id in records)


def _holds(variant: Variant, record: Mapping[str, Any]) -> bool:
    """Return whether a final decision was made about what is asked for now."""
    decision = decision_of(record)
    if decision is None or decision.action not in {Action.APPROVE, Action.REJECT}:
        return False
    asked = copy_sha256({line.role: line.text for line in variant.lines})
    ways = {one.fingerprint for one in (variant, *variant.lower)}
    return asked == decision.copy_sha256 and record["fingerprint"] in ways


def _is_there(folder: pathlib.Path, record: Mapping[str, Any], store: Store) -> bool:
    if not record["file"]:
        return True
    try:
        content = (folder / record["file"]).read_bytes()
    except OSError:
        content = b""
    whole = hashlib.sha256(content).hexdigest() == record["sha256"]
    return whole or store.get(record["sha256"]) is not None


def _outcome(record: Mapping[str, Any]) -> Outcome:
    """Return the outcome that a record was made of, at no further cost."""
    names = {field.name for field in dataclasses.fields(Outcome)}
    tree = {name: value for name, value in record.items() if name in names}
    tree["deliverable"] = {name: record[name] for name in _PICTURE} if record["file"] else None
    plate = tree.get("plate")
    tree["plate"] = {**plate, "reused": True} if plate else None
    tree["attempts"] = 0
    return _OUTCOME.validate_json(json.dumps(tree))
