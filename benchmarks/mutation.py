"""Which changes of matching and judging no unit test notices.

    python -m benchmarks.mutation --work DIR --mutmut PROGRAM

Two kinds of change are made to a copy of the project, one at a time, and each copy is tested.
mutmut changes what functions do: comparisons, operators, arguments, numbers, strings, defaults.
It leaves alone what stands outside functions, so every limit there is moved here by a tenth,
and by one at least, up and down. mutmut must be installed where it sees the project's packages,
apart from them: it is not part of the lock.
"""

import argparse
import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

from benchmarks.page import percent, publish, table

PROJECT = pathlib.Path(__file__).resolve().parents[1]
COPIED = ("pipeline", "flows", "tests", "templates", "campaigns")
NAMES = ("judge", "agreement", "match", "distance", "numbers", "normalise", "pieces")
FILES = [f"pipeline/proof/{name}.py" for name in NAMES]
TESTS = [f"tests/proof/test_{name}.py" for name in (*NAMES, "reasons", "extra", "prove")]
OPTIONS = ["--hypothesis-seed=0", "-p", "no:cacheprovider"]
NOTICED = {"killed", "timeout", "suspicious", "segfault", "caught by type check"}
UNTRIED = "not checked"
_TENTH = 0.1
_CACHE = re.compile(r"^@functools\.lru_cache.*\n", re.MULTILINE)
_RESULT = re.compile(r"^\s*pipeline\.proof\.(\w+)\.(\S+)__mutmut_\d+: (.+)$", re.MULTILINE)


def copied(work: pathlib.Path) -> None:
    """Copy what is needed into an empty folder, and tell mutmut what to do there.

    Caches are left out of the copy: they would hand a changed function the answers of the right
    one, as each change is tested in a fork of one process; and mutmut passes over functions
    with decorators.

    Args:
        work: The folder; made if there is none.
    """
    unwanted = shutil.ignore_patterns("__pycache__", "golden")
    for name in COPIED:
        shutil.copytree(PROJECT / name, work / name, ignore=unwanted)
    shutil.copy(PROJECT / "pyproject.toml", work)
    for file in FILES:
        source = (work / file).read_text("utf-8")
        (work / file).write_text(_CACHE.sub("", source), "utf-8")
    settings = {
        "source_paths": ["pipeline"],
        "only_mutate": FILES,
        "pytest_add_cli_args_test_selection": TESTS,
        "pytest_add_cli_args": OPTIONS,
        "timeout_multiplier": ["2"],
        "timeout_constant": ["1.5"],
        "also_copy": [name for name in COPIED if name != "pipeline"],
    }
    lines = [f"{key} = " + "\n    ".join(values) for key, values in settings.items()]
    (work / "setup.cfg").write_text("\n".join(["[mutmut]", *lines, ""]), "utf-8")


def changes(work: pathlib.Path, mutmut: str) -> list[tuple[str, str, str]]:
    """Return the file, the function and the result of each change that mutmut tried so far.

    Args:
        work: The copy of the project.
        mutmut: The program.
    """
    said = subprocess.run(  # noqa: S603
        [mutmut, "results", "--all", "true"], cwd=work, check=True, capture_output=True, text=True
    ).stdout
    return [(file, function, result) for file, function, result in _RESULT.findall(said)]


def limits(source: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each limit of a module, and the module with it moved.

    Args:
        source: The module; its limits are the numbers that its own assignments give.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign):
            continue
        name = ast.unparse(node.targets[0])
        for part in ast.walk(node.value):
            if not isinstance(part, ast.Constant) or not isinstance(part.value, int | float):
                continue
            value = part.value
            step = value * _TENTH if isinstance(value, float) else max(1, round(value * _TENTH))
            for moved in (value - step, value + step):
                row, start, end = part.lineno - 1, part.col_offset, part.end_col_offset
                line = lines[row]
                yield (
                    name,
                    "".join(
                        [*lines[:row], f"{line[:start]}{moved!r}{line[end:]}", *lines[row + 1 :]]
                    ),
                )


def moved_limits(work: pathlib.Path) -> list[tuple[str, str, str]]:
    """Return the file, the name and the result of each limit that was moved.

    Args:
        work: The copy of the project.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", *OPTIONS, *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(work), "PYTHONDONTWRITEBYTECODE": "1"}
    found = []
    for file in FILES:
        path = work / file
        right = path.read_text("utf-8")
        for name, wrong in limits(right):
            path.write_text(wrong, "utf-8")
            ended = subprocess.run(  # noqa: S603
                command, cwd=work, env=environment, capture_output=True, check=False
            )
            result = "killed" if ended.returncode else "survived"
            found.append((path.stem, name, result))
            print(f"{path.stem}.{name}: {result}", flush=True)
        path.write_text(right, "utf-8")
    return found


def report(inside: list[tuple[str, str, str]], outside: list[tuple[str, str, str]]) -> None:
    """Put the figures on the page.

    Args:
        inside: File, function and result of each change inside functions.
        outside: The same of the limits.
    """
    untried = sum(result == UNTRIED for _, _, result in inside)
    inside = [change for change in inside if change[2] != UNTRIED]
    rows = []
    for name in (*NAMES, "all"):
        row = [f"`{name}.py`" if name != "all" else name]
        for changed in (inside, outside):
            results = [result for file, _, result in changed if name in (file, "all")]
            killed = sum(result in NOTICED for result in results)
            row += [str(len(results)), percent(killed, len(results)), str(len(results) - killed)]
        rows.append(row)
    survivors = Counter(
        f"{file}.{_plain(place)}"
        for file, place, result in inside + outside
        if result not in NOTICED
    )
    listed = ", ".join(f"`{place}` {count}" for place, count in sorted(survivors.items()))
    head = ["file", "changes", "noticed", "not", "limits moved", "noticed", "not"]
    command = (
        "`python -m benchmarks.mutation --work DIR --mutmut PROGRAM`: changes of what the "
        "functions of matching and judging do, made by mutmut one at a time, and every limit "
        "beside them moved by a tenth, both ways. A change is noticed if a unit test fails or no "
        f"longer ends; {untried} changes were not tried. The tables of look-alikes and of folded "
        "characters are not changed."
    )
    if not outside:
        command += " This time no limit was moved."
    publish("mutants", "Mutants", [command, table(head, rows), f"Not noticed, by place: {listed}."])


def _plain(place: str) -> str:
    """Return the name of a function without the prefixes of mutmut."""
    return place.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")


def main() -> None:
    """Change, test and report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--work", type=pathlib.Path, required=True, help="a new folder, or one to go on in"
    )
    parser.add_argument("--mutmut", required=True, metavar="PROGRAM", help="mutmut 3")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if not options.work.exists():
        copied(options.work)
    program = [options.mutmut, "run", "--max-children", "1"]
    subprocess.run(program, cwd=options.work, check=True)  # noqa: S603
    report(changes(options.work, options.mutmut), moved_limits(options.work))


if __name__ == "__main__":
    main()
