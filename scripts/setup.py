"""Set this machine up for Proofpress: `python3 scripts/setup.py [python] [tesseract] [postgresql]`.

`python` makes `.venv` with the locked packages and the project itself; `tesseract` installs
Tesseract and the language packs of the markets; `postgresql` installs the PostgreSQL that the
tests of the ledger start for themselves. Without arguments the first two are set up. What is
already there is left alone, so a second run takes well under a second and prints nothing.

Only the standard library is used, because this runs before anything is installed.

Exit codes: 0 ready, 2 unknown argument, 4 something is missing and could not be installed.
"""

import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Sequence

# A script finds what stands beside it, and this one its other half from the project's folder,
# by the name under which all else knows it.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from scripts import machine
from scripts.machine import (
    ROOT,
    STATE,
    SetupError,
    apt_install,
    as_root,
    run,
    say,
    step,
    succeeds,
)

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "proofpress-setup"

HELP = pathlib.Path(machine.__file__)
NO_CLUSTER = pathlib.Path("/etc/postgresql-common/createcluster.conf")

OLDEST_PYTHON = (3, 11)
MISSING_TOOL = 4  # the same exit code as `proofpress` gives

# One pack per language of the example campaigns; `osd` comes with Tesseract itself.
# fmt: off
LANGUAGES = (
    "eng", "deu", "fra", "spa", "por", "ita", "nld", "pol", "tur", "ell",
    "rus", "ukr", "vie", "jpn", "kor", "chi_sim", "hin", "tha", "ara", "heb",
)
# fmt: on


def install_tesseract(missing: Sequence[str]) -> None:
    """Install Tesseract and language packs with the package manager of this machine.

    Raises:
        SetupError: If there is neither apt nor brew, or it fails.
    """
    if shutil.which("apt-get"):
        packs = [f"tesseract-ocr-{language.replace('_', '-')}" for language in missing]
        apt_install(["tesseract-ocr", *packs])
    elif shutil.which("brew"):
        run(
            ["brew", "install", "--quiet", "tesseract", "tesseract-lang"],
            "Try it by hand: brew install tesseract tesseract-lang",
        )
    else:
        raise SetupError(
            "neither apt nor brew is here: install Tesseract 5 with the language packs "
            + " ".join(missing)
        )


def missing_languages() -> list[str]:
    """Return the language packs that Tesseract lacks; all of them when it is not installed."""
    if shutil.which("tesseract") is None:
        return list(LANGUAGES)
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=False
    )
    installed = set(listed.stdout.split())
    return [language for language in LANGUAGES if language not in installed]


def set_up_tesseract() -> None:
    """Make sure that Tesseract reads every language of the campaigns.

    Raises:
        SetupError: If a pack is still missing afterwards.
    """
    missing = missing_languages()
    if not missing:
        return
    with step(f"installing Tesseract with {len(missing)} language packs"):
        install_tesseract(missing)
    if still := missing_languages():
        raise SetupError(
            f"Tesseract is installed but does not list: {' '.join(still)}. "
            "`tesseract --list-langs` shows where it looks; is TESSDATA_PREFIX set?"
        )


def has_postgresql() -> bool:
    """Return whether there is a PostgreSQL that the tests can start: on the path, or Debian's."""
    if shutil.which("initdb"):
        return True
    return any(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def install_postgresql() -> None:
    """Install PostgreSQL, without the server that Debian would otherwise leave running.

    Debian's package makes a first cluster and starts it on port 5432, unless the file
    `createcluster.conf` says not to. If that file is there, the choice was somebody's already.

    Raises:
        SetupError: If there is neither apt nor brew, or it fails.
    """
    if shutil.which("apt-get"):
        if not NO_CLUSTER.exists():
            script = (
                f"mkdir -p {NO_CLUSTER.parent} && echo 'create_main_cluster = off' >{NO_CLUSTER}"
            )
            run([*as_root(), "sh", "-c", script], "Try it by hand: apt-get install postgresql")
        apt_install(["postgresql"])
    elif shutil.which("brew"):
        remedy = "Try it by hand: brew install postgresql@14"
        run(["brew", "install", "--quiet", "postgresql@14"], remedy)
    else:
        raise SetupError(
            "neither apt nor brew is here: install PostgreSQL, with initdb on the path"
        )


def set_up_postgresql() -> None:
    """Make sure that there is a PostgreSQL for the tests.

    Raises:
        SetupError: If there is still none afterwards.
    """
    if has_postgresql():
        return
    with step("installing PostgreSQL for the tests of the ledger"):
        install_postgresql()
    if not has_postgresql():
        raise SetupError(
            "PostgreSQL is installed, but not on the path: put the folder of initdb there"
        )


def fingerprint() -> str:
    """Return a hash of all that decides what belongs into `.venv`."""
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for source in (LOCK, ROOT / "pyproject.toml", pathlib.Path(__file__), HELP):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Create `.venv` with pip, first installing Python's venv module where it is left out."""
    if not succeeds([sys.executable, "-c", "import venv, ensurepip"]):
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if shutil.which("apt-get") is None:
            raise SetupError(f"{sys.executable} has no venv module: install {package}")
        with step(f"installing {package}"):
            apt_install([package])
    with step(f"creating .venv with Python {sys.version.split()[0]}"):
        run(
            [sys.executable, "-m", "venv", "--clear", VENV],
            "Is the disk full, or the folder read-only?",
        )


def set_up_python() -> None:
    """Make `.venv` hold exactly the locked packages and the project itself.

    Raises:
        SetupError: If Python is too old, or the packages cannot be installed.
    """
    wanted = fingerprint()
    stamped = STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""
    if stamped == wanted and succeeds([PYTHON, "--version"]):
        return
    if not succeeds([PYTHON, "-m", "pip", "--version"]):
        make_venv()
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"]
    count = sum(" --hash" not in line and "==" in line for line in LOCK.open(encoding="utf-8"))
    with step(f"installing {count} locked Python packages"):
        run(
            [*pip, "install", "--progress-bar=off", "--require-hashes", "-r", str(LOCK)],
            "Check the network, or pip's configuration (`python3 -m pip config list`).",
        )
        run(
            [*pip, "install", "--no-build-isolation", "--no-deps", "--editable", str(ROOT)],
            "The packages are installed, but the project itself is not.",
        )
    STAMP.write_text(wanted, encoding="utf-8")


PARTS = {
    "python": set_up_python,
    "tesseract": set_up_tesseract,
    "postgresql": set_up_postgresql,
}
USUAL = ("python", "tesseract")
"""What is set up if nothing is named: all that a run needs."""


def main(wanted: Sequence[str]) -> int:
    """Set up the wanted parts, the usual ones when none is named; return the exit code."""
    if unknown := set(wanted) - PARTS.keys():
        say(f"there is no part {' or '.join(sorted(unknown))}; there are: {' '.join(PARTS)}")
        return 2
    if sys.version_info < OLDEST_PYTHON:
        say(
            f"Python 3.11 or newer is needed, {sys.executable} is {sys.version.split()[0]}; "
            "name another one: make PYTHON=python3.12 run"
        )
        return MISSING_TOOL
    STATE.mkdir(exist_ok=True)
    try:
        with (STATE / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may start together
            for part in wanted or USUAL:
                PARTS[part]()
    except SetupError as error:
        say(str(error))
        return MISSING_TOOL
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
