"""Pages of figures, such as `proof.md`: one section for each benchmark, between markers."""

import dataclasses
import importlib.metadata
import os
import pathlib
import platform
import re
from collections.abc import Iterable, Sequence

import pytesseract


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of figures.

    Attributes:
        file: Where it is.
        head: What stands above all sections.
        packages: The packages whose versions its figures depend on.
        reads: Whether they depend on Tesseract.
    """

    file: pathlib.Path
    head: str
    packages: tuple[str, ...]
    reads: bool


_HERE = pathlib.Path(__file__).parent

PROOF = Page(
    file=_HERE / "proof.md",
    head="""\
# How good the proof is

Made by `benchmarks/proof.py`; each section is written by the command that it names. CPU is user
and system time of the process and of the programs it starts.
""",
    packages=("rapidocr", "onnxruntime", "pytesseract", "pytakumi", "opencv-python-headless"),
    reads=True,
)

FAULTS = Page(
    file=_HERE / "faults.md",
    head="""\
# What is left of the money when everything goes wrong

Made by `benchmarks/faults.py` against the simulator; each section is written by the command that
it names. `bill $` is the vendor's own bill, `unknown $` what it has for attempts whose outcome
the ledger holds as unknown or has written off: only a vendor without a look-up leaves any.
""",
    packages=("httpx", "sqlalchemy"),
    reads=False,
)


def cpu_seconds() -> float:
    """Return the processor time used so far by this process and its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def environment(page: Page = PROOF) -> str:
    """Return what a page's figures depend on, in one line: processors and versions, no date."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in page.packages]
    cpus = f"{os.cpu_count()} CPUs ({platform.machine()})"
    reader = [f"Tesseract {pytesseract.get_tesseract_version()}"] if page.reads else []
    return ", ".join([cpus, f"Python {platform.python_version()}", *reader, *versions])


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; all columns but the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def publish(name: str, title: str, parts: Sequence[str], page: Page = PROOF) -> None:
    """Print a section and put it on the page, in the place of its last version.

    Args:
        name: Name of the section in the markers.
        title: Its heading.
        parts: Its paragraphs and tables.
        page: The page.
    """
    body = "\n\n".join([f"## {title}", *parts, f"Measured with {environment(page)}."])
    print(body)
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    section = f"{begin}\n{body}\n{end}\n"
    text = page.file.read_text("utf-8") if page.file.exists() else page.head
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end) + "\n", re.DOTALL)
    if pattern.search(text):
        text = pattern.sub(lambda _: section, text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    page.file.write_text(text, "utf-8")


def percent(part: int, whole: int) -> str:
    """Return a share with its counts, such as `1/46 (2.2 %)`."""
    return f"{part}/{whole} ({part / whole * 100:.1f} %)" if whole else "–"
