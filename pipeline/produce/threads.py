"""Threads that a person who interrupts a run does not wait for."""

import concurrent.futures
import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def threads(most: int) -> Iterator[concurrent.futures.ThreadPoolExecutor]:
    """Yield a pool of threads, and wait for all of them at the end of the block.

    If the block is left by an error or by Ctrl-C, what has not begun is not begun, and what is
    under way is not waited for: what is paid is in the ledger and fetched by the next run.

    Args:
        most: How many threads.
    """
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=most)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
