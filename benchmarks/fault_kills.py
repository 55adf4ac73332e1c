"""The killer of `benchmarks/faults.py`: starts workers, and kills them at seeded moments."""

import hashlib
import multiprocessing
import multiprocessing.context
import os
import signal
import time

from benchmarks.fault_worker import Shift, work

_EARLY = 0.25
"""Share of kills that come soon after a start, most of them while it brings pictures home."""
_SOON = 1.0
"""Seconds after a start in which those come."""


def chance(*parts: object) -> float:
    """Return a number from 0 to 1 that depends on the parts alone."""
    name = "/".join(map(str, parts))
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) / 16**12


def driven(shift: Shift, kills: int) -> int:
    """Start workers until all is done, kill so many of them, and return how many were killed."""
    most = int(shift.variants * 0.97)
    draws = (chance(shift.seed, "moment", number) for number in range(kills))
    moments = sorted(int(draw * most) for draw in draws)
    killed = 0
    for number, moment in enumerate(moments):
        if _worked(shift, moment, chance(shift.seed, "early", number)):
            killed += 1
    while _worked(shift, None, 1.0):
        killed += 1  # nobody kills it now, so this is never so
    _worked(shift, None, 1.0)  # a later run, which brings home what was late
    return killed


def _worked(shift: Shift, moment: int | None, early: float) -> bool:
    """Let a worker work and return whether it was killed.

    Args:
        shift: What it is to do.
        moment: Outcomes after which it is killed; None for never.
        early: From 0 to 1; a low one kills it soon after its start, whatever it has done.

    Raises:
        RuntimeError: If it ended by itself with an error.
    """
    worker = _context().Process(target=work, args=(shift,))
    worker.start()
    soon = time.monotonic() + early / _EARLY * _SOON if early < _EARLY else None
    while worker.is_alive():
        worker.join(0.004)
        due = moment is not None and _lines(shift) >= moment
        if due if soon is None else time.monotonic() >= soon:
            os.kill(worker.pid or 0, signal.SIGKILL)
            worker.join()
    if worker.exitcode not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"the worker ended with {worker.exitcode}; see what it wrote")
    return worker.exitcode != 0


def _context() -> multiprocessing.context.ForkServerContext:
    """Return what starts workers: forks of a process that has imported everything and no more."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["benchmarks.fault_worker"])
    return context


def _lines(shift: Shift) -> int:
    return shift.outcomes.read_bytes().count(b"\n") if shift.outcomes.exists() else 0
