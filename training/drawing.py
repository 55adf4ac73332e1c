"""Lines of text as an advertisement shows them: drawn, bent, cut out and damaged.

Everything is drawn at random within what a proof meets: any colours that can be told apart,
plain, shaded and mottled backgrounds, shadows and outlines, a slight tilt, a detector's cut,
blur, small sizes, noise and JPEG.
"""

import dataclasses
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.numbers import picked
from training.scripts import Script
from training.typefaces import Typeface

HEIGHT = 48
"""Of a drawn line in pixels: what the recogniser was trained on."""

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

_SIZES = (20, 24, 28, 34, 40, 48, 56, 64)
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
_TRIES = 50
_WIDEST = 1280
_LONGEST = 26
"""Of a line, in font sizes."""
_SMALLEST = 6
_LUMA = np.array((0.299, 0.587, 0.114), np.float32)
"""Of red, green and blue: ITU-R BT.601."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A drawn line.

    Attributes:
        pixels: RGB, shape [HEIGHT, width, 3].
        text: What a head is to read there.
    """

    pixels: Pixels
    text: str


def drawn(
    script: Script, faces: Sequence[Typeface], write: Callable[[], str], rng: np.random.Generator
) -> Drawn:
    """Return a drawn line.

    Args:
        script: The script that it is written in.
        faces: The fonts to choose from.
        write: Returns another text at each call.
        rng: The source of chance.

    Raises:
        ValueError: If no text could be drawn, because the fonts lack the characters or the texts
            are far too long.
    """
    text = ""
    for _ in range(_TRIES):
        face, text = picked(rng, faces), write().strip()
        pixels = _attempt(script, face, text, rng) if text and face.draws(text) else None
        if pixels is not None:
            return Drawn(pixels=pixels, text=script.seen(text))
    msg = f"{len(faces)} fonts could draw none of {_TRIES} texts; the last one was {text!r}"
    raise ValueError(msg)


def _attempt(script: Script, face: Typeface, text: str, rng: np.random.Generator) -> Pixels | None:
    """Return a line, or None if it is too long or too small to be read."""
    size = picked(rng, _SIZES)
    way = ("rtl" if script.mirrored else None, picked(rng, script.languages))
    ink = _ink(face.font(size, picked(rng, _WEIGHTS)), text, size, way)
    if ink is None:
        return None
    crop = _damaged(_cut(*_bent(_painted(ink, rng), ink, rng), rng), size, rng)
    height, width = crop.shape[:2]
    wanted = max(8, -(-HEIGHT * width // height))
    if min(height, width) < _SMALLEST or wanted > _WIDEST:
        return None
    how = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (wanted, HEIGHT), interpolation=how), np.uint8)


def _ink(
    font: ImageFont.FreeTypeFont, text: str, size: int, way: tuple[str | None, str | None]
) -> Floats | None:
    """Return how much ink there is at each pixel, from 0 to 1, with a margin around it."""
    direction, language = way
    left, top, right, bottom = font.getbbox(text, direction=direction, language=language)
    width, height = int(right - left), int(bottom - top)
    if min(width, height) < 4 or width > size * _LONGEST:
        return None
    mask = Image.new("L", (width + 2 * size, height + 2 * size), 0)
    ImageDraw.Draw(mask).text(
        (size - left, size - top),
        text,
        font=font,
        fill=255,
        direction=direction,
        language=language,
    )
    return np.asarray(np.asarray(mask) / 255, np.float32)


def _painted(ink: Floats, rng: np.random.Generator) -> Floats:
    """Return a background with the ink on it, shape [height, width, 3]."""
    picture = _background(ink.shape[0], ink.shape[1], rng)
    colour = _readable(float(_light(picture.reshape(-1, 3).mean(axis=0))), rng)
    effect = rng.random()
    if effect < 0.08:
        moved = np.roll(ink, tuple(int(step) for step in rng.integers(1, 4, 2)), (0, 1))
        shadow = cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.5, 2.5))[:, :, None]
        picture = picture * (1 - shadow * 0.6)
    elif effect < 0.14:
        other = _colour(rng)
        if abs(_light(other) - _light(colour)) > 60:
            outline = cv2.dilate(ink, np.ones((picked(rng, (3, 5)),) * 2))[:, :, None]
            picture = picture * (1 - outline) + other * outline
    grain = rng.normal(0, 18, (*ink.shape, 1)) if rng.random() < 0.06 else 0.0
    painted = picture * (1 - ink[:, :, None]) + (colour + grain) * ink[:, :, None]
    return np.asarray(painted, np.float32)


def _background(height: int, width: int, rng: np.random.Generator) -> Floats:
    plain = np.ones((height, width, 3), np.float32) * _colour(rng)
    kind = rng.random()
    if kind < 0.4:
        return plain
    if kind < 0.65:
        across, down = np.linspace(0, 1, width)[None, :, None], np.linspace(0, 1, height)
        way = across if rng.random() < 0.5 else down[:, None, None]
        found = plain + (_colour(rng) - plain) * way * rng.uniform(0.05, 0.4)
    else:
        coarse = rng.normal(0, 1, (rng.integers(2, 7), rng.integers(3, 21), 3))
        mottled = cv2.resize(
            coarse.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        found = plain + mottled * rng.uniform(3, 28)
    return np.asarray(np.clip(found, 0, 255), np.float32)


def _colour(rng: np.random.Generator) -> Floats:
    return rng.integers(0, 256, 3).astype(np.float32)


def _light(colour: Floats) -> float:
    return float(colour @ _LUMA)


def _readable(ground: float, rng: np.random.Generator) -> Floats:
    """Return a colour that differs from a background, mostly clearly."""
    contrast, colour = picked(rng, (45, 70, 100)), _colour(rng)
    while abs(_light(colour) - ground) <= contrast:
        colour = _colour(rng)
    return colour


def _bent(picture: Floats, ink: Floats, rng: np.random.Generator) -> tuple[Pixels, Floats]:
    """Return picture and ink tilted, sheared and set wider or narrower."""
    height, width = ink.shape
    tilt = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 1.2), 1.0)
    stretch, shear = rng.uniform(0.82, 1.2), rng.normal(0, 0.05)
    way = (np.array([[stretch, shear], [0, 1]]) @ tilt).astype(np.float32)
    size = (int(width * stretch + abs(shear) * height) + 2, height)
    bent = cv2.warpAffine(
        np.clip(picture, 0, 255).astype(np.uint8),
        way,
        size,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(bent, np.uint8), np.asarray(cv2.warpAffine(ink, way, size), np.float32)


def _cut(picture: Pixels, ink: Floats, rng: np.random.Generator) -> Pixels:
    """Return what a detector would cut out: the ink and a little around it."""
    rows, columns = (np.flatnonzero((ink > 0.1).any(axis=axis)) for axis in (1, 0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    tall = bottom - top
    above, below = (max(1, int(tall * rng.uniform(0.02, 0.28))) for _ in range(2))
    # Beside a short row of several there is empty ground.
    most = 0.5 if rng.random() < 0.8 else 1.5
    before, after = (max(1, int(tall * rng.uniform(0.02, most))) for _ in range(2))
    return picture[max(0, top - above) : bottom + below, max(0, left - before) : right + after]


def _damaged(crop: Pixels, size: int, rng: np.random.Generator) -> Pixels:
    """Return a crop with some of: blur, a small size, noise, JPEG."""
    if rng.random() < 0.25:
        radius = rng.uniform(0.4, 1.2) * size / 40
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), radius), np.uint8)
    if rng.random() < 0.4:
        scale = rng.uniform(12, 26) / crop.shape[0]
        small = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
        if scale < 1:
            crop = np.asarray(cv2.resize(crop, small, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.3:
        noise = rng.normal(0, rng.uniform(1, 9), crop.shape)
        crop = np.clip(crop + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(55, 96))]
        _, file = cv2.imencode(".jpg", crop, quality)
        crop = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)
    return crop
