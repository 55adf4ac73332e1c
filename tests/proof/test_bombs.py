"""Files that are damaged, and files that want to exhaust the machine."""

import contextlib
import json
import pathlib
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.errors import UsageError
from tests.pictures import SEED, file, grainy, png_of, with_chunk, with_segment

KINDS = ("PNG", "JPEG", "WEBP")
GREY = Image.new("L", (64, 48), 200)
FLIPS = 200
MEGAPIXELS = 50_000_000
OPEN_ALL = """
import json, pathlib, resource, sys, time
from pipeline.errors import UsageError
from pipeline.proof.images import open_image

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

for path in sys.argv[1:]:
    before, begun = peak(), time.thread_time()
    try:
        told = str(open_image(pathlib.Path(path)).shape)
    except UsageError as error:
        told = str(error)
    print(json.dumps([told, peak() - before, time.thread_time() - begun]))
"""

Opened = Callable[[bytes], npt.NDArray[np.uint8]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_at_any_percent_is_refused(opened: Opened, kind: str) -> None:
    whole = file(grainy(), kind)
    assert opened(whole).shape == (90, 120, 3)
    for percent in range(100):
        with pytest.raises(UsageError, match="not a readable"):
            opened(whole[: len(whole) * percent // 100])


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bits_lead_to_pixels_or_a_refusal_in_no_time(opened: Opened, kind: str) -> None:
    whole = file(grainy(), kind)
    rng = np.random.default_rng(SEED)
    slowest, refused = 0.0, 0
    for place in rng.integers(0, len(whole) * 8, FLIPS):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << (place % 8)
        begun = time.thread_time()
        try:
            assert opened(bytes(flipped)).dtype == np.uint8
        except UsageError:
            refused += 1
        slowest = max(slowest, time.thread_time() - begun)
    assert slowest < 2
    # Every part of a PNG has a checksum; the others have none.
    assert refused == FLIPS if kind == "PNG" else refused < FLIPS


def test_a_flip_that_only_touches_a_comment_of_a_png_is_still_refused(opened: Opened) -> None:
    png = bytearray(with_chunk(file(GREY, "PNG"), b"tEXt", b"Comment\0made by hand"))
    png[50] ^= 1
    with pytest.raises(UsageError, match="checksum"):
        opened(bytes(png))


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\xff\0\0\0WEBPVP8X"])
def test_whatever_bytes_come_nothing_but_a_refusal_is_raised(opened: Opened, head: bytes) -> None:
    rng = np.random.default_rng(SEED)
    for _ in range(200):
        with contextlib.suppress(UsageError):
            assert opened(head + rng.bytes(int(rng.integers(0, 400)))).ndim == 3


def with_size(kind: str) -> bytes:
    """Return a small file whose header says 200 megapixels."""
    if kind == "PNG":
        return png_of(20_000, 10_000, zlib.compress(bytes(2_000_000)))
    content = bytearray(file(grainy(), kind))
    if kind == "JPEG":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", 10_000, 20_000)
    else:
        at = content.index(b"\x9d\x01\x2a") + 3
        content[at : at + 4] = struct.pack("<HH", 16_383, 12_208)
    return bytes(content)


def packed(name: bytes, head: bytes) -> bytes:
    """Return a PNG with 100 MB of text or profile in half a megabyte."""
    return with_chunk(file(GREY, "PNG"), name, head + zlib.compress(bytes(100_000_000), 1))


def many_tags() -> bytes:
    """Return an EXIF block of a thousand tags that all claim the same 0.9 MB."""
    tags = b"".join(struct.pack("<HHII", 1000 + n, 7, 900_000, 16_000) for n in range(1000))
    return b"II*\0" + struct.pack("<IH", 8, 1000) + tags + bytes(1_000_000)


def many_tags_in_a_jpeg() -> bytes:
    jpeg, block = file(GREY, "JPEG"), many_tags()
    for start in reversed(range(0, len(block), 65_000)):
        jpeg = with_segment(jpeg, 0xE1, b"Exif\0\0" + block[start : start + 65_000])
    return jpeg


def many_passes() -> bytes:
    """Return 24 megapixels that a decoder goes over two thousand times."""
    jpeg = file(Image.new("RGB", (6000, 4000)), "JPEG", progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * 2000 + jpeg[-2:]


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "png-size": (lambda: with_size("PNG"), "at most 50 megapixels"),
    "jpeg-size": (lambda: with_size("JPEG"), "at most 50 megapixels"),
    "webp-size": (lambda: with_size("WEBP"), "at most 50 megapixels"),
    "png-data": (lambda: png_of(64, 48, zlib.compress(bytes(100_000_000), 1)), "(48, 64, 3)"),
    "png-text": (lambda: packed(b"zTXt", b"Comment\0\0"), "(48, 64, 3)"),
    "png-note": (lambda: packed(b"iTXt", b"XML\0\1\0\0\0"), "(48, 64, 3)"),
    "png-profile": (lambda: packed(b"iCCP", b"profile\0\0"), "(48, 64, 3)"),
    "png-exif": (lambda: with_chunk(file(GREY, "PNG"), b"eXIf", many_tags()), "(48, 64, 3)"),
    "jpeg-exif": (many_tags_in_a_jpeg, "(48, 64, 3)"),
    "jpeg-passes": (many_passes, "passes"),
}
"""What makes each file, and what becomes of it."""


def test_bombs_cost_neither_memory_nor_time(tmp_path: pathlib.Path) -> None:
    for name, (made, _) in BOMBS.items():
        (tmp_path / name).write_bytes(made())
    largest = tmp_path / "largest"
    Image.new("RGBA", (8000, 6250), (9, 9, 9, 99)).save(largest, "PNG", compress_level=1)
    # In a process of its own, and the largest last: the peak of memory only ever grows.
    files = [str(tmp_path / name) for name in (*BOMBS, largest.name)]
    told = subprocess.run(
        [sys.executable, "-c", OPEN_ALL, *files],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    *answers, whole = [json.loads(line) for line in told.stdout.splitlines()]
    for (name, (_, expected)), (said, memory, seconds) in zip(BOMBS.items(), answers, strict=True):
        assert expected in said, name
        assert memory < 20_000_000, name
        assert seconds < 1, name
    assert whole[0] == "(6250, 8000, 3)"
    # An honest picture of the largest size stays within what `open_image` states.
    assert whole[1] < 20 * MEGAPIXELS
