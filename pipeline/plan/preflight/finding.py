"""Findings: what a preflight rule says, where, and what it stops."""

import dataclasses
import enum
from collections.abc import Iterable, Mapping, Sequence

from pipeline.campaign.document import Path
from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import Problem
from pipeline.plan.provenance import path_of
from pipeline.plan.variants import Variant


class Severity(enum.StrEnum):
    """What a finding does."""

    ERROR = "error"
    WARNING = "warning"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a rule found.

    Attributes:
        rule: The rule's name, such as `mixed scripts`.
        severity: An error holds the creatives that it is about; a warning is said.
        problem: What is wrong, with file and line, and what to do.
        variants: Ids of the creatives that it is about; empty if it is about none in particular.
    """

    rule: str
    severity: Severity
    problem: Problem
    variants: frozenset[str] = frozenset()

    def __str__(self) -> str:
        held = "will be held" if self.severity is Severity.ERROR else "look at"
        return f"{held}: {self.problem}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A campaign with its creatives, as the rules look at it.

    Attributes:
        loaded: The campaign and its file.
        variants: What is planned.
    """

    loaded: LoadedCampaign
    variants: Sequence[Variant]

    def error(
        self, rule: str, path: Path, said: tuple[str, str], about: Iterable[Variant] = ()
    ) -> Finding:
        """Return an error at a path of the file; `said` is what is wrong, and what to do."""
        return self._finding(Severity.ERROR, rule, path, said, about)

    def warning(
        self, rule: str, path: Path, said: tuple[str, str], about: Iterable[Variant] = ()
    ) -> Finding:
        """Return a warning at a path of the file; `said` is what is wrong, and what to do."""
        return self._finding(Severity.WARNING, rule, path, said, about)

    def showing(self) -> Mapping[Path, list[Variant]]:
        """Return the path of every text to the creatives that show it."""
        shown: dict[Path, list[Variant]] = {}
        for variant in self.variants:
            for line in variant.lines:
                shown.setdefault(path_of(self.loaded, variant, line.role), []).append(variant)
        return shown

    def _finding(
        self,
        severity: Severity,
        rule: str,
        path: Path,
        said: tuple[str, str],
        about: Iterable[Variant],
    ) -> Finding:
        ids = frozenset(variant.id for variant in about)
        problem = self.loaded.problem(path, *said)
        return Finding(rule=rule, severity=severity, problem=problem, variants=ids)


def text_at(loaded: LoadedCampaign, path: Path) -> str:
    """Return the text that the campaign has at a path; empty if there is none.

    Args:
        loaded: The campaign; its texts may come from catalogues.
        path: A path such as `offers.bowl.copy.headline.de`.
    """
    node: object = loaded.campaign
    for part in path:
        if isinstance(node, Mapping):
            node = node.get(part)
        else:
            node = getattr(node, "copy_" if part == "copy" else str(part), None)
    return node if isinstance(node, str) else ""
