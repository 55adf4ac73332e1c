"""Uploads: what this machine owes the bucket, remembered on disk until it is there.

For each file there is a note before there is the file, and the note goes when the bucket has it:
so whatever ends the program, the next run knows what to bring.
"""

import contextlib
import hashlib
import logging
import pathlib
import urllib.parse
from collections.abc import Iterable, Iterator

from pipeline.errors import StoreError
from pipeline.storage.bucket import Bucket

_LOG = logging.getLogger(__name__)


class Uploads:
    """Brings the files of a folder to a bucket.

    Args:
        folder: The folder; a file's name in the bucket is its path in it.
        bucket: The bucket.
    """

    def __init__(self, folder: pathlib.Path, bucket: Bucket) -> None:
        self._folder = folder
        self._bucket = bucket
        name = hashlib.sha256(bucket.address.encode()).hexdigest()[:16]
        self._notes = folder / "owed" / name

    @contextlib.contextmanager
    def promised(self, name: str) -> Iterator[None]:
        """Note a file that the block writes, and bring it to the bucket after the block."""
        note = self._note(name)
        self._notes.mkdir(parents=True, exist_ok=True)
        note.touch()
        yield
        self._bring(name)

    def again(self, name: str) -> None:
        """Bring a file that is here already, if the bucket does not have it."""
        if self._note(name).exists():
            self._bring(name)

    def catch_up(self, folders: Iterable[str]) -> int:
        """Bring everything that is owed, and return how much still is.

        Args:
            folders: Where all files are that the bucket should have; they are gone through if
                this folder has never met the bucket.
        """
        if not (self._notes / ".met").exists():
            self._notes.mkdir(parents=True, exist_ok=True)
            for folder in folders:
                for path in (self._folder / folder).rglob("*"):
                    if path.is_file() and not path.name.startswith("."):
                        self._note(path.relative_to(self._folder).as_posix()).touch()
            (self._notes / ".met").touch()
        return sum(not self._bring(name) for name in self._owed())

    def _bring(self, name: str) -> bool:
        """Bring a file; return whether nothing is owed for it any more."""
        note = self._note(name)
        try:
            content = (self._folder / name).read_bytes()
        except OSError:  # the note was made, and then the program ended: there is no such file
            note.unlink(missing_ok=True)
            return True
        try:
            self._bucket.put(name, content)
        except StoreError as error:
            _LOG.debug("%s waits on this machine: %s", name, error)
            return False
        note.unlink(missing_ok=True)
        return True

    def _owed(self) -> list[str]:
        notes = sorted(path.name for path in self._notes.glob("[!.]*"))
        return [urllib.parse.unquote(name) for name in notes]

    def _note(self, name: str) -> pathlib.Path:
        return self._notes / urllib.parse.quote(name, safe="")
