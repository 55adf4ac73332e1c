"""The crew: several variants are worked on at a time, and a fault holds one, not the day."""

import concurrent.futures
import contextvars
import logging
from collections.abc import Callable, Iterable

from pipeline.errors import LedgerError, ProofpressError, ToolMissingError
from pipeline.observe.context import about
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import held
from pipeline.produce.outcome import Outcome
from pipeline.produce.press import Press
from pipeline.produce.threads import threads

_LOG = logging.getLogger(__name__)


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
        LedgerError: If the ledger cannot be used; nothing may be paid then.
    """
    todo = list(variants)
    with threads(workers) as pool:
        here = contextvars.copy_context  # so that what is logged there says what it is about
        futures = [pool.submit(here().run, _one, one, press, on_outcome) for one in todo]
        return [
            _outcome(future, variant, press, on_outcome)
            for future, variant in zip(futures, todo, strict=True)
        ]


def _one(variant: Variant, press: Press, on_outcome: Callable[[Outcome], None]) -> Outcome:
    with about(campaign=variant.campaign, variant=variant.id, job=variant.request.fingerprint):
        outcome = press.produce(variant)
        _LOG.info("%s is %s", variant.id, outcome.status, extra=_told(outcome))
    on_outcome(outcome)
    return outcome


def _told(outcome: Outcome) -> dict[str, object]:
    return {
        "event": "creative",
        "status": outcome.status.value,
        "reused": not outcome.attempts,
        "stands_in": bool(outcome.fallback),
        "proof_ms": outcome.proof.ms if outcome.proof and outcome.attempts else None,
    }


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
    if isinstance(error, ToolMissingError | LedgerError) or not isinstance(error, Exception):
        raise error
    if isinstance(error, ProofpressError):  # it says itself what is wrong and what to do
        reason = str(error)
    else:
        _LOG.error("unexpected error for %s", variant.id, exc_info=error)
        reason = f"unexpected {type(error).__name__}: {error}; please report it"
    outcome = held(variant, press.compositor.engine, reason, None)
    ids = {"campaign": variant.campaign, "variant": variant.id}
    _LOG.info("%s is %s", variant.id, outcome.status, extra=_told(outcome) | ids)
    on_outcome(outcome)
    return outcome
