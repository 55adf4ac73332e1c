"""A prepared day of work, as the conductors see it: batches, then publishing, each done once."""

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence

from flows.once import Once
from pipeline.produce.outcome import Outcome


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """About 50 variants that are produced together.

    Attributes:
        title: What a person reads in the UI; made of ids, never of copy.
        size: How many variants it has.
        produce: Makes and proofreads them.
    """

    title: str
    size: int
    produce: Once[Sequence[Outcome]]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that is to be done for one run.

    Attributes:
        campaigns: The campaign files, as the person named them.
        day: The campaign day, or `today`, as the person named it.
        out: The folder of the files, as the person named it.
        batches: What is to be produced.
        publish: Writes files, manifest and gallery, and returns the folder's name.
        done: Returns how many variants have ended so far.
        groups: Sorts outcomes under the names that the summary shows, such as campaigns.
        read: Returns the bytes of a picture by its SHA-256.
        led: Set while Prefect conducts.
    """

    campaigns: tuple[str, ...]
    day: str
    out: str
    batches: tuple[Batch, ...]
    publish: Once[str]
    done: Callable[[], int]
    groups: Callable[[Sequence[Outcome]], Mapping[str, Sequence[Outcome]]]
    read: Callable[[str], bytes]
    led: threading.Event = dataclasses.field(default_factory=threading.Event)

    @property
    def pieces(self) -> tuple[Once[Sequence[Outcome]] | Once[str], ...]:
        """Everything that is to be done, in order."""
        return (*(batch.produce for batch in self.batches), self.publish)

    @property
    def size(self) -> int:
        """How many variants there are."""
        return sum(batch.size for batch in self.batches)

    def outcomes(self) -> list[Outcome]:
        """Return the outcomes of all batches, waiting for those that are not done."""
        return [outcome for batch in self.batches for outcome in batch.produce()]
