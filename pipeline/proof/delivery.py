"""The proof of a delivered picture as a whole: its text, its checks, and its placement."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.plan.lines import Line
from pipeline.proof.checks import Delivered, Demands, checks_of, with_checks
from pipeline.proof.placed import as_placed, placement_checks, settings_as_placed
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.setting import LineSetting


class Prover(Protocol):
    """Proofreads a picture; `pipeline.proof.prove.Proofreader` is the real one."""

    def prove(  # noqa: PLR0913 - all of it is about one picture
        self,
        image: Pixels,
        lines: Sequence[Line],
        locale: str,
        settings: Sequence[LineSetting] = (),
        extra_text: str = "fail",
        allowed: frozenset[str] = frozenset(),
        *,
        ground: Pixels | None = None,
        plate: Pixels | None = None,
    ) -> Proof:
        """Return the proof of the picture."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a picture has to say.

    Attributes:
        lines: Everything that must stand on it.
        locale: The locale it is written in.
        settings: How lines were set, for those that we typeset.
        allowed: Words that may stand on any picture of the brand.
    """

    lines: Sequence[Line]
    locale: str
    settings: Sequence[LineSetting]
    allowed: frozenset[str]


def proof_of(
    prover: Prover,
    delivered: Delivered,
    asked: Asked,
    demands: Demands,
    plate: Pixels | None = None,
) -> Proof:
    """Return the proof of a file as it is delivered.

    Where the channel shows it smaller than it is uploaded, a picture that passes is proved once
    more as it is shown.

    Args:
        prover: Proofreads it.
        delivered: The picture, after compression.
        asked: What it has to say.
        demands: What it is held against beyond its text.
        plate: The picture without words and shapes, if it is known.

    Raises:
        ToolMissingError: If a reader is not installed.
    """
    proof = prover.prove(
        delivered.pixels,
        asked.lines,
        asked.locale,
        asked.settings,
        allowed=asked.allowed,
        ground=delivered.ground,
        plate=plate,
    )
    proof = with_checks(proof, checks_of(delivered, proof.lines, asked.settings, demands))
    fmt = demands.format
    if fmt is None or fmt.placed is None or proof.verdict is not Verdict.PASS:
        return proof
    shown = prover.prove(
        as_placed(delivered.pixels, fmt),
        asked.lines,
        asked.locale,
        settings_as_placed(asked.settings, fmt),
        allowed=asked.allowed,
        ground=None if delivered.ground is None else as_placed(delivered.ground, fmt),
        plate=None if plate is None else as_placed(plate, fmt),
    )
    return with_checks(proof, tuple(placement_checks(shown, fmt)))
