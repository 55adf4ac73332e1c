"""What git knows of a file: its earlier contents, and when each began to stand."""

import dataclasses
import datetime as dt
import itertools
import os
import pathlib
import subprocess
from collections.abc import Sequence

from pipeline.errors import ToolMissingError

MOST_VERSIONS = 400
"""Versions of a file that are read, at most: a year of daily changes."""

MOST_BYTES = 5_000_000
"""Bytes of all versions of a file that are read, at most, the latest first; some 300 versions of
the largest example campaign, which take about a second."""

_SECONDS = 5.0
_NOT_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git sets for its hooks; it would look into another repository than the file's."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A content of a file.

    Attributes:
        at: When it was committed.
        content: The bytes.
    """

    at: dt.datetime
    content: bytes


class NoHistoryError(Exception):
    """There is no history to read; the message says why."""


def committed(file: pathlib.Path, program: str = "git") -> list[Commit]:
    """Return the contents that a file had in its repository, the earliest first.

    Commits that came in by a merge count from the merge on.

    Args:
        file: The file; it may have had other names.
        program: Git.

    Raises:
        NoHistoryError: If git is not there, does not know the file, or does not answer in time.
    """
    folder = file.parent if file.parent.is_dir() else pathlib.Path()
    log = [
        program, "-c", "core.quotePath=off", "log", "--follow", "--first-parent", "--name-only",
        "--format=%x00%H %ct", f"--max-count={MOST_VERSIONS}", "--", file.name,
    ]  # fmt: skip
    entries = _asked(log, folder, b"").decode("utf-8", "replace").split("\0")[1:]
    found = [_entry(entry) for entry in entries]
    if not found:
        raise NoHistoryError("git does not know the file yet")
    names = [f"{sha}:{name}\n" for sha, _, name in found]
    sizes = _asked([program, "cat-file", "--batch-check"], folder, "".join(names).encode())
    few = _affordable(sizes)
    wanted = "".join(names[:few]).encode()
    blobs = _blobs(_asked([program, "cat-file", "--batch"], folder, wanted))
    pairs = zip(found[:few], blobs, strict=True)
    kept = [Commit(at=at, content=blob) for (_, at, _), blob in pairs if blob is not None]
    return sorted(kept, key=lambda one: one.at)


def _affordable(sizes: bytes) -> int:
    """Return how many of the latest versions may be read; git says what each weighs."""
    words = [line.split(b" ")[-1] for line in sizes.splitlines()]
    each = [int(word) if word.isdigit() else 0 for word in words]
    return sum(total <= MOST_BYTES for total in itertools.accumulate(each))


def _entry(entry: str) -> tuple[str, dt.datetime, str]:
    """Return hash, instant and name of one entry of the log."""
    head, _, names = entry.partition("\n")
    sha, _, seconds = head.partition(" ")
    return sha, dt.datetime.fromtimestamp(int(seconds), dt.UTC), names.strip()


def _asked(command: list[str], folder: pathlib.Path, said: bytes) -> bytes:
    try:
        done = answer_of(command, folder, said=said, seconds=_SECONDS)
    except ToolMissingError as error:
        raise NoHistoryError(str(error).partition(";")[0]) from None
    if done.returncode:
        raise NoHistoryError(_complaint(done.stderr.decode("utf-8", "replace")))
    return done.stdout


def answer_of(
    command: Sequence[str], folder: pathlib.Path, *, said: bytes = b"", seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Return what git answers in a folder, in English, about the repository that the folder is in.

    Args:
        command: Git and its arguments.
        folder: Where it is asked.
        said: What it reads.
        seconds: How long to wait.

    Raises:
        ToolMissingError: If it is not installed, or does not answer in time.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    try:
        return subprocess.run(  # noqa: S603 - no shell, and what is asked for is an argument
            command,
            cwd=folder,
            input=said,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**environment, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except subprocess.TimeoutExpired:
        raise ToolMissingError(
            f"git did not answer within {seconds:.0f} seconds; try again"
        ) from None
    except OSError:
        raise ToolMissingError("git is not installed; `apt install git`") from None


def _complaint(said: str) -> str:
    if "not a git repository" in said:
        return "the file is in no git repository"
    if "does not have any commits" in said:
        return "git does not know the file yet"
    return f"git says: {said.strip().partition(chr(10))[0][:200]}"


def _blobs(out: bytes) -> list[bytes | None]:
    """Return what `git cat-file --batch` gave; None for what it does not have."""
    found: list[bytes | None] = []
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        words = out[at:end].split(b" ")
        if not words[-1].isdigit():
            found.append(None)
            at = end + 1
            continue
        size = int(words[-1])
        found.append(out[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return found
