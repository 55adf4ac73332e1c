"""Plain pictures: valid files of the right size, cheap enough to make by the ten thousand."""

import functools
import io
import struct
import zlib

import PIL.Image

_LEFT = b"\xff\xc8\x3d"
_RIGHT = b"\x1b\x12\x10"
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
"""File format to media type."""


def plain(width: int, height: int, file_format: str, label: str) -> bytes:
    """Return a picture of two colours with a label inside the file.

    Args:
        width: In pixels.
        height: In pixels.
        file_format: png, jpeg or webp.
        label: ASCII; makes the bytes unlike those of any other label. It stands in a text chunk
            (PNG), a comment (JPEG) or the XMP metadata (WebP).
    """
    if file_format == "png":
        return _png(width, height, label)
    if file_format == "jpeg":
        head, tail = _jpeg(width, height)
        comment = label.encode("ascii")
        return head + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + tail
    return encoded(_image(width, height), "webp", label)


def encoded(image: PIL.Image.Image, file_format: str, label: str = "") -> bytes:
    """Return an image as a file; PNG is packed fast rather than small."""
    out = io.BytesIO()
    if file_format == "png":
        image.save(out, "PNG", compress_level=1)
    elif file_format == "jpeg":
        image.save(out, "JPEG", quality=92)
    else:
        image.save(out, "WEBP", quality=92, method=0, xmp=label.encode("ascii"))
    return out.getvalue()


def black(width: int, height: int, file_format: str) -> bytes:
    """Return the black picture that some vendors put in place of a refused one."""
    return encoded(PIL.Image.new("RGB", (width, height)), file_format)


def _png(width: int, height: int, label: str) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    note = b"Job\x00" + label.encode("ascii")
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", size)
        + _chunk(b"tEXt", note)
        + _packed_rows(width, height)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@functools.lru_cache(maxsize=64)
def _packed_rows(width: int, height: int) -> bytes:
    row = b"\x00" + _LEFT * (width // 2) + _RIGHT * (width - width // 2)
    return _chunk(b"IDAT", zlib.compress(row * height, 6))


@functools.lru_cache(maxsize=64)
def _jpeg(width: int, height: int) -> tuple[bytes, bytes]:
    data = encoded(_image(width, height), "jpeg")
    return data[:2], data[2:]


def _image(width: int, height: int) -> PIL.Image.Image:
    image = PIL.Image.new("RGB", (width, height), tuple(_LEFT))
    image.paste(tuple(_RIGHT), (width // 2, 0, width, height))
    return image
