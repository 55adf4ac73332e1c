"""Editing: one value of a campaign file changed in its place, everything else left as it is.

Comments, order, quotes and line breaks stay byte for byte, so that a review shows one line. A
library that reads a file and writes it anew (ruamel.yaml) keeps comments too, but sets long flow
tables in rows of its own; here the text between two marks of the parser is replaced.
"""

import re

import yaml

from pipeline.campaign.document import DEEPEST, Document, Path, dotted, parsed
from pipeline.campaign.tree import placed
from pipeline.errors import UsageError

_PLAIN = re.compile(r"[0-9A-Za-z_.]+( [0-9A-Za-z_.]+)*")


def with_value(document: Document, path: Path, value: str) -> bytes:
    """Return a file's bytes with a value at a path: changed, or added to the table that lacks it.

    Args:
        document: The file as it was read, without problems.
        path: Where; all but the last part of it must be there.
        value: A plain text, such as an amount.

    Raises:
        UsageError: If the table is not there, or the file is written in a way that cannot be
            changed in one place.
    """
    if not _PLAIN.fullmatch(value):
        raise UsageError(f"{value!r} cannot be written without quotes; edit the file by hand")
    raw = document.content.decode("utf-8-sig")
    bom = document.content[: len(document.content) - len(raw.encode())]
    node, parent = _found(document, raw, path)
    text = _replaced(raw, node, value) if node else _added(raw, parent, str(path[-1]), value)
    changed = bom + text.encode()
    if parsed(document.file, changed).tree != placed(document.tree, path, value):
        raise UsageError(
            f"{document.file}:{document.line_of(path)}: {dotted(path)} is written in a way that "
            "cannot be changed in one place; edit the file by hand"
        )
    return changed


def _found(
    document: Document, raw: str, path: Path
) -> tuple[yaml.ScalarNode | None, yaml.MappingNode]:
    """Return the node of a path, None if it is not there, and the table that it belongs to."""
    node: yaml.Node | None = yaml.compose(raw, Loader=yaml.BaseLoader)
    for part in path[:-1][:DEEPEST]:
        node = _inner(node, part)
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{document.file} has no table {dotted(path[:-1])}; add it by hand")
    inner = _inner(node, path[-1])
    if inner is not None and not isinstance(inner, yaml.ScalarNode):
        raise UsageError(f"{document.file}: {dotted(path)} is a table, not one value")
    return inner, node


def _inner(node: yaml.Node | None, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        items: list[yaml.Node] = node.value
        return items[part] if part < len(items) else None
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == str(part)), None)


def _replaced(raw: str, node: yaml.ScalarNode, value: str) -> str:
    quote = node.style if node.style in {"'", '"'} else ""
    return f"{raw[: node.start_mark.index]}{quote}{value}{quote}{raw[node.end_mark.index :]}"


def _added(raw: str, table: yaml.MappingNode, key: str, value: str) -> str:
    """Return the text with an entry after the last one of a table."""
    if not table.value:
        return raw
    first, last = table.value[0][0], table.value[-1][1]
    end = last.end_mark.index
    if table.flow_style:
        return f"{raw[:end]}, {key}: {value}{raw[end:]}"
    found = raw.find("\n", len(raw[:end].rstrip()))  # after a comment behind the last value
    end = len(raw[: len(raw) if found < 0 else found].rstrip())
    line_end = "\r\n" if "\r\n" in raw else "\n"
    return f"{raw[:end]}{line_end}{' ' * first.start_mark.column}{key}: {value}{raw[end:]}"
