"""An order: what one accepted request asks for, whichever API it came through."""

import base64
import binascii
import dataclasses
import hashlib
import io
import re
from collections.abc import Callable

import PIL.Image

from simulator.chance import digest, draw
from simulator.prices import input_megapixels, output_megapixels

_DATA_URI = re.compile(r"data:[\w/.+-]*;base64,", re.IGNORECASE)
GRID = 16
"""FLUX.2 makes sizes that are multiples of 16 px (BFL's guide)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference image.

    Attributes:
        data: Its bytes.
        sha256: Their hash.
        size: Width and height in pixels.
    """

    data: bytes
    sha256: str
    size: tuple[int, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made.

    Attributes:
        provider: runflow, fal or bfl.
        model: Short name, such as `flux-2-flex`.
        endpoint: The path that was called, such as `fal-ai/flux-2/turbo`.
        prompt: The prompt as sent.
        width: Width asked for, in pixels.
        height: Height asked for, in pixels.
        seed: The seed sent, or none.
        format: jpeg, png or webp.
        images: How many pictures.
        references: Reference images, in order.
        upsample: Whether the vendor may rewrite the prompt.
        inline: Whether pictures come back as data URIs (`sync_mode`).
        settings: Everything else that changes the picture, as text.
    """

    provider: str
    model: str
    endpoint: str
    prompt: str
    width: int
    height: int
    seed: int | None
    format: str
    images: int = 1
    references: tuple[Reference, ...] = ()
    upsample: bool = False
    inline: bool = False
    settings: str = ""

    @property
    def output_mp(self) -> int:
        """Return the billed megapixels of output."""
        return self.images * output_megapixels(self.width, self.height)

    @property
    def input_mp(self) -> int:
        """Return the billed megapixels of input."""
        return input_megapixels(reference.size for reference in self.references)

    def used_seed(self, key: str) -> int:
        """Return the seed sent, or the one the vendor takes for a job."""
        return int(draw("seed", key) * 2**31) if self.seed is None else self.seed

    def picture_key(self, seed: int) -> str:
        """Return what decides the picture's pixels: model, input and seed."""
        images = [reference.sha256 for reference in self.references]
        size = f"{self.width}x{self.height}"
        return digest(self.provider, self.model, self.prompt, size, self.settings, seed, *images)


def on_grid(length: int) -> int:
    """Return the nearest multiple of 16 px."""
    return max(GRID, round(length / GRID) * GRID)


class UnreadableReferenceError(ValueError):
    """A reference image that cannot be had or read.

    Args:
        kind: fal's error type.
        message: fal's wording.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def read_reference(value: str, fetch: Callable[[str], bytes | None], *, bare: bool) -> Reference:
    """Return a reference image given as a data URI, as base64 or by address.

    Args:
        value: What the client sent.
        fetch: Returns the bytes behind an address of this simulator, or nothing.
        bare: Whether base64 without `data:` is accepted, as BFL does.

    Raises:
        UnreadableReferenceError: If it is not an image, or stands on another server: the simulator
            fetches nothing from the network.
    """
    prefix = _DATA_URI.match(value)
    if prefix:
        data = _decoded(value[prefix.end() :])
    elif "://" in value:
        data = fetch(value) or b""
        if not data:
            message = "Failed to download the file. Please check if the URL is accessible."
            raise UnreadableReferenceError("file_download_error", message)
    elif bare:
        data = _decoded(value)
    else:
        raise UnreadableReferenceError("file_download_error", "URL must be http(s) or a data URI.")
    try:
        with PIL.Image.open(io.BytesIO(data)) as image:
            return Reference(data=data, sha256=hashlib.sha256(data).hexdigest(), size=image.size)
    except (OSError, PIL.Image.DecompressionBombError) as error:
        message = "Failed to load the image. Please ensure the image file is not corrupted."
        raise UnreadableReferenceError("image_load_error", message) from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableReferenceError("image_load_error", "Failed to decode the image.") from error
