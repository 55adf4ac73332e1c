"""What setting a machine up takes: commands whose output is kept, and Debian's packages.

Only the standard library is used, because this runs before anything is installed.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / ".proofpress"
LOG = STATE / "setup.log"


class SetupError(Exception):
    """The machine could not be set up; the message says what to do."""


def say(message: str) -> None:
    """Print one line at once, so that a slow step is seen to have begun."""
    print(f"setup: {message}", flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, then how many seconds it took."""
    say(f"{what} ...")
    began = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - began:.0f} s")


def run(command: Sequence[str | pathlib.Path], remedy: str) -> None:
    """Run a command with its output in the log.

    Raises:
        SetupError: If it ends with an error; the message has the end of its output.
    """
    done = subprocess.run(
        [str(part) for part in command],
        stdin=None if sys.stdin.isatty() else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )
    spelled = " ".join(str(part) for part in command)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {spelled}\n{done.stdout}\n")
    if done.returncode != 0:
        tail = "\n".join(f"    {line}" for line in done.stdout.strip().splitlines()[-15:])
        raise SetupError(f"`{spelled}` failed:\n{tail}\n{remedy} (all output: {LOG})")


def succeeds(command: Sequence[str | pathlib.Path]) -> bool:
    """Tell whether a command can be run and ends without an error."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def as_root() -> list[str]:
    """Return what to put before a command that needs root.

    Raises:
        SetupError: If this is not root and there is no sudo.
    """
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise SetupError("this needs root: run it as root, or install sudo")
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]


def apt_install(packages: Sequence[str]) -> None:
    """Install Debian packages, refreshing apt's lists where they are absent or stale.

    Raises:
        SetupError: If this is not root and there is no sudo, or apt fails.
    """
    by_hand = f"apt-get install {' '.join(packages)}"
    try:
        apt = [*as_root(), "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    except SetupError as error:
        raise SetupError(f"{error}; then: {by_hand}") from None
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    remedy = f"Check the network and apt's sources, then: {by_hand}"
    with contextlib.suppress(SetupError):
        return run(install, remedy)
    run([*apt, "update"], remedy)
    return run(install, remedy)
