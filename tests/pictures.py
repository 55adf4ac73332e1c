"""Files of pictures, as they are made and as somebody with bad intentions makes them."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

SEED = 20261122


def file(picture: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def grainy(width: int = 120, height: int = 90) -> Image.Image:
    rng = np.random.default_rng(SEED)
    return Image.fromarray(rng.integers(0, 255, (height, width, 3), np.uint8))


def chunk(name: bytes, body: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + checksum


def with_chunk(png: bytes, name: bytes, body: bytes) -> bytes:
    """Return a PNG with one chunk more, right after its header."""
    return png[:33] + chunk(name, body) + png[33:]


def with_segment(jpeg: bytes, code: int, body: bytes) -> bytes:
    """Return a JPEG with one segment more, right after its first marker."""
    return jpeg[:2] + bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def png_of(width: int, height: int, packed: bytes) -> bytes:
    """Return a grey PNG with any data in the place of its pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
