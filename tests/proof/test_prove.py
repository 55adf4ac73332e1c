"""The proofreader, with a finder, readers and a drawer that we control.

The pictures are made of flat patches. The finder finds them by their colour, and the readers
read a colour as the text that the test gives it.
"""

import dataclasses
import itertools
import threading
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.plan.lines import Line
from pipeline.proof.find import Region, quad_of
from pipeline.proof.pieces import Part
from pipeline.proof.places import crop_of
from pipeline.proof.prove import IGNORE, Proofreader
from pipeline.proof.reading import Reading
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.setting import LineSetting, Row

Pixels = npt.NDArray[np.uint8]
WHITE = 255
PLACES = {1: (20, 20, 200, 40), 2: (20, 100, 120, 40), 3: (20, 180, 300, 40)}


class PatchFinder:
    """Finds the patches."""

    def find(self, image: Pixels) -> list[Region]:
        present = {int(value) for value in np.unique(image)} - {WHITE}
        found = (self._around(image[:, :, 0] == value) for value in sorted(present))
        return [Region(quad=quad_of(box), score=0.9) for box in found]

    def versions(self) -> dict[str, str]:
        return {"finder": "patches 1"}

    @staticmethod
    def _around(mask: npt.NDArray[np.bool_]) -> tuple[int, int, int, int]:
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        left, top = int(columns[0]), int(rows[0])
        return (left, top, int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top)


@dataclasses.dataclass
class PatchReader:
    """Reads a patch's colour as a text; counts what it is asked for."""

    name: str
    strict: bool
    texts: Mapping[int, str]
    alphabet: str = ""
    border: float = 0.0
    asked: int = 0

    def knows(self, text: str) -> bool:
        return not self.alphabet or set(text) <= set(self.alphabet)

    def vouches(self, reading: str, text: str) -> bool:
        return self.strict and reading == self.name and self.knows(text)

    def read(self, crops: Sequence[Pixels], locale: str) -> list[tuple[Reading, ...]]:
        assert locale
        self.asked += len(crops)
        return [self._read(self.texts.get(_colour(crop), "")) for crop in crops]

    def versions(self) -> dict[str, str]:
        return {self.name: "1"}

    def _read(self, text: str) -> tuple[Reading, ...]:
        names = [self.name] if self.strict else [f"{self.name}/a", f"{self.name}/b"]
        return tuple(
            Reading(text=text, confidence=(0.99,) * len(text), reader=name) for name in names
        )


def _colour(crop: Pixels) -> int:
    inside = crop[crop != WHITE]
    return int(np.median(inside)) if inside.size else WHITE


def draw_patch(setting: LineSetting, width: int, height: int) -> Pixels:
    mask = np.zeros((height, width), np.uint8)
    for row in setting.rows:
        left, top = round(row.x), round(row.y)
        mask[top : top + round(row.height), left : left + round(row.width)] = 255
    return mask


def picture(*values: int) -> Pixels:
    image = np.full((260, 400, 3), WHITE, np.uint8)
    for value in values:
        left, top, width, height = PLACES[value]
        image[top : top + height, left : left + width] = value
    return image


def setting(value: int, role: str, text: str) -> LineSetting:
    left, top, width, height = PLACES[value]
    return LineSetting(
        role=role,
        text=text,
        rows=(Row(text=text, x=left, y=top, width=width, height=height),),
        size=30.0,
        families=("Any",),
        weight=400,
        spacing=0.0,
        colour=f"#{value:02X}{value:02X}{value:02X}",
        align="left",
        direction="ltr",
        language="de",
        rotation=0.0,
        origin=(0.0, 0.0),
        struck=False,
    )


@dataclasses.dataclass
class PatchLetters:
    """Doubts the letters of patches of one colour; remembers the colours it was shown."""

    doubted: int
    shown: list[int] = dataclasses.field(default_factory=list)

    def doubt(self, parts: Sequence[Part], image: Pixels) -> str:
        colours = [_colour(crop_of(part.piece, image, 0.0)) for part in parts]
        self.shown += colours
        return "a letter looks unlike itself" if self.doubted in colours else ""


def proofreader(
    strict: PatchReader, lenient: PatchReader, letters: PatchLetters | None = None
) -> Proofreader:
    ticks = itertools.count(10.0, 0.25)
    return Proofreader(
        finders=(PatchFinder(),),
        readers=(strict, lenient),
        drawer=draw_patch,
        letters=letters,
        clock=lambda: next(ticks),
    )


def prove(
    texts: Mapping[int, str],
    lines: Sequence[Line],
    *shown: int,
    settings: Sequence[LineSetting] = (),
    extra_text: str = "fail",
) -> Proof:
    readers = (
        PatchReader("strict", strict=True, texts=texts),
        PatchReader("lenient", strict=False, texts=texts),
    )
    return proofreader(*readers).prove(picture(*shown), lines, "de_DE", settings, extra_text)


HEADLINE = Line.of("headline", "Frische Bowls")
PRICE = Line.of("price", "8,90 €")
TEXTS = {1: "Frische Bowls", 2: "8,90 €", 3: "50 %"}


def test_a_picture_that_says_what_was_asked_for_passes() -> None:
    proof = prove(TEXTS, [HEADLINE, PRICE], 1, 2)
    assert proof.verdict is Verdict.PASS
    assert [line.role for line in proof.lines] == ["headline", "price"]
    assert proof.lines[0].box == PLACES[1]
    assert proof.lines[0].shape is None
    assert proof.lines[0].confidences == (0.99,) * len("Frische Bowls")
    assert proof.readers == {"finder": "patches 1", "strict": "1", "lenient": "1"}
    assert proof.ms == 250


def test_a_missing_line_fails() -> None:
    proof = prove(TEXTS, [HEADLINE, PRICE], 2)
    assert proof.verdict is Verdict.FAIL
    assert proof.lines[0].verdict is Verdict.FAIL
    assert (proof.lines[0].box, proof.lines[0].read) == (None, "")
    assert proof.lines[1].verdict is Verdict.PASS


def test_text_that_nobody_asked_for_fails_unless_it_is_ignored() -> None:
    proof = prove(TEXTS, [HEADLINE, PRICE], 1, 2, 3)
    assert proof.verdict is Verdict.FAIL
    assert [extra.text for extra in proof.extra] == ["50 %"]
    ignored = prove(TEXTS, [HEADLINE, PRICE], 1, 2, 3, extra_text=IGNORE)
    assert ignored.verdict is Verdict.PASS
    assert len(ignored.extra) == 1


def test_a_picture_without_requested_lines_is_never_a_pass() -> None:
    assert prove(TEXTS, []).verdict is Verdict.UNSURE


def test_readers_that_see_nothing_are_never_a_pass() -> None:
    assert prove({}, [HEADLINE], 1).verdict is not Verdict.PASS
    typeset = [setting(1, "headline", HEADLINE.text)]
    proof = prove({}, [HEADLINE], 1, settings=typeset)
    assert proof.verdict is Verdict.UNSURE
    assert proof.lines[0].shape is not None


def test_a_typeset_line_is_read_where_it_was_set() -> None:
    typeset = [setting(1, "headline", HEADLINE.text), setting(2, "price", PRICE.text)]
    proof = prove(TEXTS, [HEADLINE, PRICE], 1, 2, settings=typeset)
    assert proof.verdict is Verdict.PASS
    assert proof.extra == ()
    assert proof.lines[0].shape is not None
    assert proof.lines[0].shape > 0.9


def test_a_setting_with_another_text_than_requested_fails() -> None:
    typeset = [setting(2, "price", "8,80 €")]
    proof = prove({2: "8,80 €"}, [PRICE], 2, settings=typeset)
    assert proof.verdict is Verdict.FAIL
    assert "another text" in proof.lines[0].reason


def test_rows_that_do_not_spell_the_requested_text_fail() -> None:
    good = setting(2, "price", PRICE.text)
    wrong = dataclasses.replace(good.rows[0], text="8,80 €")
    bad = dataclasses.replace(good, rows=(wrong,))
    proof = prove({2: "8,80 €"}, [PRICE], 2, settings=[bad])
    assert proof.verdict is Verdict.FAIL
    assert "do not spell" in proof.lines[0].reason


def test_lines_of_one_role_take_their_settings_in_order() -> None:
    first, second = Line.of("legal", "Frische Bowls"), Line.of("legal", "bis 14 Uhr")
    typeset = [setting(1, "legal", first.text), setting(3, "legal", second.text)]
    texts = {1: first.text, 3: second.text}
    assert prove(texts, [first, second], 1, 3, settings=typeset).verdict is Verdict.PASS


def test_the_second_reader_is_asked_only_for_what_the_first_leaves_open() -> None:
    strict = PatchReader("strict", strict=True, texts=TEXTS)
    lenient = PatchReader("lenient", strict=False, texts=TEXTS)
    typeset = [setting(1, "headline", HEADLINE.text), setting(2, "price", PRICE.text)]
    reader = proofreader(strict, lenient)
    reader.prove(picture(1, 2), [HEADLINE, PRICE], "de_DE", typeset)
    assert (strict.asked, lenient.asked) == (2, 0)
    reader.prove(picture(1, 2), [HEADLINE, PRICE], "de_DE")
    assert (strict.asked, lenient.asked) == (4, 2)


def test_a_reader_without_the_script_contradicts_nothing() -> None:
    line = Line.of("headline", "Свежие боулы")
    strict = PatchReader("strict", strict=True, texts={1: "CBekne"}, alphabet="CBekne")
    lenient = PatchReader("lenient", strict=False, texts={1: line.text})
    proof = proofreader(strict, lenient).prove(picture(1), [line], "ru_RU")
    assert proof.verdict is Verdict.PASS
    assert proof.lines[0].reader.startswith("lenient")


@pytest.mark.parametrize("wrong", ["8,80 €", "8,90 $", "18,90 €", "8.90 €", "890 €"])
def test_a_wrong_price_never_passes(wrong: str) -> None:
    typeset = [setting(2, "price", PRICE.text)]
    assert prove({2: wrong}, [PRICE], 2).verdict is Verdict.FAIL
    assert prove({2: wrong}, [PRICE], 2, settings=typeset).verdict is not Verdict.PASS


def test_two_threads_may_prove_at_once() -> None:
    strict = PatchReader("strict", strict=True, texts=TEXTS)
    lenient = PatchReader("lenient", strict=False, texts=TEXTS)
    reader = proofreader(strict, lenient)
    verdicts: list[Verdict] = []

    def work(*shown: int) -> None:
        proofs = (reader.prove(picture(*shown), [HEADLINE, PRICE], "de_DE") for _ in range(20))
        verdicts.extend(proof.verdict for proof in proofs)

    threads = [threading.Thread(target=work, args=shown) for shown in ((1, 2), (1, 2, 3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdicts.count(Verdict.PASS) == 20
    assert verdicts.count(Verdict.FAIL) == 20


class PartFinder(PatchFinder):
    """Finds the patches of some colours only; counts the pictures it is shown."""

    def __init__(self, *values: int) -> None:
        self.values = values
        self.asked = 0

    def find(self, image: Pixels) -> list[Region]:
        self.asked += 1
        shown = np.where(np.isin(image, self.values), image, np.uint8(WHITE))
        return super().find(np.asarray(shown, np.uint8))


def looking(*finders: PartFinder, looks: int = 2, texts: Mapping[int, str] = TEXTS) -> Proofreader:
    readers = [PatchReader(f"look {n}", strict=True, texts=texts) for n in range(looks)]
    return Proofreader(finders=finders, readers=readers, drawer=draw_patch)


def test_a_line_that_was_not_found_is_looked_for_at_another_size() -> None:
    first, second, third = PartFinder(2), PartFinder(1, 2), PartFinder(1, 2)
    proof = looking(first, second, third).prove(picture(1, 2), [HEADLINE, PRICE], "de_DE")
    assert [line.box for line in proof.lines] == [PLACES[1], PLACES[2]]
    assert proof.lines[0].verdict is Verdict.PASS
    assert (second.asked, third.asked) == (1, 0)


def test_no_further_size_is_asked_when_all_lines_are_read() -> None:
    first, second = PartFinder(1), PartFinder(1)
    assert looking(first, second).prove(picture(1), [HEADLINE], "de_DE").verdict is Verdict.PASS
    assert second.asked == 0


def test_what_two_sizes_find_is_one_text() -> None:
    lines = [HEADLINE, Line.of("legal", HEADLINE.text)]
    finders = (PartFinder(1), PartFinder(1))
    proof = looking(*finders).prove(picture(1), lines, "de_DE")
    assert [line.verdict for line in proof.lines].count(Verdict.PASS) == 1
    assert proof.extra == ()


def test_one_look_is_not_enough_for_a_line_that_a_model_drew() -> None:
    finder = PartFinder(1)
    assert looking(finder, looks=1).prove(picture(1), [HEADLINE], "de_DE").verdict is Verdict.UNSURE


def test_a_plate_is_looked_at_once_for_all_its_pictures() -> None:
    finder, plate = PartFinder(3), picture()
    reader = looking(finder)
    typeset = [setting(1, "headline", HEADLINE.text)]
    for _ in range(3):
        reader.prove(picture(1), [HEADLINE], "de_DE", typeset, ground=picture(), plate=plate)
    assert finder.asked == 1


def test_text_on_the_plate_that_nobody_asked_for_fails() -> None:
    typeset = [setting(1, "headline", HEADLINE.text)]
    shown, under = picture(1, 3), picture(3)
    proof = looking(PartFinder(3)).prove(
        shown, [HEADLINE], "de_DE", typeset, ground=under, plate=under
    )
    assert [extra.text for extra in proof.extra] == ["50 %"]


def letters_proof(texts: Mapping[int, str], letters: PatchLetters, *, is_set: bool) -> Proof:
    """Prove two lines, of which the second one was set by us if so told."""
    lines, settings = [HEADLINE, PRICE], [setting(2, "price", PRICE.text)] if is_set else []
    readers = (
        PatchReader("strict", strict=True, texts=texts),
        PatchReader("lenient", strict=False, texts=texts),
    )
    judge = proofreader(*readers, letters)
    return judge.prove(picture(1, 2), lines, "de_DE", settings)


def test_a_line_with_a_letter_that_looks_like_another_one_is_doubted() -> None:
    letters = PatchLetters(doubted=1)
    proof = letters_proof(TEXTS, letters, is_set=False)
    assert [line.verdict for line in proof.lines] == [Verdict.UNSURE, Verdict.PASS]
    assert proof.lines[0].reason == "a letter looks unlike itself"
    assert proof.lines[0].read == HEADLINE.text
    assert proof.verdict is Verdict.UNSURE


def test_letters_of_set_lines_and_of_lines_that_do_not_pass_are_left_alone() -> None:
    letters = PatchLetters(doubted=2)
    proof = letters_proof({**TEXTS, 1: "Frische Bowlz"}, letters, is_set=True)
    assert letters.shown == []
    assert proof.lines[0].verdict is Verdict.FAIL
    assert proof.lines[1].verdict is Verdict.PASS
