"""The studio: paints plates on this machine, with no key and no network.

It draws the backdrop from an HTML template in the campaign's colours, sets the campaign's own
product picture into it and adds a little grain, so that flat colour looks like a photograph's.
"""

import datetime as dt
import decimal
import io
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.plan.job import PlateRequest
from pipeline.produce.pictures import pasted
from pipeline.produce.providers.protocol import (
    Attempt,
    Charge,
    ExpiredError,
    NotAcceptedError,
    Poll,
    State,
    Ticket,
)
from pipeline.typeset.block import Place
from pipeline.typeset.markup import render_markup
from pipeline.typeset.renderer import TakumiRenderer

_GRAIN = 1.6
"""Standard deviation of the grain, in steps of 255: below what an eye takes for noise."""

_FREE = decimal.Decimal(0)

_STANDING = (0.5, 1.0)
"""A product stands in the middle of its place, on the lower edge."""


class Studio:
    """Paints a plate when it is submitted; polling always finds it ready.

    Args:
        plates: Folder of the plate templates.
        renderer: Paints HTML.
    """

    def __init__(self, plates: pathlib.Path, renderer: TakumiRenderer) -> None:
        self._plates = plates
        self._renderer = renderer
        self._painted: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def capabilities(self) -> Capabilities:
        """Return what the studio can do: plates without words, for nothing."""
        return capabilities("studio")

    def submit(self, attempt: Attempt) -> Ticket:
        """Paint the plate.

        Raises:
            NotAcceptedError: If the product picture cannot be read.
        """
        try:
            painted = _png(_grained(self._paint(attempt.request), attempt.seed))
        except ProviderError as error:
            raise NotAcceptedError(str(error), retry=False) from error
        with self._lock:
            self._painted[attempt.id] = painted
        return Ticket(request_id=attempt.id, cost=_FREE)

    def poll(self, ticket: Ticket) -> Poll:
        """Return ready for what was submitted and not yet fetched, missing for all else."""
        known = ticket.request_id in self._painted
        return Poll(state=State.READY if known else State.MISSING, cost=_FREE)

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        """Return the plate as PNG; each can be fetched once.

        Raises:
            ExpiredError: If nothing was painted under this id.
        """
        del url  # a plate that never left this machine has no address
        with self._lock:
            painted = self._painted.pop(ticket.request_id, None)
        if painted is None:
            name = ticket.request_id[:12]
            raise ExpiredError(f"the studio has no plate {name}; submit it again")
        return painted

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Refuse: what the studio paints is never in doubt."""
        raise NotImplementedError

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Refuse: the studio charges nothing."""
        raise NotImplementedError

    def _paint(self, request: PlateRequest) -> npt.NDArray[np.uint8]:
        backdrop = request.backdrop
        places = [_place(subject, request) for subject in backdrop["subjects"]]
        values: dict[str, object] = {
            "width": request.width,
            "height": request.height,
            "colours": backdrop["colours"],
            "direction": backdrop["direction"],
            "places": [place for place in places if place],
        }
        markup = render_markup(self._plates, f"{backdrop['kind']}.html.j2", values)
        painted = self._renderer.render(markup, request.width, request.height)
        plate = np.ascontiguousarray(painted[:, :, :3])
        for subject, place in zip(backdrop["subjects"], places, strict=True):
            if request.product and subject["picture"] and place:
                box = (place["left"], place["top"], place["width"], place["height"])
                plate = pasted(plate, request.product, box, _STANDING)
        return plate


def _place(subject: dict[str, Any], request: PlateRequest) -> dict[str, float] | None:
    if subject["place"] is None:
        return None
    place = Place.model_validate(subject["place"])
    box = place.pixels(request.width, request.height, request.backdrop["direction"])
    return dict(zip(("left", "top", "width", "height"), box, strict=True))


def _grained(plate: npt.NDArray[np.uint8], seed: int) -> npt.NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, _GRAIN, plate.shape[:2])
    return np.clip(plate + noise[:, :, None], 0, 255).round().astype(np.uint8)


def _png(plate: npt.NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(plate).save(out, "PNG", compress_level=1)
    return out.getvalue()
