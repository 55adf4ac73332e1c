"""Prove a picture: does it say exactly what was asked for, and nothing else?"""

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence

from pipeline.plan.lines import Line
from pipeline.proof.alone import Letters, ReadAlone
from pipeline.proof.extra import unexplained
from pipeline.proof.find import GROUND_SIDE, OTHER_SIDES, DbFinder, Finder, Remembering
from pipeline.proof.ink import departures, ink_of
from pipeline.proof.languages import reads_right_to_left
from pipeline.proof.pieces import Piece
from pipeline.proof.places import explained_by, left_over, rows_of
from pipeline.proof.ppocr import LOOKS, PpOcr
from pipeline.proof.reading import Pixels, Reader
from pipeline.proof.redraw import Drawer
from pipeline.proof.setlines import set_lines
from pipeline.proof.sheet import Sheet
from pipeline.proof.tesseract import Look, Tesseract
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict, meet
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

FAIL = "fail"
IGNORE = "ignore"

_FIRST = 2
"""So many looks of strict readers may settle a line by themselves."""


class Proofreader:
    """Reads pictures and judges them. May be used from several threads at once.

    Args:
        finders: Find the text regions, at least one. The first one is asked about each picture,
            the others about places where a line was looked for in vain: text that stands too
            close together, or is very large or very small, comes apart at another size.
        readers: The readers, at least one, cheapest first; a later one is asked only for what
            the earlier ones leave open.
        drawer: Draws a set line again, for the comparison of shapes.
        letters: Looks at the single letters of lines that pass and that we did not set, if given.
        under: Finds text on the picture under set words; the first of the finders if None.
        clock: Seconds of a monotonic clock.
    """

    def __init__(
        self,
        *,
        finders: Sequence[Finder],
        readers: Sequence[Reader],
        drawer: Drawer,
        letters: Letters | None = None,
        under: Finder | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._finders = tuple(finders)
        self._under = Remembering(under or finders[0])
        self._readers = tuple(readers)
        self._drawer = drawer
        self._letters = letters
        self._clock = clock

    @classmethod
    def standard(cls) -> "Proofreader":
        """Return a proofreader with the real engines, which takes about half a second.

        Raises:
            ToolMissingError: If a model is not installed.
        """
        recogniser, finder = PpOcr(), DbFinder()
        return cls(
            finders=(finder, *(finder.at(side) for side in OTHER_SIDES)),
            readers=(
                *(recogniser.at(look) for look in LOOKS),
                *(Tesseract(look) for look in Look),
            ),
            drawer=functools.partial(draw_line, renderer=TakumiRenderer()),
            letters=ReadAlone([recogniser.at(look) for look in LOOKS[:_FIRST]]),
            under=finder.at(GROUND_SIDE),
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
        plate: Pixels | None = None,
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
                shapes; it is estimated from the picture if None. With it, text outside the set
                lines is looked for there: what was added to it shows as a departure.
            plate: The ground before the layout's shapes went on it, if they hold no text; looked
                at in its place, and once for all pictures that are made on it.

        Raises:
            ToolMissingError: If a reader or its language data is not installed.
            UsageError: If no reading data is known for the locale.
        """
        begun = self._clock()
        under = plate if plate is not None else ground
        sheet = self._sheet(image, lines, locale, (settings, ground), under)
        self._read_strictly(sheet)
        self._look_again(sheet, image if under is None else under)
        for reader in self._readers:
            if not reader.strict:
                sheet.read(reader)
                sheet.judge()
        self._look_at_letters(sheet)
        extra = unexplained(sheet.loose, sheet.used(), sheet.strict, allowed)
        doubted = sheet.doubted(extra)
        extra = [one for one in extra if one not in doubted]
        if ground is not None:
            departed = departures(image, ground, sheet.set_lines.values())
            extra += [one for one in departed if not any(meet(one.box, x.box) for x in extra)]
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
        versions = self._finders[0].versions()
        for reader in self._readers:
            versions |= reader.versions()
        return versions

    def _sheet(
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        typeset: tuple[Sequence[LineSetting], Pixels | None],
        under: Pixels | None,
    ) -> Sheet:
        known = set_lines(image, lines, typeset[0], self._drawer, typeset[1])
        rows = {
            index: rows_of(one.setting, one.drawn, self._drawer) for index, one in known.items()
        }
        explained = explained_by(
            [piece.quad for row in rows.values() for piece in row], image.shape[:2]
        )
        regions = self._finders[0].find(image) if under is None else self._under.find(under)
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
            explained=explained,
            loose=[Piece(quad=quad) for quad in loose],
            first=len(loose),
        )

    def _read_strictly(self, sheet: Sheet) -> None:
        """Let strict readers read: one by one while that may settle it, then all the others.

        A vote is only taken when all have voted: the first three may agree by chance.
        """
        strict = [reader for reader in self._readers if reader.strict]
        for reader in strict[:_FIRST]:
            sheet.read(reader)
            sheet.judge()
        for reader in strict[_FIRST:]:
            sheet.read(reader)
        if strict[_FIRST:]:
            sheet.judge()

    def _look_at_letters(self, sheet: Sheet) -> None:
        """Doubt lines that only pass because a word tells what its letters should be."""
        if self._letters is None:
            return
        for index, found in sheet.matched.items():
            judged = sheet.judged[index]
            if judged.verdict is not Verdict.PASS:
                continue
            reason = self._letters.doubt(found.parts, sheet.image)
            if reason:
                sheet.judged[index] = dataclasses.replace(
                    judged, verdict=Verdict.UNSURE, reason=reason
                )

    def _look_again(self, sheet: Sheet, image: Pixels) -> None:
        """Look for the lines that are still open with the other finders."""
        for finder in self._finders[1:]:
            if not sheet.seeks():
                return
            sheet.add(finder.find(image))
            self._read_strictly(sheet)


def _worst(proofs: Sequence[LineProof], extra: Sequence[ExtraText]) -> Verdict:
    verdicts = {proof.verdict for proof in proofs}
    if extra or Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNSURE if Verdict.UNSURE in verdicts or not proofs else Verdict.PASS
