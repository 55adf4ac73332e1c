import os
import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
COMMAND = str(pathlib.Path(sys.executable).with_name("proofpress"))

Run = Callable[..., subprocess.CompletedProcess[str]]


def readme_block(kind: str, containing: str) -> str:
    """Return the fenced block of a kind that contains a text."""
    blocks: list[str] = re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    return next(block for block in blocks if containing in block)


@pytest.fixture
def workplace(tmp_path: pathlib.Path) -> pathlib.Path:
    """An empty folder with the README's first campaign in it."""
    (tmp_path / "campaigns").mkdir()
    first = readme_block("yaml", "campaign: first")
    (tmp_path / "campaigns" / "first.yaml").write_text(first, encoding="utf-8")
    return tmp_path


@pytest.fixture
def proofpress(workplace: pathlib.Path) -> Iterator[Run]:
    """Run the installed command as a person does, in the workplace."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=workplace,
            env={**os.environ, "PROOFPRESS_WORKERS": "1", **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    yield run
    if (workplace / ".proofpress" / "prefect").exists():
        run("stop")
