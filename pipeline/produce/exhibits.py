"""Exhibits: the pictures of the evidence, in the store beside what they are evidence of."""

import numpy as np
import numpy.typing as npt

from pipeline.produce.store import Store
from pipeline.proof.crops import cut
from pipeline.proof.overview import overview
from pipeline.proof.verdict import Proof
from pipeline.typeset.renderer import Renderer


def keep_evidence(
    store: Store, image: npt.NDArray[np.uint8], proof: Proof, renderer: Renderer
) -> tuple[str, tuple[str | None, ...]]:
    """Return the hashes of the overview and of the picture of each line, None if not found.

    Args:
        store: Where they are put.
        image: The delivered pixels, RGB, shape [height, width, 3].
        proof: Their proof.
        renderer: Paints the words on the overview.
    """
    crops = (store.put(cut(image, line.box)) if line.box else None for line in proof.lines)
    return store.put(overview(image, proof, renderer)), tuple(crops)
