"""Second opinions: Sentinel's paid judgement of an accepted creative, for the record only."""

import dataclasses

from pipeline.errors import ProviderError
from pipeline.plan.variants import Variant
from pipeline.produce.gate import Timing
from pipeline.produce.providers.sentinel import Opinion, Sentinel


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Asks for second opinions; none of them accepts or holds anything.

    Attributes:
        sentinel: Who is asked.
        timing: Time and chance.
    """

    sentinel: Sentinel
    timing: Timing

    def of(self, variant: Variant, label: str, content: bytes) -> Opinion:
        """Return what Sentinel thinks of a delivered file; without a verdict if it gives none.

        Args:
            variant: What was asked for.
            label: Unique for the file; the same one again is not charged again.
            content: The file.
        """
        task = f"A {variant.format.name} advertisement of {variant.campaign} in {variant.locale}."
        try:
            evaluation = self.sentinel.submit(label, content, variant.request.prompt, task)
        except ProviderError as error:
            return _none(str(error))
        return self.sentinel.wait(evaluation, self.timing.clock, self.timing.sleep)


def _none(failure: str) -> Opinion:
    return Opinion(evaluation="", passed=None, rate=None, issues=(), failure=failure, cost=None)
