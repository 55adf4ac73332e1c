"""The picture under the words: a lit wall in the prompt's colours and a thing to look at."""

import io

import numpy as np
import numpy.typing as npt
import PIL.Image

from simulator.chance import draw
from simulator.pictures.colours import luminance, rgb

Pixels = npt.NDArray[np.float32]
"""RGB, shape [height, width, 3], 0 to 255."""

Window = tuple[slice, slice]
"""Rows and columns of a picture."""

_FALLBACKS = (
    ("#FFF4E0", "#FFB84D", "#C8401B", "#2A1410"),
    ("#E8F3FF", "#8EC5FF", "#2456C7", "#0D1733"),
    ("#F3F7E9", "#B8D96B", "#4B7F1E", "#18260E"),
)
_PIECES = 48
_GOLDEN_ANGLE = 2.39996
_NARROW = 1.25
"""Pictures wider than this multiple of their height keep the thing on the right."""


def thing_place(size: tuple[int, int], taken: frozenset[str]) -> tuple[float, float, float]:
    """Return where the thing stands: centre x and y and radius, in pixels.

    Args:
        size: Width and height of the picture.
        taken: Thirds of the picture that have words.
    """
    width, height = size
    if width > height * _NARROW:
        return width * 0.79, height * 0.5, min(width * 0.17, height * 0.34)
    short = min(size)
    if not taken:
        return width * 0.5, height * 0.5, short * 0.28
    if "middle" not in taken:
        return width * 0.5, height * 0.545, min(short * 0.25, height * 0.158)
    free = "lower" if "lower" not in taken else "upper"
    return width * 0.5, height * (0.81 if free == "lower" else 0.19), min(short, height) * 0.15


def draw_ground(
    size: tuple[int, int],
    palette: tuple[str, ...],
    taken: frozenset[str],
    key: str,
    references: tuple[bytes, ...],
) -> Pixels:
    """Return the picture without words.

    Args:
        size: Width and height in pixels.
        palette: HEX colours of the prompt; the first two are the wall's.
        taken: Thirds of the picture that have words.
        key: Decides what the prompt leaves open.
        references: Image files to stand in the picture in place of the thing.
    """
    colours = [rgb(colour) for colour in (palette if len(palette) > 1 else _FALLBACKS[_index(key)])]
    wall, glow = colours[0], colours[1]
    x, y, radius = thing_place(size, taken)
    picture = _wall(size, wall, glow)
    picture = _rays(picture, (x, y), radius, glow, key)
    picture = _ellipse(picture, (x, y), (radius * 1.55, radius * 1.55), _lit(glow), 0.75)
    floor = (x, y + radius * 1.02)
    picture = _ellipse(picture, floor, (radius * 1.0, radius * 0.14), (20, 12, 10), 0.35, soft=0.9)
    if references:
        return _pasted(picture, references, (x, y), radius)
    return _thing(picture, (x, y), radius, colours, key)


def _index(key: str) -> int:
    return int(draw(key, "palette") * len(_FALLBACKS))


def _lit(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return tuple(round(part + (255 - part) * 0.35) for part in colour)  # type: ignore[return-value]


def _wall(size: tuple[int, int], top: tuple[int, int, int], bottom: tuple[int, int, int]) -> Pixels:
    width, height = size
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** 1.6
    across = np.linspace(-0.06, 0.06, width, dtype=np.float32)[None, :, None]
    mix = np.clip(down * 0.85 + across, 0, 1)
    first, last = (np.array(colour, np.float32) for colour in (top, bottom))
    return np.asarray(first * (1 - mix) + last * mix, np.float32)


def _rays(
    picture: Pixels,
    centre: tuple[float, float],
    radius: float,
    colour: tuple[int, int, int],
    key: str,
) -> Pixels:
    height, width = picture.shape[:2]
    down, across = np.ogrid[:height, :width]
    dy, dx = (down - centre[1]).astype(np.float32), (across - centre[0]).astype(np.float32)
    count = 9 + int(draw(key, "rays") * 7)
    ray = np.clip(np.sin(np.arctan2(dy, dx) * count + 6.28 * draw(key, "turn")) * 6, 0, 1)
    fade = np.clip(1 - np.hypot(dx, dy) / (radius * 3.2), 0, 1)
    return _over(picture, ray * fade * 0.22, _lit(colour))


def _ellipse(
    picture: Pixels,
    centre: tuple[float, float],
    radii: tuple[float, float],
    colour: tuple[float, float, float],
    strength: float,
    *,
    soft: float = 0.02,
) -> Pixels:
    window = _window(picture.shape, centre, radii)
    distance = _distance(window, centre, radii)
    cover = np.clip((1 - distance) / soft, 0, 1) * strength
    picture[window] = _over(picture[window], cover, colour)
    return picture


def _thing(
    picture: Pixels,
    centre: tuple[float, float],
    radius: float,
    colours: list[tuple[int, int, int]],
    key: str,
) -> Pixels:
    """Draw a round dish with things in it, lit from the upper left."""
    dark = min(colours, key=luminance)
    vivid = sorted(colours, key=lambda colour: max(colour) - min(colour), reverse=True)
    picture = _ball(picture, centre, radius, (250, 247, 240))
    picture = _ball(picture, centre, radius * 0.84, dark)
    bright = [colour for colour in vivid[:3] if colour != dark] or [(214, 92, 48)]
    # A heap that hides the dish: single round things could be read as letters.
    for number in range(_PIECES):
        angle = _GOLDEN_ANGLE * number + draw(key, "angle", number)
        reach = radius * 0.62 * (1 - number / _PIECES) ** 0.5
        place = (centre[0] + reach * np.cos(angle), centre[1] + reach * np.sin(angle))
        size = radius * (0.15 + 0.12 * draw(key, "size", number))
        picture = _ball(picture, place, size, bright[number % len(bright)])
    return picture


def _ball(
    picture: Pixels,
    centre: tuple[float, float],
    radius: float,
    colour: tuple[int, int, int],
) -> Pixels:
    window = _window(picture.shape, centre, (radius, radius))
    cover = np.clip((1 - _distance(window, centre, (radius, radius))) * radius * 0.7, 0, 1)
    light = (centre[0] - radius * 0.35, centre[1] - radius * 0.4)
    shade = np.clip(1.12 - _distance(window, light, (radius * 2.6, radius * 2.6)), 0.45, 1.1)
    body = np.clip(np.array(colour, np.float32) * shade[:, :, None] + 14, 0, 255)
    mask = cover[:, :, None]
    picture[window] = picture[window] * (1 - mask) + body * mask
    return picture


def _pasted(
    picture: Pixels, references: tuple[bytes, ...], centre: tuple[float, float], radius: float
) -> Pixels:
    canvas = PIL.Image.fromarray(picture.astype(np.uint8))
    room = 2 * radius / len(references)
    for number, data in enumerate(references):
        with PIL.Image.open(io.BytesIO(data)) as opened:
            image = opened.convert("RGBA")
        scale = min(2 * radius / image.height, room / image.width)
        image = image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        )
        left = centre[0] - radius + room * (number + 0.5) - image.width / 2
        canvas.paste(image, (round(left), round(centre[1] - image.height / 2)), image)
    return np.asarray(canvas, np.float32)


def _window(
    shape: tuple[int, ...], centre: tuple[float, float], radii: tuple[float, float]
) -> Window:
    """Return the part of the picture that a shape can touch."""
    columns = slice(max(0, int(centre[0] - radii[0])), int(centre[0] + radii[0]) + 2)
    rows = slice(max(0, int(centre[1] - radii[1])), int(centre[1] + radii[1]) + 2)
    return slice(rows.start, min(rows.stop, shape[0])), slice(
        columns.start, min(columns.stop, shape[1])
    )


def _distance(
    window: Window, centre: tuple[float, float], radii: tuple[float, float]
) -> npt.NDArray[np.float32]:
    down, across = np.ogrid[window]
    dx = ((across - centre[0]) / radii[0]).astype(np.float32)
    dy = ((down - centre[1]) / radii[1]).astype(np.float32)
    return np.asarray(np.hypot(dx, dy), np.float32)


def _over(
    picture: Pixels, cover: npt.NDArray[np.float32], colour: tuple[float, float, float]
) -> Pixels:
    mask = cover[:, :, None]
    return np.asarray(picture * (1 - mask) + np.array(colour, np.float32) * mask, np.float32)
