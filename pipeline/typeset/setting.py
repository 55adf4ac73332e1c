"""Setting: where and how a line was set, enough to draw it again."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a set line.

    Attributes:
        text: The part of the line on this row, as drawn.
        x: Left edge of the row's box, in pixels of the finished picture, before rotation.
        y: Top edge of the row's box.
        width: Width of the row's box; the text is aligned inside it.
        height: Height of the row's box, which is also the line height.
    """

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineSetting:
    """How one line was set.

    Attributes:
        role: The line's role.
        text: The whole line, as requested.
        rows: Its rows from top to bottom.
        size: Font size in pixels.
        families: Font families in order of preference.
        weight: CSS font weight.
        spacing: Letter spacing in em.
        colour: Text colour as #RRGGBB.
        align: CSS text-align: left, right or center.
        direction: ltr or rtl.
        language: BCP 47 tag for the shaper.
        rotation: Degrees, clockwise, about `origin`.
        origin: Centre of rotation in pixels of the finished picture.
        struck: Whether a stroke runs through the line, as through a former price.
        price_style: `retail` sets an amount with smaller decimals and currency; what is small
            follows from the row's text and the language.
        secured: What secures the line's contrast on the picture, such as `scrim`; empty if its
            colour alone stands out.
        density: Pixels that it was set with to one pixel here, more than 1 on a picture that is
            shown smaller than it was made.
    """

    role: str
    text: str
    rows: tuple[Row, ...]
    size: float
    families: tuple[str, ...]
    weight: int
    spacing: float
    colour: str
    align: str
    direction: str
    language: str
    rotation: float
    origin: tuple[float, float]
    struck: bool
    price_style: str = "plain"
    secured: str = ""
    density: float = 1.0

    def scaled(self, scale: float) -> "LineSetting":
        """Return the same line on a picture of another size.

        Args:
            scale: Sides of that picture to those of this one.
        """
        rows = tuple(
            Row(
                text=row.text,
                x=row.x * scale,
                y=row.y * scale,
                width=row.width * scale,
                height=row.height * scale,
            )
            for row in self.rows
        )
        return dataclasses.replace(
            self,
            rows=rows,
            size=self.size * scale,
            origin=(self.origin[0] * scale, self.origin[1] * scale),
            density=self.density / scale,
        )
