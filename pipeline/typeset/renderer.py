"""The engine that turns HTML and CSS into pixels, behind two methods.

Line breaking and fitting are ours; the engine shapes, places and paints. Another engine may
take its place by offering the same two methods.
"""

import dataclasses
import functools
import html
import importlib.metadata
import threading
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pytakumi

from pipeline.typeset.fonts import FILES, files_of

EM = 100
"""Font size in pixels at which texts are measured; widths grow in proportion to it."""

_CANVAS = 60_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """What decides how wide a text runs.

    Attributes:
        families: Font families, best first.
        weight: CSS font weight.
        spacing: Letter spacing in em.
        direction: ltr or rtl.
        language: BCP 47 tag.
    """

    families: tuple[str, ...]
    weight: int
    spacing: float
    direction: str
    language: str

    def css(self) -> str:
        """Return the CSS declarations of the style, without a size.

        Lining figures: old-style ones make prices dance and are easily misread.
        """
        stack = ",".join(f"'{family}'" for family in self.families)
        return (
            f"font-family:{stack};font-weight:{self.weight};"
            f"letter-spacing:{self.spacing}em;direction:{self.direction};white-space:nowrap;"
            "font-feature-settings:'lnum' 1;"
        )


class Renderer(Protocol):
    """Measures and paints."""

    @property
    def engine(self) -> str:
        """Return the engine's name and version."""
        ...

    def measure(self, texts: Sequence[str], style: TextStyle) -> tuple[float, ...]:
        """Return the advance width of each text, in em."""
        ...

    def render(self, markup: str, width: int, height: int) -> npt.NDArray[np.uint8]:
        """Return the painted HTML as straight RGBA, shape [height, width, 4]."""
        ...


class TakumiRenderer:
    """Takumi (Rust: parley and taffy) in process; one engine, fonts registered on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._renderer: pytakumi.Renderer | None = None

    @property
    def engine(self) -> str:
        """Return the engine's name and version."""
        return _engine()

    def measure(self, texts: Sequence[str], style: TextStyle) -> tuple[float, ...]:
        """Return the advance width of each text, in em.

        All texts are laid out as siblings in one call, which costs about a millisecond.
        """
        spans = "".join(f"<span style='{_attr(style.css())}'>{_text(t)}</span>" for t in texts)
        page = (
            "<div style='width:100%;height:100%;display:flex;flex-direction:column;"
            f"align-items:flex-start;font-size:{EM}px' lang='{_attr(style.language)}'>{spans}</div>"
        )
        tree = self._loaded().measure(pytakumi.from_html(page), width=_CANVAS, height=_CANVAS)
        return tuple(_extent(node) / EM for node in tree["children"])

    def render(self, markup: str, width: int, height: int) -> npt.NDArray[np.uint8]:
        """Return the painted HTML as straight RGBA, shape [height, width, 4]."""
        raw = self._loaded().render_html(markup, width=width, height=height, format="raw")
        return np.frombuffer(raw, np.uint8).reshape(height, width, 4)

    def _loaded(self) -> pytakumi.Renderer:
        with self._lock:
            if self._renderer is None:
                self._renderer = pytakumi.Renderer(cache_max_bytes=64 * 1024 * 1024)
                for family in FILES:
                    for file in files_of(family):
                        self._renderer.register_font(file.path.read_bytes(), name=family)
            return self._renderer


def _extent(node: dict[str, Any]) -> float:
    runs = node.get("runs", [])
    if not runs:
        return 0.0
    left = min(run["x"] for run in runs)
    return float(max(run["x"] + run["width"] for run in runs) - left)


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _attr(value: str) -> str:
    return html.escape(value, quote=True)


@functools.cache
def _engine() -> str:
    """Return what every creative is made with; the package's files are read once, not for each."""
    return f"pytakumi {importlib.metadata.version('pytakumi')}"
