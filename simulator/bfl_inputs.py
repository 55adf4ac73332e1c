"""What Black Forest Labs' own endpoints take.

Source: the OpenAPI document of BFL's API. That unknown fields are refused is assumed: the
document does not forbid them, but a client that sends one has made a mistake.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import pydantic
from pydantic import Field
from pydantic_core import PydanticCustomError

from simulator.orders import Order, Reference, UnreadableReferenceError, on_grid, read_reference
from simulator.prices import MEGAPIXEL
from simulator.refused import RefusedInputError, checked, item

CHOSEN_SIZE = (1024, 1024)
"""The size BFL picks when none is sent; its guide does not say, a square megapixel is assumed."""
MOST_PIXELS = 4 * MEGAPIXEL

_Side = Annotated[int, Field(ge=64)]
_Image = str | None


class _Common(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)

    prompt: str
    seed: int | None = None
    width: _Side = 0
    height: _Side = 0
    safety_tolerance: int = Field(default=2, ge=0, le=5)
    output_format: Literal["jpeg", "png", "webp"] = "jpeg"
    webhook_url: Annotated[str, Field(min_length=1, max_length=2083)] | None = None
    webhook_secret: str | None = None
    input_image: _Image = None
    input_image_2: _Image = None
    input_image_3: _Image = None
    input_image_4: _Image = None

    @pydantic.model_validator(mode="after")
    def _within_four_megapixels(self) -> "_Common":
        if self.width * self.height > MOST_PIXELS:
            raise PydanticCustomError("image_too_large", "Output must not exceed 4 megapixels.")
        return self


class _Eight(_Common):
    input_image_5: _Image = None
    input_image_6: _Image = None
    input_image_7: _Image = None
    input_image_8: _Image = None


class _Flex(_Eight):
    prompt_upsampling: bool = True
    guidance: float = Field(default=5.0, ge=1.5, le=10)
    steps: int = Field(default=50, ge=1, le=50)
    input_image_blob_path: str | None = None


SCHEMAS: dict[str, tuple[str, type[_Common]]] = {
    "flux-2-flex": ("flux-2-flex", _Flex),
    "flux-2-pro": ("flux-2-pro", _Eight),
    "flux-2-pro-preview": ("flux-2-pro", _Eight),
    "flux-2-max": ("flux-2-max", _Eight),
    "flux-2-klein-4b": ("flux-2-klein-4b", _Common),
    "flux-2-klein-9b": ("flux-2-klein-9b", _Common),
    "flux-2-klein-9b-preview": ("flux-2-klein-9b", _Common),
}
"""Endpoint to the model that is billed and the input it takes."""


def order_of(
    body: Mapping[str, object],
    endpoint: str,
    fetch: Callable[[str], bytes | None],
    *,
    rounds: bool,
) -> Order:
    """Return the order that an input makes.

    Args:
        body: The input.
        endpoint: A key of `SCHEMAS`.
        fetch: Returns the bytes behind an address of this simulator, or nothing.
        rounds: Round sizes to multiples of 16 px.

    Raises:
        RefusedInputError: If the endpoint does not take it.
    """
    model, schema = SCHEMAS[endpoint]
    given = checked(schema, body)
    values = given.model_dump()
    side = on_grid if rounds else int
    return Order(
        provider="bfl",
        model=model,
        endpoint=endpoint,
        prompt=given.prompt,
        width=side(given.width or CHOSEN_SIZE[0]),
        height=side(given.height or CHOSEN_SIZE[1]),
        seed=given.seed,
        format=given.output_format,
        references=_references(values, fetch),
        upsample=values.get("prompt_upsampling", False),
        settings=str([values.get(name) for name in ("guidance", "steps", "output_format")]),
    )


def _references(
    values: Mapping[str, object], fetch: Callable[[str], bytes | None]
) -> tuple[Reference, ...]:
    found = []
    for name in values:
        value = values[name] if name.startswith("input_image") else None
        if isinstance(value, str) and not name.endswith("_path"):
            try:
                found.append(read_reference(value, fetch, bare=True))
            except UnreadableReferenceError as error:
                raise RefusedInputError([item("value_error", name, str(error), None)]) from error
    return tuple(found)
