"""The placement: the proof made again at the size in which a channel shows the picture.

A banner may be uploaded at twice its size; what people see is half of it, so that is read too.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from pipeline.campaign.formats import Format
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Check, Proof, Verdict
from pipeline.typeset.setting import LineSetting

PLACEMENT = "placement"


def as_placed(picture: Pixels, fmt: Format) -> Pixels:
    """Return a picture as the channel shows it; itself if that is its own size.

    Args:
        picture: RGB, shape [height, width, 3].
        fmt: Its format.
    """
    if fmt.placed is None:
        return picture
    return np.asarray(cv2.resize(picture, fmt.placed, interpolation=cv2.INTER_AREA), np.uint8)


def settings_as_placed(settings: Sequence[LineSetting], fmt: Format) -> tuple[LineSetting, ...]:
    """Return how lines stand on a picture as the channel shows it."""
    return tuple(setting.scaled(1 / fmt.density) for setting in settings)


def placement_checks(proof: Proof, fmt: Format) -> Iterator[Check]:
    """Yield for each line whether it is read at the placement's size too.

    Args:
        proof: The proof of the picture as the channel shows it.
        fmt: Its format, which says the size.
    """
    width, height = fmt.placed or (fmt.width, fmt.height)
    for line in proof.lines:
        read = line.verdict is Verdict.PASS
        reason = "" if read else f"at {width} x {height} px, as it is shown: {line.reason}"
        yield Check(
            name=PLACEMENT,
            subject=line.role,
            measured=float(read),
            unit="read",
            limit=1.0,
            verdict=Verdict.PASS if read else Verdict.FAIL,
            reason=reason,
        )
