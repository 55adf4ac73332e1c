"""Pictures of the evidence."""

import io

import numpy as np
from PIL import Image

from pipeline.proof.crops import COLOURS, cut, overview
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict


def proof(verdict: Verdict) -> Proof:
    line = LineProof(
        role="price",
        expected="8,90 €",
        read="8,90 €",
        verdict=verdict,
        box=(400, 300, 800, 200),
        reader="pp-ocr",
        confidence=0.99,
        shape=None,
        reason="",
    )
    extra = ExtraText(text="50 %", box=(10, 10, 90, 40), reason="not asked for")
    return Proof(verdict=verdict, lines=(line,), extra=(extra,), readers={}, ms=1)


def near(picture: Image.Image, place: tuple[int, int], colour: str) -> bool:
    wanted = np.array([int(colour[index : index + 2], 16) for index in (1, 3, 5)])
    x, y = place
    part = np.asarray(picture)[y - 4 : y + 5, x - 4 : x + 5].reshape(-1, 3).astype(int)
    return bool((np.abs(part - wanted).sum(axis=1) < 90).any())


def test_the_overview_is_small_and_boxes_have_the_colour_of_their_verdict() -> None:
    image = np.full((1350, 1920, 3), 230, np.uint8)
    for verdict in Verdict:
        shown = Image.open(io.BytesIO(overview(image, proof(verdict))))
        assert shown.size == (960, 675)
        assert near(shown, (200, 200), COLOURS[verdict])


def test_a_place_is_cut_out_with_a_border_and_never_beyond_the_picture() -> None:
    image = np.full((100, 200, 3), 230, np.uint8)
    assert Image.open(io.BytesIO(cut(image, (50, 40, 60, 20)))).size == (72, 32)
    assert Image.open(io.BytesIO(cut(image, (0, 0, 60, 20)))).size == (66, 26)
    assert Image.open(io.BytesIO(cut(image, (180, 90, 60, 20)))).size == (26, 16)
