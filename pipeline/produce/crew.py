"""The crew: several variants are worked on at a time, and a fault holds one, not the day."""

import concurrent.futures
import logging
from collections.abc import Callable, Iterable

from pipeline.errors import LedgerError, ProofpressError, ToolMissingError
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
        futures = [pool.submit(_one, variant, press, on_outcome) for variant in todo]
        return [
            _outcome(future, variant, press, on_outcome)
            for future, variant in zip(futures, todo, strict=True)
        ]


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
    if isinstance(error, ToolMissingError | LedgerError) or not isinstance(error, Exception):
        raise error
    if isinstance(error, ProofpressError):  # it says itself what is wrong and what to do
        reason = str(error)
    else:
        _LOG.error("unexpected error for %s", variant.id, exc_info=error)
        reason = f"unexpected {type(error).__name__}: {error}; please report it"
    outcome = held(variant, press.compositor.engine, reason, None)
    on_outcome(outcome)
    return outcome
