"""The store: pictures by the hash of their bytes, and what is known about jobs and variants.

It is a folder; with a bucket, the folder is what this machine has seen of it. Everything is
written to the folder first, so that a bucket that has gone costs nothing that is paid for.
"""

import hashlib
import logging
import pathlib
from collections.abc import Iterable
from typing import TypeVar

import pydantic

from pipeline.errors import StoreError
from pipeline.files import write_whole
from pipeline.produce.outcome import Outcome, Plate
from pipeline.produce.upload import Uploads
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket, open_bucket

RULES = 3
"""Raised when lettering, finishing or proofing change so that old outcomes must not be reused."""

_PICTURES, _PLATES, _OUTCOMES = "pictures", "plates", f"outcomes-{RULES}"
_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
_OUTCOME = pydantic.TypeAdapter(Outcome)
_PLATE = pydantic.TypeAdapter(Plate)


class Store:
    """Content-addressed files under one folder, and in a bucket if there is one.

    Args:
        folder: The folder; made on the first write.
        bucket: What several machines share; None if one machine works alone.
    """

    def __init__(self, folder: pathlib.Path, bucket: Bucket | None = None) -> None:
        self._folder = folder
        self._root = str(folder)
        self._bucket = bucket
        self._uploads = Uploads(folder, bucket) if bucket else None

    def put(self, content: bytes, *, flushed: bool = False) -> str:
        """Store bytes and return their SHA-256, which is their name.

        A file of that name that was torn or damaged is written again. If the bucket cannot be
        reached, the file waits here until it can.

        Args:
            content: The bytes.
            flushed: Whether they survive a power cut from then on, as what is paid for must;
                what is torn counts as missing, and is made again for nothing.

        Raises:
            OSError: If the disk is full.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        known = self._here(sha256) is not None
        self._write(_picture(sha256), content, known=known, flushed=flushed)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes of a hash; None if they are missing or no longer match it.

        Raises:
            StoreError: If they are not here and nobody can tell whether the bucket has them.
        """
        content = self._here(sha256)
        if content is None and self._bucket is not None:
            found = self._bucket.get(_picture(sha256))
            if found and hashlib.sha256(found.content).hexdigest() == sha256:
                content = found.content
                write_whole(self.file(sha256), content)
        return content

    def at_hand(self, sha256: str) -> bytes | None:
        """Return the bytes of a hash; None as well if nobody can tell whether there are any.

        For what costs nothing to make again.
        """
        try:
            return self.get(sha256)
        except StoreError as error:
            _LOG.debug("%s", error)
            return None

    def holds(self, hashes: Iterable[str]) -> bool:
        """Return whether the bytes of all these hashes are at hand."""
        return all(self.at_hand(sha256) is not None for sha256 in hashes)

    def file(self, sha256: str) -> pathlib.Path:
        """Return where the bytes of a hash are on this machine, or would be."""
        return self._folder / _picture(sha256)

    def plate(self, fingerprint: str) -> Plate | None:
        """Return the plate of a job; None if the store has none."""
        return self._read(_record(_PLATES, fingerprint), _PLATE)

    def keep_plate(self, fingerprint: str, plate: Plate) -> None:
        """Remember the plate of a job."""
        self._write(_record(_PLATES, fingerprint), _PLATE.dump_json(plate, indent=2))

    def plates(self) -> frozenset[str]:
        """Return the fingerprints of all jobs whose plate is here, or in the bucket."""
        names = [path.name for path in (self._folder / _PLATES).glob("*.json")]
        if self._bucket is not None:
            try:
                names += [name.rpartition("/")[2] for name in self._bucket.names(_PLATES)]
            except StoreError as error:
                _LOG.debug("%s", error)
        return frozenset(name.removesuffix(".json") for name in names)

    def outcome(self, fingerprint: str) -> Outcome | None:
        """Return the accepted outcome of a variant's fingerprint; None if there is none."""
        return self._read(_record(_OUTCOMES, fingerprint), _OUTCOME)

    def keep_outcome(self, outcome: Outcome) -> None:
        """Remember an outcome."""
        name = _record(_OUTCOMES, outcome.fingerprint)
        self._write(name, _OUTCOME.dump_json(outcome, indent=2))

    def share(self) -> int:
        """Bring to the bucket what waits here for it, and return how many files still wait.

        The first time that a folder meets a bucket, that is all it has.
        """
        if self._uploads is None:
            return 0
        return self._uploads.catch_up((_PICTURES, _PLATES, _OUTCOMES))

    def _path(self, name: str) -> str:
        """Return where a file is; as text, because a large day asks a hundred thousand times."""
        return f"{self._root}/{name}"

    def _here(self, sha256: str) -> bytes | None:
        content = _content(self._path(_picture(sha256)))
        same = content is not None and hashlib.sha256(content).hexdigest() == sha256
        return content if same else None

    def _write(
        self, name: str, content: bytes, *, known: bool = False, flushed: bool = False
    ) -> None:
        """Write a file and bring it to the bucket; what is known here is only brought there."""
        if self._uploads is None:
            if not known:
                write_whole(self._path(name), content, flushed=flushed)
        elif not known:
            with self._uploads.promised(name):
                write_whole(self._path(name), content, flushed=flushed)
        else:
            self._uploads.again(name)

    def _read(self, name: str, adapter: pydantic.TypeAdapter[_T]) -> _T | None:
        """Return a record; what is torn, or cannot be reached, is as good as none."""
        path = self._path(name)
        record = _parsed(_content(path) or b"", adapter)
        if record is not None or self._bucket is None:
            return record
        try:
            found = self._bucket.get(name)
        except StoreError as error:
            _LOG.debug("%s", error)
            return None
        record = _parsed(found.content if found else b"", adapter)
        if found and record is not None:
            write_whole(path, found.content)
        return record


def open_store(settings: Settings) -> Store:
    """Return the store of this machine, or what it sees of the one that several share.

    Raises:
        UsageError: If the bucket's address is none.
    """
    bucket = open_bucket(settings.store, settings.cloud) if settings.store else None
    return Store(settings.work, bucket)


def _picture(sha256: str) -> str:
    return f"{_PICTURES}/{sha256[:2]}/{sha256}"


def _record(kind: str, fingerprint: str) -> str:
    return f"{kind}/{fingerprint}.json"


def _content(path: str) -> bytes | None:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return None


def _parsed(content: bytes, adapter: pydantic.TypeAdapter[_T]) -> _T | None:
    try:
        return adapter.validate_json(content)
    except pydantic.ValidationError:
        return None
