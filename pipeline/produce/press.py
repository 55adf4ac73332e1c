"""The press: from a variant to an outcome. Plate, words, file, proof; each ends in a proof."""

import concurrent.futures
import dataclasses
import decimal
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pipeline.errors import ProofpressError, ProviderError, ToolMissingError
from pipeline.plan.lines import Line
from pipeline.plan.variants import Variant
from pipeline.produce.exhibits import keep_evidence
from pipeline.produce.finish import JPEG, decode, encode, ground_file
from pipeline.produce.outcome import Deliverable, Outcome, Status
from pipeline.produce.pictures import pasted
from pipeline.produce.plates import Obtained, Plates
from pipeline.produce.store import Store
from pipeline.proof.checks import Delivered, Demands, checks_of, shapes_on, with_checks
from pipeline.proof.describe import why
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.fit import Misfit
from pipeline.typeset.fonts import hashes
from pipeline.typeset.lettering import Canvas, Lettered, Letterer
from pipeline.typeset.setting import LineSetting

_LOG = logging.getLogger(__name__)


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
    """

    plates: Plates
    letterer: Letterer
    prover: Prover
    store: Store

    def produce(self, variant: Variant) -> Outcome:
        """Return how a variant ended.

        An accepted outcome of the same fingerprint is taken over as it is. A provider that
        does not deliver, words that do not fit and a proof that does not pass are outcomes,
        not errors.

        Raises:
            ToolMissingError: If an engine or font is not installed.
        """
        known = self.store.outcome(variant.fingerprint)
        if known and known.deliverable and all(self.store.get(sha256) for sha256 in known.pictures):
            return _reused(known, variant)
        try:
            outcome = self._letter(variant, self.plates.obtain(variant.request))
        except ProviderError as error:
            return _held(variant, self.letterer.renderer.engine, str(error), None)
        if outcome.status is Status.ACCEPTED:
            self.store.keep_outcome(outcome)
        return outcome

    def _letter(self, variant: Variant, obtained: Obtained) -> Outcome:
        canvas = Canvas(
            plate=_branded(obtained.pixels, variant),
            template=variant.template,
            sheet=variant.sheet,
            palette=variant.palette,
        )
        engine = self.letterer.renderer.engine
        lettered = self.letterer.letter(canvas, variant.scene.lettering)
        if isinstance(lettered, Misfit):
            reason = f"{lettered.role}: {lettered.text!r} {lettered.what}; {lettered.remedy}"
            return _held(variant, engine, reason, obtained)
        content = encode(lettered.picture, variant.format)
        if content is None:
            limit = variant.format.most_bytes
            return _held(variant, engine, f"the file is heavier than {limit:,} bytes", obtained)
        return self._proved(variant, obtained, lettered, content)

    def _proved(
        self, variant: Variant, obtained: Obtained, lettered: Lettered, content: bytes
    ) -> Outcome:
        size = (variant.format.width, variant.format.height)
        ground = ground_file(lettered.ground)
        delivered, under = decode(content, *size), decode(ground, *size)
        plate = _branded(obtained.pixels, variant)
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
        held = _held(variant, self.letterer.renderer.engine, why(proof), obtained)
        families = {family for setting in lettered.settings for family in setting.families}
        return dataclasses.replace(
            held,
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


def produce_all(
    variants: Iterable[Variant],
    press: Press,
    workers: int,
    on_outcome: Callable[[Outcome], None],
) -> list[Outcome]:
    """Return the outcomes of variants, in their order; several are worked on at a time.

    Args:
        variants: What to make.
        press: Makes it.
        workers: Number of threads.
        on_outcome: Called with each outcome as it comes, from any thread.

    Raises:
        ToolMissingError: If an engine or font is not installed; nothing can be made then.
    """
    todo = list(variants)
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        futures = [pool.submit(_one, variant, press, on_outcome) for variant in todo]
        try:
            return [
                _outcome(future, variant, press, on_outcome)
                for future, variant in zip(futures, todo, strict=True)
            ]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one(variant: Variant, press: Press, on_outcome: Callable[[Outcome], None]) -> Outcome:
    outcome = press.produce(variant)
    on_outcome(outcome)
    return outcome


def _outcome(
    future: concurrent.futures.Future[Outcome],
    variant: Variant,
    press: Press,
    on_outcome: Callable[[Outcome], None],
) -> Outcome:
    """Return a future's outcome; a fault holds one variant, not the day."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, ToolMissingError) or not isinstance(error, Exception):
        raise error
    if isinstance(error, ProofpressError):  # it says itself what is wrong and what to do
        reason = str(error)
    else:
        _LOG.error("unexpected error for %s", variant.id, exc_info=error)
        reason = f"unexpected {type(error).__name__}: {error}; please report it"
    outcome = _held(variant, press.letterer.renderer.engine, reason, None)
    on_outcome(outcome)
    return outcome


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


def _held(variant: Variant, engine: str, reason: str, obtained: Obtained | None) -> Outcome:
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
