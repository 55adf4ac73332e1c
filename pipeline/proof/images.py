"""Open a delivered picture as pixels, trusting nothing about the file.

What is opened is what people see: sixteen bits as eight, what is transparent on white, a JPEG
turned as its EXIF block says. Colour profiles and gamma are not applied.
"""

import io
import pathlib
import stat

import numpy as np
from PIL import Image

from pipeline.errors import UsageError
from pipeline.proof.containers import JPEG, Still, still_of
from pipeline.proof.reading import Pixels

MOST_BYTES = 100_000_000
MOST_PIXELS = 50_000_000
"""Fifty megapixels: far above any advertising format, far below what exhausts a machine."""
SMALLEST_SIDE = 16
LONGEST_SIDE = 20_000
MOST_WORK = 500_000_000
"""Pixels times passes. A progressive JPEG has about ten passes; one of a few kilobytes with
thousands of them would keep a decoder busy for minutes."""

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_WHITE = 255


def open_image(path: pathlib.Path) -> Pixels:
    """Return a picture's pixels, RGB, upright, transparent parts on white.

    Needs at most about twice the file and 20 bytes a pixel beside what it returns.

    Args:
        path: A PNG, JPEG or WebP file.

    Raises:
        UsageError: If there is no such file, or it is not a usable picture.
    """
    try:
        still = still_of(_content(path))
        _check_size(path, still)
        _check_turn(path, still)
        return _pixels(still)
    except UsageError:
        raise
    except FileNotFoundError as error:
        raise UsageError(f"{path}: there is no such file; check the path") from error
    except Exception as error:
        # Fed with rubbish, a decoder may raise anything.
        msg = f"{path}: not a readable PNG, JPEG or WebP picture ({error}); export it again"
        raise UsageError(msg) from error


def _content(path: pathlib.Path) -> bytes:
    # A pipe or a device is never opened: it may have no end, or none to come.
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    return content


def _check_size(path: pathlib.Path, still: Still) -> None:
    width, height = still.size
    if (
        width * height > MOST_PIXELS
        or min(still.size) < SMALLEST_SIDE
        or max(still.size) > LONGEST_SIDE
    ):
        msg = (
            f"{path}: {width} x {height} pixels; give a picture of {SMALLEST_SIDE} to "
            f"{LONGEST_SIDE} pixels a side and at most {MOST_PIXELS // 1_000_000} megapixels"
        )
        raise UsageError(msg)
    if width * height * still.passes > MOST_WORK:
        msg = f"{path}: its pixels come in {still.passes} passes; export it again, not progressive"
        raise UsageError(msg)


def _check_turn(path: pathlib.Path, still: Still) -> None:
    """Refuse a turn that only some viewers make; all turn a JPEG."""
    if still.orientation != 1 and still.kind != JPEG:
        msg = (
            f"{path}: its EXIF block turns a {still.kind} picture, which some viewers do and "
            "others don't; export it upright, without that block"
        )
        raise UsageError(msg)


def _pixels(still: Still) -> Pixels:
    with Image.open(io.BytesIO(still.content), formats=(still.kind,)) as picture:
        if picture.size != still.size:
            raise ValueError("it states two sizes")
        shown = _opaque(picture)
    turn = _TURNS.get(still.orientation)
    return np.asarray(shown if turn is None else shown.transpose(turn), np.uint8)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        return _from_sixteen_bits(picture)
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    over = picture.convert("RGBA")
    ground = Image.new("RGB", over.size, "white")
    ground.paste(over, mask=over)
    return ground


def _from_sixteen_bits(picture: Image.Image) -> Image.Image:
    """Return the upper eight bits, which is what screens show; Pillow would cut values off."""
    values = np.asarray(picture)
    grey = (values >> 8).astype(np.uint8)
    clear = picture.info.get("transparency")
    if clear is not None:
        grey[values == clear] = _WHITE
    return Image.fromarray(grey).convert("RGB")
