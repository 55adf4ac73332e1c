"""Accents and tails at the edges of a picture: the block moves in, and no farther."""

import pytest

from pipeline.typeset.block import Block
from pipeline.typeset.draw import TRACE, draw_line
from pipeline.typeset.fit import Misfit
from pipeline.typeset.layout import LaidBlock, Sheet, lay_out
from pipeline.typeset.overhang import kept_on
from pipeline.typeset.placement import moved
from pipeline.typeset.renderer import TakumiRenderer

MARGIN = 40
LOW = 0.55
"""A leading so low that accents and tails stand out of their row."""


def sheet(height: int = 100) -> Sheet:
    return Sheet(width=300, height=height, locale="fr_FR", display="modern", text="modern")


def laid(
    renderer: TakumiRenderer, text: str, on: Sheet, *, leading: float = LOW, **changes: object
) -> LaidBlock:
    line = {"role": "head", "text": text, "colour": "#000000", "size": (18, 18)}
    place = {"x": 10, "y": 0, "width": 80, "height": 100}
    block = {"name": "head", "place": place, "lines": [{**line, "leading": leading}], **changes}
    found = lay_out([Block.model_validate(block)], on, renderer)
    assert not isinstance(found, Misfit), found
    return found[0]


def cut(renderer: TakumiRenderer, block: LaidBlock, on: Sheet) -> int:
    """Return how many inked pixels of a block lie beside the picture."""
    (line,) = moved(block, MARGIN, MARGIN).settings
    ink = draw_line(line, on.width + 2 * MARGIN, on.height + 2 * MARGIN, renderer) > TRACE
    whole = int(ink.sum())
    return whole - int(ink[MARGIN : MARGIN + on.height, MARGIN : MARGIN + on.width].sum())


@pytest.mark.parametrize(("anchor", "text"), [("top", "Écran"), ("bottom", "Jäger")])
def test_a_block_whose_ink_would_be_cut_moves_in_and_no_farther(
    renderer: TakumiRenderer, anchor: str, text: str
) -> None:
    on = sheet()
    before = laid(renderer, text, on, anchor=anchor)
    assert cut(renderer, before, on) > 0
    (after,) = kept_on([before], on, renderer)
    assert cut(renderer, after, on) == 0
    back = -1 if anchor == "top" else 1
    assert cut(renderer, moved(after, 0, back), on) > 0


def test_a_turned_block_moves_in_from_the_side(renderer: TakumiRenderer) -> None:
    on = sheet(300)
    place = {"x": 0, "y": 10, "width": 80, "height": 80}
    before = laid(renderer, "Jäger", on, rotation=-90, place=place, anchor="middle")
    before = moved(before, -round(before.origin[0] - before.extent[3] / 2), 0)
    assert cut(renderer, before, on) > 0
    (after,) = kept_on([before], on, renderer)
    assert cut(renderer, after, on) == 0
    assert after.extent[0] > before.extent[0]


def test_a_block_whose_ink_lies_on_the_picture_stays(renderer: TakumiRenderer) -> None:
    on = sheet()
    near = laid(renderer, "nu", on, anchor="top")
    far = laid(renderer, "Écran", on, anchor="middle")
    assert kept_on([near, far], on, renderer) == (near, far)


def test_a_block_that_is_cut_on_both_sides_stays(renderer: TakumiRenderer) -> None:
    on = sheet(32)
    line = {"role": "head", "text": "Éj", "colour": "#000000", "size": (40, 40), "leading": 0.7}
    place = {"x": 10, "y": 0, "width": 80, "height": 100}
    block = Block.model_validate({"name": "head", "place": place, "lines": [line]})
    found = lay_out([block], on, renderer)
    assert not isinstance(found, Misfit), found
    assert cut(renderer, found[0], on) > 0
    assert kept_on(found, on, renderer) == found
