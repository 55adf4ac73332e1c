"""Work that is done one time, although two conductors ask for it."""

import concurrent.futures
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Once(Generic[Result]):
    """A piece of work: whoever calls first does it, every caller gets what it returned.

    Args:
        work: What is to be done. An exception of it reaches every caller.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._claim = threading.Lock()
        self._begun = threading.Event()
        self._future: concurrent.futures.Future[Result] = concurrent.futures.Future()

    def __call__(self) -> Result:
        """Do the work or wait for whoever does it, and return its result."""
        if self._claim.acquire(blocking=False):
            self._begun.set()
            try:
                self._future.set_result(self._work())
            except BaseException as error:
                self._future.set_exception(error)
                raise
        return self._future.result()

    def begins_within(self, seconds: float) -> bool:
        """Wait until somebody has begun; tell whether that happened in time."""
        return self._begun.wait(seconds)


def carry_out(pieces: Sequence[Once[Any]], leads: threading.Event, grace_s: float) -> None:
    """Do all pieces in order, leaving to another conductor what it begins by itself.

    Args:
        pieces: The work. On return all of it is done.
        leads: Set while another conductor is at it. Cleared here when it is too slow to be
            relied on.
        grace_s: Seconds the other conductor has to begin the next piece.
    """
    for piece in pieces:
        if leads.is_set() and not piece.begins_within(grace_s):
            leads.clear()
        piece()
