"""The studio: paints plates on this machine, with no key and no network.

It draws the backdrop from an HTML template in the campaign's colours, sets the campaign's own
product picture into it and adds a little grain, so that flat colour looks like a photograph's.
"""

import io
import pathlib
import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import PIL.Image

from pipeline.errors import ProviderError
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.plan.job import PlateRequest
from pipeline.produce.pictures import pasted
from pipeline.produce.providers.protocol import Poll, State
from pipeline.typeset.block import Place
from pipeline.typeset.markup import render_markup
from pipeline.typeset.renderer import TakumiRenderer

_GRAIN = 1.6
"""Standard deviation of the grain, in steps of 255: below what an eye takes for noise."""

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

    def submit(self, request: PlateRequest) -> str:
        """Paint the plate and return its job's fingerprint.

        Raises:
            ProviderError: If the product picture cannot be read.
        """
        painted = _png(_grained(self._paint(request), request.seed))
        with self._lock:
            self._painted[request.fingerprint] = painted
        return request.fingerprint

    def poll(self, request_id: str) -> Poll:
        """Return ready for everything that was submitted."""
        known = request_id in self._painted
        state = State.READY if known else State.FAILED
        return Poll(state=state, detail="" if known else "was never submitted")

    def fetch(self, request_id: str) -> bytes:
        """Return the plate as PNG; each can be fetched once.

        Raises:
            ProviderError: If nothing was painted under this id.
        """
        with self._lock:
            painted = self._painted.pop(request_id, None)
        if painted is None:
            raise ProviderError(f"the studio has no plate {request_id[:12]}; submit it again")
        return painted

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
            if request.picture and subject["picture"] and place:
                box = (place["left"], place["top"], place["width"], place["height"])
                plate = pasted(plate, request.picture, box, _STANDING)
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
