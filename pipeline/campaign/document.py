"""Read YAML strictly: every scalar stays a string, every problem keeps its line.

YAML 1.1 reads `NO` as false, `12:30` as 750 and a key given twice as the last one. Here
nothing is guessed: a document is mappings, lists and strings, and what else YAML offers
(anchors, aliases, tags, merge keys) is a problem to report.
"""

import dataclasses
import pathlib
from typing import TypeAlias, Union

import yaml

from pipeline.errors import Problem

MOST_BYTES = 1_000_000
DEEPEST = 50
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Node: TypeAlias = Union[dict[str, "Node"], list["Node"], str]  # noqa: UP007 - recursive
Path: TypeAlias = tuple[str | int, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file as it was read.

    Attributes:
        file: The file, as the person named it.
        tree: Mappings, lists and strings.
        lines: Path of every key and item to its line number, from 1.
        problems: What is wrong with the YAML itself.
        content: The file's bytes, read once.
        places: Path to file and line, for what comes from another file.
    """

    file: str
    tree: Node
    lines: dict[Path, int]
    problems: tuple[Problem, ...]
    content: bytes = b""
    places: dict[Path, tuple[str, int]] = dataclasses.field(default_factory=dict)

    def place_of(self, path: Path) -> tuple[str, int]:
        """Return file and line of a path, or of the nearest parent that the file has."""
        return self.places.get(path) or (self.file, self.line_of(path))

    def line_of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest parent that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(file: pathlib.Path) -> Document:
    """Read a YAML file; what is wrong with it is in the document's problems."""
    try:
        size = file.stat().st_size
        raw = file.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        return _broken(str(file), 1, f"cannot be read ({error.strerror})", "check the path")
    if size > MOST_BYTES:
        what = f"is {size:,} bytes, more than {MOST_BYTES:,}"
        return _broken(str(file), 1, what, "split the campaign into several files")
    return parsed(str(file), raw)


def parsed(file: str, content: bytes) -> Document:
    """Return the document of a file's bytes.

    Args:
        file: The file, as the person named it.
        content: Its bytes.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _broken(file, line, "is not UTF-8", "save the file as UTF-8")
    return dataclasses.replace(_Composer(file).compose(text), content=content)


def _broken(file: str, line: int, what: str, remedy: str) -> Document:
    problem = Problem(file=file, line=line, path="", what=what, remedy=remedy)
    return Document(file=file, tree={}, lines={}, problems=(problem,))


class _Composer:
    """Builds the tree from YAML's events, so that depth is known before anything is built."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: dict[Path, int] = {}
        self._problems: list[Problem] = []
        self._events: list[yaml.Event] = []

    def compose(self, text: str) -> Document:
        """Return the document of a text."""
        try:
            self._events = self._checked(text)
        except yaml.YAMLError as error:
            return self._syntax_problem(error)
        if self._problems and self._events == []:
            return self._document({})
        if len(self._events) == 0:
            self._report(1, (), "is empty", "start from one of the example campaigns")
            return self._document({})
        self._events.reverse()
        return self._document(self._node(()))

    def _checked(self, text: str) -> list[yaml.Event]:
        kept: list[yaml.Event] = []
        depth = documents = 0
        for event in yaml.parse(text, Loader=_LOADER):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            documents += isinstance(event, yaml.DocumentStartEvent)
            if depth > DEEPEST or documents > 1:
                what = f"is nested deeper than {DEEPEST}" if depth > DEEPEST else "has a second ---"
                self._report(_line(event), (), what, "keep one campaign, flat, in one file")
                return []
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                kept.append(event)
        return kept

    def _node(self, path: Path) -> Node:
        event = self._events.pop()
        self._lines.setdefault(path, _line(event))
        self._refuse_cleverness(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return event.value if isinstance(event, yaml.ScalarEvent) else ""

    def _mapping(self, path: Path) -> Node:
        tree: dict[str, Node] = {}
        while not isinstance(self._events[-1], yaml.MappingEndEvent):
            key_event = self._events[-1]
            key = self._key(path)
            if key is None:
                self._skip()
                continue
            here = (*path, key)
            if key in tree:
                first = self._lines[here]
                what = f"is given twice (first on line {first})"
                self._report(_line(key_event), here, what, "keep one of the two")
                self._skip()
                continue
            self._lines[here] = _line(key_event)
            tree[key] = self._node(here)
        self._events.pop()
        return tree

    def _key(self, path: Path) -> str | None:
        """Return the next key; None, and a problem, if it is not a plain word."""
        event = self._events[-1]
        self._skip()
        if not isinstance(event, yaml.ScalarEvent):
            self._report(_line(event), path, "has a key that is not a word", "write a plain key")
            return None
        self._refuse_cleverness(event, (*path, event.value))
        if event.value == "<<":
            self._report(_line(event), path, "has a merge key (<<)", "write the keys out")
            return None
        return event.value

    def _sequence(self, path: Path) -> Node:
        items: list[Node] = []
        while not isinstance(self._events[-1], yaml.SequenceEndEvent):
            items.append(self._node((*path, len(items))))
        self._events.pop()
        return items

    def _skip(self) -> None:
        depth = 0
        while True:
            event = self._events.pop()
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return

    def _refuse_cleverness(self, event: yaml.Event, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report(_line(event), path, f"is an alias (*{event.anchor})", "write it out")
        elif getattr(event, "anchor", None):
            what = f"has an anchor (&{getattr(event, 'anchor', '')})"
            self._report(_line(event), path, what, "remove it")
        if (tag := getattr(event, "tag", None)) is not None:
            self._report(_line(event), path, f"has a tag ({tag})", "remove it")

    def _syntax_problem(self, error: yaml.YAMLError) -> Document:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "is not YAML"
        self._report(mark.line + 1 if mark else 1, (), str(what), "correct the YAML")
        return self._document({})

    def _report(self, line: int, path: Path, what: str, remedy: str) -> None:
        self._problems.append(
            Problem(file=self._file, line=line, path=dotted(path), what=what, remedy=remedy)
        )

    def _document(self, tree: Node) -> Document:
        problems = tuple(self._problems)
        return Document(file=self._file, tree=tree, lines=self._lines, problems=problems)


def dotted(path: Path) -> str:
    """Return a path as a person writes it: `offers.bowl.price.de`."""
    return ".".join(str(part) for part in path)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
