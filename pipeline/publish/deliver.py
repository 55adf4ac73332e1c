"""Delivery: finished days in a bucket, the manifests last; several machines write one day together.

The bucket has what `out` has. Before a machine exports, it takes over what others delivered; its
manifest replaces the one it has seen and no other, and if somebody was quicker it begins again.
"""

import hashlib
import json
import logging
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pipeline.errors import StoreError
from pipeline.files import holding, write_whole
from pipeline.produce.threads import threads
from pipeline.publish.manifest import (
    EVIDENCE,
    NAME,
    evidence_file,
    evidence_of,
    manifest_of,
    write_manifest,
)
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket, Object, open_bucket

GALLERY = "index.html"
_AT_ONCE = 8
"""Files that are under way at a time."""

_ROUNDS = 20
"""How often a machine begins again because another was quicker; each time one of them is done."""

_T = TypeVar("_T")

_LOG = logging.getLogger(__name__)

Manifest = Mapping[str, Any]
_NOTHING: Manifest = {"creatives": [], "retired": []}


class Delivery:
    """Brings campaign days to a bucket.

    Args:
        bucket: Where they go.
        out: The folder of all campaign days.
        notes: Where it is remembered which manifests the bucket has.
    """

    def __init__(self, bucket: Bucket, out: pathlib.Path, notes: pathlib.Path) -> None:
        self._bucket = bucket
        self._out = out
        where = f"{bucket.address}\n{out.resolve()}"
        self._notes = notes / hashlib.sha256(where.encode()).hexdigest()[:16]

    def publish(self, days: Sequence[str], write: Callable[[], _T]) -> tuple[_T, str]:
        """Write days to `out` and to the bucket, together with whoever does the same.

        Args:
            days: The campaign days, such as 2026-12-01.
            write: Writes files, manifests and gallery to `out`; may be called again.

        Returns:
            What `write` returned, and why the bucket does not have it all; empty if it has.

        Raises:
            OSError: If the disk is full.
        """
        problem = f"{self._bucket.address} is written by others all the time; run again"
        try:
            for _ in range(_ROUNDS):
                self._take_over(days)
                written = write()
                if self._sent(days) and not self._take_over(days):
                    return written, ""
        except StoreError as error:
            problem = str(error)
        return write(), problem

    def look(self, days: Iterable[str]) -> None:
        """Take over what others delivered, as far as the bucket can be reached now."""
        try:
            self._take_over(sorted(set(days)))
        except StoreError as error:  # the bucket has logged it; what is here is what is known
            _LOG.debug("%s", error)

    def catch_up(self) -> str:
        """Bring what the bucket does not have yet, such as what a person decided since.

        Returns:
            Why it does not have it all; empty if it has.
        """
        owed = {path.parts[-3] for path in self._out.glob(f"*/*/{NAME}") if self._is_owed(path)}
        return self.publish(sorted(owed), lambda: None)[1] if owed else ""

    def _is_owed(self, path: pathlib.Path) -> bool:
        return path.read_bytes() != self._known(path.parent)

    def _take_over(self, days: Iterable[str]) -> bool:
        """Take over what others delivered, and return whether there was anything."""
        new = False
        for day in days:
            for name in self._bucket.folders(day):
                theirs = self._bucket.get(f"{name}/{NAME}")
                folder = self._out / name
                if theirs and theirs.content != self._known(folder):
                    self._adopt(folder, theirs.content)
                    new = True
        return new

    def _adopt(self, folder: pathlib.Path, theirs: bytes) -> None:
        """Let a folder have what was delivered there, but for what was changed here since."""
        with holding(folder):
            path = folder / NAME
            ours = path.read_bytes() if path.exists() else b""
            known = self._known(folder)
            merged = _merged(_parsed(known), _parsed(ours), _parsed(theirs))
            self._fetch(folder, merged)
            if ours == known:
                write_whole(path, theirs)
            else:
                write_manifest(folder, merged)
            write_whole(self._note(folder), theirs)

    def _fetch(self, folder: pathlib.Path, manifest: Manifest) -> None:
        missing = [file for file in _files(manifest) if not (folder / file).exists()]
        with threads(_AT_ONCE) as pool:
            for _ in pool.map(lambda file: self._fetch_one(folder, file), missing):
                pass

    def _fetch_one(self, folder: pathlib.Path, file: str) -> None:
        found = self._bucket.get(self._name(folder / file))
        if found is not None and _is_named_for(file, found.content):
            write_whole(folder / file, found.content)

    def _sent(self, days: Iterable[str]) -> bool:
        """Bring days to the bucket; return whether nobody else wrote them meanwhile."""
        paths = [path for day in days for path in sorted((self._out / day).glob(f"*/{NAME}"))]
        owed = [path for path in paths if self._is_owed(path)]
        before = {path: self._bucket.get(self._name(path)) for path in owed}
        for path in owed:
            self._send_files(path.parent, before[path])
        page = self._out / GALLERY
        if page.exists():
            self._bucket.put(GALLERY, page.read_bytes())
        written = [self._send_manifest(path, before[path]) for path in owed]  # every one of them
        return all(written)

    def _send_files(self, folder: pathlib.Path, before: Object | None) -> None:
        there = set(_files(_parsed(before.content if before else b"")))
        new = [file for file in _files(_manifest(folder)) if file not in there]
        with threads(_AT_ONCE) as pool:
            for _ in pool.map(lambda file: self._send_one(folder / file), new):
                pass

    def _send_one(self, path: pathlib.Path) -> None:
        if path.exists():
            self._bucket.put(self._name(path), path.read_bytes())

    def _send_manifest(self, path: pathlib.Path, before: Object | None) -> bool:
        """Write a manifest, as the mark that all of its files are there; then clear away.

        What was delivered for a market and is superseded goes; only the run that has claimed the
        market does that. Evidence stays: another market's may be the very same picture.
        """
        content = path.read_bytes()
        if (before.content if before else b"") != self._known(path.parent):
            return False
        if not self._bucket.replace(self._name(path), content, before):
            return False
        write_whole(self._note(path.parent), content)
        gone = _pictures(_parsed(before.content if before else b"")) - _pictures(_parsed(content))
        for file in sorted(gone):
            self._bucket.remove(self._name(path.parent / file))
        return True

    def _name(self, path: pathlib.Path) -> str:
        return path.relative_to(self._out).as_posix()

    def _known(self, folder: pathlib.Path) -> bytes:
        """Return the manifest that the bucket and this folder had in common last."""
        note = self._note(folder)
        return note.read_bytes() if note.exists() else b""

    def _note(self, folder: pathlib.Path) -> pathlib.Path:
        return self._notes / folder.relative_to(self._out) / NAME


def _merged(known: Manifest, ours: Manifest, theirs: Manifest) -> Manifest:
    """Return their manifest, with the markets that were changed here since it was the same."""
    base, mine, other = (_by_market(one) for one in (known, ours, theirs))
    changed = {market for market in base | mine if mine.get(market) != base.get(market)}
    kept = other | {market: mine.get(market, []) for market in changed}
    creatives = sorted(
        (record for records in kept.values() for record in records), key=lambda one: one["variant"]
    )
    decisions = {json.dumps(one, sort_keys=True): one for one in _decisions(theirs, ours)}
    named = {record["file"] for record in creatives}
    head = {key: value for key, value in (ours if mine else theirs).items() if key not in _MADE}
    if decisions:
        head["decisions"] = sorted(decisions.values(), key=lambda one: str(one["at"]))
    return manifest_of(head, creatives, sorted({*theirs["retired"], *ours["retired"]} - named))


_MADE = frozenset({"manifest", "totals", "retired", "creatives"})


def _decisions(*manifests: Manifest) -> Iterator[dict[str, Any]]:
    for manifest in manifests:
        yield from manifest.get("decisions") or ()


def _by_market(manifest: Manifest) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in manifest["creatives"]:
        found.setdefault(record["market"], []).append(record)
    return found


def _files(manifest: Manifest) -> list[str]:
    """Return the files that a manifest names, relative to it; each is named by its content."""
    names: dict[str, None] = {}
    for record in manifest["creatives"]:
        if record["file"]:
            names[record["file"]] = None
        names |= dict.fromkeys(evidence_file(sha256) for sha256 in evidence_of(record))
    return [name for name in names if ".." not in pathlib.PurePosixPath(name).parts]


def _pictures(manifest: Manifest) -> set[str]:
    return {record["file"] for record in manifest["creatives"] if record["file"]}


def _is_named_for(file: str, content: bytes) -> bool:
    """Return whether the hash in a file's name is that of some bytes."""
    stem = pathlib.PurePosixPath(file).stem
    digits = stem if file.startswith(f"{EVIDENCE}/") else stem.rpartition("-")[2]
    return bool(digits) and hashlib.sha256(content).hexdigest().startswith(digits)


def _manifest(folder: pathlib.Path) -> Manifest:
    return _parsed((folder / NAME).read_bytes())


def _parsed(content: bytes) -> Manifest:
    """Return a manifest; one that is not there or cannot be read has nothing in it."""
    try:
        manifest = json.loads(content or b"null")
    except ValueError:
        return _NOTHING
    return manifest if isinstance(manifest, dict) and "creatives" in manifest else _NOTHING


def open_delivery(settings: Settings, out: pathlib.Path) -> Delivery | None:
    """Return what brings campaign days to the bucket that the settings name; None for none.

    Raises:
        UsageError: If the bucket's address is none.
    """
    if not settings.deliver:
        return None
    bucket = open_bucket(settings.deliver, settings.cloud)
    return Delivery(bucket, out, settings.work / "delivered")
