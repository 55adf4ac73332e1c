"""The studio: paints plates on this machine, with no key and no network.

It draws the backdrop from an HTML template in the campaign's colours, sets the campaign's own
product picture into it and adds a little grain, so that flat colour looks like a photograph's.
"""

import pathlib
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.plan.job import PlateRequest
from pipeline.produce.finish import png
from pipeline.produce.pictures import pasted
from pipeline.typeset.block import Place
from pipeline.typeset.markup import render_markup
from pipeline.typeset.renderer import TakumiRenderer

_GRAIN = 1.6
"""Standard deviation of the grain, in steps of 255: below what an eye takes for noise."""

_STANDING = (0.5, 1.0)
"""A product stands in the middle of its place, on the lower edge."""


class Studio:
    """Paints plates at once: what costs nothing needs no ticket, no poll and no ledger.

    Args:
        plates: Folder of the plate templates.
        renderer: Paints HTML.
    """

    def __init__(self, plates: pathlib.Path, renderer: TakumiRenderer) -> None:
        self._plates = plates
        self._renderer = renderer

    def paint(self, request: PlateRequest) -> bytes:
        """Return a plate as PNG: the same request is the same bytes.

        Raises:
            ProviderError: If the product picture cannot be read.
            TemplateError: If its backdrop cannot be rendered.
        """
        return png(_grained(self._painted(request), request.seed))

    def _painted(self, request: PlateRequest) -> npt.NDArray[np.uint8]:
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
