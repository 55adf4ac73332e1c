"""Plates: obtain each one once, however many variants wait for it."""

import dataclasses
import decimal
import threading
from collections import defaultdict
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.campaign.formats import Format
from pipeline.errors import ProviderError
from pipeline.plan.job import PlateRequest
from pipeline.produce.finish import decode, fitted, opened
from pipeline.produce.outcome import Plate
from pipeline.produce.store import Store


class Painter(Protocol):
    """Who paints plates on this machine; `pipeline.produce.providers.studio.Studio` does."""

    def paint(self, request: PlateRequest) -> bytes:
        """Return a plate as PNG.

        Raises:
            ProviderError: If a picture that goes into it cannot be read.
        """
        ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Obtained:
    """A plate and its pixels.

    Attributes:
        plate: Where it came from.
        pixels: RGB, shape [height, width, 3].
    """

    plate: Plate
    pixels: npt.NDArray[np.uint8]


class Plates:
    """Takes plates from the store, or has them painted if the store has none.

    Args:
        painter: Paints new plates, for nothing.
        store: Where plates are kept.
    """

    def __init__(self, painter: Painter, store: Store) -> None:
        self._painter = painter
        self._store = store
        self._guard = threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def obtain(self, request: PlateRequest) -> Obtained:
        """Return the plate of a request.

        Raises:
            ProviderError: If it cannot be painted.
        """
        with self._guard:
            lock = self._locks[request.fingerprint]
        with lock:
            return self._stored(request) or self._new(request)

    def kept(self, request: PlateRequest, fmt: Format) -> Obtained | None:
        """Return a plate that was paid for before, in a format's size; None if there is none.

        Raises:
            ProviderError: If its ratio is not the format's.
        """
        known = self._known(request)
        if known is None:
            return None
        plate, content = known
        return Obtained(plate=plate, pixels=self.shaped(content, request, fmt))

    def shaped(self, content: bytes, request: PlateRequest, fmt: Format) -> npt.NDArray[np.uint8]:
        """Return the pixels of a picture that was paid for, in a format's size.

        Args:
            content: The picture's file.
            request: What was asked for.
            fmt: The format.

        Raises:
            ProviderError: If it is damaged, or its ratio is not the format's.
        """
        made = (request.width, request.height)
        return fitted(opened(content), fmt.width, fmt.height, made)

    def pinned(self, request: PlateRequest, fmt: Format) -> Obtained:
        """Return the picture that a campaign names by its hash, in a format's size.

        Raises:
            ProviderError: If it is not in the store, or its ratio is not the format's.
        """
        content = self._store.get(request.pin)
        if content is None:
            msg = f"the pinned picture {request.pin[:12]} is not in the store"
            raise ProviderError(f"{msg}; take its line out of `plate: pins:`, or copy it back")
        plate = Plate(
            sha256=request.pin,
            provider=request.provider,
            model=request.model,
            prompt_sha256=request.prompt_sha256,
            seed=request.seed,
            cost=decimal.Decimal(0),
            reused=True,
        )
        return Obtained(plate=plate, pixels=fitted(opened(content), fmt.width, fmt.height))

    def keep(self, request: PlateRequest, plate: Plate) -> None:
        """Remember the accepted plate of a job."""
        self._store.keep_plate(request.fingerprint, plate)

    def _stored(self, request: PlateRequest) -> Obtained | None:
        known = self._known(request)
        if known is None:
            return None
        plate, content = known
        return Obtained(plate=plate, pixels=decode(content, request.width, request.height))

    def _known(self, request: PlateRequest) -> tuple[Plate, bytes] | None:
        """Return a plate of the store, as it costs nothing now, and its file."""
        plate = self._store.plate(request.fingerprint)
        content = self._store.at_hand(plate.sha256) if plate else None
        if plate is None or content is None:
            return None
        return dataclasses.replace(plate, reused=True, cost=decimal.Decimal(0)), content

    def _new(self, request: PlateRequest) -> Obtained:
        content = self._painter.paint(request)
        pixels = decode(content, request.width, request.height)
        plate = Plate(
            sha256=self._store.put(content),
            provider=request.provider,
            model=request.model,
            prompt_sha256=request.prompt_sha256,
            seed=request.seed,
            cost=decimal.Decimal(0),
            reused=False,
        )
        self._store.keep_plate(request.fingerprint, plate)
        return Obtained(plate=plate, pixels=pixels)
