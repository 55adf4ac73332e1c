"""A day with decisions: what a person said about a creative holds for the day's later runs."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.daily import Workshop, open_workshop, produce_batch, publish
from pipeline.dayplan import RunRequest, everything_stands, prepare
from pipeline.plan.lines import Line
from pipeline.produce.outcome import Outcome
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.publish.approvals import Wish, decide, seen, settled
from pipeline.publish.decisions import Action
from pipeline.publish.manifest import manifests_under, read_manifest, write_manifest
from pipeline.settings import PROJECT, Settings
from pipeline.typeset.setting import LineSetting

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CAMPAIGN = """\
campaign: lunch
template: deal
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
formats: [display-300x250]
markets:
  de: {locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}
  gb: {locales: [en_GB], currency: GBP, time_zone: Europe/London}
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, gb: 7.50}
    copy: {headline: {de: Bowls, en: Bowls}}
"""


@dataclasses.dataclass(slots=True)
class Doubting:
    """Passes every picture but the British, whose price it reads as another; counts them."""

    asked: list[str] = dataclasses.field(default_factory=list)

    def prove(
        self,
        _image: npt.NDArray[np.uint8],
        lines: Sequence[Line],
        locale: str,
        _settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",  # noqa: ARG002 - part of the protocol
        allowed: frozenset[str] = frozenset(),  # noqa: ARG002 - likewise
        *,
        ground: npt.NDArray[np.uint8] | None = None,  # noqa: ARG002 - likewise
        plate: npt.NDArray[np.uint8] | None = None,  # noqa: ARG002 - likewise
    ) -> Proof:
        self.asked.append(locale)
        proofs = tuple(_read(line, wrong=locale == "en_GB") for line in lines)
        verdict = Verdict.FAIL if locale == "en_GB" else Verdict.PASS
        return Proof(verdict=verdict, lines=proofs, extra=(), readers={}, ms=0)


def _read(line: Line, *, wrong: bool) -> LineProof:
    wrong = wrong and line.role == "price"
    return LineProof(
        role=line.role,
        expected=line.text,
        read=line.text.replace("7", "1") if wrong else line.text,
        verdict=Verdict.FAIL if wrong else Verdict.PASS,
        box=(20, 20, 60, 30),
        reader="said",
        confidence=0.99,
        shape=None,
        reason="reads £1.50" if wrong else "",
    )


class Shop:
    """Runs the day, as often as wanted, and lets a person decide about what is held."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.file, self.out = folder / "lunch.yaml", folder / "out"
        self.settings = Settings(templates=PROJECT / "templates", work=folder / "work", workers=1)
        self.file.write_text(CAMPAIGN, "utf-8")
        self.request = RunRequest(files=(self.file,), out=self.out, instant=NOON)

    def run(self) -> tuple[list[str], list[Outcome]]:
        """Run the day and return the locales that were proofread, and the outcomes."""
        prover = Doubting()
        plan = prepare(self.request, self.settings)
        workshop: Workshop = open_workshop(self.settings, prover, {"reader": "1"})
        store = workshop.press.store
        told = settled(self.out, plan.variants, store)
        workshop = dataclasses.replace(workshop, settled=told)
        outcomes = [
            outcome
            for batch in plan.batches()
            for outcome in produce_batch(batch, workshop, lambda _: None)
        ]
        publish(plan, outcomes, workshop)
        return prover.asked, outcomes

    @property
    def british(self) -> dict[str, Any]:
        (manifest,) = manifests_under(self.out)
        (record,) = (r for r in read_manifest(manifest)["creatives"] if r["market"] == "gb")
        return dict(record)

    def say(self, action: Action) -> None:
        (manifest,) = manifests_under(self.out)
        sha256, words, before = seen(self.british)
        wish = Wish(
            variant=self.british["variant"],
            action=action,
            sha256=sha256,
            copy_sha256=words,
            before=before,
        )
        decide(manifest.parent, wish, "ann", "2026-12-01T13:00:00Z")

    def change(self, old: str, new: str) -> None:
        text = self.file.read_text("utf-8")
        assert old in text
        self.file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> Shop:
    """Return a day that was run once, with the British creative held."""
    made = Shop(tmp_path)
    made.run()
    assert made.british["status"] == "held"
    return made


def test_what_was_approved_stands_and_the_day_is_done(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    assert everything_stands(prepare(shop.request, shop.settings))
    (manifest,) = manifests_under(shop.out)
    before = manifest.read_bytes()
    assert "en_GB" not in shop.run()[0]
    assert manifest.read_bytes() == before


def test_another_markets_price_leaves_an_approved_creative_as_it_is(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    before = shop.british
    shop.change("de: 8.90", "de: 7.90")
    assert shop.run()[0] == ["de_DE"]
    passing = {"attempts": 0, "plate": shop.british["plate"]}  # as of all that is not made anew
    assert shop.british == {**before, **passing}


def test_a_changed_price_needs_a_new_approval_and_the_old_file_is_retired(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    old = shop.british
    shop.change("gb: 7.50", "gb: 7.20")
    shop.run()
    assert shop.british["status"] == "held"
    assert "decision" not in shop.british
    (manifest,) = manifests_under(shop.out)
    assert old["file"] in read_manifest(manifest)["retired"]
    assert not (manifest.parent / old["file"]).exists()


def test_a_changed_brand_needs_a_new_approval_though_the_words_are_the_same(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    shop.change("#FFC83D", "#22AA66")
    assert "en_GB" in shop.run()[0]
    assert shop.british["status"] == "held"


def test_an_approved_file_that_was_lost_is_delivered_again(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    (manifest,) = manifests_under(shop.out)
    file = manifest.parent / shop.british["file"]
    content = file.read_bytes()
    file.unlink()
    shop.run()
    assert file.read_bytes() == content
    assert shop.british["decision"]["action"] == "approve"


def test_what_was_rejected_is_not_made_again_that_day(shop: Shop) -> None:
    shop.say(Action.REJECT)
    before = shop.british
    asked, outcomes = shop.run()
    assert "en_GB" not in asked
    assert [str(one.status) for one in outcomes] == ["accepted", "held"]
    assert shop.british == before
    assert not shop.british["file"].startswith("gb/")


def test_what_is_to_be_tried_again_is_and_may_have_one_more_picture(shop: Shop) -> None:
    shop.say(Action.REJECT)
    shop.say(Action.RETRY)
    attempts = [v.budget.attempts for v in prepare(shop.request, shop.settings).variants]
    assert attempts == [3, 4]
    assert "en_GB" in shop.run()[0]
    assert "decision" not in shop.british


def test_what_is_to_be_typeset_instead_costs_nothing_until_its_words_change(
    shop: Shop,
) -> None:
    shop.change("formats:", "provider: fal\nlettering: model\nformats:")
    drawn = prepare(shop.request, shop.settings).variants[1]
    assert drawn.drawn
    (manifest,) = manifests_under(shop.out)
    record = {**shop.british, "fingerprint": drawn.fingerprint}
    record["lettering"] = drawn.lettering
    record["strings"] = {line.role: line.text for line in drawn.lines}
    whole = read_manifest(manifest)
    creatives = [record if r["market"] == "gb" else r for r in whole["creatives"]]
    write_manifest(manifest.parent, {**whole, "creatives": creatives})
    shop.say(Action.TYPESET)
    plan = prepare(shop.request, shop.settings)
    german, british = plan.variants
    assert german.request.provider == "fal"
    assert (british.request.provider, british.drawn, british.cost) == ("studio", (), "0")
    assert british.fingerprint != drawn.fingerprint
    assert plan.plans[0].planned[1].reason == "typeset instead"
    shop.change("gb: 7.50", "gb: 7.20")
    assert prepare(shop.request, shop.settings).variants[1].request.provider == "fal"
