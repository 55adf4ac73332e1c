"""The self-test: errors planted in right creatives, which the proof must refuse.

What it is for: a proof that lets errors through, because an engine, a model file or a limit
changed, looks like a day on which everything is right. So a run proves on its own creatives
that the proof still refuses what it must, before anything ships.
"""

import concurrent.futures
import dataclasses
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.produce.creative import Creative
from pipeline.produce.finish import decode
from pipeline.produce.planting import EXTRA_ROLE, Painter, Planted, undisturbed
from pipeline.produce.press import Prover
from pipeline.proof.corruption import Kind, script_name
from pipeline.proof.redraw import Bounds
from pipeline.proof.verdict import Box, Proof, Verdict

_LARGE = 1_100_000
"""Pixels from which a picture takes so long to prove that smaller ones are tested first."""
_NEAR = 0.5
"""How far around a line, in em, text that nobody asked for counts as that line's error."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A picture to paint and prove: a creative and the errors on it."""

    creative: Creative
    planted: tuple[Planted, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one planted error ended.

    Attributes:
        variant: The creative's id.
        planted: The error.
        verdict: What was thought of it; a pass is a slip.
    """

    variant: str
    planted: Planted
    verdict: Verdict

    @property
    def slipped(self) -> bool:
        """Return whether the proof let the error through."""
        return self.verdict is Verdict.PASS

    def __str__(self) -> str:
        one = self.planted
        where = f"{self.variant}, {one.role}"
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


class Planner:
    """Decides which errors to plant, so that every kind gets its turn in every script.

    A creative that comes again gets other errors.

    Args:
        painter: Plants.
        seed: Any number; the same creatives and seed give the same errors.
    """

    def __init__(self, painter: Painter, seed: int) -> None:
        self._painter = painter
        self._seed = seed
        self._counts: Counter[tuple[str, Kind]] = Counter()
        self._turns: Counter[str] = Counter()

    def task(self, creative: Creative, others: Mapping[str, Sequence[str]], most: int) -> Task:
        """Return a creative with errors, one a line, the kinds first that had fewest turns.

        Args:
            creative: The right creative.
            others: Role to the same line in other languages.
            most: How many errors at most.
        """
        self._turns[creative.variant.id] += 1
        roles = [setting.role for setting in creative.settings]
        roles.sort(key=lambda role: self._number(creative, role))
        planted = list[Planted]()
        for role in [EXTRA_ROLE, *roles]:
            error = self._error(creative, role, others) if len(planted) < most else None
            if error:
                planted.append(error)
                self._counts[error.script, error.kind] += 1
        return Task(creative=creative, planted=tuple(planted))

    def _error(
        self, creative: Creative, role: str, others: Mapping[str, Sequence[str]]
    ) -> Planted | None:
        if role == EXTRA_ROLE:
            mean = sum(self._counts.values()) / max(1, len(self._counts))
            if self._counts[creative.script, Kind.EXTRA] > mean:
                return None
            return self._painter.plant_extra(creative, self._number(creative, role))
        text = next(one.text for one in creative.settings if one.role == role)
        script = script_name(text, creative.variant.locale)
        kinds = [kind for kind in Kind if kind is not Kind.EXTRA]
        kinds.sort(key=lambda k: (self._counts[script, k], self._number(creative, role, k)))
        for kind in kinds:
            seed = self._number(creative, role, kind)
            error = self._painter.plant(creative, role, kind, seed, others.get(role, ()))
            if error:
                return error
        return None

    def _number(self, creative: Creative, *names: str) -> int:
        """Return a number that the seed, the creative and some names decide."""
        turn = self._turns[creative.variant.id]
        spelt = "|".join([str(self._seed), str(turn), creative.variant.fingerprint, *names])
        return int.from_bytes(hashlib.sha256(spelt.encode()).digest()[:8])


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
    proof = _proved(task, painter, prover)
    name = task.creative.variant.id
    trials = []
    for one in task.planted:
        verdict = _verdict(proof, one)
        if len(task.planted) > 1 and verdict is not Verdict.PASS and _line(proof, one):
            alone = dataclasses.replace(task, planted=(one,))
            verdict = _verdict(_proved(alone, painter, prover), one)
        trials.append(Trial(variant=name, planted=one, verdict=verdict))
    free = undisturbed(task.creative, task.planted)
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


def _proved(task: Task, painter: Painter, prover: Prover) -> Proof:
    creative = task.creative
    return prover.prove(
        painter.paint(creative, task.planted),
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
    if any(_meets(extra.box, planted.box, margin) for extra in proof.extra):
        return Verdict.FAIL
    if own is None and not proof.lines:  # a prover that says nothing about lines
        return proof.verdict
    return Verdict.PASS


def _meets(box: Box, ink: Bounds, margin: int) -> bool:
    left, top, width, height = box
    across = left < ink[2] + margin and ink[0] - margin < left + width
    return across and top < ink[3] + margin and ink[1] - margin < top + height


def sample(creatives: Sequence[Creative], seed: int) -> Iterator[Creative]:
    """Yield creatives so that every script comes once before any comes twice.

    Args:
        creatives: To choose from.
        seed: Any number; small pictures come first, and among those the seed decides.
    """
    by_script: dict[str, list[Creative]] = {}
    for creative in creatives:
        by_script.setdefault(creative.script, []).append(creative)

    def place(creative: Creative) -> tuple[bool, bytes]:
        spelt = f"{seed}|{creative.variant.fingerprint}".encode()
        large = creative.size[0] * creative.size[1] > _LARGE
        return large, hashlib.sha256(spelt).digest()

    shelves = [sorted(shelf, key=place) for _, shelf in sorted(by_script.items())]
    for turn in range(max(map(len, shelves), default=0)):
        for shelf in shelves:
            if turn < len(shelf):
                yield shelf[turn]
