"""Plates: each obtained once, and only if it is whole and of the size that was asked for."""

import dataclasses
import datetime as dt
import io
import pathlib
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.plan.job import PlateRequest
from pipeline.produce.plates import DEADLINE, Plates
from pipeline.produce.providers.protocol import Attempt, Charge, Poll, State, Ticket
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
class Provider:
    """Delivers one picture for everything; each fault is a switch.

    Attributes:
        content: What it delivers.
        waits: Polls that find the plate still waiting.
        fails: What it says when it makes none.
        slow: Held back until this is set.
    """

    content: bytes = dataclasses.field(default_factory=picture)
    waits: int = 0
    fails: str = ""
    slow: threading.Event | None = None
    submits: int = 0
    polls: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return capabilities("studio")

    def submit(self, attempt: Attempt) -> Ticket:
        self.submits += 1
        if self.slow:
            assert self.slow.wait(10)
        return Ticket(request_id=f"{attempt.id}-{self.submits}")

    def poll(self, ticket: Ticket) -> Poll:
        assert ticket.request_id
        self.polls += 1
        if self.fails:
            return Poll(state=State.FAILED, detail=self.fails)
        state = State.WAITING if self.polls <= self.waits else State.READY
        return Poll(state=state, detail="")

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        assert ticket.request_id
        assert not url
        return self.content

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        raise NotImplementedError

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        raise NotImplementedError


@dataclasses.dataclass
class Clock:
    """Time that passes only when someone sleeps."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    """Return a clock at zero."""
    return Clock()


Make = Callable[[Provider], Plates]


@pytest.fixture
def plates(store: Store, clock: Clock) -> Make:
    """Return what makes plates with a provider, over one store and one clock."""
    return lambda provider: Plates(provider, store, clock, clock.sleep)


def test_a_plate_is_asked_for_once_and_then_taken_from_the_store(
    plates: Make, store: Store
) -> None:
    provider = Provider()
    first = plates(provider).obtain(REQUEST)
    again = plates(provider).obtain(REQUEST)  # another run
    assert provider.submits == 1
    assert (first.plate.reused, again.plate.reused) == (False, True)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.pixels.shape == (20, 30, 3)
    assert store.get(first.plate.sha256) == provider.content
    assert store.plates() == {REQUEST.fingerprint}


def test_two_requests_are_two_plates(plates: Make) -> None:
    provider = Provider()
    some = plates(provider)
    some.obtain(REQUEST)
    some.obtain(dataclasses.replace(REQUEST, seed=8))
    assert provider.submits == 2


def test_threads_that_want_the_same_plate_wait_for_one_submit(plates: Make) -> None:
    provider = Provider(slow=threading.Event())
    some = plates(provider)
    found: list[bool] = []
    threads = [
        threading.Thread(target=lambda: found.append(some.obtain(REQUEST).plate.reused))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert provider.slow
    provider.slow.set()
    for thread in threads:
        thread.join(10)
    assert provider.submits == 1
    assert sorted(found) == [False, True]


def test_a_plate_is_waited_for(plates: Make, clock: Clock) -> None:
    plates(Provider(waits=5)).obtain(REQUEST)
    assert 0 < clock.now < DEADLINE


def test_a_provider_that_never_delivers_is_left_at_the_deadline(
    plates: Make, clock: Clock, store: Store
) -> None:
    provider = Provider(waits=10**9)
    with pytest.raises(ProviderError, match="no picture within 300 s"):
        plates(provider).obtain(REQUEST)
    assert clock.now == pytest.approx(DEADLINE, abs=2)
    assert provider.submits == 1
    assert store.plates() == frozenset()


def test_a_provider_that_refuses_is_quoted(plates: Make) -> None:
    with pytest.raises(ProviderError, match="made no picture: content policy"):
        plates(Provider(fails="content policy")).obtain(REQUEST)


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
        plates(Provider(content=content)).obtain(REQUEST)
    assert store.plates() == frozenset()


def test_after_a_failure_the_plate_is_asked_for_again(plates: Make) -> None:
    provider = Provider(fails="busy")
    with pytest.raises(ProviderError):
        plates(provider).obtain(REQUEST)
    provider.fails = ""
    assert not plates(provider).obtain(REQUEST).plate.reused
    assert provider.submits == 2


def test_a_plate_that_the_store_lost_is_made_again(plates: Make, tmp_path: pathlib.Path) -> None:
    provider = Provider()
    plates(provider).obtain(REQUEST)
    for file in (tmp_path / "work" / "pictures").rglob("*"):
        if file.is_file():
            file.write_bytes(b"torn")
    assert not plates(provider).obtain(REQUEST).plate.reused
    assert provider.submits == 2
    assert plates(provider).obtain(REQUEST).plate.reused
