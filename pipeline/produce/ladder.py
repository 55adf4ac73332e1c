"""The ladder: what is tried for one slot until a picture passes, the dearest hope first.

Each rung has fewer lines for the model to draw than the one before; the last has none. A picture
that is there already is taken, whatever its rung. What the model got wrong is filled in, where
the picture is calm, and set: that costs nothing. So a slot is filled for the least money, within
the attempts that the campaign allows.
"""

import dataclasses

import numpy as np

from pipeline.errors import BudgetError, ProviderError
from pipeline.plan.variants import Variant
from pipeline.produce.attempts import Brought, LateError, QuarantinedError
from pipeline.produce.buyer import Judged
from pipeline.produce.canary import HaltedError
from pipeline.produce.compositor import Compositor, Pixels, held
from pipeline.produce.finish import png
from pipeline.produce.outcome import Outcome, Plate, Status
from pipeline.produce.plates import Obtained, Plates
from pipeline.produce.providers.protocol import NotAcceptedError
from pipeline.produce.repair import without_words
from pipeline.produce.till import Till
from pipeline.proof.describe import why
from pipeline.proof.verdict import Proof, Verdict

_FINAL = (LateError, QuarantinedError, HaltedError, NotAcceptedError)
"""What another prompt would not change: it may still come, or would only be refused again."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Spoilt:
    """A picture that did not pass, and what was read on it."""

    obtained: Obtained
    proof: Proof


@dataclasses.dataclass(frozen=True, slots=True)
class _Read:
    """A plate with the words on it, and the creative made of it, if its words are right."""

    outcome: Outcome
    spoilt: _Spoilt | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Fills slots with pictures that are paid for.

    Attributes:
        plates: Pictures that are there already.
        compositor: Letters and proves.
        till: Pays; None if nothing may be paid.
    """

    plates: Plates
    compositor: Compositor
    till: Till | None

    def creative(self, variant: Variant) -> Outcome:
        """Return an accepted creative.

        Raises:
            BudgetError: If it may not be paid.
            ProviderError: If no picture passed.
        """
        rungs = (variant, *variant.lower)
        left, tried, reason = variant.budget.attempts, 0, ""
        for rung in rungs[:1] if variant.insists else rungs:
            if kept := self._kept(rung):
                return dataclasses.replace(kept, attempts=0)
        for index, rung in enumerate(rungs):
            if left <= 0:
                break
            share = max(1, left - (len(rungs) - index - 1))
            outcome, paid = self._bought(rung, share)
            left, tried = left - paid, tried + paid
            if outcome.status is Status.ACCEPTED:
                return dataclasses.replace(outcome, attempts=tried)
            reason = outcome.reason
        raise ProviderError(f"no picture passed the proof; the last one: {reason}")

    def _kept(self, variant: Variant) -> Outcome | None:
        """Return the creative on a picture that was paid for before; None if that will not do."""
        kept = self.plates.kept(variant.request, variant.format)
        outcome = self._set(variant, kept, known=True).outcome if kept else None
        if outcome is None or outcome.status is not Status.ACCEPTED:
            return None
        if self.till:
            self.till.saved(variant)
        return outcome

    def _bought(self, variant: Variant, attempts: int) -> tuple[Outcome, int]:
        """Return what came of paying for a rung, and how many pictures were paid for.

        Raises:
            BudgetError: If it may not be paid.
            ProviderError: If there is no picture, and would be none for another rung.
        """
        if self.till is None:
            raise BudgetError("nothing may be paid here")
        budget = variant.budget.model_copy(update={"attempts": attempts})
        order = dataclasses.replace(variant, budget=budget)
        spoilt: list[_Spoilt] = []
        try:
            bought = self.till.buy(order, lambda brought: self._judged(variant, brought, spoilt))
        except _FINAL:
            raise
        except ProviderError as error:
            if not variant.lower:
                raise
            return held(variant, self.compositor.engine, str(error), None), 0
        outcome = bought.judged.result
        if outcome.status is not Status.ACCEPTED:
            repaired = next(filter(None, (self._repaired(variant, one) for one in spoilt)), None)
            return repaired or outcome, bought.attempts
        if outcome.plate and bought.fresh and bought.judged.passed:
            self.plates.keep(variant.request, outcome.plate)
            self.till.planned(variant)
        elif not bought.fresh:  # what another creative has just paid for serves this one too
            self.till.saved(variant)
        return outcome, bought.attempts

    def _judged(self, variant: Variant, brought: Brought, spoilt: list[_Spoilt]) -> Judged[Outcome]:
        """Return what is thought of a picture that was paid for.

        Where the model need not draw the words, a picture that can be repaired is enough.
        """
        entry = brought.entry
        plate = Plate(
            sha256=entry.sha256,
            provider=variant.request.provider,
            model=variant.request.model,
            prompt_sha256=variant.request.prompt_sha256,
            seed=entry.seed,
            cost=entry.estimated if entry.charged is None else entry.charged,
            reused=False,
            attempt=entry.id,
        )
        try:
            pixels = self.plates.shaped(brought.content, variant.request, variant.format)
        except ProviderError as error:
            outcome = held(variant, self.compositor.engine, str(error), None)
            return Judged(passed=False, detail=outcome.reason, result=outcome)
        found = self._set(variant, Obtained(plate=plate, pixels=pixels))
        passed = found.outcome.status is Status.ACCEPTED
        if found.spoilt is None or variant.insists:
            spoilt += [found.spoilt] if found.spoilt else []
            return Judged(passed=passed, detail=found.outcome.reason, result=found.outcome)
        repaired = self._repaired(variant, found.spoilt)
        result = repaired or found.outcome
        detail = found.outcome.reason
        return Judged(passed=False, detail=detail, result=result, enough=repaired is not None)

    def _set(self, variant: Variant, obtained: Obtained, *, known: bool = False) -> _Read:
        """Return the creative on a picture, unless what is drawn on it is wrong.

        A plate without words that was accepted before is not read again by itself.
        """
        turned = _turned(obtained) if variant.mirrored else obtained
        if known and not variant.drawn:
            return _Read(self.compositor.letter(variant, turned), None)
        proof = self.compositor.read(variant, turned)
        if proof.extra or any(line.verdict is not Verdict.PASS for line in proof.lines):
            outcome = held(variant, self.compositor.engine, why(proof), turned)
            return _Read(outcome, _Spoilt(turned, proof))
        drawn = [line.box for line in proof.lines if line.box]
        return _Read(self.compositor.letter(variant, turned, drawn), None)

    def _repaired(self, variant: Variant, spoilt: _Spoilt) -> Outcome | None:
        """Return a creative on a spoilt picture with the wrong words filled in; None if it shows.

        The picture then serves the rung that asks for no more than what is right on it.
        """
        right = {line.role for line in spoilt.proof.lines if line.verdict is Verdict.PASS}
        for lower in variant.lower:
            drawn = {line.role for line in lower.drawn}
            if lower.mirrored or not drawn <= right:
                continue
            boxes = [line.box for line in spoilt.proof.lines if line.box and line.role not in drawn]
            boxes += [extra.box for extra in spoilt.proof.extra]
            pixels = without_words(spoilt.obtained.pixels, boxes)
            return None if pixels is None else self._reset(lower, spoilt.obtained.plate, pixels)
        return None

    def _reset(self, variant: Variant, plate: Plate, pixels: Pixels) -> Outcome | None:
        """Return an accepted creative on a repaired picture, which is kept for its rung."""
        sha256 = self.compositor.store.put(png(pixels))
        repaired = dataclasses.replace(plate, sha256=sha256, repaired=plate.sha256)
        found = self._set(variant, Obtained(plate=repaired, pixels=pixels))
        if found.outcome.status is not Status.ACCEPTED:
            return None
        self.plates.keep(variant.request, repaired)
        return found.outcome


def _turned(obtained: Obtained) -> Obtained:
    return dataclasses.replace(obtained, pixels=np.ascontiguousarray(obtained.pixels[:, ::-1]))
