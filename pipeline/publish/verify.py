"""Verify: what was delivered is still what was proved; offline, from files and manifest."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator, Mapping
from typing import Any

import pydantic

from pipeline.errors import ProviderError
from pipeline.plan.lines import Line
from pipeline.produce.finish import decode
from pipeline.produce.outcome import Status
from pipeline.produce.press import Prover
from pipeline.produce.store import Store
from pipeline.proof.describe import why
from pipeline.publish.export import HELD
from pipeline.publish.manifest import NAME, manifests_under, read_manifest
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


def verify(folder: pathlib.Path, prover: Prover, store: Store) -> Iterator[Finding]:
    """Yield a finding for every file under a folder: re-hashed and proofread again.

    Args:
        folder: A folder with manifests in or below it.
        prover: Proofreads.
        store: Has the pictures under the words; where one is missing it is estimated.

    Raises:
        UsageError: If a manifest cannot be read.
    """
    for path in manifests_under(folder):
        manifest = read_manifest(path)
        for record in manifest["creatives"]:
            if record["status"] == Status.ACCEPTED:
                file = path.parent / record["file"]
                yield Finding(file=file, what=_wrong(file, record, prover, store))
        yield from _unnamed(path.parent, manifest)


def _wrong(file: pathlib.Path, record: Mapping[str, Any], prover: Prover, store: Store) -> str:
    try:
        content = file.read_bytes()
    except OSError:
        return "is missing"
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        return "is not the file that was proved (its hash differs)"
    under = store.get(record["ground"]) if record["ground"] else None
    size = (record["width"], record["height"])
    try:
        pixels = decode(content, *size)
        ground = decode(under, *size) if under else None
    except ProviderError as error:
        return str(error)
    proof = prover.prove(
        pixels,
        [Line.of(role, text) for role, text in record["strings"].items()],
        record["locale"],
        _SETTINGS.validate_python(record["settings"]),
        allowed=frozenset(record["allowed_words"]),
        ground=ground,
    )
    return why(proof)


def _unnamed(folder: pathlib.Path, manifest: Mapping[str, Any]) -> Iterator[Finding]:
    named = {folder / record["file"] for record in manifest["creatives"] if record["file"]}
    for file in sorted(folder.glob("*/*")):
        if file not in named and file.name != NAME and file.parent.name != HELD:
            yield Finding(file=file, what="is not in the manifest")
