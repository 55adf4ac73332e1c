"""Plates: each obtained once, and only if it is whole and of the size that was asked for."""

import dataclasses
import io
import pathlib
import threading
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ProviderError
from pipeline.plan.job import PlateRequest
from pipeline.produce.plates import Plates
from pipeline.produce.store import Store

REQUEST = PlateRequest(
    provider="studio",
    model="studio-1",
    quality="draft",
    prompt="a bowl",
    width=30,
    height=20,
    seed=7,
    backdrop={},
)


def picture(form: str = "PNG", width: int = 30, height: int = 20) -> bytes:
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8)
    Image.fromarray(noise).save(out, form)
    return out.getvalue()


@dataclasses.dataclass
class Painter:
    """Paints one picture for everything; each fault is a switch.

    Attributes:
        content: What it paints.
        fails: What it says when it paints nothing.
        slow: Held back until this is set.
        asked: How often it was asked.
    """

    content: bytes = dataclasses.field(default_factory=picture)
    fails: str = ""
    slow: threading.Event | None = None
    asked: int = 0

    def paint(self, request: PlateRequest) -> bytes:
        assert request.provider == "studio"
        self.asked += 1
        if self.slow:
            assert self.slow.wait(10)
        if self.fails:
            raise ProviderError(self.fails)
        return self.content


Make = Callable[[Painter], Plates]


@pytest.fixture
def plates(store: Store) -> Make:
    """Return what makes plates with a painter, over one store."""
    return lambda painter: Plates(painter, store)


def test_a_plate_is_painted_once_and_then_taken_from_the_store(plates: Make, store: Store) -> None:
    painter = Painter()
    first = plates(painter).obtain(REQUEST)
    again = plates(painter).obtain(REQUEST)  # another run
    assert painter.asked == 1
    assert (first.plate.reused, again.plate.reused) == (False, True)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.pixels.shape == (20, 30, 3)
    assert store.get(first.plate.sha256) == painter.content
    assert store.plates() == {REQUEST.fingerprint}


def test_two_requests_are_two_plates(plates: Make) -> None:
    painter = Painter()
    some = plates(painter)
    some.obtain(REQUEST)
    some.obtain(dataclasses.replace(REQUEST, seed=8))
    assert painter.asked == 2


def test_threads_that_want_the_same_plate_wait_for_one_painting(plates: Make) -> None:
    painter = Painter(slow=threading.Event())
    some = plates(painter)
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(some.obtain(REQUEST).plate.reused))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert painter.slow
    painter.slow.set()
    for thread in threads:
        thread.join(10)
    assert painter.asked == 1
    assert sorted(found) == [False, True]


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (picture(width=31), "the picture is 31x20, not 30x20"),
        (picture(width=20, height=30), "the picture is 20x30, not 30x20"),
        (picture()[:400], "the picture is damaged"),
        (flipped(picture(), 300), "the picture is damaged"),
        (picture("JPEG")[:300], "the picture is damaged"),
        (picture("WEBP")[:200], "the picture is damaged"),
        (picture("GIF"), "the picture is damaged"),
        (b"<html>502 Bad Gateway</html>", "the picture is damaged"),
        (b"", "the picture is damaged"),
    ],
)
def test_what_is_no_whole_picture_of_the_size_is_not_kept(
    plates: Make, store: Store, content: bytes, message: str
) -> None:
    with pytest.raises(ProviderError, match=message):
        plates(Painter(content=content)).obtain(REQUEST)
    assert store.plates() == frozenset()


def test_after_a_failure_the_plate_is_painted_again(plates: Make) -> None:
    painter = Painter(fails="busy")
    with pytest.raises(ProviderError):
        plates(painter).obtain(REQUEST)
    painter.fails = ""
    assert not plates(painter).obtain(REQUEST).plate.reused
    assert painter.asked == 2


def test_a_plate_that_the_store_lost_is_made_again(plates: Make, tmp_path: pathlib.Path) -> None:
    painter = Painter()
    plates(painter).obtain(REQUEST)
    for file in (tmp_path / "work" / "pictures").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn")
    assert not plates(painter).obtain(REQUEST).plate.reused
    assert painter.asked == 2
    assert plates(painter).obtain(REQUEST).plate.reused
