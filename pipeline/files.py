"""Files: everything is written whole, so that a crash leaves the old content or the new."""

import contextlib
import fcntl
import io
import os
import pathlib
import secrets
from collections.abc import Iterator


def write_whole(path: pathlib.Path, content: bytes, *, flushed: bool = True) -> None:
    """Write a file by way of a temporary one: write, flush to disk, rename.

    Args:
        path: The file; its folder is made if it is missing.
        content: All of its bytes.
        flushed: Whether it survives a power cut from then on. Where that is not needed yet, or
            where a torn file is noticed and made again, a disk can write many files at once.

    Raises:
        OSError: If the disk is full or the folder cannot be written; the old file stays.
    """
    temporary = f"{path.parent}/.writing-{secrets.token_hex(8)}"
    handle = _created(temporary, path.parent)
    try:
        with os.fdopen(handle, "wb", buffering=0) as file:
            os.fchmod(handle, 0o644)
            _write_all(file, content)
            if flushed:
                os.fsync(handle)
        os.replace(temporary, path)  # noqa: PTH105 - thousands of files: as few steps as can be
    except OSError:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise
    if flushed:
        _sync_folder(path.parent)


def _created(file: str, folder: pathlib.Path) -> int:
    """Return the handle of a new file; its folder is made if it is missing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(file, flags, 0o600)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        return os.open(file, flags, 0o600)


def _write_all(file: io.RawIOBase, content: bytes) -> None:
    """Write all bytes; the system may take fewer at a time."""
    left = memoryview(content)
    while left:
        left = left[file.write(left) or 0 :]


def flush_all() -> None:
    """Bring everything that was written to disk, whoever wrote it; once for any number of files."""
    os.sync()


def _sync_folder(folder: pathlib.Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def holding(folder: pathlib.Path) -> Iterator[None]:
    """Hold the lock of a folder, after waiting for whoever has it; the kernel frees it at death.

    It leaves no file behind. Where the file system knows no locks of folders, nothing is held.

    Args:
        folder: The folder; it is made if it is missing.

    Raises:
        OSError: If the folder cannot be made or opened.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
