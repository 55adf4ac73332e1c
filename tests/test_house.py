"""The house: what holds for every file of it."""

import ast
import pathlib
import subprocess
import sys

import pytest

PROJECT = pathlib.Path(__file__).parent.parent
ROOMS = [PROJECT / "pipeline", PROJECT / "flows", PROJECT / "simulator"]
FILES = sorted(file for room in ROOMS for file in room.rglob("*.py"))
LONGEST = 300
HEAVY = ("prefect", "cv2", "onnxruntime", "pytesseract", "rapidocr", "flows")
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base", "core"}


def named(file: pathlib.Path) -> str:
    return file.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("file", [file for file in FILES if file.name == "__init__.py"], ids=named)
def test_an_init_file_is_a_docstring_and_nothing_else(file: pathlib.Path) -> None:
    body = ast.parse(file.read_text("utf-8")).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)
    assert isinstance(body[0].value.value, str)


def test_no_file_is_longer_than_it_can_be_read() -> None:
    lengths = {named(file): len(file.read_text("utf-8").splitlines()) for file in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_it_holds() -> None:
    silent = [named(f) for f in FILES if not ast.get_docstring(ast.parse(f.read_text("utf-8")))]
    assert silent == []


def test_every_module_has_a_name_of_the_trade() -> None:
    assert [named(file) for file in FILES if file.stem in VAGUE] == []


def test_nothing_but_definitions_happens_on_import() -> None:
    """No call, loop or branch stands bare at the top of a module."""
    allowed = (
        ast.Import,
        ast.ImportFrom,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.Assign,
        ast.AnnAssign,
    )
    found = [
        f"{named(file)}:{node.lineno}"
        for file in FILES
        for node in ast.parse(file.read_text("utf-8")).body
        if not isinstance(node, allowed) and not _harmless(node)
    ]
    assert found == []


def _harmless(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    if not isinstance(node, ast.If):
        return False
    says = ast.dump(node.test)  # a module that is also a program starts itself, when it is run
    return "TYPE_CHECKING" in says or "__main__" in says


def test_load_plan_and_typeset_import_no_prefect_and_no_reader() -> None:
    code = (
        "import sys\n"
        "import pipeline.campaign.load, pipeline.campaign.schema\n"
        "import pipeline.plan.plan, pipeline.typeset.lettering\n"
        f"print([name for name in {HEAVY} if name in sys.modules])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
        timeout=60,
    )
    assert said.stdout.strip() == "[]"
