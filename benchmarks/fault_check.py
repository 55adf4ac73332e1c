"""The checker of `benchmarks/faults.py`: what the vendor billed against what we wrote down.

It reads the simulator's bill, the ledger's export, the worker's outcomes and the stored pictures,
and shares no code with what produced them but the reading of each.
"""

import dataclasses
import decimal
import hashlib
import io
import json
import pathlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import PIL.Image

from benchmarks.fault_worker import Shift, decodes, done, now, variants_for
from pipeline.produce.ledger.ledger import open_ledger

Row = dict[str, Any]
_NOTHING = decimal.Decimal(0)
_LATER = frozenset({"submitted", "ready"})
_ID = re.compile(r"\b\d{8}-\d{6}-\d{6}-[0-9a-f]{12}-\d+\b")
_ENDINGS = frozenset({"delivered", "fallback", "held"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What there is to compare.

    Attributes:
        lines: Lines of the vendor's bill.
        rows: Attempts of the ledger, by id.
        outcomes: Variant to outcome.
        wanted: Ids of all variants.
        folder: Where the pictures are.
        looks_up: Whether the vendor tells what became of a submit without an answer.
    """

    lines: tuple[Row, ...]
    rows: Mapping[str, Row]
    outcomes: Mapping[str, Mapping[str, str]]
    wanted: tuple[str, ...]
    folder: pathlib.Path
    looks_up: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the comparison found. Amounts are US dollars.

    Attributes:
        billed: What the vendor charged.
        booked: What the ledger charged.
        explained: Billed for attempts that the ledger holds as unknown, or has written off,
            beyond what it booked for them; below 0 if it booked more.
        duplicates: Billed jobs beyond one for an attempt, and those without any attempt.
        resubmissions: Attempts that the ledger records as repetitions.
        lost: Attempts that were paid and whose picture is neither stored nor still to be fetched.
        endings: Status to number of variants.
        reasons: Reason to number of variants that fell back or were held.
        corrupt: Delivered variants whose picture is damaged, missing or another one's.
        live: State to number of attempts that have not ended.
        broken: The promises that were broken, in plain words.
    """

    billed: decimal.Decimal
    booked: decimal.Decimal
    explained: decimal.Decimal
    duplicates: tuple[str, ...]
    resubmissions: int
    lost: tuple[str, ...]
    endings: Mapping[str, int]
    reasons: Mapping[str, int]
    corrupt: tuple[str, ...]
    live: Mapping[str, int]
    broken: tuple[str, ...] = ()


def record_of(shift: Shift, bill: pathlib.Path) -> Record:
    """Return what a shift left behind.

    Args:
        shift: What was to be done.
        bill: The simulator's bill file.
    """
    request = shift.base.request
    ledger = open_ledger(shift.ledger_url, now)
    attempts = ledger.accounts.export()["attempts"]
    ledger.close()
    lines = [json.loads(line) for line in bill.read_text("utf-8").splitlines()]
    return Record(
        lines=tuple(line for line in lines if line["provider"] == request.provider),
        rows={str(row["id"]): row for row in attempts},
        outcomes=done(shift),
        wanted=tuple(variant.id for variant in variants_for(shift)),
        folder=shift.folder,
        looks_up=request.provider != "bfl",
    )


def compare(record: Record) -> Finding:
    """Return what the comparison of the records found."""
    jobs, strays = _jobs_by_attempt(record)
    paid = {attempt: sum(usd.values(), _NOTHING) for attempt, usd in jobs.items()}
    again = {row["resubmits"] for row in record.rows.values()} - {None}
    finding = Finding(
        billed=sum((decimal.Decimal(line["usd"]) for line in record.lines), _NOTHING),
        booked=sum((_charged(row) for row in record.rows.values()), _NOTHING),
        explained=sum(
            (
                paid.get(attempt, _NOTHING) - _charged(row)
                for attempt, row in record.rows.items()
                if _is_doubtful(row) or attempt in again
            ),
            _NOTHING,
        ),
        duplicates=(*strays, *_twice(jobs)),
        resubmissions=len(again),
        lost=tuple(_lost(record, paid, again)),
        endings=Counter(one["status"] for one in record.outcomes.values()),
        reasons=Counter(_plain(one["reason"]) for one in record.outcomes.values() if one["reason"]),
        corrupt=tuple(_corrupt(record)),
        live=Counter(
            row["state"]
            for row in record.rows.values()
            if row["state"] in _LATER | {"unknown", "intent", "stored", "proved"}
        ),
    )
    return dataclasses.replace(finding, broken=tuple(_broken(record, finding)))


def _jobs_by_attempt(
    record: Record,
) -> tuple[dict[str, dict[str, decimal.Decimal]], tuple[str, ...]]:
    """Return attempt to what each of its jobs cost, and the jobs that no attempt explains."""
    by_request = {row["request_id"]: name for name, row in record.rows.items()}
    by_seed = {row["seed"]: name for name, row in record.rows.items()}
    jobs: dict[str, dict[str, decimal.Decimal]] = defaultdict(lambda: defaultdict(decimal.Decimal))
    strays: dict[str, decimal.Decimal] = defaultdict(decimal.Decimal)
    for line in record.lines:
        label, job = line["client_ref"], str(line["job"])
        attempt = label if label in record.rows else by_request.get(job, by_seed.get(line["seed"]))
        costs = strays if attempt is None else jobs[attempt]
        costs[job] += decimal.Decimal(line["usd"])
    return dict(jobs), tuple(job for job, usd in strays.items() if usd)


def _twice(jobs: Mapping[str, Mapping[str, decimal.Decimal]]) -> Iterator[str]:
    for costs in jobs.values():
        yield from [job for job, usd in costs.items() if usd][1:]


def _lost(record: Record, paid: Mapping[str, decimal.Decimal], again: set[str]) -> Iterator[str]:
    refused = {line["job"] for line in record.lines if "refused" in line["why"]}
    for attempt, row in record.rows.items():
        recorded = _is_doubtful(row) or attempt in again
        excused = recorded and not record.looks_up
        if not paid.get(attempt) or excused or row["request_id"] in refused:
            continue
        if row["state"] not in _LATER and _picture(record, row["sha256"]) is None:
            yield attempt


def _corrupt(record: Record) -> Iterator[str]:
    for name, outcome in record.outcomes.items():
        if outcome["status"] != "delivered":
            continue
        row, content = record.rows[outcome["attempt"]], _picture(record, outcome["sha256"])
        ours = row["state"] == "accepted" and row["sha256"] == outcome["sha256"]
        same = row["variant"] == name and ours
        if not (same and content and decodes(content) and _job_in(content) == row["request_id"]):
            yield name


def _job_in(content: bytes) -> str:
    """Return the job whose picture it is; the simulator writes it into the file."""
    with PIL.Image.open(io.BytesIO(content)) as image:
        return str(image.info.get("Job", "")).partition("/")[0]


def _picture(record: Record, sha256: str) -> bytes | None:
    file = record.folder / "pictures" / sha256[:2] / sha256
    content = file.read_bytes() if sha256 and file.is_file() else b""
    return content if hashlib.sha256(content).hexdigest() == sha256 else None


def _broken(record: Record, finding: Finding) -> Iterator[str]:
    difference = finding.billed - finding.booked
    if difference != finding.explained:
        unexplained = difference - finding.explained
        yield f"the bill and the ledger differ by ${unexplained} that no unknown attempt explains"
    if record.looks_up and finding.explained:
        yield f"${finding.explained} is billed for attempts that could have been looked up"
    for name in ("duplicates", "lost", "corrupt"):
        found = getattr(finding, name)
        if found:
            yield f"{name}: {len(found)}, such as {found[0]}"
    yield from _unended(record)
    if "intent" in finding.live:
        yield f"{finding.live['intent']} attempts are still intents"


def _unended(record: Record) -> Iterator[str]:
    missing = [name for name in record.wanted if name not in record.outcomes]
    if missing:
        yield f"{len(missing)} variants have no outcome, such as {missing[0]}"
    for name, one in record.outcomes.items():
        if one["status"] not in _ENDINGS or (one["status"] != "delivered" and not one["reason"]):
            yield f"{name} ended without a reason"


def _is_doubtful(row: Row) -> bool:
    """Return whether nobody knows if the vendor accepted it; perhaps booked as spent since."""
    unheard = row["state"] == "failed" and not row["request_id"] and not row["by_vendor"]
    return row["state"] == "unknown" or (unheard and _charged(row) > 0)


def _charged(row: Row) -> decimal.Decimal:
    return decimal.Decimal(str(row["charged"])) if row["charged"] is not None else _NOTHING


def _plain(reason: str) -> str:
    return " ".join(re.sub(r"\d+ s\b", "N s", _ID.sub("ID", reason)).split())[:90]
