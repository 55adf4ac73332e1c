"""Colours: HEX to numbers, and how well one is read on another."""

from collections.abc import Iterable

Rgb = tuple[int, int, int]


def rgb(text: str) -> Rgb:
    """Return red, green and blue, 0 to 255, of #RRGGBB."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def hexed(colour: Iterable[float]) -> str:
    """Return #RRGGBB of red, green and blue, 0 to 255."""
    return "#" + "".join(f"{min(255, max(0, round(part))):02X}" for part in colour)


def luminance(colour: Iterable[float]) -> float:
    """Return the relative luminance of WCAG 2.2, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Iterable[float], other: Iterable[float]) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
