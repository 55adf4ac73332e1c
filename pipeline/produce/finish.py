"""Finishing: from pixels to the file that a channel takes, and back to what it shows."""

import io

import numpy as np
import numpy.typing as npt
import PIL.Image

from pipeline.campaign.formats import Format
from pipeline.errors import ProviderError

QUALITIES = (92, 88, 84, 80)
"""JPEG qualities, tried in turn; below 80 small letters begin to fray."""

JPEG = "image/jpeg"


def encode(picture: npt.NDArray[np.uint8], fmt: Format) -> bytes | None:
    """Return the file for a channel; None if it is too heavy at the lowest quality.

    Args:
        picture: RGB, shape [height, width, 3].
        fmt: The format with the channel's limit.

    JPEG without chroma subsampling, which would smear coloured letters.
    """
    image = PIL.Image.fromarray(picture)
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
        if out.tell() <= fmt.most_bytes:
            return out.getvalue()
    return None


def decode(content: bytes, width: int, height: int) -> npt.NDArray[np.uint8]:
    """Return the pixels of a picture, shape [height, width, 3].

    Raises:
        ProviderError: If the bytes are not a whole PNG, JPEG or WebP of exactly this size.
    """
    try:
        with PIL.Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.size != (width, height):
                found = f"{image.width}x{image.height}"
                raise ProviderError(f"the picture is {found}, not {width}x{height}")
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise ProviderError(f"the picture is damaged ({error})") from error


def ground_file(ground: npt.NDArray[np.uint8]) -> bytes:
    """Return the picture under the words as a file, for proofs now and later.

    Args:
        ground: RGB without the words, shape [height, width, 3].
    """
    out = io.BytesIO()
    PIL.Image.fromarray(ground).save(out, "JPEG", quality=QUALITIES[0], subsampling=0)
    return out.getvalue()
