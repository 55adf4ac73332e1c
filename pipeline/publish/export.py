"""Export: delivered files, named by content, then the manifest, then the gallery."""

import contextlib
import dataclasses
import datetime as dt
import decimal
import io
import os
import pathlib
from collections.abc import Container, Mapping, Sequence
from typing import Any

from pipeline.files import also_named, flush_all, holding, write_whole
from pipeline.plan.plan import Plan
from pipeline.plan.provenance import provenance_of
from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Outcome, Status
from pipeline.produce.store import Store
from pipeline.publish.bills import NOTHING_PAID, Bills
from pipeline.publish.decisions import decided, decisions_of, trees_of, upheld
from pipeline.publish.gallery import gallery_of
from pipeline.publish.manifest import (
    EVIDENCE,
    NAME,
    creative_record,
    evidence_file,
    evidence_of,
    manifest_of,
    merged,
    read_manifest,
    stamp,
    write_manifest,
)

HELD = "held"
GALLERY = "index.html"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}
_DIGITS = 12
"""Hex digits of the hash in a file's name: 48 bits, so that two files of one stem differ."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """Writes what was produced.

    Attributes:
        out: The folder of all campaign days.
        store: Where the pictures are.
        run: The run's id.
        instant: When the run began.
        versions: Names and versions of what made and proofread the pictures.
        selftest: What came of planting errors before anything was delivered.
        stays: Ids of variants of which this run delivers nothing, not even into the shelf of
            what is held, if an earlier run of the day delivered something: that stays.
        bills: What the ledger has about the creatives.
    """

    out: pathlib.Path
    store: Store
    run: str
    instant: dt.datetime
    versions: Mapping[str, str]
    selftest: Mapping[str, object] = dataclasses.field(default_factory=dict)
    stays: frozenset[str] = frozenset()
    bills: Bills = NOTHING_PAID

    def export(self, plan: Plan, outcomes: Mapping[str, Outcome]) -> list[pathlib.Path]:
        """Write the files and manifests of a plan and return the manifests.

        Args:
            plan: The plan of one campaign.
            outcomes: Variant id to how it ended.

        Markets may be on different days, so a plan may write several manifests. What an
        earlier run of the same day delivered for other markets stays; what this run supersedes
        is taken out of the folder after the new manifest is written, and listed as retired;
        so is all of a market that the campaign no longer has, or of a day on which nothing
        runs any more.
        """
        by_day: dict[dt.date, list[Variant]] = {
            day: [] for day in plan.days.values() if (self._folder(plan, day) / NAME).exists()
        }
        for variant in plan.variants:
            by_day.setdefault(variant.day, []).append(variant)
        written = []
        for day, variants in sorted(by_day.items()):
            with holding(self._folder(plan, day)):  # while no reviewer decides about it
                written.append(self._export_day(plan, day, variants, outcomes))
        return written

    def _export_day(
        self,
        plan: Plan,
        day: dt.date,
        variants: Sequence[Variant],
        outcomes: Mapping[str, Outcome],
    ) -> pathlib.Path:
        folder = self._folder(plan, day)
        before = _before(folder)
        standing = self._standing(before)
        decisions = decisions_of(before)
        earlier = {record["variant"]: record for record in before["creatives"]}
        made = [standing.get(v.id) or self._made(plan, folder, v, outcomes) for v in variants]
        kept_up = [upheld(record, earlier.get(record["variant"])) for record in made]
        records = [decided(record, decisions) for record in kept_up]
        planned = {market for market, its_day in plan.days.items() if its_day == day}
        others = plan.campaign.campaign.markets.keys() - planned
        kept = [record for record in before["creatives"] if record["market"] in others]
        creatives = sorted([*records, *kept], key=lambda record: record["variant"])
        named = {record["file"] for record in creatives}
        gone = {record["file"] for record in before["creatives"]} - named - {None}
        retired = (set(before["retired"]) | gone) - named
        head = {
            "run": self.run,
            "created": stamp(self.instant),
            "campaign": plan.campaign.campaign.campaign,
            "campaign_sha256": plan.campaign.sha256,
            "catalogues": plan.campaign.words.hashes(),
            "feed": plan.campaign.fed.record(),
            "translations": [str(note) for note in plan.campaign.words.notes],
            "day": day.isoformat(),
            "versions": dict(self.versions),
            "selftest": dict(self.selftest),
            "spent_usd": str(self._spent(plan, day)),
            "decisions": trees_of(decisions),
        }
        manifest = manifest_of(head, creatives, sorted(retired))
        if _differs(manifest, before):
            flush_all()  # the files that it names are there before it is
            write_manifest(folder, manifest)
        strays = {record["file"] for record in made} - named - {None}
        for file in retired | strays:  # of earlier runs too, should one have ended before this
            (folder / file).unlink(missing_ok=True)
        evidence = {evidence_file(s) for record in creatives for s in evidence_of(record)}
        _cleared(folder / EVIDENCE, evidence)
        return folder / NAME

    def _made(
        self, plan: Plan, folder: pathlib.Path, variant: Variant, outcomes: Mapping[str, Outcome]
    ) -> dict[str, Any]:
        record = self._deliver(folder, variant, outcomes[variant.id])
        words = provenance_of(plan.campaign, variant)
        return {**record, "words": {role: str(kind) for role, kind in words.items()}}

    def _standing(self, before: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        records = {record["variant"]: record for record in before["creatives"]}
        return {
            name: record
            for name, record in records.items()
            if name in self.stays and record["status"] == Status.ACCEPTED
        }

    def _folder(self, plan: Plan, day: dt.date) -> pathlib.Path:
        return self.out / day.isoformat() / plan.campaign.campaign.campaign

    def _spent(self, plan: Plan, day: dt.date) -> decimal.Decimal:
        """Return what this run paid for a campaign day, in US dollars."""
        bills = self.bills.of(plan.campaign.campaign.campaign, day)
        return sum((bill.spent for bill in bills), decimal.Decimal(0))

    def _deliver(self, folder: pathlib.Path, variant: Variant, outcome: Outcome) -> dict[str, Any]:
        rows = self.bills.rows.get(variant.id, ())
        if outcome.deliverable is None:
            return creative_record(variant, outcome, None, rows)
        sha256 = outcome.deliverable.sha256
        shelf = variant.market if outcome.status is Status.ACCEPTED else HELD
        ending = _ENDINGS[outcome.deliverable.media_type]
        locale = variant.locale.lower().replace("_", "-")
        stem = f"{variant.offer}-{locale}-{variant.format.name}-{sha256[:_DIGITS]}"
        file = f"{shelf}/{stem}.{ending}"
        self._write(f"{folder}/{file}", sha256)
        record = creative_record(variant, outcome, file, rows)
        for picture in evidence_of(record):
            path = f"{folder}/{evidence_file(picture)}"
            # What is delivered is a file of its own, since others may write into it.
            if not also_named(self.store.file(picture), path):
                self._write(path, picture)
        return record

    def _write(self, path: str, sha256: str) -> None:
        content = self.store.get(sha256)
        if content is not None and not _is(path, content):
            write_whole(path, content, flushed=False)


def write_gallery(
    out: pathlib.Path, manifests: Sequence[pathlib.Path], pages: pathlib.Path
) -> pathlib.Path:
    """Write `index.html` for some manifests below a folder and return its path."""
    with holding(out):
        page = io.BytesIO()
        page.writelines(piece.encode() for piece in gallery_of(merged(out, manifests), pages))
        write_whole(out / GALLERY, page.getvalue())
    return out / GALLERY


def _is(path: str, content: bytes) -> bool:
    """Return whether a file is there, whole and undamaged."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - thousands of files
            return file.read() == content
    except FileNotFoundError:
        return False


def _cleared(folder: pathlib.Path, named: Container[str]) -> None:
    """Remove the evidence that a manifest does not name."""
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as found:
        for entry in found:
            if f"{EVIDENCE}/{entry.name}" not in named:
                (folder / entry.name).unlink()


def _before(folder: pathlib.Path) -> dict[str, Any]:
    path = folder / NAME
    return read_manifest(path) if path.exists() else {"creatives": [], "retired": []}


def _differs(manifest: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Return whether anything but the run changed, so that a finished day stays as it is."""
    return _essence(manifest) != _essence(before)


def _essence(manifest: Mapping[str, Any]) -> dict[str, Any]:
    passing = {"plate", "cost", "attempts"}
    creatives = [
        {key: value for key, value in record.items() if key not in passing}
        for record in manifest["creatives"]
    ]
    taken = {key: manifest.get(key) for key in ("campaign_sha256", "catalogues", "translations")}
    feed = (manifest.get("feed") or {}).get("sha256")
    return {"creatives": creatives, "feed": feed, **taken}
