"""The page of figures, `proof.md`: one section for each benchmark, between markers."""

import importlib.metadata
import os
import pathlib
import platform
import re
from collections.abc import Iterable, Sequence

import pytesseract

PAGE = pathlib.Path(__file__).with_name("proof.md")
ENGINES = ("rapidocr", "onnxruntime", "pytesseract", "pytakumi", "opencv-python-headless")
HEAD = """\
# How good the proof is

Made by `benchmarks/proof.py`; each section is written by the command that it names. CPU is user
and system time of the process and of the programs it starts.
"""


def cpu_seconds() -> float:
    """Return the processor time used so far by this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def environment() -> str:
    """Return what the figures depend on, in one line: processors and versions, no date."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in ENGINES]
    cpus = f"{os.cpu_count()} CPUs ({platform.machine()})"
    tesseract = f"Tesseract {pytesseract.get_tesseract_version()}"
    return ", ".join([cpus, f"Python {platform.python_version()}", tesseract, *versions])


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def publish(name: str, title: str, parts: Sequence[str]) -> None:
    """Print a section and put it on the page, in the place of its last version.

    Args:
        name: Name of the section in the markers.
        title: Its heading.
        parts: Its paragraphs and tables.
    """
    body = "\n\n".join([f"## {title}", *parts, f"Measured with {environment()}."])
    print(body)
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    section = f"{begin}\n{body}\n{end}\n"
    text = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.DOTALL)
    if pattern.search(text):
        text = pattern.sub(lambda _: section, text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text, "utf-8")


def percent(part: int, whole: int) -> str:
    """Return a share with its counts, such as `1/46 (2.2 %)`."""
    return f"{part}/{whole} ({part / whole * 100:.1f} %)" if whole else "–"
