"""Prove a picture: does it say exactly what was asked for, and nothing else?"""

import functools
import time
from collections.abc import Callable, Sequence

from pipeline.plan.lines import Line
from pipeline.proof.extra import unexplained
from pipeline.proof.find import DbFinder, Finder
from pipeline.proof.ink import departures, ink_of
from pipeline.proof.languages import reads_right_to_left
from pipeline.proof.pieces import Piece
from pipeline.proof.places import explained_by, left_over, rows_of
from pipeline.proof.ppocr import PpOcr
from pipeline.proof.reading import Pixels, Reader
from pipeline.proof.redraw import Drawer
from pipeline.proof.setlines import set_lines
from pipeline.proof.sheet import Sheet
from pipeline.proof.tesseract import Look, Tesseract
from pipeline.proof.verdict import Box, ExtraText, LineProof, Proof, Verdict
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

FAIL = "fail"
IGNORE = "ignore"


class Proofreader:
    """Reads pictures and judges them. May be used from several threads at once.

    Args:
        finder: Finds the text regions.
        readers: The readers, at least one, cheapest first; a later one is asked only for what
            the earlier ones leave open.
        drawer: Draws a set line again, for the comparison of shapes.
        clock: Seconds of a monotonic clock.
    """

    def __init__(
        self,
        *,
        finder: Finder,
        readers: Sequence[Reader],
        drawer: Drawer,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._finder = finder
        self._readers = tuple(readers)
        self._drawer = drawer
        self._clock = clock

    @classmethod
    def standard(cls) -> "Proofreader":
        """Return a proofreader with the real engines, which takes about half a second.

        Raises:
            ToolMissingError: If a model is not installed.
        """
        recogniser = PpOcr()
        return cls(
            finder=DbFinder(),
            readers=(recogniser, recogniser.wider(), *(Tesseract(look) for look in Look)),
            drawer=functools.partial(draw_line, renderer=TakumiRenderer()),
        )

    def prove(  # noqa: PLR0913 - all of it is about one picture
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = FAIL,
        allowed: frozenset[str] = frozenset(),
        *,
        ground: Pixels | None = None,
    ) -> Proof:
        """Return the proof of one picture.

        Args:
            image: The delivered pixels, RGB, shape [height, width, 3].
            lines: Everything that must stand on it.
            locale: The locale it is written in.
            settings: How lines were set, for those that we typeset; paired by role, in order.
            extra_text: "fail" if text that nobody asked for fails the picture, "ignore" if it
                is only reported.
            allowed: Words that may stand on any picture of the brand.
            ground: The picture before the words went on it, which sharpens the comparison of
                shapes; it is estimated from the picture if None.

        Raises:
            ToolMissingError: If a reader or its language data is not installed.
            UsageError: If no reading data is known for the locale.
        """
        begun = self._clock()
        sheet = self._sheet(image, lines, locale, (settings, ground))
        for reader in self._readers:
            sheet.read(reader)
            sheet.judge()
        extra = unexplained(sheet.loose, sheet.used(), frozenset(sheet.strict), allowed)
        if ground is not None:
            departed = departures(image, ground, sheet.set_lines.values())
            extra += [one for one in departed if not any(_meet(one.box, x.box) for x in extra)]
        proofs = tuple(sheet.line_proof(index) for index in range(len(lines)))
        return Proof(
            verdict=_worst(proofs, extra if extra_text == FAIL else []),
            lines=proofs,
            extra=tuple(extra),
            readers=self.versions(),
            ms=round((self._clock() - begun) * 1000),
        )

    def versions(self) -> dict[str, str]:
        """Return the names of all engines and models with their versions."""
        versions = self._finder.versions()
        for reader in self._readers:
            versions |= reader.versions()
        return versions

    def _sheet(
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        typeset: tuple[Sequence[LineSetting], Pixels | None],
    ) -> Sheet:
        known = set_lines(image, lines, typeset[0], self._drawer, typeset[1])
        rows = {
            index: rows_of(one.setting, one.drawn, self._drawer) for index, one in known.items()
        }
        shape = (image.shape[0], image.shape[1])
        explained = explained_by([piece.quad for row in rows.values() for piece in row], shape)
        regions = self._finder.find(image)
        loose = [quad for region in regions for quad in left_over(region, explained)]
        ground = typeset[1]
        return Sheet(
            image=image,
            words=image if ground is None else ink_of(image, ground, known.values()),
            lines=lines,
            locale=locale,
            mirrored=reads_right_to_left(locale),
            readers=self._readers,
            set_lines=known,
            rows=rows,
            loose=[Piece(quad=quad) for quad in loose],
        )


def _meet(first: Box, second: Box) -> bool:
    return all(
        first[axis] < second[axis] + second[axis + 2]
        and second[axis] < first[axis] + first[axis + 2]
        for axis in (0, 1)
    )


def _worst(proofs: Sequence[LineProof], extra: Sequence[ExtraText]) -> Verdict:
    verdicts = {proof.verdict for proof in proofs}
    if extra or Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNSURE if Verdict.UNSURE in verdicts or not proofs else Verdict.PASS
