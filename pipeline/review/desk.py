"""The desk: what waits for a person, read anew each time, and what comes of a decision."""

import dataclasses
import datetime as dt
import hashlib
import pathlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.errors import CampaignError, OvertakenError, TemplateError, UsageError
from pipeline.publish.approvals import Wish, decide, seen
from pipeline.publish.decisions import Action, Decision, decision_of, is_approved, possible
from pipeline.publish.evidence import Creative, creative_of
from pipeline.publish.export import GALLERY, write_gallery
from pipeline.publish.live import UNTRUE, Files
from pipeline.publish.manifest import (
    NAME,
    evidence_file,
    exhibits_of,
    manifests_under,
    read_manifest,
    stamp,
)

Record = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
PICTURES = "pictures"
"""Where the page finds a picture, by its hash."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A creative on the desk.

    Attributes:
        creative: What the page shows of it.
        seen: What a decision about it rests on: picture, words, decision so far.
        actions: What can be said about it.
        outdated: Why it may not be published any more, in plain words; empty if it may.
        decision: What was said about it; None if nothing was.
        state: waiting, approved, rejected or asked.
    """

    creative: Creative
    seen: tuple[str, str, str]
    actions: tuple[Action, ...]
    outdated: str
    decision: Decision | None
    state: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Shows what waits, and carries out decisions.

    Attributes:
        out: The folder of all campaign days.
        pages: Folder of the gallery's and the page's templates.
        by: Who decides.
        now: Returns the present instant.
        files: Reads the campaign files, as they are now.
        only: Names of the campaigns that are shown; empty for all.
        day: The campaign day that is shown; None for the newest, and the one before it, since
            markets are on different days.
    """

    out: pathlib.Path
    pages: pathlib.Path
    by: str
    now: Callable[[], dt.datetime]
    files: Callable[[], Files]
    only: frozenset[str] = frozenset()
    day: dt.date | None = None

    def items(self) -> tuple[Item, ...]:
        """Return what waits, the oldest day first; then what was decided about.

        Raises:
            UsageError: If a manifest cannot be read.
        """
        outdated = self._outdated()
        found = [_item(record, outdated) for _, record in self._records()]
        return tuple(sorted(found, key=lambda item: item.state != "waiting"))

    def picture(self, sha256: str) -> bytes | None:
        """Return a picture that is on the desk; None if it is not there with this very hash."""
        for folder, record in self._records():
            if sha256 == record.get("sha256") and record["file"]:
                return _whole(folder / record["file"], sha256)
            if sha256 in exhibits_of(record):
                return _whole(folder / evidence_file(sha256), sha256)
        return None

    def decide(self, wish: Wish) -> Decision:
        """Carry out a decision and write the gallery anew.

        Raises:
            OvertakenError: If the creative is not as it was seen, or may not be published.
            UsageError: If a manifest cannot be read.
            OSError: If the disk is full.
        """
        for folder, record in self._records():
            if record["variant"] == wish.variant:
                if wish.action is Action.APPROVE and (why := self._outdated()(record)):
                    raise OvertakenError(f"it may not be published any more: {why}")
                decision = decide(folder, wish, self.by, stamp(self.now()))
                self._write_gallery(folder)
                return decision
        raise OvertakenError("this creative is no longer on the desk; look again")

    def _records(self) -> list[tuple[pathlib.Path, Record]]:
        """Return what is held or was approved, with its folder: the last of each coordinate."""
        last: dict[str, tuple[pathlib.Path, Record]] = {}
        for path in self._manifests():
            for record in read_manifest(path)["creatives"]:
                if not self.only or record["campaign"] in self.only:
                    last[record["key"]] = (path.parent, record)
        return [
            (folder, record)
            for folder, record in last.values()
            if record["status"] != "accepted" or is_approved(record)
        ]

    def _manifests(self) -> list[pathlib.Path]:
        days = sorted(path.name for path in self.out.glob("*") if _DAY.fullmatch(path.name))
        if self.day:
            wanted = {self.day.isoformat()}
        elif days:
            newest = dt.date.fromisoformat(days[-1])
            wanted = {str(newest - dt.timedelta(days=1)), str(newest)}
        else:
            wanted = set()
        return [path for day in days if day in wanted for path in manifests_under(self.out / day)]

    def _outdated(self) -> Callable[[Record], str]:
        """Return what says why a creative may not be published any more; empty if it may."""
        try:
            files = self.files()
        except (CampaignError, UsageError, OSError) as error:
            problem = f"the campaign files cannot be read now: {error}"
            return lambda _: problem

        def outdated(record: Record) -> str:
            try:
                truth = files.truth(record)
            except (TemplateError, UsageError, OSError) as error:
                return str(error)
            return truth.reason if truth.state in UNTRUE else ""

        return outdated

    def _write_gallery(self, folder: pathlib.Path) -> None:
        """Write the gallery of the days that it shows, and of the one that was decided about."""
        page = self.out / GALLERY
        text = page.read_text("utf-8") if page.exists() else ""
        days = {folder.parent.name, *re.findall(r'href="\./(\d{4}-\d\d-\d\d)/', text)}
        shown = [path for day in sorted(days) for path in manifests_under(self.out / day)]
        write_gallery(self.out, shown, self.pages)


def _item(record: Record, outdated: Callable[[Record], str]) -> Item:
    told = {**record, "evidence": PICTURES}
    told["file"] = f"{PICTURES}/{record['sha256']}" if record["file"] else None
    decision = decision_of(record)
    return Item(
        creative=creative_of(told),
        seen=seen(record),
        actions=possible(record),
        outdated=outdated(record),
        decision=decision,
        state=_STATES[decision.action] if decision else "waiting",
    )


_STATES: Mapping[Action, str] = {
    Action.APPROVE: "approved",
    Action.REJECT: "rejected",
    Action.TYPESET: "asked",
    Action.RETRY: "asked",
}


def _whole(file: pathlib.Path, sha256: str) -> bytes | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def waiting(items: Sequence[Item]) -> int:
    """Return how many creatives nobody has decided about."""
    return sum(item.state == "waiting" for item in items)


def has_manifests(out: pathlib.Path) -> bool:
    """Return whether a folder is one of a run."""
    return any(out.glob(f"*/*/{NAME}"))
