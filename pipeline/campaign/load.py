"""Load a campaign file: everything is checked at the door, every problem has its line."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Callable, Sequence
from typing import Any, cast

from pydantic import ValidationError

from pipeline.campaign.checks import findings
from pipeline.campaign.document import Document, Node, Path, dotted, read_document
from pipeline.campaign.feeds.beside import BESIDE
from pipeline.campaign.feeds.merge import Fed, fed
from pipeline.campaign.feeds.snapshot import Supply
from pipeline.campaign.messages.words import Words, words_of
from pipeline.campaign.model import Campaign
from pipeline.campaign.problems import problem_at, problem_of
from pipeline.campaign.tiers import Tier
from pipeline.campaign.tree import node_at, placed, table_at, without
from pipeline.errors import CampaignError, Problem

_ROUNDS = 50
_NEUTRAL: Node = {
    "campaign": "unnamed",
    "template": "deal",
    "brand": {
        "name": "-",
        "palette": dict.fromkeys(("ink", "paper", "accent", "action"), "#000000"),
    },
    "formats": ["meta-square"],
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LoadedCampaign:
    """A campaign and the file it came from.

    Attributes:
        campaign: The campaign.
        document: The file as read; gives the line of every path.
        folder: Where the file is; pictures are named from there.
        sha256: Hash of the file's bytes.
        words: Where its words come from: the file, and the catalogues beside it.
        fed: Where its prices come from: the file, and the price list that it names.
        tier: What its account may have; None if it has no account.
    """

    campaign: Campaign
    document: Document
    folder: pathlib.Path
    sha256: str
    words: Words
    fed: Fed
    tier: Tier | None = None

    def as_on_disk(self) -> bool:
        """Return whether the file and its catalogues are still as they were read."""
        file = pathlib.Path(self.document.file)
        same = file.is_file() and file.read_bytes() == self.document.content
        return same and self.words.as_on_disk()

    def through(self, provider: str) -> "LoadedCampaign":
        """Return it with another provider than its own."""
        campaign = self.campaign.model_copy(update={"provider": provider})
        return dataclasses.replace(self, campaign=campaign)

    def problem(self, path: Path, what: str, remedy: str) -> Problem:
        """Return a problem at a path of the file."""
        return problem_at(self.document, path, what, remedy)


def load_campaign(
    file: pathlib.Path,
    templates: Sequence[str],
    read_words: Callable[[Document], Words] = words_of,
    supply: Supply = BESIDE,
) -> LoadedCampaign:
    """Read and check one campaign file.

    Args:
        file: The YAML file.
        templates: Names of the scene templates there are.
        read_words: Returns what a file says; with its catalogues, if nothing else is wanted.
        supply: Where price lists come from; files alone, if nothing else is wanted.

    Raises:
        CampaignError: With all problems of the file, in the order of its lines.
    """
    document = read_document(file)
    problems = list(document.problems)
    if problems and not document.tree:
        raise CampaignError(document.problems)
    prices = fed(document, supply)
    words = read_words(prices.document)
    document = words.document
    campaign, structural = _validate(document)
    problems += [*structural, *words.problems, *prices.problems]
    if campaign is not None and not prices.problems:  # what lacks its price would be found twice
        problems += [
            problem_at(document, path, what, remedy)
            for path, what, remedy in findings(
                campaign, lambda path: _names(words, path), file.parent
            )
        ]
        if campaign.template not in templates:
            what = f"there is no template {campaign.template!r}"
            remedy = f"use one of: {', '.join(templates)}"
            problems.append(problem_at(document, ("template",), what, remedy))
    if campaign is None or problems:
        unique = dict.fromkeys(problems)
        raise CampaignError(tuple(sorted(unique, key=lambda p: _order(p, document))))
    return LoadedCampaign(
        campaign=campaign,
        document=document,
        folder=file.parent,
        sha256=hashlib.sha256(document.content).hexdigest(),
        words=words,
        fed=prices,
    )


def load_campaigns(
    files: Sequence[pathlib.Path],
    templates: Sequence[str],
    read_words: Callable[[Document], Words] = words_of,
    supply: Supply = BESIDE,
) -> tuple[LoadedCampaign, ...]:
    """Load several files; the problems of all of them come in one error.

    Raises:
        CampaignError: If any file has a problem, or two files name the same campaign.
    """
    loaded: list[LoadedCampaign] = []
    problems: list[Problem] = []
    for file in files:
        try:
            campaign = load_campaign(file, templates, read_words, supply)
        except CampaignError as error:
            problems += error.problems
            continue
        name = campaign.campaign.campaign
        if twin := next((c for c in loaded if c.campaign.campaign == name), None):
            what = f"the name {name!r} is taken by {twin.document.file}"
            problems.append(campaign.problem(("campaign",), what, "give each campaign its own"))
        loaded.append(campaign)
    if problems:
        raise CampaignError(tuple(problems))
    return tuple(loaded)


def _validate(document: Document) -> tuple[Campaign | None, list[Problem]]:
    """Validate, and where parts are wrong, leave them out and validate the rest.

    So that what depends on several parts can still be checked, and a file's problems come in
    one go.
    """
    tree, problems, mended = document.tree, list[Problem](), set[Path]()
    known = {problem.path for problem in document.problems}
    for _ in range(_ROUNDS):
        try:
            return Campaign.model_validate(tree), problems
        except ValidationError as error:
            entries = [cast("dict[str, Any]", entry) for entry in error.errors(include_url=False)]
            wrong = _causes([{**entry, "loc": _path(entry, tree)} for entry in entries])
        repaired = tree
        problems += [
            problem_of(document, e, Campaign)
            for e in wrong
            if e["loc"] not in mended and dotted(e["loc"]) not in known
        ]
        for entry in reversed(wrong):  # so that list items keep their numbers until they go
            path = entry["loc"]
            target = path[:-1] if _lacks(entry) and not _neutral(path) else path
            # What a parent lacks from now on, it lacks because a part of it was left out.
            mended.update({path, *(target[:size] for size in range(len(target) + 1))})
            repaired = _mended(repaired, target)
        if repaired == tree:
            break
        tree = repaired
    return None, problems


def _path(entry: dict[str, Any], tree: Node) -> Path:
    """Return where the file has what an error is about.

    A day may name one entry without a list around it; pydantic counts it as the first of one.
    """
    path = tuple(part for part in entry["loc"] if part != "[key]")
    if path[:1] == ("days",) and path[2:3] == (0,) and table_at(tree, "days"):
        listed = isinstance(node_at(tree, *path[:2]), list)
        return path if listed else (*path[:2], *path[3:])
    return path


def _causes(wrong: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what is only found empty because everything in it is wrong."""
    paths = [entry["loc"] for entry in wrong]
    return [
        entry
        for entry in wrong
        if entry["type"] != "too_short"
        or not any(
            len(p) > len(entry["loc"]) and p[: len(entry["loc"])] == entry["loc"] for p in paths
        )
    ]


def _lacks(entry: dict[str, Any]) -> bool:
    return entry["type"] in {"missing", "too_short"}


def _mended(tree: Node, path: Path) -> Node:
    """Return the tree with a stand-in for a part, or without the part if there is none."""
    node = _neutral(path)
    return without(tree, path) if node is None else placed(tree, path, node)


def _neutral(path: Path) -> Node | None:
    """Return a stand-in for a part that every campaign needs, so that checking can go on."""
    if path[-1:] == ("time_zone",):
        return "UTC"
    return table_at(_NEUTRAL, *path[:-1]).get(str(path[-1])) if path else None


def _order(problem: Problem, document: Document) -> tuple[str, int, str, str]:
    """Return by what problems are sorted: those of the campaign file first."""
    file = "" if problem.file == document.file else problem.file
    return file, problem.line, problem.path, problem.what


def _names(words: Words, path: Path) -> frozenset[str]:
    """Return the keys under a path, with those of translations that have their own problem."""
    return frozenset(table_at(words.document.tree, *path)) | words.named.get(path, frozenset())
