"""Whole pictures: of a known format, decoded to the last byte."""

import base64
import binascii
import io
import warnings

import PIL.Image

from pipeline.produce.providers.protocol import SpoiltError

MOST_BYTES = 64 * 1024 * 1024
"""A picture's file, at most."""

_MOST_PIXELS = 64_000_000
"""A picture, at most: four times the largest that any model makes."""


def media_type_of(content: bytes) -> str | None:
    """Return the media type that a file's first bytes say; None if it is no known picture."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None


def checked(content: bytes) -> bytes:
    """Return a picture's bytes if all of them are there and decode.

    Raises:
        SpoiltError: If not.
    """
    kind = media_type_of(content)
    if kind is None:
        raise SpoiltError(f"what was downloaded is no PNG, JPEG or WebP ({len(content):,} bytes)")
    formats = (kind.removeprefix("image/").upper(),)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata; a bomb is refused by its size below
            with PIL.Image.open(io.BytesIO(content), formats=formats) as image:
                if image.width * image.height > _MOST_PIXELS:
                    raise SpoiltError(f"the picture has {image.width}x{image.height} pixels")
                image.verify()
            with PIL.Image.open(io.BytesIO(content), formats=formats) as image:
                image.load()
    except (OSError, ValueError, SyntaxError, EOFError, PIL.Image.DecompressionBombError) as error:
        raise SpoiltError(f"the picture is damaged ({type(error).__name__})") from error
    if kind == "image/jpeg" and b"\xff\xd9" not in content[-64:]:
        raise SpoiltError("the picture is damaged (its end is missing)")
    return content


def from_data_url(url: str) -> bytes:
    """Return the picture in a `data:` address.

    Raises:
        SpoiltError: If it holds no whole picture.
    """
    head, _, body = url.partition(",")
    if not head.endswith(";base64") or len(body) > MOST_BYTES * 4 // 3 + 4:
        raise SpoiltError("the answer's data: address holds no picture that can be read")
    try:
        content = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise SpoiltError("the answer's data: address is damaged") from None
    return checked(content)
