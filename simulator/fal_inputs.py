"""What fal's FLUX.2 endpoints take, and Runflow's, which pass the same input on.

Sources: fal's published TypeScript types and model pages; Runflow's page of flux-2-flex, whose
names, defaults and wording are the same. Both refuse `guidance_scale` and
`num_inference_steps` on pro and max; that every other unknown field is refused too, and how
many reference images flex, pro and max take (BFL's eight), is assumed.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import pydantic
from pydantic import Field
from pydantic_core import PydanticCustomError

from simulator.orders import Order, Reference, UnreadableReferenceError, on_grid, read_reference
from simulator.prices import MEGAPIXEL
from simulator.refused import RefusedInputError, checked, item

PRESETS = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
"""Named sizes in pixels, as fal's toolkit defines them."""

MOST_FLEX_PIXELS = 4 * MEGAPIXEL
MOST_SIDE = 4096
LEAST_SIDE = 64
TURBO_SIDES = (512, 2048)
MOST_REFERENCES = 8
MOST_TURBO_REFERENCES = 4
"""fal's turbo edit ignores the images after the fourth."""

Preset = Literal[
    "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"
]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class CustomSize(_Strict):
    """A size in pixels; fal's toolkit allows up to 14,142 px, each model less."""

    width: int = Field(default=512, gt=0, le=14142)
    height: int = Field(default=512, gt=0, le=14142)


Size = Preset | CustomSize


def pixels(size: str | CustomSize) -> tuple[int, int]:
    """Return width and height in pixels of a preset or a custom size."""
    if isinstance(size, CustomSize):
        return size.width, size.height
    return PRESETS.get(size, PRESETS["landscape_4_3"])


def _bounded(least: int, most: int, most_pixels: int) -> Callable[[Size], Size]:
    def check(size: Size) -> Size:
        width, height = pixels(size)
        context = {"max_height": most, "max_width": most}
        if max(width, height) > most or width * height > most_pixels:
            raise PydanticCustomError("image_too_large", "Image is too large.", context)
        if min(width, height) < least:
            context = {"min_height": least, "min_width": least}
            raise PydanticCustomError("image_too_small", "Image is too small.", context)
        return size

    return check


_FlexSize = Annotated[
    Size, pydantic.AfterValidator(_bounded(LEAST_SIDE, MOST_SIDE, MOST_FLEX_PIXELS))
]
_ProSize = Annotated[Size, pydantic.AfterValidator(_bounded(LEAST_SIDE, MOST_SIDE, MOST_SIDE**2))]
_TurboSize = Annotated[Size, pydantic.AfterValidator(_bounded(*TURBO_SIDES, TURBO_SIDES[1] ** 2))]
_References = Annotated[list[str], Field(min_length=1, max_length=MOST_REFERENCES)]


class _Common(_Strict):
    prompt: str = Field(min_length=1)
    enable_safety_checker: bool = True
    seed: int | None = None
    sync_mode: bool = False


class _Partner(_Common):
    """What flex, pro and max share: made by BFL, sold by fal."""

    output_format: Literal["jpeg", "png"] = "jpeg"
    safety_tolerance: Literal["1", "2", "3", "4", "5"] = "2"


class _Guided(_Partner):
    """What flex alone takes."""

    guidance_scale: float = Field(default=3.5, ge=1.5, le=10)
    num_inference_steps: int = Field(default=28, ge=2, le=50)


class _Flex(_Guided):
    image_size: _FlexSize = "landscape_4_3"


class _FlexEdit(_Guided):
    image_size: _FlexSize | Literal["auto"] = "auto"
    image_urls: _References


class _Pro(_Partner):
    image_size: _ProSize = "landscape_4_3"


class _ProEdit(_Partner):
    image_size: _ProSize | Literal["auto"] = "auto"
    image_urls: _References


class _Turbo(_Common):
    """fal's own distillation of FLUX.2 [dev]."""

    image_size: _TurboSize = "landscape_4_3"
    output_format: Literal["jpeg", "png", "webp"] = "png"
    guidance_scale: float = 2.5
    num_images: int = Field(default=1, ge=1, le=4)
    enable_prompt_expansion: bool = False


class _TurboEdit(_Turbo):
    image_size: _TurboSize = "square_hd"
    image_urls: Annotated[list[str], Field(min_length=1)]


_Input = _Flex | _FlexEdit | _Pro | _ProEdit | _Turbo | _TurboEdit

SCHEMAS: dict[str, tuple[type[_Input], type[_Input]]] = {
    "flux-2-flex": (_Flex, _FlexEdit),
    "flux-2-pro": (_Pro, _ProEdit),
    "flux-2-max": (_Pro, _ProEdit),
    "flux-2-turbo": (_Turbo, _TurboEdit),
}
"""Model to the input of its plain endpoint and of `/edit`."""

_SETTINGS = ("guidance_scale", "num_inference_steps", "output_format")


def order_of(
    body: Mapping[str, object],
    blank: Order,
    fetch: Callable[[str], bytes | None],
    *,
    edit: bool,
    rounds: bool,
) -> Order:
    """Return the order that an input makes.

    Args:
        body: The input.
        blank: An order with provider, model and endpoint.
        fetch: Returns the bytes behind an address of this simulator, or nothing.
        edit: Whether it came to the `/edit` endpoint.
        rounds: Round sizes to multiples of 16 px.

    Raises:
        RefusedInputError: If the endpoint does not take it.
    """
    given = checked(SCHEMAS[blank.model][edit], body)
    references = _references(getattr(given, "image_urls", []), blank.model, fetch)
    automatic = given.image_size == "auto"
    width, height = _fitting(references[0].size) if automatic else pixels(given.image_size)
    side = on_grid if rounds else int
    values = given.model_dump(exclude={"image_urls"})
    return Order(
        provider=blank.provider,
        model=blank.model,
        endpoint=blank.endpoint,
        prompt=given.prompt,
        width=side(width),
        height=side(height),
        seed=given.seed,
        format=given.output_format,
        images=values.get("num_images", 1),
        references=references,
        upsample=values.get("enable_prompt_expansion", False),
        inline=given.sync_mode,
        settings=str([values.get(name) for name in _SETTINGS]),
    )


def _references(
    addresses: list[str], model: str, fetch: Callable[[str], bytes | None]
) -> tuple[Reference, ...]:
    kept = addresses[:MOST_TURBO_REFERENCES] if model == "flux-2-turbo" else addresses
    read = functools.partial(read_reference, fetch=fetch, bare=False)
    try:
        return tuple(read(address) for address in kept)
    except UnreadableReferenceError as error:
        found = item(error.kind, "image_urls", str(error), None)
        raise RefusedInputError([found]) from error


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size `auto` stands for: the first image's, kept within one megapixel."""
    scale = min(1.0, (MEGAPIXEL / (size[0] * size[1])) ** 0.5)
    return max(LEAST_SIDE, int(size[0] * scale)), max(LEAST_SIDE, int(size[1] * scale))
