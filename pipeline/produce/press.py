"""The press: from a variant to an outcome. Plate, words, file, proof; each ends in a proof."""

import dataclasses
import decimal
import functools
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import BudgetError, ProviderError
from pipeline.plan.catalogue import STUDIO
from pipeline.plan.lines import Line
from pipeline.plan.routing import TYPESET
from pipeline.plan.variants import Variant
from pipeline.produce.attempts import Brought
from pipeline.produce.buyer import Judged
from pipeline.produce.exhibits import keep_evidence
from pipeline.produce.finish import JPEG, decode, encode, fitted, ground_file, opened
from pipeline.produce.opinions import Opinions
from pipeline.produce.outcome import Deliverable, Outcome, Plate, Status
from pipeline.produce.pictures import pasted
from pipeline.produce.plates import Obtained, Plates
from pipeline.produce.store import Store
from pipeline.produce.till import Till
from pipeline.proof.checks import Delivered, Demands, checks_of, shapes_on, with_checks
from pipeline.proof.describe import why
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.block import Block
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import hashes
from pipeline.typeset.lettering import Canvas, Lettered, Letterer
from pipeline.typeset.setting import LineSetting


class Prover(Protocol):
    """Proofreads a picture; `pipeline.proof.prove.Proofreader` is the real one."""

    def prove(  # noqa: PLR0913 - all of it is about one picture
        self,
        image: npt.NDArray[np.uint8],
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: npt.NDArray[np.uint8] | None = None,
        plate: npt.NDArray[np.uint8] | None = None,
    ) -> Proof:
        """Return the proof of the picture."""
        ...


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Everything that making a creative takes.

    Attributes:
        plates: Where plates come from.
        letterer: Sets words over them.
        prover: Proofreads the delivered pixels.
        store: Keeps pictures and outcomes.
        till: Pays for pictures; None if nothing may be paid.
        opinions: Asks for second opinions; None if nobody wants one.
        bench: Lets as many threads letter and prove at a time as there are cores: many more may
            wait for a provider.
    """

    plates: Plates
    letterer: Letterer
    prover: Prover
    store: Store
    till: Till | None = None
    opinions: Opinions | None = None
    bench: threading.Semaphore = dataclasses.field(default_factory=threading.Semaphore)

    def produce(self, variant: Variant) -> Outcome:
        """Return how a variant ended.

        An accepted outcome of the same fingerprint is taken over as it is, but for a stand-in:
        another day may have a budget for the real one. Words that do not
        fit and a proof that does not pass are outcomes, not errors. Where a picture was to be
        paid for and there is none that passes, the studio's plate with set lines stands in.

        Raises:
            ToolMissingError: If an engine or font is not installed.
        """
        known = self.store.outcome(variant.fingerprint)
        if known and known.deliverable and all(self.store.get(sha256) for sha256 in known.pictures):
            return _reused(known, variant)
        try:
            outcome = self._made(variant)
        except ProviderError as error:
            return held(variant, self.letterer.renderer.engine, str(error), None)
        if outcome.status is Status.ACCEPTED:
            outcome = self._with_opinion(variant, outcome)
        if outcome.status is Status.ACCEPTED and not outcome.fallback:
            self.store.keep_outcome(outcome)
        return outcome

    def _with_opinion(self, variant: Variant, outcome: Outcome) -> Outcome:
        """Return an accepted outcome with Sentinel's opinion, if one is wanted."""
        delivered = outcome.deliverable
        content = self.store.get(delivered.sha256) if delivered else None
        if not (variant.second_opinion and self.opinions and delivered and content):
            return outcome
        opinion = self.opinions.of(variant, f"opinion-{delivered.sha256[:40]}", content)
        return dataclasses.replace(outcome, opinion=opinion)

    def _made(self, variant: Variant) -> Outcome:
        if variant.request.provider == STUDIO:
            return self._letter(variant, self.plates.obtain(variant.request))
        try:
            return self._kept(variant) or self._bought(variant)
        except (BudgetError, ProviderError) as error:
            reason = str(error)
        typeset = dict.fromkeys(variant.lettering, TYPESET)
        plain = dataclasses.replace(variant, request=variant.fallback, lettering=typeset)
        outcome = self._letter(plain, self.plates.obtain(plain.request))
        return dataclasses.replace(outcome, fallback=reason)

    def _kept(self, variant: Variant) -> Outcome | None:
        """Return the creative on a picture that was paid for before; None if that will not do."""
        kept = self.plates.kept(variant.request, variant.format)
        outcome = self._letter(variant, kept) if kept else None
        if outcome is None or outcome.status is not Status.ACCEPTED:
            return None
        if self.till:
            self.till.saved(variant)
        return outcome

    def _bought(self, variant: Variant) -> Outcome:
        """Return an accepted creative on a picture that is paid for.

        Raises:
            BudgetError: If it may not be paid.
            ProviderError: If there is none.
        """
        if self.till is None:
            raise BudgetError("nothing may be paid here")
        bought = self.till.buy(variant, functools.partial(self._judged, variant))
        outcome = bought.judged.result
        if not bought.judged.passed:
            raise ProviderError(f"no picture passed the proof; the last one: {outcome.reason}")
        if outcome.plate and bought.fresh:
            self.plates.keep(variant.request, outcome.plate)
            self.till.planned(variant)
        elif not bought.fresh:  # what another creative has just paid for serves this one too
            self.till.saved(variant)
        return dataclasses.replace(outcome, attempts=bought.attempts)

    def _judged(self, variant: Variant, brought: Brought) -> Judged[Outcome]:
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
            fmt = variant.format
            pixels = fitted(opened(brought.content), fmt.width, fmt.height)
            outcome = self._letter(variant, Obtained(plate=plate, pixels=pixels))
        except ProviderError as error:
            outcome = held(variant, self.letterer.renderer.engine, str(error), None)
        passed = outcome.status is Status.ACCEPTED
        return Judged(passed=passed, detail=outcome.reason, result=outcome)

    def _letter(self, variant: Variant, obtained: Obtained) -> Outcome:
        """Return a creative: what is typeset set over the plate, written, and proved."""
        with self.bench:
            return self._lettered(variant, obtained)

    def _lettered(self, variant: Variant, obtained: Obtained) -> Outcome:
        canvas = Canvas(
            plate=_branded(obtained.pixels, variant),
            template=variant.template,
            sheet=variant.sheet,
            palette=variant.palette,
        )
        engine = self.letterer.renderer.engine
        lettered = self.letterer.letter(canvas, _typeset(variant))
        if isinstance(lettered, Misfit):
            reason = f"{lettered.role}: {lettered.text!r} {lettered.what}; {lettered.remedy}"
            return held(variant, engine, reason, obtained)
        content = encode(lettered.picture, variant.format)
        if content is None:
            limit = variant.format.most_bytes
            return held(variant, engine, f"the file is heavier than {limit:,} bytes", obtained)
        return self._proved(variant, obtained, lettered, content, canvas.plate)

    def _proved(
        self,
        variant: Variant,
        obtained: Obtained,
        lettered: Lettered,
        content: bytes,
        plate: npt.NDArray[np.uint8],
    ) -> Outcome:
        size = (variant.format.width, variant.format.height)
        ground = ground_file(lettered.ground)
        delivered, under = decode(content, *size), decode(ground, *size)
        proof = self.prover.prove(
            delivered,
            variant.lines,
            variant.locale,
            lettered.settings,
            allowed=variant.allowed_words,
            ground=under,
            plate=plate,
        )
        shapes = shapes_on(plate, lettered.ground)
        seen = Delivered(pixels=delivered, content=content, ground=under, shapes=shapes)
        demands = Demands(limits=variant.checks, palette=variant.palette, format=variant.format)
        proof = with_checks(proof, checks_of(seen, proof.lines, lettered.settings, demands))
        overview, crops = keep_evidence(self.store, delivered, proof, self.letterer.renderer)
        accepted = proof.verdict is Verdict.PASS
        base = held(variant, self.letterer.renderer.engine, why(proof), obtained)
        families = {family for setting in lettered.settings for family in setting.families}
        return dataclasses.replace(
            base,
            status=Status.ACCEPTED if accepted else Status.HELD,
            deliverable=Deliverable(
                sha256=self.store.put(content),
                media_type=JPEG,
                width=variant.format.width,
                height=variant.format.height,
                bytes=len(content),
            ),
            ground=self.store.put(ground),
            settings=lettered.settings,
            contrasts=lettered.contrasts,
            fonts=hashes(tuple(sorted(families))),
            proof=proof,
            overview=overview,
            crops=crops,
        )


def _typeset(variant: Variant) -> list[Block]:
    """Return the blocks of a scene with the lines that are typeset."""
    blocks = [
        block.model_copy(
            update={"lines": tuple(x for x in block.lines if variant.lettering[x.role] == TYPESET)}
        )
        for block in variant.scene.lettering
    ]
    return [block for block in blocks if block.lines]


def _branded(plate: npt.NDArray[np.uint8], variant: Variant) -> npt.NDArray[np.uint8]:
    """Return the plate with the brand's logo, if the brand has one."""
    logo, sheet = variant.scene.logo, variant.sheet
    if variant.logo is None or logo is None:
        return plate
    start = 1.0 if sheet.direction == "rtl" else 0.0
    box = logo.place.pixels(sheet.width, sheet.height, sheet.direction)
    return pasted(plate, variant.logo, box, (0.5 if logo.align == "center" else start, 0.5))


def _reused(known: Outcome, variant: Variant) -> Outcome:
    free = decimal.Decimal(0)
    plate = dataclasses.replace(known.plate, reused=True, cost=free) if known.plate else None
    return dataclasses.replace(known, variant=variant.id, plate=plate, attempts=0)


def held(variant: Variant, engine: str, reason: str, obtained: Obtained | None) -> Outcome:
    """Return the outcome of a variant that does not ship.

    Args:
        variant: The variant.
        engine: Name and version of the typesetting engine.
        reason: Why, in plain words.
        obtained: Its plate; None if there is none.
    """
    return Outcome(
        variant=variant.id,
        fingerprint=variant.fingerprint,
        status=Status.HELD,
        reason=reason,
        deliverable=None,
        plate=obtained.plate if obtained else None,
        lettering=variant.lettering,
        ground=None,
        settings=(),
        contrasts={},
        fonts={},
        engine=engine,
        proof=None,
        attempts=1,
        overview=None,
        crops=(),
    )
