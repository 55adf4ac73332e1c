"""Refused inputs: the `detail` list that FastAPI services such as fal and BFL answer with."""

import json
from collections.abc import Mapping
from typing import TypeVar

import pydantic

_Model = TypeVar("_Model", bound=pydantic.BaseModel)


class RefusedInputError(ValueError):
    """An input that the vendor does not take.

    Args:
        detail: FastAPI's error items: `type`, `loc`, `msg`, `input` and maybe `ctx`.
    """

    def __init__(self, detail: list[dict[str, object]]) -> None:
        super().__init__("the input is refused")
        self.detail = detail


def item(kind: str, field: str, message: str, value: object) -> dict[str, object]:
    """Return one error item about a field of the body."""
    return {"type": kind, "loc": ["body", field], "msg": message, "input": value}


def checked(model: type[_Model], body: Mapping[str, object]) -> _Model:
    """Return the body as the model's input.

    Raises:
        RefusedInputError: If it breaks the model's schema.
    """
    try:
        return model.model_validate(body)
    except pydantic.ValidationError as error:
        items = json.loads(error.json(include_url=False))
        for found in items:
            found["loc"] = ["body", *found["loc"]]
        raise RefusedInputError(items) from error
