"""Every error a person can meet, and the exit code it leads to.

    ProofpressError                 something is wrong and has a name
    ├── CampaignError           2   one or more problems in a campaign file
    ├── TemplateError           2   a scene or layout template cannot be rendered
    ├── UsageError              2   the command line asks for something that does not exist
    ├── BudgetError             3   no key, no credit, or the budget is used up
    ├── ToolMissingError        4   a tool, font or language pack is not installed
    ├── LedgerError             4   the ledger's database cannot be read or written
    ├── StoreError              4   the object storage cannot be read or written
    ├── FeedError               2   a price list cannot be had; told as a problem of its campaign
    ├── ProviderError           1   a provider did not deliver; what it leaves out is held
    └── OvertakenError          1   what was decided about is no longer what is there

Providers tell their failures apart with kinds of `ProviderError` beside their own code; whoever
pays catches them there. A failed check is data (a proof, an outcome), never an exception.
"""

import dataclasses
import enum


class ExitCode(enum.IntEnum):
    """What the command line returns to the shell."""

    ACCEPTED = 0
    HELD = 1
    CAMPAIGN = 2
    BUDGET = 3
    TOOL = 4
    INTERRUPTED = 130


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing that is wrong in a file, at one place.

    Attributes:
        file: The file, as the person named it.
        line: Line number, counted from 1.
        path: Where in the document, such as `offers.bowl.price.de`.
        what: What is wrong.
        remedy: What to do about it.
    """

    file: str
    line: int
    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}: {where}{self.what}; {self.remedy}"


class ProofpressError(Exception):
    """Root of all errors that carry a message for the person at the terminal."""

    exit_code = ExitCode.HELD


class CampaignError(ProofpressError):
    """A campaign file has problems.

    Args:
        problems: All of them, in the order of the file.
    """

    exit_code = ExitCode.CAMPAIGN

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class TemplateError(ProofpressError):
    """A template cannot be rendered, or rendered something it must not."""

    exit_code = ExitCode.CAMPAIGN


class UsageError(ProofpressError):
    """The command line names something that does not exist."""

    exit_code = ExitCode.CAMPAIGN


class BudgetError(ProofpressError):
    """No key, no credit, or the budget is used up."""

    exit_code = ExitCode.BUDGET


class ToolMissingError(ProofpressError):
    """A tool, font or language pack that the work needs is not installed."""

    exit_code = ExitCode.TOOL


class LedgerError(ProofpressError):
    """The ledger's database cannot be read or written, so nothing more may be paid."""

    exit_code = ExitCode.TOOL


class StoreError(ProofpressError):
    """The object storage that machines share cannot be read or written."""

    exit_code = ExitCode.TOOL


class FeedError(ProofpressError):
    """A price list cannot be had."""

    exit_code = ExitCode.CAMPAIGN


class ProviderError(ProofpressError):
    """A provider did not deliver a usable picture."""


class OvertakenError(ProofpressError):
    """What was decided about is no longer what is there; look at it again."""
