"""Creative: a right one from the store, in what it takes to paint and prove it again."""

import dataclasses

from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.store import Store
from pipeline.proof.corruption import script_name
from pipeline.typeset.setting import LineSetting


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Creative:
    """A right creative, in what it takes to paint and prove it again.

    Attributes:
        variant: What was asked for.
        settings: How each line was set.
        base: The picture under the words, as a file; it is painted on.
        ground: The same as it is handed to the proof.
    """

    variant: Variant
    settings: tuple[LineSetting, ...]
    base: bytes
    ground: bytes

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        return self.variant.format.width, self.variant.format.height

    @property
    def script(self) -> str:
        """Return the script that the creative is written in, as reports name it."""
        return script_name("", self.variant.locale)


def known_good(variant: Variant, outcome: Outcome | None, store: Store) -> Creative | None:
    """Return an accepted creative from the store; None if it is not whole there.

    Args:
        variant: What was asked for.
        outcome: How it ended; None if that is not known.
        store: Where its picture under the words is kept.
    """
    if outcome is None or outcome.status is not Status.ACCEPTED or not outcome.settings:
        return None
    ground = store.get(outcome.ground) if outcome.ground else None
    if ground is None:
        return None
    return Creative(variant=variant, settings=outcome.settings, base=ground, ground=ground)
