"""The manifest: the record of a campaign day, written last, as its commit mark."""

import datetime as dt
import decimal
import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import pydantic

from pipeline.errors import UsageError
from pipeline.files import write_whole
from pipeline.plan.plan import Delivered
from pipeline.plan.variants import Variant
from pipeline.produce.outcome import Outcome, Status

NAME = "manifest.json"
FORMAT = 1
EVIDENCE = "evidence"

_OUTCOME = pydantic.TypeAdapter(Outcome)


def evidence_file(sha256: str) -> str:
    """Return where a picture of the evidence is, relative to its manifest.

    It lies beside what was delivered, so that a folder can be verified wherever it is taken.
    """
    return f"{EVIDENCE}/{sha256}.jpg"


def exhibits_of(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hashes of the overview and of the lines' pictures that a creative's record names.

    Manifests of before there were any name none.
    """
    yield from filter(None, (record.get("overview"), *(record.get("crops") or ())))


def evidence_of(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield the hashes of all pictures of the evidence, the one under the words first."""
    yield from filter(None, (record["ground"], *exhibits_of(record)))


def creative_record(
    variant: Variant,
    outcome: Outcome,
    file: str | None,
    ledger: Sequence[Mapping[str, object]] = (),
) -> dict[str, Any]:
    """Return what the manifest says about one creative.

    Args:
        variant: What was asked for.
        outcome: How it ended.
        file: Its picture, relative to the manifest; None if there is none.
        ledger: The paid attempts that were first wanted for it.
    """
    record: dict[str, Any] = _OUTCOME.dump_python(outcome, mode="json")
    deliverable = record.pop("deliverable") or {}
    return {
        **record,
        **deliverable,
        "key": variant.key,
        "campaign": variant.campaign,
        "template": variant.template,
        "offer": variant.offer,
        "market": variant.market,
        "locale": variant.locale,
        "format": variant.format.name,
        "day": variant.day.isoformat(),
        "strings": {line.role: line.text for line in variant.lines},
        "allowed_words": sorted(variant.allowed_words),
        "file": file,
        "cost": str(_cost(outcome, ledger)),
        "ledger": [dict(row) for row in ledger],
        "inputs": _made(variant, outcome).inputs,
    }


def _made(variant: Variant, outcome: Outcome) -> Variant:
    """Return the variant in the way it was lettered at last."""
    rungs = (variant, *variant.lower)
    return next((one for one in rungs if one.fingerprint == outcome.fingerprint), variant)


def _cost(outcome: Outcome, ledger: Sequence[Mapping[str, object]]) -> decimal.Decimal:
    """Return what a creative cost: all its attempts, those that were turned down too.

    A plate that another creative was charged for costs this one nothing.
    """
    if ledger or (outcome.plate and outcome.plate.attempt):
        charged = (decimal.Decimal(str(row["charged"] or 0)) for row in ledger)
        return sum(charged, decimal.Decimal(0))
    return outcome.plate.cost if outcome.plate else decimal.Decimal(0)


def manifest_of(
    head: Mapping[str, Any], creatives: Sequence[Mapping[str, Any]], retired: Sequence[str]
) -> dict[str, Any]:
    """Return the manifest of a campaign day.

    Args:
        head: Run id, time of creation, campaign, day and file hash.
        creatives: The records, in the order of the campaign.
        retired: Files that were delivered earlier and are superseded.
    """
    accepted = sum(record["status"] == Status.ACCEPTED for record in creatives)
    cost = sum((decimal.Decimal(record["cost"]) for record in creatives), decimal.Decimal(0))
    return {
        "manifest": FORMAT,
        **head,
        "totals": {
            "creatives": len(creatives),
            "accepted": accepted,
            "held": len(creatives) - accepted,
            "cost_usd": str(cost),
        },
        "retired": sorted(retired),
        "creatives": list(creatives),
    }


def write_manifest(folder: pathlib.Path, manifest: Mapping[str, Any]) -> pathlib.Path:
    """Write a manifest into a folder and return its path."""
    write_whole(folder / NAME, b"".join(piece.encode() for piece in _written(manifest)))
    return folder / NAME


def _written(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield a manifest's JSON: each entry on a line, and each creative on one of its own."""
    between = "{\n"
    for key, value in sorted(manifest.items()):
        yield f"{between}{_JSON.encode(key)}: "
        between = ",\n"
        if key == "creatives":
            yield "["
            yield from (f"{',' * (n > 0)}\n{_JSON.encode(one)}" for n, one in enumerate(value))
            yield "\n]"
        else:
            yield _JSON.encode(value)
    yield "\n}\n"


_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def read_manifest(path: pathlib.Path) -> dict[str, Any]:
    """Read a manifest.

    Raises:
        UsageError: If it is not a manifest of this version.
    """
    try:
        manifest: Any = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); move it away and run again") from error
    if not isinstance(manifest, dict) or manifest.get("manifest") != FORMAT:
        raise UsageError(f"{path}: is not a manifest of this version; move it away and run again")
    return cast("dict[str, Any]", manifest)


def manifests_under(folder: pathlib.Path) -> list[pathlib.Path]:
    """Return the manifests below a folder, oldest day first."""
    return sorted(folder.glob(f"**/{NAME}"))


def delivered_before(out: pathlib.Path, campaign: str) -> dict[str, Delivered]:
    """Return variant key to what was last delivered and accepted for it."""
    last: dict[str, Delivered] = {}
    for path in sorted(out.glob(f"*/{campaign}/{NAME}")):
        for record in read_manifest(path)["creatives"]:
            if record["status"] == Status.ACCEPTED:
                last[record["key"]] = Delivered(
                    fingerprint=record["fingerprint"], inputs=record["inputs"]
                )
    return last


def merged(folder: pathlib.Path, paths: Iterable[pathlib.Path]) -> dict[str, Any]:
    """Return one record of several manifests, with files and `evidence` relative to a folder.

    Args:
        folder: Where the gallery will be.
        paths: The manifests.
    """
    manifests = [(path, read_manifest(path)) for path in paths]
    creatives = [
        record for path, manifest in manifests for record in _moved(folder, path, manifest)
    ]
    newest = max((manifest["created"] for _, manifest in manifests), default="")
    runs = dict.fromkeys(manifest["run"] for _, manifest in manifests)
    return {
        "run": ", ".join(runs),
        "created": newest,
        "versions": {k: v for _, manifest in manifests for k, v in manifest["versions"].items()},
        "selftest": _joined(manifest for _, manifest in manifests),
        "translations": list(
            dict.fromkeys(note for _, m in manifests for note in m.get("translations") or ())
        ),
        "creatives": creatives,
    }


def _joined(manifests: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many errors were planted and slipped in all runs, each counted once."""
    runs = {manifest["run"]: manifest.get("selftest") or {} for manifest in manifests}
    keys = ("planted", "slipped")
    return {key: sum(int(tried.get(key, 0)) for tried in runs.values()) for key in keys}


def _moved(
    folder: pathlib.Path, path: pathlib.Path, manifest: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    base = path.parent.relative_to(folder)
    for record in manifest["creatives"]:
        file = (base / record["file"]).as_posix() if record["file"] else None
        yield {**record, "file": file, "evidence": (base / EVIDENCE).as_posix()}


def stamp(instant: dt.datetime) -> str:
    """Return an instant as UTC, to the second."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
