"""The self-test: errors planted in right creatives, which the proof must refuse.

What it is for: a proof that lets errors through, because an engine, a model file or a limit
changed, looks like a day on which everything is right. So a run proves on its own creatives
that the proof still refuses what it must, before anything ships.
"""

import concurrent.futures
import dataclasses
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.produce.creative import Creative
from pipeline.produce.finish import decode
from pipeline.produce.planner import Task
from pipeline.produce.planting import EXTRA_ROLE, Painter, Planted, undisturbed
from pipeline.produce.room import near
from pipeline.proof.delivery import Prover
from pipeline.proof.verdict import Proof, Verdict

_NEAR = 0.5
"""How far around a line, in em, text that nobody asked for counts as that line's error."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one planted error ended.

    Attributes:
        variant: The creative's id.
        planted: The error.
        verdict: What was thought of it; a pass is a slip.
        by_reading: Whether the proof could only read it.
    """

    variant: str
    planted: Planted
    verdict: Verdict
    by_reading: bool = False

    @property
    def slipped(self) -> bool:
        """Return whether the proof let the error through."""
        return self.verdict is Verdict.PASS

    def __str__(self) -> str:
        one = self.planted
        where = f"{self.variant}, {one.role}" + (", by reading alone" if self.by_reading else "")
        if one.role == EXTRA_ROLE:
            return f"{where}: {one.planted!r} was not asked for and was not seen"
        return f"{where}: {one.planted!r} passed for {one.requested!r} ({one.kind})"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """What came of a self-test.

    Attributes:
        trials: Every planted error.
        creatives: How many creatives took part.
        beside: How many right lines stood beside the wrong ones, undisturbed by them.
        rejected: Those of them that did not pass, and why.
        held: Ids of the variants that a run holds because of a slip.
    """

    trials: tuple[Trial, ...] = ()
    creatives: int = 0
    beside: int = 0
    rejected: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def slips(self) -> tuple[Trial, ...]:
        """Return the errors that the proof let through."""
        return tuple(trial for trial in self.trials if trial.slipped)

    def record(self) -> dict[str, object]:
        """Return what a manifest and a machine read of it."""
        verdicts = Counter(trial.verdict for trial in self.trials)
        return {
            "planted": len(self.trials),
            "refused": len(self.trials) - len(self.slips),
            "fail": verdicts[Verdict.FAIL],
            "unsure": verdicts[Verdict.UNSURE],
            "slipped": len(self.slips),
            "creatives": self.creatives,
            "scripts": sorted({trial.planted.script for trial in self.trials}),
            "slips": [_slip_record(trial) for trial in self.slips],
            "held": list(self.held),
        }


UNTRIED = SelfTest()
"""What there is to say when nothing was planted, since nothing was new."""


def _slip_record(trial: Trial) -> dict[str, str]:
    return {
        "variant": trial.variant,
        "role": trial.planted.role,
        "kind": trial.planted.kind.value,
        "script": trial.planted.script,
        "requested": trial.planted.requested,
        "planted": trial.planted.planted,
    }


def run_tests(tasks: Sequence[Task], painter: Painter, prover: Prover, workers: int) -> SelfTest:
    """Return what the proof thinks of planted errors.

    Args:
        tasks: The pictures to paint and prove.
        painter: Paints them.
        prover: The proof that is tested.
        workers: How many pictures at a time.

    Raises:
        ToolMissingError: If an engine or font is not installed.
    """
    tested = [task for task in tasks if task.planted]
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        ended = list(pool.map(lambda task: tried(task, painter, prover), tested))
    return SelfTest(
        trials=tuple(trial for one in ended for trial in one.trials),
        creatives=len({task.creative.variant.id for task in tested}),
        beside=sum(one.beside for one in ended),
        rejected=tuple(what for one in ended for what in one.rejected),
    )


def tried(task: Task, painter: Painter, prover: Prover) -> SelfTest:
    """Return what came of one picture.

    An error whose line passes, but beside which something is seen that nobody asked for, is
    proved once more alone: another line's error may be what is seen.
    """
    proof = _proof(task, painter, prover)
    name = task.creative.variant.id
    trials = []
    for one in task.planted:
        verdict = _verdict(proof, one)
        if len(task.planted) > 1 and verdict is not Verdict.PASS and _line(proof, one):
            alone = dataclasses.replace(task, planted=(one,))
            verdict = _verdict(_proof(alone, painter, prover), one)
        trials.append(Trial(variant=name, planted=one, verdict=verdict, by_reading=task.by_reading))
    # What a model drew is often unsure, so right lines tell nothing when they are only read.
    free = frozenset() if task.by_reading else undisturbed(task.creative, task.planted)
    beside = [line for line in proof.lines if line.role in free]
    return SelfTest(
        trials=tuple(trials),
        creatives=1,
        beside=len(beside),
        rejected=tuple(
            f"{name}, {line.role}: {line.expected!r} is right, but {line.reason}"
            for line in beside
            if line.verdict is not Verdict.PASS
        ),
    )


def _proof(task: Task, painter: Painter, prover: Prover) -> Proof:
    creative, picture = task.creative, painter.paint(task.creative, task.planted)
    if not task.by_reading:
        return proofread(creative, picture, prover)
    variant = creative.variant
    return prover.prove(picture, variant.lines, variant.locale, allowed=variant.allowed_words)


def proofread(creative: Creative, picture: npt.NDArray[np.uint8], prover: Prover) -> Proof:
    """Return the proof of a picture in the place of a creative's own.

    Args:
        creative: What was asked for and how it was set.
        picture: RGB, of the creative's size.
        prover: Proofreads it.

    Raises:
        ToolMissingError: If an engine or font is not installed.
    """
    return prover.prove(
        picture,
        creative.variant.lines,
        creative.variant.locale,
        creative.settings,
        allowed=creative.variant.allowed_words,
        ground=decode(creative.ground, *creative.size),
    )


def _line(proof: Proof, planted: Planted) -> bool:
    """Return whether the line itself passed."""
    own = [line.verdict for line in proof.lines if line.role == planted.role]
    return bool(own) and own[0] is Verdict.PASS


def _verdict(proof: Proof, planted: Planted) -> Verdict:
    own = next((line.verdict for line in proof.lines if line.role == planted.role), None)
    if own is not None and own is not Verdict.PASS:
        return own
    margin = round(_NEAR * planted.setting.size)
    seen = [extra.box for extra in proof.extra]
    if own is None:  # what is no line may have been taken for an attempt at one
        seen += [line.box for line in proof.lines if line.box and line.verdict is Verdict.FAIL]
    if any(near(box, planted.box, margin) for box in seen):
        return Verdict.FAIL
    if own is None and not proof.lines:  # a prover that says nothing about lines
        return proof.verdict
    return Verdict.PASS
