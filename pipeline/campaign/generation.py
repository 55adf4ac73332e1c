"""How pictures are made and who letters them, as a campaign file may say it."""

from typing import Annotated, Literal, Self, TypeAlias, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from pipeline.campaign.scalars import (
    Count,
    Flag,
    FormatName,
    Guidance,
    Identifier,
    Role,
    Seed,
    Sha256,
)


class Frozen(BaseModel):
    """A part of the campaign file: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


BY = ("auto", "model", "typeset")
"""Who may draw a line."""

LETTERED = (*get_args(Role), "brand")
"""Roles that a campaign may give to one or the other."""


def _lettering(value: object) -> object:
    """Let `lettering` be one answer for all lines, or role to answer."""
    answers = value if isinstance(value, dict) else {LETTERED[0]: value}
    for role, by in answers.items():
        if role not in LETTERED:
            raise ValueError(f"there is no line {role!r}; there are: {', '.join(LETTERED)}")
        if by not in BY:
            raise ValueError(f"expected one of {', '.join(BY)}, or a line's role with one of them")
    return value


Lettering: TypeAlias = Annotated[
    str | dict[str, str],
    PlainValidator(_lettering),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(BY)},
                {
                    "type": "object",
                    "propertyNames": {"enum": list(LETTERED)},
                    "additionalProperties": {"enum": list(BY)},
                },
            ]
        }
    ),
]


class PlateRules(Frozen):
    """Which pictures stand under the words, and how long.

    A plate that was accepted serves all languages and days, until it is refreshed.
    """

    refresh: Literal["never", "daily", "weekly", "monthly"] = Field(
        default="never", description="When a new picture takes the place of the accepted one"
    )
    variants: Count = Field(
        default=1, ge=1, le=14, description="How many pictures take turns, a day each"
    )
    pins: dict[Identifier, dict[FormatName, Sha256]] = Field(
        default={}, description="Offer to format to the hash of a picture in the store"
    )


Preset: TypeAlias = Literal[
    "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"
]

PRESETS: dict[str, tuple[int, int]] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
"""Width and height in pixels of the named sizes, as fal's toolkit defines them."""


class Size(Frozen):
    """A size to make: both sides, or a preset's name."""

    preset: Preset | None = None
    width: Count | None = Field(default=None, ge=64, le=4096, description="Pixels")
    height: Count | None = Field(default=None, ge=64, le=4096, description="Pixels")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        both = self.width is not None and self.height is not None
        neither = self.width is None and self.height is None
        if not (neither if self.preset else both):
            msg = "expected a preset or both width and height; write {width: 1024, height: 1280}"
            raise ValueError(msg)
        return self

    @property
    def pixels(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return PRESETS[self.preset] if self.preset else (self.width or 0, self.height or 0)


def _preset(value: object) -> object:
    """Let a preset's name stand alone."""
    return {"preset": value} if isinstance(value, str) else value


ImageSize: TypeAlias = Annotated[
    Size, BeforeValidator(_preset, json_schema_input_type=Preset | Size)
]


class Generation(Frozen):
    """How pictures are made; what is left out follows from the quality.

    Names and ranges are those of Runflow's page of flux-2-flex. What the model does not take is
    left out of its requests, and the plan says so.
    """

    image_size: ImageSize | None = Field(
        default=None, description="Preset or size in pixels, in the place of the planned size"
    )
    guidance_scale: Guidance | None = Field(
        default=None,
        ge=1.5,
        le=10,
        description="How closely the prompt is followed",
    )
    num_inference_steps: Count | None = Field(
        default=None, ge=2, le=50, description="Steps; more take longer and draw cleaner type"
    )
    output_format: Literal["png", "jpeg"] = "png"
    safety_tolerance: Count = Field(default=2, ge=1, le=5, description="1 is the strictest")
    enable_safety_checker: Flag = True
    seed: Seed | None = Field(default=None, description="In the place of one made from the names")
    sync_mode: Flag = Field(default=False, description="The picture comes in the answer's body")
