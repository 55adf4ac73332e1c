"""Which errors are planted in which creatives, so that every kind and script gets its turn."""

import dataclasses
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.produce.creative import Creative
from pipeline.produce.planting import EXTRA_ROLE, Painter, Planted
from pipeline.proof.corruption import Kind, script_name

_LARGE = 1_100_000
"""Pixels from which a picture takes so long to prove that smaller ones are tested first."""
_BEST_READ = "Latin"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A picture to paint and prove: a creative and the errors on it.

    Attributes:
        creative: The right creative.
        planted: The errors.
        by_reading: Whether the proof is not told how the lines were set, as if a model had
            drawn them. Shapes refuse nearly all errors in set lines, so that a reader which
            sees what it expects would go unnoticed without.
    """

    creative: Creative
    planted: tuple[Planted, ...]
    by_reading: bool = False


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


def read_alone(tasks: Sequence[Task]) -> list[Task]:
    """Return one of the tasks once more, by reading alone; none of none.

    It is the smallest picture in Latin, which the readers know best, or else the smallest.
    """
    planted = [task for task in tasks if task.planted]
    latin = [task for task in planted if task.creative.script == _BEST_READ]
    chosen = sorted(latin or planted, key=lambda task: math.prod(task.creative.size))[:1]
    return [dataclasses.replace(task, by_reading=True) for task in chosen]
