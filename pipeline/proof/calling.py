"""Call a program that may hang, crash, or never stop talking.

It gets its input from a file without a name and answers through a pipe, so that nothing is left
on the disk, whatever becomes of it or of us.
"""

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence

MOST_SAID = 8_000_000
"""Bytes; a page of crops comes to some ten thousand."""
MOST_MEMORY = 2_000_000_000
"""Address space in bytes. Tesseract 5.3 takes 0.3 GB for a page twice as large as ours get."""
_MOST_WRITTEN = 64_000_000
_CHUNK = 65536
_PAUSE = 0.002

Clock = Callable[[], float]


def answer_of(
    command: Sequence[str],
    given: bytes,
    seconds: float,
    clock: Clock = time.monotonic,
) -> bytes | None:
    """Return what a program prints, or None if it fails, is too slow or says too much.

    When this returns, the program and all it has started in its process group have ended.

    Args:
        command: The program with its arguments.
        given: What it reads from its standard input.
        seconds: How long it may take.
        clock: Seconds of a monotonic clock.

    Raises:
        OSError: If it cannot be started.
    """
    ends = clock() + seconds
    with tempfile.TemporaryFile() as page:
        page.write(given)
        page.seek(0)
        process = subprocess.Popen(  # noqa: S603 - the caller's program, without a shell
            command,
            stdin=page,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    with process:
        try:
            _limit(process.pid)
            said = _said(process, ends, clock)
            ended = said is not None and _has_ended(process.pid, ends, clock)
        finally:
            # Before it is waited for: until then its number belongs to no other group.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return said if ended and process.returncode == 0 else None


def _limit(pid: int) -> None:
    limits = (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in limits:
        # Some systems have no such call; a stricter limit than ours cannot be raised.
        with contextlib.suppress(AttributeError, OSError, ValueError):
            resource.prlimit(pid, what, (most, most))


def _said(process: subprocess.Popen[bytes], ends: float, clock: Clock) -> bytes | None:
    said = bytearray()
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout or 0, selectors.EVENT_READ)
        while len(said) <= MOST_SAID and ready.select(max(0.0, ends - clock())):
            chunk = os.read(process.stdout.fileno() if process.stdout else 0, _CHUNK)
            if not chunk:
                return bytes(said)
            said += chunk
    return None


def _has_ended(pid: int, ends: float, clock: Clock) -> bool:
    look = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, pid, look) is None:
        if clock() >= ends:
            return False
        time.sleep(_PAUSE)
    return True
