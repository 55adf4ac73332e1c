"""Finishing: from pixels to the file that a channel takes, and back to what it shows."""

import contextlib
import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import PIL.Image
import PIL.ImageOps

from pipeline.campaign.formats import Format
from pipeline.errors import ProviderError

QUALITIES = (92, 88, 84, 80)
"""JPEG qualities, tried in turn; below 80 small letters begin to fray."""

JPEG = "image/jpeg"

_MOST_CUT, _MOST_ENLARGED = 0.05, 1.6
"""Share of a picture that may be cut away beyond what was planned, and how much it may be
enlarged. Sizes are planned to grow at most 1.42 times; a provider rounds sides to its own
multiple."""


def encode(
    picture: npt.NDArray[np.uint8],
    fmt: Format,
    xmp: bytes = b"",
    sign: Callable[[bytes], bytes] = lambda content: content,
) -> bytes | None:
    """Return the file for a channel; None if it is too heavy at the lowest quality.

    Args:
        picture: RGB, shape [height, width, 3].
        fmt: The format with the channel's limit.
        xmp: What the file says of itself, as an XMP packet.
        sign: Returns a finished file with its signature, whose weight counts.

    JPEG without chroma subsampling, which would smear coloured letters.
    """
    image = PIL.Image.fromarray(picture)
    for quality in QUALITIES:
        content = sign(_jpeg(image, quality, xmp))
        if len(content) <= fmt.most_bytes:
            return content
    return None


def _jpeg(image: PIL.Image.Image, quality: int, xmp: bytes) -> bytes:
    """Return a JPEG as small as can be; of mere noise, for which Pillow has no room, as it is."""
    for optimize in (True, False):
        out = io.BytesIO()
        with contextlib.suppress(OSError):
            image.save(out, "JPEG", quality=quality, subsampling=0, optimize=optimize, xmp=xmp)
            return out.getvalue()
    raise ProviderError("the picture cannot be written as JPEG; hold it and look at its plate")


def decode(content: bytes, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the pixels of a picture, shape [height, width, 3].

    Raises:
        ProviderError: If the bytes are not a whole PNG, JPEG or WebP of exactly this size.
    """
    picture = opened(content)
    if picture.shape[:2] != (height, width):
        found = f"{picture.shape[1]}x{picture.shape[0]}"
        raise ProviderError(f"the picture is {found}, not {width}x{height}")
    return picture


def opened(content: bytes) -> npt.NDArray[np.uint8]:
    """Return the pixels of a picture of any size, shape [height, width, 3].

    Raises:
        ProviderError: If the bytes are not a whole PNG, JPEG or WebP.
    """
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise ProviderError(f"the picture is damaged ({error})") from error


def fitted(
    picture: npt.NDArray[np.uint8],
    width: int,
    height: int,
    planned: tuple[int, int] | None = None,
) -> npt.NDArray[np.uint8]:
    """Return a picture scaled to fill a size, and cut alike on both sides.

    Args:
        picture: RGB, shape [height, width, 3].
        width: Width in pixels.
        height: Height in pixels.
        planned: Width and height in pixels that were asked for; what of it does not fit into the
            size was planned to be cut. None if nothing was.

    Raises:
        ProviderError: If it has another ratio, or is so small that it would be blurred.
    """
    high, wide = picture.shape[:2]
    if (high, wide) == (height, width):
        return picture
    meant = _cut(planned, (width, height)) if planned else 0.0
    too_much = _cut((wide, high), (width, height)) > meant + _MOST_CUT
    if too_much or max(width / wide, height / high) > _MOST_ENLARGED:
        raise ProviderError(f"the picture is {wide}x{high}, which does not fill {width}x{height}")
    image = PIL.Image.fromarray(picture)
    fill = PIL.Image.Resampling.LANCZOS
    return np.asarray(PIL.ImageOps.fit(image, (width, height), method=fill))


def _cut(made: tuple[int, int], wanted: tuple[int, int]) -> float:
    """Return the share of a picture that is cut away to fill a size, both width and height."""
    scale = max(wanted[0] / made[0], wanted[1] / made[1])
    return 1 - (wanted[0] * wanted[1]) / (made[0] * made[1] * scale**2)


def ground_file(ground: npt.NDArray[np.uint8]) -> bytes:
    """Return the picture under the words as a file, for proofs now and later.

    Args:
        ground: RGB without the words, shape [height, width, 3].
    """
    out = io.BytesIO()
    PIL.Image.fromarray(ground).save(out, "JPEG", quality=QUALITIES[0], subsampling=0)
    return out.getvalue()


def png(picture: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture as a PNG that is quick to write.

    Args:
        picture: RGB, shape [height, width, 3].
    """
    out = io.BytesIO()
    PIL.Image.fromarray(picture).save(out, "PNG", compress_level=1)
    return out.getvalue()
