"""A day of which one creative is held, that can be run again and decided about."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.daily import Workshop, open_workshop, produce_batch, publish
from pipeline.dayplan import RunRequest, prepare
from pipeline.plan.lines import Line
from pipeline.produce.outcome import Outcome
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.publish.approvals import Wish, decide, seen, settled
from pipeline.publish.decisions import Action
from pipeline.publish.manifest import manifests_under, read_manifest
from pipeline.settings import PROJECT, Settings
from pipeline.typeset.setting import LineSetting
from tests.lunch import lunch

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", gb="en_GB")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, gb: 7.50}
    copy: {headline: {de: Bowls, en: Bowls}}
"""
)


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
