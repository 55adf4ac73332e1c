"""The sheet: what is known about one picture while it is being proofread."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

from pipeline.plan.lines import Line
from pipeline.proof.judge import Evidence, Judgement, judge_read, judge_typeset
from pipeline.proof.match import Candidate, match
from pipeline.proof.numbers import has_number, without_marks
from pipeline.proof.pieces import Part, Piece, box_around, combined
from pipeline.proof.places import crop_of, strip_of
from pipeline.proof.reading import Pixels, Reader, Reading
from pipeline.proof.setlines import SetLine
from pipeline.proof.verdict import LineProof, Verdict

NOT_FOUND = Judgement(
    verdict=Verdict.FAIL,
    reading=None,
    reason="the line was not found on the picture",
)


@dataclasses.dataclass(slots=True, kw_only=True)
class Sheet:
    """One picture with what was asked for, read and thought so far.

    Attributes:
        image: The delivered pixels, RGB.
        words: Where typeset lines are read: their ink if the ground is known, else the image.
        lines: Everything that must stand on it.
        locale: The locale it is written in.
        mirrored: Whether that is written from right to left.
        readers: All readers, in the order in which they are asked.
        set_lines: The typeset lines by index, compared by shape.
        rows: The places of their rows.
        loose: The places of all other text.
        strips: Readings of typeset lines whose rows were read as one.
        strict: Names of strict readers that have answered.
        judged: What is thought of each line.
        matched: The text that makes up each line that we did not set.
    """

    image: Pixels
    words: Pixels
    lines: Sequence[Line]
    locale: str
    mirrored: bool
    readers: Sequence[Reader]
    set_lines: dict[int, SetLine]
    rows: dict[int, list[Piece]]
    loose: list[Piece]
    strips: dict[int, list[Reading]] = dataclasses.field(default_factory=dict)
    strict: set[str] = dataclasses.field(default_factory=set)
    judged: dict[int, Judgement] = dataclasses.field(default_factory=dict)
    matched: dict[int, Candidate] = dataclasses.field(default_factory=dict)

    def read(self, reader: Reader) -> None:
        """Let a reader read what is still open.

        Raises:
            ToolMissingError: If the reader or its data is not installed.
            UsageError: If no reading data is known for the locale.
        """
        lines = [index for index in self.rows if self._asks(index, reader)]
        # A reader that leans on context gets the rows of a line side by side.
        whole = {} if reader.strict else self._whole(lines, reader)
        rows = [index for index in lines if index not in whole]
        loose = self._open_pieces(reader)
        pieces = [piece for index in rows for piece in self.rows[index]]
        seen = self._seen(reader)
        crops = [crop_of(piece, seen, reader.border) for piece in pieces]
        crops += [crop_of(self.loose[index], self.image, reader.border) for index in loose]
        if not crops and not whole:
            return
        answers = iter(reader.read([*whole.values(), *crops], self.locale))
        for index in whole:
            self.strips.setdefault(index, []).extend(next(answers))
        for index in rows:
            self.rows[index] = [
                self._told(piece, next(answers), reader) for piece in self.rows[index]
            ]
        for index in loose:
            self.loose[index] = self._told(self.loose[index], next(answers), reader)

    def judge(self) -> None:
        """Judge every line by what is known now."""
        for index, one in self.set_lines.items():
            readings = combined([Part(piece=piece) for piece in self.rows[index]])
            readings += self.strips.get(index, [])
            evidence = self._evidence(one.as_set, readings)
            self.judged[index] = judge_typeset(
                one.as_set,
                evidence,
                one.shape,
                mirrored=self.mirrored,
            )
        rest = [index for index in range(len(self.lines)) if index not in self.set_lines]
        found = match([self.lines[index] for index in rest], self.loose, mirrored=self.mirrored)
        self.matched = {i: one for i, one in zip(rest, found, strict=True) if one is not None}
        for index in rest:
            self.judged[index] = self._judged(index)

    def used(self) -> list[Part]:
        """Return the parts of loose text that make up requested lines."""
        return [part for candidate in self.matched.values() for part in candidate.parts]

    def line_proof(self, index: int) -> LineProof:
        """Return the evidence for one line."""
        line, judged = self.lines[index], self.judged[index]
        known, found = self.set_lines.get(index), self.matched.get(index)
        quads = [piece.quad for piece in self.rows.get(index, [])]
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
            confidences=_thousandths(judged.reading.confidence) if judged.reading else (),
        )

    def _seen(self, reader: Reader) -> Pixels:
        """Return where a reader reads typeset lines: the second one looks at the raw pixels."""
        again = len(self.readers) > 1 and reader is self.readers[1]
        return self.image if again else self.words

    def _told(self, piece: Piece, readings: Sequence[Reading], reader: Reader) -> Piece:
        if reader.strict:
            self.strict.update(reading.reader for reading in readings)
        return piece.also(readings)

    def _whole(self, lines: Sequence[int], reader: Reader) -> dict[int, Pixels]:
        wrapped = [index for index in lines if len(self.rows[index]) > 1]
        strips = {
            index: strip_of(
                [crop_of(piece, self.words, reader.border) for piece in self.rows[index]],
                mirrored=self.mirrored,
            )
            for index in wrapped
        }
        return {index: strip for index, strip in strips.items() if strip is not None}

    def _judged(self, index: int) -> Judgement:
        found = self.matched.get(index)
        if found is None:
            return NOT_FOUND
        evidence = self._evidence(self.lines[index], combined(found.parts))
        return judge_read(self.lines[index], evidence, mirrored=self.mirrored)

    def _evidence(self, line: Line, readings: Sequence[Reading]) -> list[Evidence]:
        text = without_marks(line.text)
        known = any(reader.strict and reader.knows(text) for reader in self.readers)
        return [Evidence(reading=r, strict=known and r.reader in self.strict) for r in readings]

    def _asks(self, index: int, reader: Reader) -> bool:
        """Return whether a line is open and the reader can say something about it."""
        if reader is self.readers[0]:
            return True
        text = without_marks(self.lines[index].text)
        able = reader.knows(text) or (has_number(text) and not reader.strict)
        return able and not self._settled(index)

    def _open_pieces(self, reader: Reader) -> list[int]:
        """Return the loose pieces worth reading: while a line, or their script, is open."""
        everything = list(range(len(self.loose)))
        if reader is self.readers[0]:
            return everything
        if not (self._drawn_open(reader) or self._script_unknown(reader)):
            return []
        settled = set(self._settled_quads())
        return [index for index in everything if self.loose[index].quad not in settled]

    def _drawn_open(self, reader: Reader) -> bool:
        drawn = (index for index in range(len(self.lines)) if index not in self.set_lines)
        return any(self._asks(index, reader) for index in drawn)

    def _script_unknown(self, reader: Reader) -> bool:
        earlier = self.readers[: self.readers.index(reader)]
        text = without_marks("".join(line.text for line in self.lines))
        return not reader.strict and not any(other.knows(text) for other in earlier)

    def _settled(self, index: int) -> bool:
        judged = self.judged.get(index)
        return judged is not None and judged.verdict is Verdict.PASS

    def _settled_quads(self) -> Iterator[tuple[tuple[float, float], ...]]:
        for index, candidate in self.matched.items():
            if self._settled(index):
                yield from (part.piece.quad for part in candidate.parts)


def _thousandths(confidence: Sequence[float]) -> tuple[float, ...]:
    """Return probabilities cut to three digits, so that 1 means certain."""
    return tuple(math.floor(sure * 1000) / 1000 for sure in confidence)
