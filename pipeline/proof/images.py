"""Open a delivered picture as pixels, trusting nothing about the file."""

import pathlib
import warnings

import numpy as np
from PIL import Image, ImageOps

from pipeline.errors import UsageError
from pipeline.proof.reading import Pixels

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 50_000_000
"""Fifty megapixels: far above any advertising format, far below what exhausts a machine."""
SMALLEST_SIDE = 16


def open_image(path: pathlib.Path) -> Pixels:
    """Return a picture's pixels, RGB, upright, transparent parts on white.

    Args:
        path: A PNG, JPEG or WebP file.

    Raises:
        UsageError: If there is no such file, or it is not a usable picture.
    """
    try:
        with warnings.catch_warnings():
            # The size is checked below, before anything is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                _check_size(path, picture.size)
                return _pixels(picture)
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file; check the path") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        msg = f"{path}: not a readable PNG, JPEG or WebP picture ({error}); export it again"
        raise UsageError(msg) from error


def _check_size(path: pathlib.Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS or min(size) < SMALLEST_SIDE:
        msg = (
            f"{path}: {width} x {height} pixels; give a picture of at least {SMALLEST_SIDE} "
            f"pixels a side and at most {MOST_PIXELS // 1_000_000} megapixels"
        )
        raise UsageError(msg)


def _pixels(picture: Image.Image) -> Pixels:
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        over = upright.convert("RGBA")
        ground = Image.new("RGBA", over.size, "white")
        upright = Image.alpha_composite(ground, over)
    return np.asarray(upright.convert("RGB"), np.uint8)
