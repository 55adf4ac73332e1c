"""The store: pictures by the hash of their bytes, and what is known about jobs and variants."""

import hashlib
import pathlib
from typing import TypeVar

import pydantic

from pipeline.files import write_whole
from pipeline.produce.outcome import Outcome, Plate

RULES = 2
"""Raised when lettering, finishing or proofing change so that old outcomes must not be reused."""

_T = TypeVar("_T")
_OUTCOME = pydantic.TypeAdapter(Outcome)
_PLATE = pydantic.TypeAdapter(Plate)


class Store:
    """Content-addressed files under one folder.

    Args:
        folder: The folder; made on the first write.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store bytes and return their SHA-256, which is their name.

        A file of that name that was torn or damaged is written again.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self.get(sha256) is None:
            write_whole(self._path(sha256), content)
        return sha256

    def get(self, sha256: str) -> bytes | None:
        """Return the bytes of a hash; None if they are missing or no longer match it."""
        try:
            content = self._path(sha256).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    def file(self, sha256: str) -> pathlib.Path:
        """Return where the bytes of a hash are, or would be."""
        return self._path(sha256)

    def plate(self, fingerprint: str) -> Plate | None:
        """Return the plate of a job; None if the store has none."""
        return _read(self._record("plates", fingerprint), _PLATE)

    def keep_plate(self, fingerprint: str, plate: Plate) -> None:
        """Remember the plate of a job."""
        path = self._record("plates", fingerprint)
        write_whole(path, _PLATE.dump_json(plate, indent=2))

    def plates(self) -> frozenset[str]:
        """Return the fingerprints of all jobs whose plate is here."""
        return frozenset(path.stem for path in (self._folder / "plates").glob("*.json"))

    def outcome(self, fingerprint: str) -> Outcome | None:
        """Return the accepted outcome of a variant's fingerprint; None if there is none."""
        return _read(self._record(f"outcomes-{RULES}", fingerprint), _OUTCOME)

    def keep_outcome(self, outcome: Outcome) -> None:
        """Remember an outcome."""
        path = self._record(f"outcomes-{RULES}", outcome.fingerprint)
        write_whole(path, _OUTCOME.dump_json(outcome, indent=2))

    def _path(self, sha256: str) -> pathlib.Path:
        return self._folder / "pictures" / sha256[:2] / sha256

    def _record(self, kind: str, fingerprint: str) -> pathlib.Path:
        return self._folder / kind / f"{fingerprint}.json"


def _read(path: pathlib.Path, adapter: pydantic.TypeAdapter[_T]) -> _T | None:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, pydantic.ValidationError):
        return None
