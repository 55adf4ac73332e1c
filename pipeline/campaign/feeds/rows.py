"""Rows of a price list, each with its line in the file: CSV, and JSON."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterator, Mapping

MOST_BYTES = 5_000_000
"""Bytes of a price list, at most: some 100,000 rows."""

_SPACE = " \t\r\n"
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


class UnreadableError(ValueError):
    """The list as a whole cannot be read.

    Args:
        line: Line number, from 1.
        what: What is wrong.
        remedy: What to do about it.
    """

    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line, self.what, self.remedy = line, what, remedy


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    Attributes:
        line: The line that it begins on, from 1.
        number: Which row it is, from 1; a header is none.
        cells: Column to text; None for what JSON has in place of text or a number.
    """

    line: int
    number: int
    cells: Mapping[str, str | None]


def text_of(content: bytes) -> str:
    """Return the text of a price list.

    Raises:
        UnreadableError: If it is too large, no UTF-8 or a web page.
    """
    if len(content) > MOST_BYTES:
        remedy = "leave out what the campaign does not need"
        raise UnreadableError(1, f"is more than {MOST_BYTES:,} bytes", remedy)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UnreadableError(line, "is not UTF-8", "have it saved as UTF-8") from None
    if text.lstrip().startswith("<"):
        what = "is a web page or XML, not a price list"
        raise UnreadableError(1, what, "look at the address; it may ask for a login")
    return text


def csv_rows(text: str, delimiter: str, wanted: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of CSV whose first line names the columns.

    Args:
        text: The text.
        delimiter: What stands between two cells.
        wanted: What we call a column to what the list calls it.

    Raises:
        UnreadableError: If a column is missing or there twice, or the text is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before, number = 0, 0
    header: list[str] | None = None
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                _check_header(header, wanted, line)
                continue
            number += 1
            if len(cells) != len(header):
                what = f"row {number} has {len(cells)} cells, the header {len(header)}"
                raise UnreadableError(line, what, "correct the row, or name the `separator`")
            named = dict(zip(header, cells, strict=True))
            found = {ours: named[theirs].strip() for ours, theirs in wanted.items()}
            yield Row(line=line, number=number, cells=found)
    except csv.Error as error:
        raise UnreadableError(before + 1, f"is no CSV ({error})", "have it written again") from None
    if header is None:
        raise UnreadableError(1, "is empty", "look at what writes it")


def _check_header(header: list[str], wanted: Mapping[str, str], line: int) -> None:
    for ours, theirs in wanted.items():
        if (count := header.count(theirs)) != 1:
            what = (
                f"has {count or 'no'} columns {theirs!r}" if count else f"has no column {theirs!r}"
            )
            have = ", ".join(filter(None, header))[:200]
            remedy = f"correct `feed.columns.{ours}` or the `separator`; there are: {have}"
            raise UnreadableError(line, what, remedy)


def json_rows(text: str, path: str, wanted: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of a JSON list.

    Args:
        text: The text.
        path: Keys, with dots between them, to the list; empty if the list is all there is.
        wanted: What we call a column to what the list calls it; a path of dots goes deeper.

    Raises:
        UnreadableError: If it is no JSON, or there is no such list of objects.
    """
    try:
        yield from _json_rows(text, path, wanted)
    except json.JSONDecodeError as error:
        said = f"is no JSON ({error.msg})"
        raise UnreadableError(error.lineno, said, "have it written again") from None
    except RecursionError:
        raise UnreadableError(1, "is nested too deeply", "have it written flat") from None


def _json_rows(text: str, path: str, wanted: Mapping[str, str]) -> Iterator[Row]:
    _DECODER.decode(text)  # so that a file that was cut off gives no rows at all
    at = _skip(text, 0)
    for key in filter(None, path.split(".")):
        at = _member(text, at, key, path)
    if text[at] != "[":
        what = f"has no list at {path!r}" if path else "is no list of rows"
        raise UnreadableError(_line(text, at), what, "correct `feed.rows`")
    at, counted, line, number = _skip(text, at + 1), 0, 1, 0
    while text[at] != "]":
        node, end = _DECODER.raw_decode(text, at)
        line, counted, number = line + text.count("\n", counted, at), at, number + 1
        if not isinstance(node, dict):
            raise UnreadableError(line, f"row {number} is no object", "correct `feed.rows`")
        cells = {ours: _cell(node, theirs) for ours, theirs in wanted.items()}
        yield Row(line=line, number=number, cells=cells)
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at] == "," else at


def _member(text: str, at: int, wanted: str, path: str) -> int:
    """Return where the value of an object's key begins."""
    start = at
    if text[at] == "{":
        at = _skip(text, at + 1)
        while text[at] != "}":
            key, end = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, end) + 1)
            if key == wanted:
                return at
            at = _skip(text, _DECODER.raw_decode(text, at)[1])
            at = _skip(text, at + 1) if text[at] == "," else at
    what = f"has no {wanted!r} on the way to {path!r}"
    raise UnreadableError(_line(text, start), what, "correct `feed.rows`")


def _cell(node: dict[str, object], name: str) -> str | None:
    if name in node or "." not in name:
        value = node.get(name)
        return value.strip() if isinstance(value, str) else None
    head, _, rest = name.partition(".")
    inner = node.get(head)
    return _cell(inner, rest) if isinstance(inner, dict) else None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
