"""Blocks: groups of lines with their place on the picture, as a scene gives them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Percent = Annotated[float, Field(ge=0, le=100)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Means = Literal["scrim", "panel", "outline", "shadow", "gradient"]
"""What secures the contrast of words on a restless picture."""


class Part(BaseModel):
    """A part of a scene: unknown keys are errors, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Place(Part):
    """A box in percent of the picture's width (x, width) and height (y, height).

    `x` counts from the edge where reading starts, so a place mirrors itself for right-to-left.
    """

    x: Percent
    y: Percent
    width: Percent
    height: Percent

    def pixels(self, width: int, height: int, direction: str) -> tuple[float, float, float, float]:
        """Return left, top, width and height in pixels."""
        x = 100 - self.x - self.width if direction == "rtl" else self.x
        return (
            x * width / 100,
            self.y * height / 100,
            self.width * width / 100,
            self.height * height / 100,
        )


class BlockLine(Part):
    """A line of a block.

    Attributes:
        role: The line's role.
        text: The string, byte for byte the copy's.
        font: Which of the brand's two font characters it takes.
        weight: CSS font weight.
        spacing: Letter spacing in em; only scripts without joined letters take it.
        colour: The colour asked for; another of the palette is taken where it cannot be read.
        size: Floor and ceiling of the font size, in percent of the geometric mean of the
            picture's sides.
        rows: How many rows the line may take.
        leading: Line height in relation to what the script usually needs.
        struck: Whether a stroke runs through it.
        price_style: `retail` sets a price as shops do, with smaller decimals and a smaller
            currency, wherever the locale puts them; the characters and their order stay. A line
            that is not one amount with its currency is set plain.
    """

    role: str
    text: str
    font: Literal["display", "text"] = "text"
    weight: int = 500
    spacing: float = 0.0
    colour: Colour
    size: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]]
    rows: Annotated[int, Field(ge=1, le=6)] = 1
    leading: float = 1.0
    struck: bool = False
    price_style: Literal["plain", "retail"] = "plain"


class Block(Part):
    """Lines that are sized and placed together.

    Attributes:
        name: Its name; the layout may style it.
        place: The room it has.
        align: Where rows stand in the width; start is left, or right in right-to-left.
        anchor: Where the block stands in the height of its place.
        gap: Room between lines, in percent of the geometric mean of the sides.
        pad: Room around the text inside its shape, across and down, in the same measure.
        shape: What the layout draws behind it.
        fill: Colour of the shape.
        rotation: Degrees, clockwise, about the middle of the block.
        group: Blocks of one group get one scale, so that their sizes agree.
        roam: How far the block may move to either side and up or down, in percent of the
            picture's width and height: to the calmest spot, clear of other blocks, of the
            subject, of words that the picture draws, and of what the channel covers. It stays
            where it is if that is as good. (0, 0) never moves it.
        secure: What may be done where no colour of the palette stands out, in this order; the
            first that suffices on the real pixels is taken. `scrim` is a soft cloud behind the
            words, `panel` a solid card, `outline` a rim around the letters, `shadow` a soft
            shadow under them, `gradient` a fade from the nearest edge of the picture. An empty
            list refuses such a line.
        lines: From top to bottom.
    """

    name: str
    place: Place
    align: Literal["start", "center", "end"] = "start"
    anchor: Literal["top", "middle", "bottom"] = "top"
    gap: float = 1.0
    pad: tuple[float, float] = (0.0, 0.0)
    shape: Literal["none", "burst", "disc", "pill", "panel", "tag", "rule"] = "none"
    fill: Colour | None = None
    rotation: float = 0.0
    group: str = ""
    roam: tuple[Percent, Percent] = (0.0, 0.0)
    secure: tuple[Means, ...] = ("scrim",)
    lines: Annotated[tuple[BlockLine, ...], Field(min_length=1)]
