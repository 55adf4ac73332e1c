"""The difference: what a change of campaign files makes anew, for whoever reviews it.

The files as they were in a revision of git are planned beside those of today, by the templates of
today, for the same day; what comes out otherwise is listed, with the pictures there are of it.
"""

import dataclasses
import decimal
import io
import pathlib
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from pipeline.dayplan import DayPlan, RunRequest, preflight, prepare
from pipeline.errors import CampaignError, UsageError
from pipeline.history.git import answer_of
from pipeline.plan.plan import Delivered, Plan, reason_of
from pipeline.plan.preflight.finding import Finding
from pipeline.plan.variants import Variant
from pipeline.publish.manifest import manifests_under, merged
from pipeline.settings import Settings

_PATIENCE_S = 30.0
_MOST_ROWS = 60
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>|"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Creative:
    """A creative that comes out otherwise.

    Attributes:
        key: Its id without the day.
        what: What changes, in plain words; `new` or `gone`.
        before: The picture that was delivered of it, below the folder of all days; empty if none.
        after: The picture that is there of what it will be; empty if none.
    """

    key: str
    what: str
    before: str = ""
    after: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changes in one campaign.

    Attributes:
        file: The campaign file.
        campaign: Its name.
        revision: What it is held against.
        note: Why nothing can be held against each other; empty if it can.
        creatives: What comes out otherwise.
        same: How many creatives stay as they are.
        cost: US dollars for the plates still to obtain.
        findings: What preflight says of the file as it is.
    """

    file: str
    campaign: str
    revision: str
    note: str
    creatives: tuple[Creative, ...]
    same: int
    cost: decimal.Decimal
    findings: tuple[Finding, ...]


def difference(request: RunRequest, revision: str, settings: Settings) -> tuple[Changes, ...]:
    """Return what changed since a revision, campaign by campaign.

    Args:
        request: The files, the day, and where delivered pictures are.
        revision: A revision of git, such as `HEAD~1` or `main`.
        settings: Folders and limits.

    Raises:
        CampaignError: If a file of today has problems.
        UsageError: If git does not know the revision, or the files are in no repository.
        ToolMissingError: If git is not installed.
    """
    now = prepare(request, settings)
    found = preflight(now)
    pictures = _pictures(request.out)
    with tempfile.TemporaryDirectory(prefix="proofpress-") as folder:
        room = pathlib.Path(folder)
        return tuple(
            _changes(plan, _before(plan, request, (revision, room), settings), pictures, found)
            for plan in now.plans
        )


def markdown(changes: Sequence[Changes], out: pathlib.Path) -> str:
    """Return changes as Markdown, for a pull request.

    Args:
        changes: What changed.
        out: The folder that the pictures' names are relative to.
    """
    return "\n\n".join("\n".join(_section(one, out)) for one in changes)


@dataclasses.dataclass(frozen=True, slots=True)
class _Earlier:
    """A campaign as it was: the revision, what was planned of it, and why nothing, if so."""

    revision: str
    variants: Mapping[str, Variant]
    note: str = ""


def _before(
    plan: Plan, request: RunRequest, since: tuple[str, pathlib.Path], settings: Settings
) -> _Earlier:
    """Return a campaign as it was in a revision."""
    revision, room = since
    file = pathlib.Path(plan.campaign.document.file).resolve()
    top = pathlib.Path(_git(file.parent, "rev-parse", "--show-toplevel").decode().strip())
    inside = file.relative_to(top.resolve())
    _git(top, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    if not _git(top, "ls-tree", revision, "--", str(inside)):
        return _Earlier(revision, {}, "the file is new")
    archive = _git(top, "archive", "--format=tar", revision, "--", str(inside.parent))
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(room, filter="data")
    asked = dataclasses.replace(request, files=(room / inside,), markets=(), campaigns=())
    try:
        old: DayPlan = prepare(asked, settings)
    except CampaignError as error:
        return _Earlier(revision, {}, f"the file had {len(error.problems)} problems then")
    return _Earlier(revision, {one.key: one for one in old.variants})


def _git(folder: pathlib.Path, *arguments: str) -> bytes:
    """Return what git prints.

    Raises:
        UsageError: If git says no.
        ToolMissingError: If it is not installed, or does not answer.
    """
    done = answer_of(["git", *arguments], folder, seconds=_PATIENCE_S)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or "it does not know the revision"
        raise UsageError(f"git {arguments[0]}: {said}; name a revision such as HEAD~1")
    return done.stdout


def _changes(
    plan: Plan,
    earlier: _Earlier,
    pictures: Mapping[tuple[str, str], str],
    found: Sequence[Finding],
) -> Changes:
    now = {one.key: one for one in plan.variants}
    made = [_creative(variant, earlier.variants.get(key), pictures) for key, variant in now.items()]
    gone = [
        Creative(key=key, what="gone", before=pictures.get((key, old.fingerprint), ""))
        for key, old in earlier.variants.items()
        if key not in now
    ]
    changed = tuple(one for one in (*made, *gone) if one is not None)
    file = plan.campaign.document.file
    return Changes(
        file=file,
        campaign=plan.campaign.campaign.campaign,
        revision=earlier.revision,
        note=earlier.note,
        creatives=changed,
        same=sum(one is None for one in made),
        cost=plan.cost,
        findings=tuple(one for one in found if one.problem.file == file),
    )


def _creative(
    now: Variant, old: Variant | None, pictures: Mapping[tuple[str, str], str]
) -> Creative | None:
    """Return how a creative comes out otherwise; None if it does not."""
    if old is None:
        return Creative(key=now.key, what="new", after=pictures.get((now.key, now.fingerprint), ""))
    if old.fingerprint == now.fingerprint:
        return None
    return Creative(
        key=now.key,
        what=_what(now, old),
        before=pictures.get((now.key, old.fingerprint), ""),
        after=pictures.get((now.key, now.fingerprint), ""),
    )


def _what(now: Variant, old: Variant) -> str:
    texts, before = ({line.role: line.text for line in one.lines} for one in (now, old))
    lines = [
        f"{role}: {before.get(role, 'none')} → {texts.get(role, 'none')}"
        for role in {**before, **texts}
        if before.get(role) != texts.get(role)
    ]
    known = Delivered(fingerprint=old.fingerprint, inputs=old.inputs)
    return "; ".join(lines) or reason_of(now, known)


def _pictures(out: pathlib.Path) -> dict[tuple[str, str], str]:
    """Return key and fingerprint of all that was delivered to its file, the newest last."""
    records = merged(out, manifests_under(out))["creatives"]
    return {(one["key"], one["fingerprint"]): one["file"] for one in records if one["file"]}


def _section(changes: Changes, out: pathlib.Path) -> Iterator[str]:
    yield f"## {changes.campaign}"
    yield ""
    count = len(changes.creatives)
    head = f"`{changes.file}` since `{changes.revision}`: "
    head += f"**{count} of {count + changes.same} creatives change**"
    yield head + f", plates cost ${changes.cost:.2f}" + (f" ({changes.note})" * bool(changes.note))
    if changes.creatives:
        yield ""
        yield "| creative | what changes | before | after |"
        yield "| --- | --- | --- | --- |"
    for one in changes.creatives[:_MOST_ROWS]:
        shown = " | ".join(_picture(out, name) for name in (one.before, one.after))
        yield f"| {one.key.translate(_MARKS)} | {one.what.translate(_MARKS)} | {shown} |"
    if count > _MOST_ROWS:
        yield ""
        yield f"… and {count - _MOST_ROWS} more"
    if changes.findings:
        yield ""
    for finding in changes.findings:
        yield f"- {str(finding).translate(_MARKS)}"


def _picture(out: pathlib.Path, name: str) -> str:
    return f"![]({(out / name).as_posix()})" if name else ""
