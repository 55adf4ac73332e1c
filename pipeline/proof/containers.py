"""Take a picture file apart, so that only what makes its pixels reaches the decoder.

Text, profiles, previews and EXIF blocks are where bombs hide and where the tools that show a
picture disagree: nothing of them is decoded. What would show more than one picture is refused.
"""

import dataclasses
import re
import struct
import zlib
from collections.abc import Iterator

PNG = "PNG"
JPEG = "JPEG"
WEBP = "WEBP"

MOST_PARTS = 100_000
"""Chunks or segments of a file: a 100 MB PNG in chunks of 8 kB has 12,000."""

_TOO_SHORT = "it ends too early"
_SEVERAL = "it holds several pictures"

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_MOVING = (b"acTL", b"fcTL", b"fdAT")
_CRITICAL = 0x20
_JPEG_HEAD = b"\xff\xd8\xff"
# Every marker but those that stand inside the data of a scan: stuffed zeros and restarts.
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS, _TEM, _COMMENT = 0xD8, 0xD9, 0xDA, 0x01, 0xFE
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APPLICATION = range(0xE0, 0xF0)
_APP1, _APP2, _ADOBE = 0xE1, 0xE2, 0xEE
_WEBP_KEPT = (b"VP8X", b"ALPH", b"VP8 ", b"VP8L")
_WEBP_FRAMES = (b"VP8 ", b"VP8L")
_WEBP_MOVING = (b"ANIM", b"ANMF")
_ANIMATION, _ALPHA = 0x02, 0x10
_EXIF = b"Exif\0\0"
_ORIENTATION, _SHORT = 0x0112, 3
_MOST_TAGS = 1000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """One still picture, as far as it can be known without decoding it.

    Attributes:
        kind: PNG, JPEG or WEBP, by its content.
        size: Width and height in pixels, before it is turned upright.
        content: The file without anything that makes no pixels.
        orientation: The EXIF orientation, 1 to 8; 1 is upright.
        passes: How often a decoder goes over the pixels.
    """

    kind: str
    size: tuple[int, int]
    content: bytes
    orientation: int
    passes: int


def still_of(content: bytes) -> Still:
    """Return the still picture that a file holds.

    Args:
        content: The whole file.

    Raises:
        ValueError: If it is no PNG, JPEG or WebP, damaged, or more than one picture.
    """
    if content.startswith(_PNG_HEAD):
        return _png(content)
    if content.startswith(_JPEG_HEAD):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    raise ValueError("it is of another format" if content else "it is empty")


def _png(content: bytes) -> Still:
    kept, orientation, last = [_PNG_HEAD], 1, b""
    for name, whole in _png_chunks(content):
        if name in _PNG_MOVING:
            raise ValueError(_SEVERAL)
        if name == b"eXIf":
            orientation = _orientation(whole[8:-4])
        if name in _PNG_KEPT:
            _check_place(name, last)
            kept.append(whole)
            last = name
        elif not name[0] & _CRITICAL:
            raise ValueError("it has a part that no viewer knows")
        elif last == b"IDAT":
            last = b"after"
    width, height = struct.unpack(">II", kept[1][8:16])
    return Still(
        kind=PNG,
        size=(width, height),
        content=b"".join(kept),
        orientation=orientation,
        passes=1,
    )


def _check_place(name: bytes, last: bytes) -> None:
    """Refuse chunks whose order decoders take differently."""
    allowed = {
        b"IHDR": (b"",),
        b"PLTE": (b"IHDR",),
        b"tRNS": (b"IHDR", b"PLTE"),
        b"IDAT": (b"IHDR", b"PLTE", b"tRNS", b"IDAT"),
        b"IEND": (b"IDAT", b"after"),
    }
    if last not in allowed[name]:
        raise ValueError("its parts are in the wrong order")


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG_HEAD)
    for _ in range(MOST_PARTS):
        length = int.from_bytes(content[at : at + 4], "big")
        whole = content[at : at + 12 + length]
        if len(whole) < 12 + length:
            raise ValueError(_TOO_SHORT)
        if zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
            raise ValueError("a checksum is wrong")
        name = whole[4:8]
        yield name, whole
        if name == b"IEND":
            return
        at += 12 + length
    raise ValueError("it has too many parts")


def _jpeg(content: bytes) -> Still:
    kept, sizes, turns, scans = [b"\xff\xd8"], list[tuple[int, int]](), list[int](), 0
    for code, body, whole in _jpeg_segments(content):
        if code == _APP2 and body.startswith(b"MPF\0"):
            raise ValueError(_SEVERAL)
        if code == _APP1 and body.startswith(_EXIF) and not scans:
            turns.append(_orientation(body))
        if code in _SIZES:
            height, width = struct.unpack(">HH", body[1:5].ljust(4, b"\0"))
            sizes.append((width, height))
        scans += code == _SOS
        if _makes_pixels(code, body):
            kept.append(whole)
    if len(sizes) != 1 or not scans:
        raise ValueError("it has not exactly one picture")
    return Still(
        kind=JPEG,
        size=sizes[0],
        content=b"".join(kept),
        orientation=turns[0] if turns else 1,
        passes=scans,
    )


def _makes_pixels(code: int, body: bytes) -> bool:
    # Two application segments say how colours are meant.
    if code in _APPLICATION:
        return body.startswith(b"JFIF\0") or (code == _ADOBE and body.startswith(b"Adobe"))
    return code != _COMMENT


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield each marker with its body, and with all bytes up to the next marker."""
    marker = _MARKER.search(content, 2)
    for _ in range(MOST_PARTS):
        if marker is None:
            raise ValueError(_TOO_SHORT)
        code, start = marker[1][0], marker.end()
        if code == _EOI:
            yield code, b"", b"\xff\xd9"
            return
        if code in {_SOI, _TEM}:
            raise ValueError(_SEVERAL if code == _SOI else "a marker is wrong")
        length = max(2, int.from_bytes(content[start : start + 2], "big"))
        following = _MARKER.search(content, start + length)
        whole = content[marker.start() : following.start() if following else len(content)]
        yield code, content[start + 2 : start + length], whole
        marker = following
    raise ValueError("it has too many parts")


def _webp(content: bytes) -> Still:
    kept, sizes, orientation = list[bytes](), list[tuple[int, int]](), 1
    for name, body in _webp_chunks(content):
        moving = name == b"VP8X" and body and body[0] & _ANIMATION
        if moving or name in _WEBP_MOVING:
            raise ValueError(_SEVERAL)
        if name == b"EXIF":
            orientation = _orientation(body)
        if name in _WEBP_KEPT:
            sizes += _webp_size(name, body)
            data = bytes([body[0] & _ALPHA]) + body[1:] if name == b"VP8X" else body
            kept.append(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))
    frames = sum(one[:4] in _WEBP_FRAMES for one in kept)
    if frames != 1 or len(set(sizes)) != 1:
        raise ValueError("it has not exactly one picture")
    joined = b"".join(kept)
    return Still(
        kind=WEBP,
        size=sizes[0],
        content=b"RIFF" + struct.pack("<I", 4 + len(joined)) + b"WEBP" + joined,
        orientation=orientation,
        passes=1,
    )


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, at = 8 + int.from_bytes(content[4:8], "little"), 12
    if end > len(content):
        raise ValueError(_TOO_SHORT)
    for _ in range(MOST_PARTS):
        if at >= end:
            return
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise ValueError(_TOO_SHORT)
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise ValueError("it has too many parts")


def _webp_size(name: bytes, body: bytes) -> list[tuple[int, int]]:
    """Return width and height, if this part states them."""
    if name == b"ALPH":
        return []
    if len(body) < 10:  # noqa: PLR2004 - bytes of each of the three headers
        raise ValueError(_TOO_SHORT)
    if name == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
        return [(width + 1, height + 1)]
    if name == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return [(width & 0x3FFF, height & 0x3FFF)]
    bits = int.from_bytes(body[1:5], "little")
    return [((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)]


def _orientation(exif: bytes) -> int:
    """Return the orientation that an EXIF block states; 1 if it states none."""
    block = exif.removeprefix(_EXIF)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4], "")
    if not order or len(block) < 8:  # noqa: PLR2004 - bytes of a TIFF header
        return 1
    (start,) = struct.unpack(order + "I", block[4:8])
    tags = block[start + 2 : start + 2 + 12 * _MOST_TAGS]
    for tag, kind, _, value in struct.iter_unpack(
        order + "HHIH2x", tags[: len(tags) - len(tags) % 12]
    ):
        if (tag, kind) == (_ORIENTATION, _SHORT):
            return value if value in range(1, 9) else 1
    return 1
