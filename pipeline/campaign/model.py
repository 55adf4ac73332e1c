"""The campaign file as typed, frozen values; the schema for editors comes from here."""

import decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from pipeline.campaign.scalars import (
    UNITS,
    Amount,
    CopyTable,
    CopyText,
    Count,
    Currency,
    Date,
    DayKey,
    FactName,
    FactText,
    Flag,
    FormatName,
    Guidance,
    Hex,
    Identifier,
    LocaleId,
    Seed,
    Threshold,
    TimeZone,
)


class Frozen(BaseModel):
    """A part of the campaign file: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Palette(Frozen):
    """The brand's colours by name."""

    ink: Hex = Field(description="Dark text colour")
    paper: Hex = Field(description="Light background and light text colour")
    accent: Hex = Field(description="Highlight, such as the price burst")
    action: Hex = Field(description="Buttons and strong shapes")


class Fonts(Frozen):
    """Font characters; each has a family for every script."""

    display: Literal["friendly", "modern", "elegant", "condensed"] = "modern"
    text: Literal["friendly", "modern", "elegant", "condensed"] = "modern"


class Brand(Frozen):
    """Who advertises."""

    name: CopyText
    palette: Palette
    logo: str | None = Field(default=None, description="PNG beside the campaign file")
    fonts: Fonts = Fonts()
    allowed_words: tuple[str, ...] = Field(
        default=(), description="Words that may stand on a picture unasked, as on a package"
    )
    references: dict[Identifier, str] = Field(
        default={}, max_length=8, description="Name to picture; a prompt calls it `@name`"
    )


class Market(Frozen):
    """A territory with its locales, currency and time zone."""

    locales: tuple[LocaleId, ...] = Field(min_length=1)
    currency: Currency
    time_zone: TimeZone


class Item(Frozen):
    """A dish of a menu."""

    name: dict[LocaleId, CopyText]
    price: dict[Identifier, Amount]


class Offer(Frozen):
    """A thing with prices and words."""

    picture: str | None = Field(default=None, description="PNG or JPEG beside the campaign file")
    subject: str = Field(default="", max_length=300, description="What it is, for the image model")
    price: dict[Identifier, Amount] = Field(default={}, description="Market to amount")
    was: dict[Identifier, Amount] = Field(default={}, description="Market to former price")
    unit: Literal[UNITS] | None = None  # type: ignore[valid-type]
    facts: dict[FactName, FactText] = {}
    copy_: CopyTable = Field(default={}, alias="copy", description="Role to locale to text")
    items: dict[Identifier, Item] = Field(default={}, max_length=8)
    references: dict[Identifier, str] = Field(
        default={}, max_length=8, description="Name to picture, beside those of the brand"
    )


class DayEntry(Frozen):
    """What runs on a day, with the values that differ on it."""

    offer: Identifier
    price: dict[Identifier, Amount] = {}
    was: dict[Identifier, Amount] = {}


class Budget(Frozen):
    """What may be spent, in US dollars."""

    creative: Amount | None = Field(default=None, description="US dollars a creative")
    campaign: Amount | None = Field(default=None, description="US dollars for the campaign")
    day: Amount = Field(default=decimal.Decimal("25.00"), description="US dollars a day")
    month: Amount | None = Field(default=None, description="US dollars a calendar month")
    attempts: Count = Field(default=3, description="Paid tries a picture", ge=1, le=10)
    resubmit: Count = Field(
        default=0,
        ge=0,
        le=1,
        description="How often a try may be repeated whose outcome nobody can tell; a repeated "
        "one may be charged twice, and is recorded",
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


class Checks(Frozen):
    """What a finished picture must reach beyond its text; `off` leaves a check out.

    The size, the safe box and the type of file follow from the format and cannot be left out.
    The usual values lie between what was measured on the 120 creatives of a day of the example
    campaigns and on faults planted in them:

    - palette: each colour comes within 6.0 on 0.25 % of the picture. Colours turned by 43 degrees
      of hue, if 12 or more away, stay 9 away; in a grey picture one is 26 away.
    - contrast: 4.6 to 17.6, for nine lines in ten within 2 % of what was set. Words at a fifth of
      their strength reach 1.8, at three tenths 2.6.
    - drawn: 40 to 88 %. Plates of one colour under words and shapes have 0.12 % at most.
    - blur: 0.31 to 0.73 px, and up to 0.73 px on 83 pictures that image models drew. Blurred by
      1.5 px nine in ten exceed 0.9 px, by 2 px all do, with 1.33 and 1.10 px at least. On a
      banner of 300 x 250 a blur of 6 px leaves too few edges to measure.
    """

    palette_difference: Threshold = Field(
        default=decimal.Decimal(8),
        description="Each colour of the palette stands on the picture within this difference "
        "(CIEDE2000, at most)",
    )
    palette_area: Amount = Field(
        default=decimal.Decimal("0.25"),
        gt=0,
        le=100,
        description="Share of the picture that has to show each colour (percent, at least)",
    )
    contrast: Threshold = Field(
        default=decimal.Decimal("4.5"),
        description="Contrast of text with what is under it (WCAG 2 ratio to 1, at least)",
    )
    contrast_large: Threshold = Field(
        default=decimal.Decimal(3),
        description="Contrast of text from 48 px of 1080 (WCAG 2 ratio to 1, at least)",
    )
    drawn: Threshold = Field(
        default=decimal.Decimal(2),
        description="Share of the picture, words aside, that is not one single colour "
        "(percent, at least)",
    )
    blur: Threshold = Field(
        default=decimal.Decimal("0.9"),
        description="Blur of the sharpest edges, words aside "
        "(standard deviation in pixels, at most)",
    )
    kilobytes: Threshold = Field(
        default=None,
        description="Weight of the file (1,000 bytes, at most), if less than the channel takes",
    )


def _entries(value: object) -> object:
    """Let a day name one offer, one entry or a list of either."""
    entries = value if isinstance(value, list) else [value]
    return [{"offer": entry} if isinstance(entry, str) else entry for entry in entries]


DayEntries: TypeAlias = Annotated[
    tuple[DayEntry, ...],
    BeforeValidator(
        _entries,
        json_schema_input_type=Identifier | DayEntry | list[Identifier | DayEntry],
    ),
]


class Campaign(Frozen):
    """One campaign file."""

    campaign: Identifier
    template: Identifier
    brand: Brand
    formats: tuple[FormatName, ...] = Field(min_length=1)
    markets: dict[Identifier, Market] = Field(min_length=1)
    offers: dict[Identifier, Offer] = Field(min_length=1)
    copy_: CopyTable = Field(default={}, alias="copy", description="Copy that all offers share")
    days: dict[DayKey, DayEntries] = Field(
        default={}, description="Which offer runs when; without it all run daily"
    )
    valid_from: Date | None = None
    valid_to: Date | None = None
    provider: Identifier = "studio"
    model: Identifier = "flux-2-flex"
    quality: Literal["draft", "production", "final"] = "production"
    generation: Generation = Generation()
    lettering: Literal["auto", "model", "typeset"] = "auto"
    second_opinion: Literal["none", "sentinel"] = Field(
        default="none", description="A paid judgement of the picture, beside the proof"
    )
    budget: Budget = Budget()
    checks: Checks = Checks()
