"""The campaign file as typed, frozen values; the schema for editors comes from here."""

import decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from pipeline.campaign.feed import Feed
from pipeline.campaign.generation import Frozen, Generation, Lettering, PlateRules
from pipeline.campaign.moments import Moment
from pipeline.campaign.rules import Preflight
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
    Hex,
    Identifier,
    LocaleId,
    Threshold,
    TimeZone,
)


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
    needs: tuple[Literal["legal", "validity"], ...] = Field(
        default=(), description="Every creative here has a legal line, or says until when it holds"
    )
    digits: Literal["native", "latin"] = Field(
        default="native", description="Write numbers as the locale does, or with the digits 0 to 9"
    )
    foreign_currency: Flag = Field(
        default=False, description="The currency is another country's, and that is right"
    )


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
    facts: dict[FactName, FactText] = Field(default={})
    copy_: CopyTable = Field(default={}, alias="copy", description="Role to locale to text")
    items: dict[Identifier, Item] = Field(default={}, max_length=8)
    references: dict[Identifier, str] = Field(
        default={}, max_length=8, description="Name to picture, beside those of the brand"
    )
    valid_from: Moment | None = Field(
        default=None, description="First day, or minute, on each market's own clock"
    )
    valid_to: Moment | None = Field(
        default=None, description="Last day, or the minute with which it is over"
    )
    food: Flag = Field(default=False, description="It is food: some channels take only photographs")


class DayEntry(Frozen):
    """What runs on a day, with the values that differ on it."""

    offer: Identifier
    price: dict[Identifier, Amount] = Field(default={})
    was: dict[Identifier, Amount] = Field(default={})


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


class Checks(Frozen):
    """What a finished picture must reach beyond its text; `off` leaves a check out.

    The size, the safe box and the type of file follow from the format and cannot be left out.
    The usual values lie between what was measured on 1,092 creatives, seven days of the example
    campaigns, and on faults planted in such:

    - palette: each colour comes within 5.3 on 0.25 % of the picture. Colours turned by 43 degrees
      of hue, if 12 or more away, stay 9 away; in a grey picture one is 26 away.
    - contrast: 4.3 to 17.6, for nine lines in ten within 2 % of what was set. Words at a fifth of
      their strength reach 1.8, at three tenths 2.6.
    - drawn: 20 to 92 %. Plates of one colour under words and shapes have 0.12 % at most.
    - blur: 0.39 to 0.74 px, and up to 0.73 px on 83 pictures that image models drew. Blurred by
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
    source: LocaleId | None = Field(
        default=None,
        description="Locale that catalogues translate from; the first market's if left out",
    )
    brand: Brand
    formats: tuple[FormatName, ...] = Field(min_length=1)
    markets: dict[Identifier, Market] = Field(min_length=1)
    offers: dict[Identifier, Offer] = Field(min_length=1)
    copy_: CopyTable = Field(default={}, alias="copy", description="Copy that all offers share")
    days: dict[DayKey, DayEntries] = Field(
        default={}, description="Which offer runs when; without it all run daily"
    )
    feed: Feed | None = Field(default=None, description="A price list, whose prices come first")
    valid_from: Date | None = None
    valid_to: Date | None = None
    account: Identifier | None = Field(
        default=None, description="Who it is made for, on a platform with tiers"
    )
    provider: Identifier = "studio"
    model: Identifier = "flux-2-flex"
    quality: Literal["draft", "production", "final"] = "production"
    generation: Generation = Generation()
    lettering: Lettering = Field(
        default="auto",
        description="Who draws the words: one answer for all lines, or role to answer; a role "
        "that is not named is auto",
    )
    plate: PlateRules = PlateRules()
    second_opinion: Literal["none", "sentinel"] = Field(
        default="none", description="A paid judgement of the picture, beside the proof"
    )
    budget: Budget = Budget()
    checks: Checks = Checks()
    preflight: Preflight = Preflight()
