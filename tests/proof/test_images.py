"""What is opened, what is refused, and what is seen of a picture."""

import os
import pathlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from pipeline.errors import UsageError
from pipeline.proof.images import LONGEST_SIDE, MOST_BYTES, open_image
from tests.pictures import chunk, file, grainy, turned, with_segment

RAMP = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (48, 1))
GREY = Image.fromarray(RAMP)
COLOUR = GREY.convert("RGB")
KINDS = ("PNG", "JPEG", "WEBP")

Opened = Callable[[bytes], npt.NDArray[np.uint8]]


def test_a_file_of_too_many_parts_is_refused(opened: Opened) -> None:
    png = file(GREY, "PNG")
    with pytest.raises(UsageError, match="too many parts"):
        opened(png[:33] + chunk(b"tEXt", b"") * 100_001 + png[33:])
    jpeg = file(GREY, "JPEG")
    with pytest.raises(UsageError, match="too many parts"):
        opened(jpeg[:2] + b"\xff\xfe\0\2" * 100_001 + jpeg[2:])


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: pathlib.Path) -> None:
    with (tmp_path / "ad.png").open("wb") as sparse:
        sparse.truncate(MOST_BYTES + 1)
    with pytest.raises(UsageError, match="larger than 100 MB"):
        open_image(tmp_path / "ad.png")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        file(GREY, "GIF"),
        file(GREY, "TIFF"),
        file(GREY, "BMP"),
        b"%PDF-1.7\n1 0 obj <<>> endobj",
        b"<svg xmlns='http://www.w3.org/2000/svg'><text>8,99</text></svg>",
        b"<!doctype html><title>502 Bad Gateway</title>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"RIFF\x04\0\0\0WEBP",
    ],
    ids=["empty", "gif", "tiff", "bmp", "pdf", "svg", "html", "bare png", "bare jpeg", "bare webp"],
)
def test_whatever_is_no_picture_of_ours_is_refused(opened: Opened, content: bytes) -> None:
    with pytest.raises(UsageError, match="not a readable PNG, JPEG or WebP picture"):
        opened(content)


def test_only_a_file_is_opened(tmp_path: pathlib.Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")  # opening it would wait for a writer, for ever
    paths = [tmp_path / name for name in ("folder", "dangling", "loop", "pipe", "x" * 300, "a\0b")]
    for path in [*paths, pathlib.Path("/dev/zero"), pathlib.Path("/dev/null")]:
        with pytest.raises(UsageError):
            open_image(path)


def test_a_name_that_lies_changes_nothing(tmp_path: pathlib.Path) -> None:
    for kind, name in zip(KINDS, ("ad.jpg", "ad.webp", "ad.png"), strict=True):
        (tmp_path / name).write_bytes(file(COLOUR, kind))
        assert open_image(tmp_path / name).shape == (48, 64, 3)


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("WEBP", {}), ("MPO", {})])
def test_more_than_one_picture_in_a_file_is_refused(
    opened: Opened, kind: str, how: dict[str, object]
) -> None:
    other = COLOUR.transpose(Image.Transpose.ROTATE_180)
    content = file(COLOUR, kind, save_all=True, append_images=[other], **how)
    with pytest.raises(UsageError, match="several pictures"):
        opened(content)


def test_an_animation_of_one_frame_behind_a_right_still_is_refused(opened: Opened) -> None:
    # Browsers show the frame, other viewers the still.
    other = COLOUR.transpose(Image.Transpose.ROTATE_180)
    content = file(COLOUR, "PNG", save_all=True, default_image=True, append_images=[other])
    with pytest.raises(UsageError, match="several pictures"):
        opened(content)


def test_a_second_header_cannot_change_the_picture(opened: Opened) -> None:
    png = file(GREY, "PNG")
    with pytest.raises(UsageError, match="wrong order"):
        opened(png[:33] + png[8:33] + png[33:])


def test_what_follows_the_picture_is_not_looked_at(opened: Opened) -> None:
    for kind in KINDS:
        content = file(COLOUR, kind)
        assert np.array_equal(opened(content + file(grainy(), kind)), opened(content))


def grey_of(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int16]:
    return pixels.astype(np.int16)[:, :, 0]


def test_sixteen_bits_are_shown_as_eight(opened: Opened) -> None:
    deep = Image.fromarray(RAMP.astype(np.uint16) * 257)
    assert np.array_equal(grey_of(opened(file(deep, "PNG"))), RAMP)
    assert np.array_equal(grey_of(opened(file(deep, "PNG", transparency=0)))[:, 0], [255] * 48)


def test_cmyk_is_shown_in_its_colours(opened: Opened) -> None:
    pixels = opened(file(COLOUR.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(grey_of(pixels) - RAMP).max() < 12


def test_transparency_of_every_kind_shows_white(opened: Opened) -> None:
    on_white = 255 - (255 - RAMP.astype(float)) * RAMP / 255
    both = Image.merge("LA", (GREY, GREY))
    assert np.abs(grey_of(opened(file(both, "PNG"))) - on_white).max() <= 1
    assert np.abs(grey_of(opened(file(both.convert("RGBA"), "PNG"))) - on_white).max() <= 1
    lossless = file(both.convert("RGBA"), "WEBP", lossless=True)
    assert np.abs(grey_of(opened(lossless)) - on_white).max() <= 1
    table = file(GREY.convert("P"), "PNG", transparency=bytes(range(256)))
    assert np.abs(grey_of(opened(table)) - on_white).max() <= 1
    keyed = opened(file(COLOUR, "PNG", transparency=(0, 0, 0)))
    assert (grey_of(keyed)[:, 0].min(), grey_of(keyed)[:, 1].max()) == (255, RAMP[0, 1])


def test_one_bit_and_a_palette_are_shown(opened: Opened) -> None:
    bits = Image.fromarray(np.where(RAMP > 127, 255, 0).astype(np.uint8)).convert("1")
    assert set(np.unique(opened(file(bits, "PNG")))) == {0, 255}
    assert np.array_equal(grey_of(opened(file(GREY.convert("P"), "PNG"))), RAMP)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_as_every_viewer_turns_it(opened: Opened, orientation: int) -> None:
    upright = grainy().resize((48, 32)).resize((96, 64))
    undone = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = upright if undone is None else upright.transpose(Image.Transpose(undone))
    pixels = opened(file(stored, "JPEG", quality=95, exif=turned(orientation)))
    assert pixels.shape == (64, 96, 3)
    assert np.abs(pixels.astype(int) - np.asarray(upright)).mean() < 12


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_turn_that_viewers_disagree_on_is_refused(opened: Opened, kind: str) -> None:
    with pytest.raises(UsageError, match="export it upright"):
        opened(file(COLOUR, kind, exif=turned(6)))
    assert opened(file(COLOUR, kind, exif=turned(1))).shape == (48, 64, 3)


def test_a_turn_that_only_a_note_asks_for_is_not_made(opened: Opened) -> None:
    # Browsers turn by the EXIF block alone.
    note = b"http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation='6'/>"
    assert opened(with_segment(file(COLOUR, "JPEG"), 0xE1, note)).shape == (48, 64, 3)


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1), (16, LONGEST_SIDE + 1)])
def test_pictures_that_are_lines_or_points_are_refused(
    opened: Opened, size: tuple[int, int]
) -> None:
    with pytest.raises(UsageError, match="pixels a side"):
        opened(file(Image.new("L", size), "PNG"))


def test_the_longest_strips_are_opened(opened: Opened) -> None:
    assert opened(file(Image.new("L", (16, LONGEST_SIDE)), "PNG")).shape == (LONGEST_SIDE, 16, 3)
