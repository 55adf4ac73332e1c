"""What stands: creatives that were delivered and are still there, so that nothing is to be done."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.plan.variants import Variant
from pipeline.publish.manifest import NAME, merged
from pipeline.publish.verify import stands


def standing(
    out: pathlib.Path, variants: Sequence[Variant]
) -> tuple[Mapping[str, Any], ...] | None:
    """Return the manifests' records of variants; None unless each is there with its files.

    Args:
        out: The folder of all campaign days.
        variants: What is looked for.

    Raises:
        UsageError: If a manifest cannot be read.
    """
    folders = {out / variant.day.isoformat() / variant.campaign for variant in variants}
    manifests = [folder / NAME for folder in sorted(folders)]
    if not all(path.exists() for path in manifests):
        return None
    records = {record["variant"]: record for record in merged(out, manifests)["creatives"]}
    found = tuple(records[one.id] for one in variants if one.id in records)
    whole = len(found) == len(variants) and all(stands(out, record) for record in found)
    return found if whole else None


def stand_ins(out: pathlib.Path, variants: Sequence[Variant]) -> int:
    """Return how many of what stands are on the studio's plate in place of a paid picture."""
    return sum(bool(record.get("fallback")) for record in standing(out, variants) or ())
