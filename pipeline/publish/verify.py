"""Verify: what was delivered is still what was proved; offline, from files and manifest."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import pydantic

from pipeline.campaign.formats import known_formats
from pipeline.campaign.model import Checks
from pipeline.errors import ProviderError
from pipeline.plan.lines import Line
from pipeline.produce.finish import decode
from pipeline.produce.outcome import Status
from pipeline.proof.checks import Delivered, Demands
from pipeline.proof.delivery import Asked, Prover, proof_of
from pipeline.proof.describe import why
from pipeline.publish.decisions import is_approved
from pipeline.publish.export import HELD
from pipeline.publish.manifest import (
    NAME,
    evidence_file,
    evidence_of,
    exhibits_of,
    manifests_under,
    read_manifest,
)
from pipeline.typeset.setting import LineSetting

_SETTINGS = pydantic.TypeAdapter(tuple[LineSetting, ...])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one delivered file; nothing if `what` is empty.

    Attributes:
        file: The file.
        what: What is wrong.
    """

    file: pathlib.Path
    what: str


def verify(folder: pathlib.Path, prover: Prover) -> Iterator[Finding]:
    """Yield a finding for every file under a folder: re-hashed and proofread again.

    Pictures that show a proof to people are only found if they are not what they were.

    Args:
        folder: A folder with manifests in or below it.
        prover: Proofreads.

    Raises:
        UsageError: If a manifest cannot be read.
    """
    for path in manifests_under(folder):
        manifest = read_manifest(path)
        for record in manifest["creatives"]:
            if record["status"] == Status.ACCEPTED:
                what = _wrong(path.parent, record, prover)
                yield Finding(file=path.parent / record["file"], what=what)
        yield from _spoilt(path.parent, manifest)
        yield from _unnamed(path.parent, manifest)


def stands(out: pathlib.Path, record: Mapping[str, Any]) -> bool:
    """Return whether a creative's file and evidence are there, with the bytes of the proof.

    Args:
        out: The folder that the record's file is relative to.
        record: The creative's record.
    """
    if not record["file"]:
        return False
    folder = (out / record["file"]).parent.parent
    return _holds(out / record["file"], record["sha256"]) and all(
        _holds(folder / evidence_file(sha256), sha256) for sha256 in evidence_of(record)
    )


def _holds(file: pathlib.Path, sha256: str) -> bool:
    content = _read(file)
    return content is not None and hashlib.sha256(content).hexdigest() == sha256


def _wrong(folder: pathlib.Path, record: Mapping[str, Any], prover: Prover) -> str:
    content = _read(folder / record["file"])
    if content is None:
        return "is missing"
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        return "is not the file that was proved (its hash differs)"
    evidence = evidence_file(record["ground"]) if record["ground"] else None
    under = _read(folder / evidence) if evidence else None
    if evidence and (under is None or hashlib.sha256(under).hexdigest() != record["ground"]):
        return f"cannot be proved: {evidence} is missing or changed; run the campaign again"
    if is_approved(record):  # it ships because a person says so, whatever a reader reads
        return ""
    size = (record["width"], record["height"])
    try:
        pixels = decode(content, *size)
        ground = decode(under, *size) if under else None
    except ProviderError as error:
        return str(error)
    settings = _SETTINGS.validate_python(record["settings"])
    asked = Asked(
        lines=[Line.of(role, text) for role, text in record["strings"].items()],
        locale=record["locale"],
        settings=settings,
        allowed=frozenset(record["allowed_words"]),
    )
    seen = Delivered(pixels=pixels, content=content, ground=ground)
    return why(proof_of(prover, seen, asked, _demands(record)))


def _demands(record: Mapping[str, Any]) -> Demands:
    """Return what a creative was held against when it was made."""
    inputs = record["inputs"]
    return Demands(
        limits=Checks.model_validate_json(inputs["checks"]),
        palette=json.loads(inputs["palette"]),
        format=known_formats().get(record["format"]),
    )


def _read(file: pathlib.Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _spoilt(folder: pathlib.Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the pictures of a proof, of held creatives too, that are gone or not what they were."""
    named = (sha256 for record in manifest["creatives"] for sha256 in exhibits_of(record))
    for sha256 in dict.fromkeys(named):
        file = folder / evidence_file(sha256)
        if not _holds(file, sha256):
            what = "is not the picture of the proof" if file.exists() else "is missing"
            yield Finding(file=file, what=f"{what}; run the campaign again")


def _unnamed(folder: pathlib.Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    creatives = manifest["creatives"]
    named = {folder / record["file"] for record in creatives if record["file"]}
    named |= {folder / evidence_file(s) for record in creatives for s in evidence_of(record)}
    for file in sorted(folder.glob("*/*")):
        if file not in named and file.name != NAME and file.parent.name != HELD:
            yield Finding(file=file, what="is not in the manifest")
