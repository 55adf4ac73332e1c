"""Prove a picture: does it say exactly what was asked for, and nothing else?"""

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence

from pipeline.plan.lines import Line
from pipeline.proof.extra import unexplained
from pipeline.proof.find import DbFinder, Finder, Quad, rectified, widened
from pipeline.proof.judge import Evidence, Judgement, judge_read, judge_typeset
from pipeline.proof.languages import reads_right_to_left
from pipeline.proof.match import Candidate, match
from pipeline.proof.numbers import has_number, without_marks
from pipeline.proof.pieces import Part, Piece, box_around, combined
from pipeline.proof.places import explained_by, left_over, rows_of
from pipeline.proof.ppocr import PpOcr
from pipeline.proof.reading import Pixels, Reader, Reading
from pipeline.proof.redraw import Drawer
from pipeline.proof.setlines import SetLine, set_lines
from pipeline.proof.tesseract import Tesseract
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict
from pipeline.typeset.draw import draw_line
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting

FAIL = "fail"
IGNORE = "ignore"


@dataclasses.dataclass(slots=True)
class _Sheet:
    """What is known about one picture while it is being read."""

    image: Pixels
    lines: Sequence[Line]
    locale: str
    mirrored: bool
    set_lines: dict[int, SetLine]
    rows: dict[int, list[Piece]]
    loose: list[Piece]
    judged: dict[int, Judgement]
    matched: dict[int, Candidate]


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
            readers=(recogniser, recogniser.wider(), Tesseract(), Tesseract(english=True)),
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
        strict = frozenset[str]()
        for reader in self._readers:
            strict |= self._read(sheet, reader)
            self._judge(sheet, strict)
        used = [part for candidate in sheet.matched.values() for part in candidate.parts]
        extra = unexplained(sheet.loose, used, strict, allowed)
        proofs = tuple(_line_proof(sheet, index) for index in range(len(lines)))
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
    ) -> _Sheet:
        known = set_lines(image, lines, typeset[0], self._drawer, typeset[1])
        rows = {index: rows_of(one.setting, one.drawn) for index, one in known.items()}
        shape = (image.shape[0], image.shape[1])
        explained = explained_by([quad for quads in rows.values() for quad in quads], shape)
        regions = self._finder.find(image)
        loose = [quad for region in regions for quad in left_over(region, explained)]
        return _Sheet(
            image=image,
            lines=lines,
            locale=locale,
            mirrored=reads_right_to_left(locale),
            set_lines=known,
            rows={index: [Piece(quad=quad) for quad in quads] for index, quads in rows.items()},
            loose=[Piece(quad=quad) for quad in loose],
            judged={},
            matched={},
        )

    def _read(self, sheet: _Sheet, reader: Reader) -> frozenset[str]:
        """Let a reader read what is still open; return its names if it is strict."""
        open_rows = [index for index in sheet.rows if self._asks(sheet, index, reader)]
        loose = self._open_pieces(sheet, reader)
        quads = [piece.quad for index in open_rows for piece in sheet.rows[index]]
        quads += [sheet.loose[index].quad for index in loose]
        if not quads:
            return frozenset()
        crops = [rectified(sheet.image, widened(quad, reader.border)) for quad in quads]
        answers = iter(reader.read(crops, sheet.locale))
        names = set[str]()

        def extended(piece: Piece) -> Piece:
            readings = next(answers)
            names.update(reading.reader for reading in readings)
            return piece.also(readings)

        for index in open_rows:
            sheet.rows[index] = [extended(piece) for piece in sheet.rows[index]]
        for index in loose:
            sheet.loose[index] = extended(sheet.loose[index])
        return frozenset(names) if reader.strict else frozenset()

    def _open_pieces(self, sheet: _Sheet, reader: Reader) -> list[int]:
        """Return the loose pieces worth reading: all if a line, or their script, is open."""
        everything = list(range(len(sheet.loose)))
        if reader is self._readers[0]:
            return everything
        drawn = (index for index in range(len(sheet.lines)) if index not in sheet.set_lines)
        drawn_open = any(self._asks(sheet, index, reader) for index in drawn)
        text = "".join(line.text for line in sheet.lines)
        foreign = not any(
            other.knows(without_marks(text))
            for other in self._readers[: self._readers.index(reader)]
        )
        taken = {part.piece.quad for c in sheet.matched.values() for part in c.parts}
        if drawn_open:
            return everything
        useful = foreign and not reader.strict
        return [i for i in everything if sheet.loose[i].quad not in taken] if useful else []

    def _asks(self, sheet: _Sheet, index: int, reader: Reader) -> bool:
        """Return whether a line is open and the reader can say something about it."""
        if reader is self._readers[0]:
            return True
        text = without_marks(sheet.lines[index].text)
        able = reader.knows(text) or (has_number(text) and not reader.strict)
        return able and not _settled(sheet, index)

    def _judge(self, sheet: _Sheet, strict: frozenset[str]) -> None:
        for index, one in sheet.set_lines.items():
            readings = combined([Part(piece=piece) for piece in sheet.rows[index]])
            evidence = self._evidence(one.as_set, readings, strict)
            sheet.judged[index] = judge_typeset(
                one.as_set,
                evidence,
                one.shape,
                mirrored=sheet.mirrored,
            )
        rest = [i for i in range(len(sheet.lines)) if i not in sheet.set_lines]
        lines = [sheet.lines[index] for index in rest]
        sheet.matched.clear()
        for index, found in zip(
            rest, match(lines, sheet.loose, mirrored=sheet.mirrored), strict=True
        ):
            sheet.judged[index] = _NOT_FOUND
            if found is not None:
                sheet.matched[index] = found
                evidence = self._evidence(sheet.lines[index], combined(found.parts), strict)
                sheet.judged[index] = judge_read(
                    sheet.lines[index],
                    evidence,
                    mirrored=sheet.mirrored,
                )

    def _evidence(
        self,
        line: Line,
        readings: Sequence[Reading],
        strict: frozenset[str],
    ) -> list[Evidence]:
        text = without_marks(line.text)
        known = any(reader.strict and reader.knows(text) for reader in self._readers)
        return [Evidence(reading=r, strict=known and r.reader in strict) for r in readings]


_NOT_FOUND = Judgement(
    verdict=Verdict.FAIL,
    reading=None,
    reason="the line was not found on the picture",
)


def _settled(sheet: _Sheet, index: int) -> bool:
    judged = sheet.judged.get(index)
    return judged is not None and judged.verdict is Verdict.PASS


def _line_proof(sheet: _Sheet, index: int) -> LineProof:
    line, judged = sheet.lines[index], sheet.judged[index]
    known, found = sheet.set_lines.get(index), sheet.matched.get(index)
    quads: list[Quad] = [piece.quad for piece in sheet.rows.get(index, [])]
    if found is not None:
        quads = [part.piece.quad for part in found.parts]
    return LineProof(
        role=line.role,
        expected=line.text,
        read=judged.reading.text if judged.reading else "",
        verdict=judged.verdict,
        box=box_around(quads) if quads else None,
        reader=judged.reading.reader if judged.reading else "",
        confidence=judged.reading.weakest if judged.reading else 0.0,
        shape=known.shape.score if known else None,
        reason=judged.reason,
    )


def _worst(proofs: Sequence[LineProof], extra: Sequence[ExtraText]) -> Verdict:
    verdicts = {proof.verdict for proof in proofs}
    if extra or Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.UNSURE if Verdict.UNSURE in verdicts or not proofs else Verdict.PASS
