"""The sheet: what is known about one picture while it is being proofread."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

from pipeline.plan.lines import Line
from pipeline.proof.agreement import Evidence
from pipeline.proof.alphabet import further_locales
from pipeline.proof.distance import similarity
from pipeline.proof.find import Quad, Region
from pipeline.proof.judge import Judgement, judge_read, judge_typeset
from pipeline.proof.match import Candidate, is_torn, match
from pipeline.proof.normalise import bare
from pipeline.proof.numbers import has_number, without_marks
from pipeline.proof.pieces import Part, Piece, box_around, combined, covered
from pipeline.proof.places import crop_of, left_over, squeezed, strip_of
from pipeline.proof.reading import Pixels, Reader, Reading, knows_most
from pipeline.proof.setlines import SetLine
from pipeline.proof.verdict import ExtraText, LineProof, Verdict

_CONFIRMED = 0.5
_SETTLED = 0.5
"""A place of which others cover this share needs no further look."""

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
        explained: Where set lines stand, shape [height, width], 255 or 0.
        loose: The places of all other text.
        first: How many loose pieces the first look found.
        told: Which reader, by its place in the order, has read which loose piece.
        strips: Readings of typeset lines whose rows were read as one.
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
    explained: Pixels
    loose: list[Piece]
    first: int
    told: set[tuple[int, Quad]] = dataclasses.field(default_factory=set)
    strips: dict[int, list[Reading]] = dataclasses.field(default_factory=dict)
    judged: dict[int, Judgement] = dataclasses.field(default_factory=dict)
    matched: dict[int, Candidate] = dataclasses.field(default_factory=dict)

    @property
    def strict(self) -> frozenset[str]:
        """Return the names of the readers that read only what they see."""
        return frozenset(reader.name for reader in self.readers if reader.strict)

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
        inked = seen is not self.image
        crops = [crop_of(piece, seen, reader.border, ink=inked) for piece in pieces]
        if reader is self.readers[0]:
            crops = [squeezed(crop) for crop in crops]
        crops += [crop_of(self.loose[index], self.image, reader.border) for index in loose]
        if not crops and not whole:
            return
        answers = iter(reader.read([*whole.values(), *crops], self.locale))
        for index in whole:
            self.strips.setdefault(index, []).extend(next(answers))
        for index in rows:
            self.rows[index] = [piece.also(next(answers)) for piece in self.rows[index]]
        for index in loose:
            self.told.add((self.readers.index(reader), self.loose[index].quad))
            self.loose[index] = self.loose[index].also(next(answers))
        if reader.strict and loose:
            self._read_further(reader, loose, crops[-len(loose) :])

    def _read_further(self, reader: Reader, loose: Sequence[int], crops: Sequence[Pixels]) -> None:
        """Let a reader read loose text in the alphabets of lines in other scripts, if any."""
        for locale in further_locales(self._asked_for, self.locale):
            for index, readings in zip(loose, reader.read(crops, locale), strict=True):
                new = (one for one in readings if one.reader != reader.name)  # the rest is known
                self.loose[index] = self.loose[index].also(tuple(new))

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

    def seeks(self) -> bool:
        """Return whether a line that we did not set may still stand somewhere else."""
        drawn = [(i, one) for i, one in self.judged.items() if i not in self.set_lines]
        still = ((i, one) for i, one in drawn if one.verdict is not Verdict.PASS)
        return any(not one.placed or self._is_torn(i) for i, one in still)

    def _is_torn(self, index: int) -> bool:
        return index in self.matched and is_torn([x.piece for x in self.matched[index].parts])

    @property
    def _asked_for(self) -> str:
        return "".join(line.text for line in self.lines)

    def add(self, regions: Sequence[Region]) -> None:
        """Take in regions of a further look, where nothing is settled yet."""
        settled = list(self._settled_quads())
        quads = [quad for region in regions for quad in left_over(region, self.explained)]
        self.loose += [Piece(quad=quad) for quad in quads if covered(quad, settled) <= _SETTLED]

    def used(self) -> list[Part]:
        """Return the parts of loose text that make up requested lines."""
        return [part for candidate in self.matched.values() for part in candidate.parts]

    def doubted(self, extra: Sequence[ExtraText]) -> list[ExtraText]:
        """Return what of the extra text a second look does not confirm.

        Handles, rings and rays of a picture may look like digits once, but not twice.
        """
        if len(self.readers) < 2 or not self.readers[1].strict:  # noqa: PLR2004 - a second look
            return []
        places = {piece.box: piece for piece in reversed(self.loose)}
        found = [(one, places[one.box]) for one in extra if one.box in places and one.text]
        return [one for one, piece in found if self._is_doubtful(one.text, piece)]

    def _is_doubtful(self, text: str, piece: Piece) -> bool:
        if len(text) == 1 and piece.box[3] * 3 > self.image.shape[0]:
            return True  # a round thing that fills the picture, not a digit
        second = self.readers[1]
        if (1, piece.quad) in self.told:
            said = (one for one in piece.readings if one.reader.partition(":")[0] == second.name)
            again = tuple(said)
        else:
            (again,) = second.read([crop_of(piece, self.image, second.border)], self.locale)
        return all(similarity(bare(text), bare(one.text)) < _CONFIRMED for one in again)

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
            ink=known.drawn.ink_box() if known else None,
        )

    def _seen(self, reader: Reader) -> Pixels:
        """Return where a reader reads typeset lines: the second one looks at the raw pixels."""
        again = len(self.readers) > 1 and reader is self.readers[1]
        return self.image if again else self.words

    def _whole(self, lines: Sequence[int], reader: Reader) -> dict[int, Pixels]:
        wrapped = [index for index in lines if len(self.rows[index]) > 1]
        strips = {
            index: strip_of(
                [
                    crop_of(piece, self.words, reader.border, ink=self.words is not self.image)
                    for piece in self.rows[index]
                ],
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
        strict = self.strict
        return [
            Evidence(
                reading=r,
                strict=self._vouched(r.reader, text),
                sees=r.reader.partition(":")[0] in strict,
            )
            for r in readings
        ]

    def _vouched(self, reading: str, text: str) -> bool:
        return any(reader.vouches(reading, text) for reader in self.readers)

    def _asks(self, index: int, reader: Reader) -> bool:
        """Return whether a line is open and the reader can say something about it.

        No reading helps a line whose shape fails; one is enough to say what stands there.
        """
        known = self.set_lines.get(index)
        if known and known.shape.verdict is Verdict.FAIL and self._is_read(index):
            return False
        text = without_marks(self.lines[index].text)
        # The first look may see digits beside letters that it does not know, or most letters.
        first = reader is self.readers[0]
        able = reader.knows(text) or (has_number(text) and (first or not reader.strict))
        return (able or (first and knows_most(reader, text))) and not self._settled(index)

    def _is_read(self, index: int) -> bool:
        return bool(self.strips.get(index)) or any(p.readings for p in self.rows[index])

    def _open_pieces(self, reader: Reader) -> list[int]:
        """Return the loose pieces worth reading: while a line, or their script, is open."""
        number = self.readers.index(reader)
        everything = [i for i, one in enumerate(self.loose) if (number, one.quad) not in self.told]
        if reader is self.readers[0]:
            return everything
        if not (self._drawn_open(reader) or self._script_unknown(reader)):
            return []
        settled = set(self._settled_quads())
        matched = {part.piece.quad for part in self.used()}
        if reader.strict and number > 1 and self._all_matched():
            everything = [i for i in everything if self.loose[i].quad in matched]
        if not reader.strict:
            # Of a further look, only what seems to be one of the lines.
            everything = [i for i in everything if i < self.first or self.loose[i].quad in matched]
        return [index for index in everything if self.loose[index].quad not in settled]

    def _all_matched(self) -> bool:
        return all(i in self.matched or i in self.set_lines for i in range(len(self.lines)))

    def _drawn_open(self, reader: Reader) -> bool:
        drawn = (index for index in range(len(self.lines)) if index not in self.set_lines)
        return any(self._asks(index, reader) for index in drawn)

    def _script_unknown(self, reader: Reader) -> bool:
        """Return whether a reader is the first that may know the script around the lines."""
        earlier = self.readers[: self.readers.index(reader)]
        text = without_marks(self._asked_for)
        known = any(other.vouches(other.name, text) for other in earlier)
        return not (reader.strict or known) and all(other.strict for other in earlier)

    def _settled(self, index: int) -> bool:
        judged = self.judged.get(index)
        return judged is not None and judged.verdict is Verdict.PASS

    def _settled_quads(self) -> Iterator[Quad]:
        for index, candidate in self.matched.items():
            if self._settled(index):
                yield from (part.piece.quad for part in candidate.parts)


def _thousandths(confidence: Sequence[float]) -> tuple[float, ...]:
    """Return probabilities cut to three digits, so that 1 means certain."""
    return tuple(math.floor(sure * 1000) / 1000 for sure in confidence)
