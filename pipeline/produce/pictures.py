"""Pictures of the campaign: opened safely and pasted onto a plate."""

import numpy as np
import numpy.typing as npt
import PIL.Image

from pipeline.errors import ProviderError
from pipeline.plan.job import Picture

_MOST_PIXELS = 40_000_000

Box = tuple[float, float, float, float]
"""Left, top, width and height in pixels."""


def pasted(
    plate: npt.NDArray[np.uint8], picture: Picture, box: Box, where: tuple[float, float]
) -> npt.NDArray[np.uint8]:
    """Return a plate with a picture in a box, as large as fits.

    Args:
        plate: RGB, shape [height, width, 3].
        picture: The picture; its transparency is kept.
        box: The room it has.
        where: Where it stands in the room left over, across and down: 0 is the left or upper
            edge, 0.5 the middle, 1 the right or lower edge.

    Raises:
        ProviderError: If the picture cannot be read.
    """
    product = _opened(picture)
    ratio = min(box[2] / product.width, box[3] / product.height)
    size = (max(1, round(product.width * ratio)), max(1, round(product.height * ratio)))
    product = product.resize(size, PIL.Image.Resampling.LANCZOS)
    left = round(box[0] + (box[2] - size[0]) * where[0])
    top = round(box[1] + (box[3] - size[1]) * where[1])
    canvas = PIL.Image.fromarray(plate)
    canvas.paste(product, (left, top), product)
    return np.asarray(canvas)


def _opened(picture: Picture) -> PIL.Image.Image:
    try:
        with PIL.Image.open(picture.path, formats=("PNG", "JPEG", "WEBP")) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise ProviderError(f"{picture.path}: larger than 40 megapixels; make it smaller")
            return opened.convert("RGBA")
    except (OSError, ValueError) as error:
        msg = f"{picture.path}: cannot be read as a picture ({error}); save it again as PNG"
        raise ProviderError(msg) from error
