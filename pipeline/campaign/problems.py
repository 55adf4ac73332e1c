"""Problems: what is wrong in a file of YAML, in the words of this project."""

import difflib
import typing
from typing import Any

from pydantic.fields import FieldInfo

from pipeline.campaign.document import Document, Path, dotted
from pipeline.errors import Problem

_KINDS: dict[str, tuple[str, str]] = {
    "model_type": ("is not a table", "write `key: value` lines"),
    "dict_type": ("is not a table", "write `key: value` lines"),
    "tuple_type": ("is not a list", "write it as [a, b]"),
    "string_type": ("is not one plain text", "write a single text here"),
    "string_too_short": ("is empty", "write a text, or remove the line"),
    "string_too_long": ("is longer than {max_length} characters", "shorten it"),
    "too_short": ("is empty", "add at least one entry"),
    "too_long": ("has more than {max_length} entries", "remove some"),
    "greater_than_equal": ("is too small", "write {ge} or more"),
    "less_than_equal": ("is too large", "write {le} or less"),
}
"""Pydantic's kinds of error in the words of this project: what is wrong, what to do."""


def problem_of(document: Document, entry: dict[str, Any], model: object) -> Problem:
    """Return one of pydantic's errors as a problem of a file.

    Args:
        document: The file.
        entry: The error, with the path in the file as `loc`.
        model: The model of the whole file, whose keys are suggested.
    """
    path: Path = entry["loc"]
    kind = entry["type"]
    if kind in _KINDS:
        what, remedy = (text.format(**entry.get("ctx", {})) for text in _KINDS[kind])
        return problem_at(document, path, what, remedy)
    if kind == "extra_forbidden":
        return problem_at(document, path, "unknown key", _suggestion(path, model))
    if kind == "missing":
        return problem_at(document, path, "is missing", f"add `{path[-1]}:`")
    if kind == "literal_error":
        return problem_at(document, path, "unknown value", f"use {entry['ctx']['expected']}")
    text = entry["msg"].removeprefix("Value error, ")
    what, _, remedy = text.partition("; ")
    shown = entry["input"] if isinstance(entry["input"], str) else "this value"
    if what.startswith("expected"):
        return problem_at(document, path, f"{shown!r} is not valid", f"{what}")
    return problem_at(document, path, what, remedy or "correct it")


def _suggestion(path: Path, model: Any) -> str:  # noqa: ANN401 - a model
    for part in path[:-1]:  # the names of markets, offers and days are no fields: passed over
        field = _fields(model).get(str(part))
        model = _model_in(field.annotation) if field else model
    known = list(_fields(model))
    close = difflib.get_close_matches(str(path[-1]), known, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"remove it, or use one of: {', '.join(known)}" if known else "remove it"


def _fields(model: Any) -> dict[str, FieldInfo]:  # noqa: ANN401 - a model or nothing
    fields: dict[str, FieldInfo] = getattr(model, "model_fields", {})
    return {field.alias or name: field for name, field in fields.items()}


def _model_in(annotation: Any) -> Any:  # noqa: ANN401 - what a field is annotated with
    """Return the model that a field holds, in a table or a list or as it is; None if none."""
    if hasattr(annotation, "model_fields"):
        return annotation
    found = (_model_in(inner) for inner in typing.get_args(annotation))
    return next((model for model in found if model), None)


def problem_at(document: Document, path: Path, what: str, remedy: str) -> Problem:
    """Return a problem at a path of a file."""
    file, line = document.place_of(path)
    return Problem(file=file, line=line, path=dotted(path), what=what, remedy=remedy)
