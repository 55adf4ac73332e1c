"""Programs that stand in for Tesseract and misbehave, as real executable scripts."""

import pathlib
import shutil
from collections.abc import Callable

HEAD = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)
ROWS = 72
"""Rows on one full page."""
PITCH = 72
"""Pixels from one row to the next."""


def script(path: pathlib.Path, body: str) -> str:
    """Write an executable script of the shell and return its path."""
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return str(path)


def turncoat(path: pathlib.Path) -> Callable[[str], str]:
    """Write a script that is the real Tesseract until it has read the control page.

    Returns:
        What sets the body of the script from then on and returns its path.
    """
    real = shutil.which("tesseract")
    seen, later = path.with_suffix(".seen"), path.with_suffix(".sh")
    script(
        path,
        f'case "$*" in *--version*|*--list-langs*) exec {real} "$@";; esac\n'
        f"if [ ! -e '{seen}' ]; then : > '{seen}'; exec {real} \"$@\"; fi\n"
        f". '{later}'",
    )

    def becomes(body: str) -> str:
        later.write_text(body, "utf-8")
        return str(path)

    return becomes


def table(words: list[tuple[str, str, str]]) -> str:
    """Return Tesseract's table of words: text, confidence and height of the page above each."""
    rows = [
        f"5\t1\t1\t1\t{index}\t1\t30\t{top}\t200\t48\t{sure}\t{text}"
        for index, (text, sure, top) in enumerate(words)
    ]
    return "\n".join([HEAD, *rows, ""])


def says(path: pathlib.Path, content: str) -> str:
    """Return the shell command that prints some content, which it keeps in a file."""
    path.write_text(content, "utf-8")
    return f"cat '{path}'"


def always(path: pathlib.Path, text: str) -> str:
    """Return the shell command that says, of every row of any page, that a text stands there."""
    rows = [(text, "99.0", str(24 + row * PITCH)) for row in range(ROWS)]
    return says(path, table(rows))
