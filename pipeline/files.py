"""Files: everything is written whole, so that a crash leaves the old content or the new."""

import contextlib
import fcntl
import os
import pathlib
import tempfile
from collections.abc import Iterator


def write_whole(path: pathlib.Path, content: bytes) -> None:
    """Write a file by way of a temporary one: write, flush to disk, rename.

    Args:
        path: The file; its folder is made if it is missing.
        content: All of its bytes.

    Raises:
        OSError: If the disk is full or the folder cannot be written; the old file stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    temporary = pathlib.Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


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
