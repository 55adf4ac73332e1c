"""The picture lies in one line and nowhere else, and the record says what was asked for."""

import dataclasses
import functools
import io
import pathlib
from collections.abc import Callable, Sequence

import numpy as np
import PIL.Image
import pytest

from pipeline.plan.lines import Line
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor
from pipeline.produce.creative import Creative, known_good
from pipeline.produce.finish import decode
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.planner import Planner, Task, sample
from pipeline.produce.planting import EXTRA_ROLE, Painter, extras_for, undisturbed
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.studio import Studio
from pipeline.produce.selftest import tried
from pipeline.produce.store import Store
from pipeline.proof.corruption import Kind
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting
from tests.provers import Seeing, proof

PROJECT = pathlib.Path(__file__).parent.parent.parent
Made = tuple[Creative, Outcome]


@pytest.fixture
def made(variants: Callable[..., list[Variant]], store: Store, renderer: TakumiRenderer) -> Made:
    """Return a right creative and its outcome."""
    variant = variants()[0]
    press = Press(
        plates=Plates(Studio(PROJECT / "templates" / "plates", renderer), store),
        compositor=Compositor(
            letterer=Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts"),
            prover=Seeing(),
            store=store,
        ),
        store=store,
    )
    outcome = press.produce(variant)
    assert outcome.status is Status.ACCEPTED, outcome.reason
    creative = known_good(variant, outcome, store)
    assert creative is not None
    return creative, outcome


@pytest.fixture
def painter(renderer: TakumiRenderer) -> Painter:
    return Painter(renderer=renderer)


def test_painted_without_errors_it_is_the_delivered_picture(
    made: Made, painter: Painter, store: Store
) -> None:
    creative, outcome = made
    assert outcome.deliverable is not None
    content = store.get(outcome.deliverable.sha256)
    assert content is not None
    delivered = decode(content, *creative.size).astype(int)
    painted = painter.paint(creative, ())
    assert np.abs(delivered - painted).mean() < 1.5
    assert np.percentile(np.abs(delivered - painted), 99) < 24


def test_only_the_wrong_line_differs(made: Made, painter: Painter) -> None:
    creative, _ = made
    error = painter.plant(creative, "price", Kind.DIGIT, 1)
    assert error is not None
    assert (error.requested, error.script) == ("8,90\u00a0€", "Latin")
    assert error.planted != error.requested
    assert len(error.planted) == len(error.requested)
    right = painter.paint(creative, ()).astype(int)
    apart = np.abs(painter.paint(creative, [error]) - right).max(axis=2)
    assert apart.max() > 100
    left, top, right_edge, bottom = error.box
    apart[max(0, top - 16) : bottom + 16, max(0, left - 16) : right_edge + 16] = 0
    assert apart.max() < 40  # what compression carries into the next blocks


def test_what_the_creative_is_proved_with_stays_right(made: Made, painter: Painter) -> None:
    creative, outcome = made
    painter.plant(creative, "price", Kind.DIGIT, 1)
    assert creative.settings == outcome.settings


def test_a_kind_that_a_line_cannot_have_is_not_planted(made: Made, painter: Painter) -> None:
    creative, _ = made
    assert painter.plant(creative, "headline", Kind.DIGIT, 1) is None
    assert painter.plant(creative, "headline", Kind.LANGUAGE, 1, ["קערות"]) is None  # no glyphs
    much_longer = ["A bowl so large that all the table may eat from it"]
    assert painter.plant(creative, "headline", Kind.LANGUAGE, 1, much_longer) is None
    assert painter.plant(creative, "headline", Kind.LANGUAGE, 1, ["Bols"]) is not None


def test_an_error_that_nobody_could_see_is_not_planted(made: Made, painter: Painter) -> None:
    creative, _ = made
    price = next(one for one in creative.settings if one.role == "price")
    out = io.BytesIO()
    PIL.Image.new("RGB", creative.size, price.colour).save(out, "PNG")
    hidden = dataclasses.replace(creative, base=out.getvalue())
    assert painter.plant(hidden, "price", Kind.DIGIT, 1) is None


def test_an_extra_number_stands_where_no_line_is(made: Made, painter: Painter) -> None:
    creative, _ = made
    error = painter.plant_extra(creative, 5)
    assert error is not None
    assert (error.role, error.requested) == (EXTRA_ROLE, "")
    free = undisturbed(creative, [error])
    assert free == {setting.role for setting in creative.settings}


def test_the_same_seed_plants_the_same_and_no_line_is_wrong_twice(
    made: Made, painter: Painter
) -> None:
    creative, _ = made
    plan = functools.partial(Planner(painter, 7).task, creative, {})
    first = Planner(painter, 7).task(creative, {}, 9)
    assert plan(9) == first
    assert plan(9) != first  # its second turn
    roles = [error.role for error in first.planted]
    assert len(roles) == len(set(roles)) > 2
    assert len(Planner(painter, 7).task(creative, {}, 2).planted) == 2


def test_every_script_comes_once_before_any_comes_twice(
    variants: Callable[..., list[Variant]],
) -> None:
    german = variants()
    hebrew = [dataclasses.replace(german[0], locale="he_IL")]
    creatives = [
        Creative(variant=variant, settings=(), base=b"", ground=b"")
        for variant in [*german, *hebrew]
    ]
    order = [creative.script for creative in sample(creatives, 0)]
    assert order == ["Hebrew", "Latin", "Latin"]


def test_a_creative_is_known_to_be_good_only_if_it_was_accepted_and_is_whole(
    made: Made, store: Store, tmp_path: pathlib.Path
) -> None:
    creative, outcome = made
    held = dataclasses.replace(outcome, status=Status.HELD)
    assert known_good(creative.variant, held, store) is None
    assert known_good(creative.variant, None, store) is None
    assert known_good(creative.variant, outcome, Store(tmp_path / "elsewhere")) is None


class Mistaking:
    """Takes what stands at a place for an attempt at the badge, and passes all lines but that."""

    def __init__(self, where: tuple[int, int, int, int]) -> None:
        self.where = where

    def prove(
        self,
        _image: np.ndarray,
        lines: Sequence[Line],
        _locale: str,
        _settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",  # noqa: ARG002 - part of the protocol
        allowed: frozenset[str] = frozenset(),  # noqa: ARG002 - likewise
        *,
        ground: np.ndarray | None = None,  # noqa: ARG002 - likewise
        plate: np.ndarray | None = None,  # noqa: ARG002 - likewise
    ) -> Proof:
        said = proof([(line, Verdict.PASS) for line in lines])
        wrong = dataclasses.replace(said.lines[-1], verdict=Verdict.FAIL, box=self.where)
        return dataclasses.replace(said, verdict=Verdict.FAIL, lines=(*said.lines[:-1], wrong))


def test_an_extra_number_that_is_taken_for_a_wrong_line_was_noticed_and_a_wrong_line_was_not(
    made: Made, painter: Painter
) -> None:
    creative, _ = made
    extra = painter.plant_extra(creative, 5)
    assert extra is not None
    left, top, right, bottom = extra.box
    there = Mistaking((left, top, right - left, bottom - top))
    (trial,) = tried(Task(creative=creative, planted=(extra,)), painter, there).trials
    assert trial.verdict is Verdict.FAIL
    elsewhere = Mistaking((0, 0, 4, 4))
    (trial,) = tried(Task(creative=creative, planted=(extra,)), painter, elsewhere).trials
    assert trial.slipped

    first = creative.settings[0].role
    wrong = painter.plant(creative, first, Kind.DROPPED, 1)
    assert wrong is not None
    near = Mistaking((wrong.box[0], wrong.box[1], 10, 10))
    (trial,) = tried(Task(creative=creative, planted=(wrong,)), painter, near).trials
    assert trial.slipped


@pytest.mark.parametrize(
    ("locale", "digits"), [("de_DE", ""), ("ar_AE", "٣"), ("fa_IR", "٣"), ("mr_IN", "१")]
)
def test_extra_numbers_are_in_digits_that_are_read_there(locale: str, digits: str) -> None:
    other = {c for text in extras_for(locale) for c in text if c.isdecimal() and not c.isascii()}
    assert set(digits) <= other
    assert bool(other) is bool(digits)
    assert "19,99 €" in extras_for(locale)
