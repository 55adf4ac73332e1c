"""The press with money: what is paid for is used, and what is not to be had has a stand-in."""

import dataclasses
import datetime as dt
import decimal
import functools
import io
import pathlib
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.plan.lines import Line
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor
from pipeline.produce.gate import Timing
from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.produce.ledger.spend import By
from pipeline.produce.outcome import Status
from pipeline.produce.plates import Plates
from pipeline.produce.press import Press
from pipeline.produce.providers.protocol import Attempt, Charge, Poll, State, Ticket
from pipeline.produce.providers.studio import Studio
from pipeline.produce.store import Store
from pipeline.produce.till import Means, Till
from pipeline.proof.verdict import ExtraText, Proof, Verdict
from pipeline.typeset.lettering import Letterer
from pipeline.typeset.renderer import TakumiRenderer
from pipeline.typeset.setting import LineSetting
from tests.provers import proof

PROJECT = pathlib.Path(__file__).parent.parent.parent
Pixels = npt.NDArray[np.uint8]
Variants = Callable[..., list[Variant]]
PAID = ("template: deal", "template: deal\nprovider: runflow\nlettering: typeset")
DRAWN = ("template: deal", "template: deal\nprovider: runflow\nlettering: {headline: model}")
HEADLINE = (20, 30, 120, 24)
COLOURS = ((255, 200, 61), (198, 63, 28), (27, 18, 16))
COST = decimal.Decimal("0.05")


@dataclasses.dataclass
class Saying:
    """Says of each creative, and of each plate, what is next on its list, then that it passes.

    What is wrong on a plate stands in one place.
    """

    verdicts: list[Verdict] = dataclasses.field(default_factory=list)
    plates: list[Verdict] = dataclasses.field(default_factory=list)
    set_roles: list[set[str]] = dataclasses.field(default_factory=list)
    read: list[Pixels] = dataclasses.field(default_factory=list)

    def prove(  # noqa: PLR0913 - the protocol's
        self,
        image: Pixels,
        lines: Sequence[Line],
        _locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",  # noqa: ARG002 - likewise
        allowed: frozenset[str] = frozenset(),  # noqa: ARG002 - part of the protocol
        *,
        ground: Pixels | None = None,
        plate: Pixels | None = None,  # noqa: ARG002 - likewise
    ) -> Proof:
        if ground is None:
            self.read.append(image)
            verdict = self.plates.pop(0) if self.plates else Verdict.PASS
            said = proof([(line, verdict) for line in lines])
            box = None if verdict is Verdict.PASS else HEADLINE
            placed = tuple(dataclasses.replace(line, box=box) for line in said.lines)
            stray = ExtraText(text="Frsh", box=HEADLINE, reason="nobody asked for it")
            extra = () if verdict is Verdict.PASS or lines else (stray,)
            return dataclasses.replace(said, verdict=verdict, lines=placed, extra=extra)
        self.set_roles.append({setting.role for setting in settings})
        verdict = self.verdicts.pop(0) if self.verdicts else Verdict.PASS
        return proof([(line, verdict) for line in lines])


class Vendor:
    """Paints the colours of the brand at once, for five cents; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Attempt] = []
        self.restless = False

    @property
    def capabilities(self) -> Capabilities:
        return capabilities("runflow")

    def submit(self, attempt: Attempt) -> Ticket:
        self.asked.append(attempt)
        return Ticket(request_id=f"run-{len(self.asked)}", cost=COST)

    def poll(self, ticket: Ticket) -> Poll:
        return Poll(state=State.READY, url=ticket.request_id, cost=COST)

    def fetch(self, ticket: Ticket, _url: str) -> bytes:
        request = self.asked[int(ticket.request_id.removeprefix("run-")) - 1].request
        board = np.full((request.height, request.width, 3), (255, 248, 236), np.uint8)
        board[:, -40:-30], board[:, -30:-20], board[:, -20:] = COLOURS
        board[0, 0] = len(self.asked)
        if self.restless:
            dice = np.random.default_rng(0)
            board[:100] = dice.integers(0, 256, board[:100].shape, np.uint8)
        file = io.BytesIO()
        PIL.Image.fromarray(board).save(file, "PNG")
        return file.getvalue()

    def look_up(self, _attempt: Attempt, _since: dt.datetime) -> Ticket | None:
        return None

    def charges(self, _since: dt.datetime) -> Iterator[Charge]:
        return iter(())


@dataclasses.dataclass
class Shop:
    press: Press
    vendor: Vendor
    prover: Saying
    ledger: Ledger


@pytest.fixture
def shop(store: Store, renderer: TakumiRenderer, tmp_path: pathlib.Path) -> Iterator[Shop]:
    now = functools.partial(dt.datetime, 2026, 12, 1, 6, tzinfo=dt.UTC)
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}", now)
    vendor, prover = Vendor(), Saying()
    timing = Timing(clock=time.monotonic, sleep=lambda _: None, dice=lambda: 0.5)
    means = Means(
        ledger=ledger, store=store, open_provider=lambda _: vendor, timing=timing, now=now
    )
    press = Press(
        plates=Plates(Studio(PROJECT / "templates" / "plates", renderer), store),
        compositor=Compositor(
            letterer=Letterer(renderer=renderer, layouts=PROJECT / "templates" / "layouts"),
            prover=prover,
            store=store,
        ),
        store=store,
        till=Till(means, "run-1", {}),
    )
    yield Shop(press=press, vendor=vendor, prover=prover, ledger=ledger)
    ledger.close()


def test_a_picture_that_was_paid_for_is_used_and_its_attempt_is_named(
    shop: Shop, variants: Variants
) -> None:
    outcome = shop.press.produce(variants(*PAID)[0])
    assert outcome.status is Status.ACCEPTED
    assert outcome.plate is not None
    assert (outcome.plate.provider, outcome.plate.cost) == ("runflow", COST)
    (row,) = shop.ledger.attempts_of(shop.vendor.asked[0].request.fingerprint)
    assert (row.id, row.state, row.charged) == (outcome.plate.attempt, "accepted", COST)


def test_one_plate_serves_every_locale_and_is_paid_once(shop: Shop, variants: Variants) -> None:
    both = [shop.press.produce(variant) for variant in variants(*PAID)]
    assert [outcome.status for outcome in both] == [Status.ACCEPTED, Status.ACCEPTED]
    assert len(shop.vendor.asked) == 1
    assert shop.press.till is not None
    shop.press.till.write_notes()
    (line,) = shop.ledger.accounts.spend(By.CAMPAIGN).lines
    assert (line.spent, line.saved_by_cache) == (COST, COST)


def test_a_picture_that_fails_the_proof_is_followed_by_another_with_another_seed(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.verdicts = [Verdict.FAIL]
    outcome = shop.press.produce(variants(*PAID)[0])
    assert (outcome.status, outcome.attempts, outcome.fallback) == (Status.ACCEPTED, 2, "")
    first, second = shop.vendor.asked
    assert first.seed != second.seed


def test_after_the_last_attempt_the_studio_stands_in_and_says_why(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.verdicts = [Verdict.FAIL] * 3
    outcome = shop.press.produce(variants(*PAID)[0])
    assert len(shop.vendor.asked) == 3
    assert outcome.status is Status.ACCEPTED
    assert outcome.plate is not None
    assert outcome.plate.provider == "studio"
    assert "no picture passed the proof" in outcome.fallback


def test_what_was_turned_down_often_enough_is_not_paid_for_again(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.verdicts = [Verdict.FAIL] * 3
    first, second = (shop.press.produce(variant) for variant in variants(*PAID))
    assert len(shop.vendor.asked) == 3
    assert first.fallback
    assert second.fallback


def test_a_model_draws_some_lines_and_the_rest_is_set(shop: Shop, variants: Variants) -> None:
    variant = variants(*DRAWN)[0]
    outcome = shop.press.produce(variant)
    assert [line.role for line in variant.drawn] == ["headline"]
    assert shop.prover.set_roles[-1] == set(variant.lettering) - {"headline"}
    assert outcome.lettering == variant.lettering
    assert outcome.why["headline"] == "the campaign says so"
    (row,) = shop.ledger.attempts_of(variant.request.fingerprint)
    assert row.lettering == "headline"


def test_words_drawn_wrong_are_drawn_again_and_then_set_over_a_plate_without_words(
    shop: Shop, variants: Variants
) -> None:
    shop.vendor.restless = True
    shop.prover.plates = [Verdict.FAIL, Verdict.FAIL]
    variant = variants(*DRAWN)[0]
    outcome = shop.press.produce(variant)
    drawn, again, bare = (attempt.request for attempt in shop.vendor.asked)
    assert drawn.prompt == again.prompt
    assert "Bowls" not in bare.prompt
    assert (outcome.status, outcome.attempts, outcome.fallback) == (Status.ACCEPTED, 3, "")
    assert set(outcome.lettering.values()) == {"typeset"}
    assert outcome.fingerprint == variant.lower[-1].fingerprint


def test_words_drawn_wrong_on_calm_ground_are_filled_in_and_set_for_nothing(
    shop: Shop, variants: Variants, store: Store
) -> None:
    shop.prover.plates = [Verdict.FAIL, Verdict.FAIL]
    variant = variants(*DRAWN)[0]
    outcome = shop.press.produce(variant)
    assert len(shop.vendor.asked) == 2  # the campaign wants them drawn, so one more was tried
    assert (outcome.status, outcome.attempts) == (Status.ACCEPTED, 2)
    assert outcome.plate is not None
    assert outcome.plate.repaired
    assert outcome.plate.repaired != outcome.plate.sha256
    assert store.plate(variant.lower[-1].request.fingerprint) == outcome.plate


def test_a_repaired_plate_serves_the_next_wording_too(shop: Shop, variants: Variants) -> None:
    shop.prover.plates = [Verdict.FAIL, Verdict.FAIL]
    first, second = variants(*DRAWN)
    shop.press.produce(first)
    outcome = shop.press.produce(second.lower[-1])
    assert len(shop.vendor.asked) == 2
    assert outcome.status is Status.ACCEPTED
    assert outcome.plate is not None
    assert (outcome.plate.reused, outcome.plate.cost) == (True, decimal.Decimal(0))


def test_where_words_need_not_be_drawn_the_first_picture_is_repaired(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.plates = [Verdict.FAIL]
    variant = dataclasses.replace(variants(*DRAWN)[0], insists=False)
    outcome = shop.press.produce(variant)
    assert (len(shop.vendor.asked), outcome.attempts) == (1, 1)
    assert outcome.status is Status.ACCEPTED
    (row,) = shop.ledger.attempts_of(variant.request.fingerprint)
    assert (row.state, row.passed) == ("rejected", False)


def test_a_plate_that_bears_words_nobody_asked_for_is_turned_down(
    shop: Shop, variants: Variants
) -> None:
    shop.prover.plates = [Verdict.FAIL]
    outcome = shop.press.produce(variants(*PAID)[0])
    assert (outcome.status, outcome.attempts) == (Status.ACCEPTED, 2)


def test_an_accepted_plate_is_read_by_itself_once(shop: Shop, variants: Variants) -> None:
    for variant in variants(*PAID):
        shop.press.produce(variant)
    assert len(shop.prover.read) == 1


def test_a_plate_for_the_other_direction_is_the_same_one_turned(
    shop: Shop, variants: Variants
) -> None:
    ltr, rtl = variants(*PAID)
    shop.press.produce(ltr)
    outcome = shop.press.produce(dataclasses.replace(rtl, mirrored=True))
    assert len(shop.vendor.asked) == 1
    assert outcome.status is Status.ACCEPTED


def test_a_pinned_picture_is_used_as_it_is(shop: Shop, variants: Variants, store: Store) -> None:
    board = np.full((250, 300, 3), (255, 248, 236), np.uint8)
    board[:, -40:-30], board[:, -30:-20], board[:, -20:] = COLOURS
    file = io.BytesIO()
    PIL.Image.fromarray(board).save(file, "PNG")
    sha256 = store.put(file.getvalue())
    old, new = PAID
    pins = f"{new}\nplate: {{pins: {{bowl: {{display-300x250: {sha256}}}}}}}"
    variant = variants(old, pins)[0]
    outcome = shop.press.produce(variant)
    assert shop.vendor.asked == []
    assert outcome.plate is not None
    assert outcome.plate.sha256 == sha256
    assert outcome.status is Status.ACCEPTED, outcome.reason

    gone = variants(old, pins.replace(sha256, "0" * 64))[0]
    lost = shop.press.produce(gone)
    assert lost.status is Status.HELD
    assert "is not in the store" in lost.reason


def test_the_stand_in_sets_every_line(shop: Shop, variants: Variants) -> None:
    shop.ledger.switch.engage("not today")
    outcome = shop.press.produce(variants(*DRAWN)[0])
    assert set(outcome.lettering.values()) == {"typeset"}
    assert "not today" in outcome.fallback
    assert shop.vendor.asked == []


def test_without_a_till_nothing_is_paid(shop: Shop, variants: Variants) -> None:
    press = dataclasses.replace(shop.press, till=None)
    outcome = press.produce(variants(*PAID)[0])
    assert (outcome.status, outcome.fallback) == (Status.ACCEPTED, "nothing may be paid here")
    assert shop.vendor.asked == []


def test_a_used_up_budget_stands_in_and_names_the_cap(shop: Shop, variants: Variants) -> None:
    old, new = PAID
    outcome = shop.press.produce(variants(old, f"{new}\nbudget: {{day: 0.04}}")[0])
    assert "budget of day" in outcome.fallback
    assert outcome.status is Status.ACCEPTED
