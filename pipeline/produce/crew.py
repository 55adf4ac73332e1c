"""The crew: several variants are worked on at a time, and a fault holds one, not the day."""

import collections
import concurrent.futures
import contextlib
import contextvars
import logging
import threading
import time
from collections.abc import Callable, Iterable

from pipeline.errors import LedgerError, ProofpressError, ToolMissingError
from pipeline.observe.context import about
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import held
from pipeline.produce.outcome import Outcome
from pipeline.produce.press import Press
from pipeline.produce.threads import threads

_PATIENCE = 0.01
"""Seconds without a finished creative after which one more thread may begin: those there are wait
for a provider, or a reader is at work outside Python."""

_BUSY = 0.005
"""Seconds from one finished creative to the next below which a thread is too many. What is
finished so fast is Python's work alone, which threads only do in turns, and each turn costs."""

_LOG = logging.getLogger(__name__)


def produce_all(
    variants: Iterable[Variant],
    press: Press,
    workers: int,
    on_outcome: Callable[[Outcome], None],
) -> list[Outcome]:
    """Return the outcomes of variants, in their order; several are worked on at a time.

    There are as many threads as can wait at the same time, and no more: one where every picture
    is in the store.

    Args:
        variants: What to make.
        press: Makes it.
        workers: Number of threads at most.
        on_outcome: Called with each outcome as it comes, from any thread.

    Raises:
        ToolMissingError: If an engine or font is not installed; nothing can be made then.
        LedgerError: If the ledger cannot be used; nothing may be paid then.
    """
    todo = list(variants)
    crew = _Crew(todo, lambda variant: _one(variant, press, on_outcome))
    running = set[concurrent.futures.Future[None]]()
    with threads(workers) as pool, contextlib.closing(crew):
        while crew.left or running:
            more = crew.left and len(running) < workers
            if more and (not running or crew.is_short_of_hands()):
                # A copy of the context, so that what is logged there says what it is about.
                running.add(pool.submit(contextvars.copy_context().run, crew.work))
            ended, running = concurrent.futures.wait(
                running, _PATIENCE if more else None, concurrent.futures.FIRST_COMPLETED
            )
            for future in ended:
                future.result()
    return [crew.made[number] for number in range(len(todo))]


class _Crew:
    """Threads that take one variant after the other.

    Args:
        todo: What to make.
        make: Makes one.

    Attributes:
        made: Place in `todo` to outcome.
    """

    def __init__(self, todo: Iterable[Variant], make: Callable[[Variant], Outcome]) -> None:
        self.made: dict[int, Outcome] = {}
        self._todo = collections.deque(enumerate(todo))
        self._make = make
        self._guard = threading.Lock()
        self._hands = 0
        self._changed = time.monotonic()

    @property
    def left(self) -> bool:
        """Return whether there is anything that nobody has begun."""
        return bool(self._todo)

    def is_short_of_hands(self) -> bool:
        """Return whether nothing was finished, and nobody has begun, for a while."""
        return time.monotonic() - self._changed >= _PATIENCE

    def close(self) -> None:
        """Let nobody begin anything more."""
        self._todo.clear()

    def work(self) -> None:
        """Work until nothing is left, or until this thread is one too many."""
        with self._guard:
            self._hands += 1
            self._changed = time.monotonic()
        while self._todo:
            try:
                number, variant = self._todo.popleft()
            except IndexError:  # another thread took the last one
                return
            self.made[number] = self._make(variant)
            if self._is_one_too_many():
                return

    def _is_one_too_many(self) -> bool:
        with self._guard:
            before, self._changed = self._changed, time.monotonic()
            too_many = self._changed - before < _BUSY and self._hands > 1
            self._hands -= too_many
        return too_many


def _one(variant: Variant, press: Press, on_outcome: Callable[[Outcome], None]) -> Outcome:
    """Return an outcome; a fault holds one variant, not the day."""
    with about(campaign=variant.campaign, variant=variant.id, job=variant.request.fingerprint):
        try:
            outcome = press.produce(variant)
        except (ToolMissingError, LedgerError):
            raise
        except ProofpressError as error:  # it says itself what is wrong and what to do
            outcome = held(variant, press.compositor.engine, str(error), None)
        except Exception as error:  # noqa: BLE001 - logged, and said in the outcome
            _LOG.exception("unexpected error for %s", variant.id)
            reason = f"unexpected {type(error).__name__}: {error}; please report it"
            outcome = held(variant, press.compositor.engine, reason, None)
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
