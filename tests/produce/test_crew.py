"""The crew has as many threads as can wait at a time, and begins nothing after a tool failed."""

import dataclasses
import itertools
import pathlib
import threading
from collections.abc import Callable

import pytest

from pipeline.errors import ToolMissingError
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor, held
from pipeline.produce.crew import produce_all
from pipeline.produce.outcome import Outcome
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.studio import Studio
from pipeline.produce.store import Store
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer
from tests.produce.test_press import Prover

PROJECT = pathlib.Path(__file__).parent.parent.parent


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Acting(Press):
    """A press that only does what it is told for each creative."""

    act: Callable[[Variant], None]

    def produce(self, variant: Variant) -> Outcome:
        self.act(variant)
        return held(variant, "engine 1", "", None)


@pytest.fixture
def acting(store: Store, renderer: TakumiRenderer) -> Callable[..., Acting]:
    """Return what makes a press that does something for each creative."""
    layouts, plates = PROJECT / "templates" / "layouts", PROJECT / "templates" / "plates"
    letterer = Letterer(renderer=renderer, layouts=layouts)
    compositor = Compositor(letterer=letterer, prover=Prover(), store=store)

    def make(act: Callable[[Variant], None]) -> Acting:
        studio = Plates(Studio(plates, renderer), store)
        return Acting(plates=studio, compositor=compositor, store=store, act=act)

    return make


def _many(variant: Variant, count: int) -> list[Variant]:
    return [dataclasses.replace(variant, id=f"creative-{number}") for number in range(count)]


def test_as_many_wait_at_a_time_as_may(
    acting: Callable[..., Acting], variants: Callable[..., list[Variant]]
) -> None:
    all_at_once = threading.Barrier(6)
    press = acting(lambda _: all_at_once.wait(timeout=10) and None)
    made = produce_all(_many(variants()[0], 12), press, 6, lambda _: None)
    assert [(one.variant, one.reason) for one in made] == [
        (f"creative-{number}", "") for number in range(12)
    ]


def test_threads_that_only_take_turns_step_back(
    acting: Callable[..., Acting], variants: Callable[..., list[Variant]]
) -> None:
    all_at_once, by = threading.Barrier(6), list[int]()
    some = _many(variants()[0], 600)
    waiting = {variant.id for variant in some[:6]}

    def act(variant: Variant) -> None:
        if variant.id in waiting:
            all_at_once.wait(timeout=10)
        else:
            pathlib.Path(__file__).read_bytes()  # other threads may go on meanwhile
        by.append(threading.get_ident())

    produce_all(some, acting(act), 6, lambda _: None)
    assert len(set(by[:6])) == 6
    changes = sum(one != other for one, other in itertools.pairwise(by[100:]))
    assert changes < 50


def test_after_a_missing_tool_nothing_more_begins(
    acting: Callable[..., Acting], variants: Callable[..., list[Variant]]
) -> None:
    begun: list[str] = []

    def act(variant: Variant) -> None:
        begun.append(variant.id)
        raise ToolMissingError("tesseract is missing")

    with pytest.raises(ToolMissingError):
        produce_all(_many(variants()[0], 100), acting(act), 1, lambda _: None)
    assert begun == ["creative-0"]
