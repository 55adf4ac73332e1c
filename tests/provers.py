"""Small provers that need no reader: one that is blind, and one that compares shapes."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.plan.lines import Line
from pipeline.proof.ink import departures
from pipeline.proof.setlines import set_lines
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

Pixels = npt.NDArray[np.uint8]
RENDERER = TakumiRenderer()


class Blind:
    """Passes every picture, whatever it shows."""

    def prove(
        self,
        _image: Pixels,
        lines: Sequence[Line],
        _locale: str,
        _settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",  # noqa: ARG002 - part of the protocol
        allowed: frozenset[str] = frozenset(),  # noqa: ARG002 - likewise
        *,
        ground: Pixels | None = None,  # noqa: ARG002 - likewise
        plate: Pixels | None = None,  # noqa: ARG002 - likewise
    ) -> Proof:
        return proof([(line, Verdict.PASS) for line in lines])


class Seeing:
    """Compares shapes and looks at what departs from the ground; reads nothing."""

    def prove(  # noqa: PLR0913 - the protocol's
        self,
        image: Pixels,
        lines: Sequence[Line],
        _locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",  # noqa: ARG002 - part of the protocol
        allowed: frozenset[str] = frozenset(),  # noqa: ARG002 - likewise
        *,
        ground: Pixels | None = None,
        plate: Pixels | None = None,  # noqa: ARG002 - likewise
    ) -> Proof:
        if ground is None:
            unread = proof([(line, Verdict.UNSURE) for line in lines])
            return dataclasses.replace(unread, lines=())
        drawer = functools.partial(draw_line, renderer=RENDERER)
        known = set_lines(image, lines, settings, drawer, ground)
        judged = [(line, known[index].shape.verdict) for index, line in enumerate(lines)]
        found = proof(judged)
        extra = tuple(departures(image, ground, known.values()))
        verdict = Verdict.FAIL if extra else found.verdict
        return dataclasses.replace(found, extra=extra, verdict=verdict)


class Credulous(Seeing):
    """Compares shapes as it should, but reads on every picture what it expects to read."""

    def prove(  # noqa: PLR0913 - the protocol's
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: Pixels | None = None,
        plate: Pixels | None = None,
    ) -> Proof:
        if not settings:
            return proof([(line, Verdict.PASS) for line in lines])
        return super().prove(
            image, lines, locale, settings, extra_text, allowed, ground=ground, plate=plate
        )


def proof(judged: Sequence[tuple[Line, Verdict]]) -> Proof:
    lines = tuple(
        LineProof(
            role=line.role,
            expected=line.text,
            read=line.text,
            verdict=verdict,
            box=None,
            reader="",
            confidence=1.0,
            shape=None,
            reason="",
        )
        for line, verdict in judged
    )
    worst = max(
        (verdict for _, verdict in judged),
        key=lambda one: one is not Verdict.PASS,
        default=Verdict.PASS,
    )
    return Proof(verdict=worst, lines=lines, extra=(), readers={}, ms=0)
