"""Files: everything is written whole, so that a crash leaves the old content or the new."""

import contextlib
import fcntl
import os
import pathlib
import secrets
from collections.abc import Iterator


def write_whole(path: str | pathlib.Path, content: bytes, *, flushed: bool = True) -> None:
    """Write a file by way of a temporary one: write, flush to disk, rename.

    Args:
        path: The file; its folder is made if it is missing.
        content: All of its bytes.
        flushed: Whether it survives a power cut from then on. Where that is not needed yet, or
            where a torn file is noticed and made again, a disk can write many files at once.

    Raises:
        OSError: If the disk is full or the folder cannot be written; the old file stays.
    """
    # A large day writes a hundred thousand files: text and system calls, no path objects.
    name = os.fspath(path)
    folder = os.path.dirname(name) or "."  # noqa: PTH120
    temporary = f"{folder}/.writing-{secrets.token_hex(8)}"
    handle = _created(temporary, folder)
    try:
        try:
            _write_all(handle, content)
            if flushed:
                os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(temporary, name)  # noqa: PTH105
    except OSError:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise
    if flushed:
        _sync_folder(folder)


def _created(file: str, folder: str) -> int:
    """Return the handle of a new file; its folder is made if it is missing."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(file, flags, 0o644)
    except FileNotFoundError:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        return os.open(file, flags, 0o644)


def _write_all(handle: int, content: bytes) -> None:
    """Write all bytes; the system may take fewer at a time."""
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]


def also_named(file: str | pathlib.Path, path: str | pathlib.Path) -> bool:
    """Give a file a second name, which costs neither time nor room for its bytes.

    Only for what is never written in place: such a change would show under both names.

    Args:
        file: The file.
        path: The other name; its folder is made if it is missing.

    Returns:
        Whether the file has both names now. It does not if it is missing, if another file has
        that name, or if the file system has no second names or none for this file.
    """
    try:
        os.link(file, path)
    except FileExistsError:
        return _is_one(file, path)
    except FileNotFoundError:
        folder = pathlib.Path(path).parent
        if folder.is_dir():
            return False
        folder.mkdir(parents=True, exist_ok=True)
        return also_named(file, path)
    except OSError:
        return False
    return True


def _is_one(file: str | pathlib.Path, other: str | pathlib.Path) -> bool:
    try:
        return os.path.samefile(file, other)  # noqa: PTH121
    except OSError:
        return False


def flush_all() -> None:
    """Bring everything that was written to disk, whoever wrote it; once for any number of files."""
    os.sync()


def _sync_folder(folder: str) -> None:
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
