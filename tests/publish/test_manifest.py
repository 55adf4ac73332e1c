"""The manifest says all there is to say, and comes back as it was written."""

import dataclasses
import datetime as dt
import json
import pathlib
from collections.abc import Callable

import pytest

from pipeline.errors import UsageError
from pipeline.plan.plan import Plan
from pipeline.produce.outcome import Outcome
from pipeline.publish.manifest import (
    FORMAT,
    creative_record,
    delivered_before,
    manifest_of,
    manifests_under,
    merged,
    read_manifest,
    stamp,
    write_manifest,
)

HEAD = {"run": "run-1", "created": "2026-12-01T06:00:00Z", "versions": {"proofpress": "0.1.0"}}


def test_a_manifest_comes_back_as_it_was_written(
    tmp_path: pathlib.Path, plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    records = [creative_record(v, outcome(v), "de/bowl.jpg") for v in plan().variants]
    manifest = manifest_of(HEAD, records, ["b.jpg", "a.jpg"])
    path = write_manifest(tmp_path, manifest)
    assert read_manifest(path) == manifest
    assert manifest["manifest"] == FORMAT
    assert manifest["retired"] == ["a.jpg", "b.jpg"]
    assert path.read_bytes() == write_manifest(tmp_path, read_manifest(path)).read_bytes()


def test_a_record_says_what_stands_on_the_picture_and_who_made_it(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    variant = plan().variants[0]
    record = creative_record(variant, outcome(variant), "de/bowl.jpg")
    assert record["strings"] == {
        "brand": "Marlow & Pine",
        "headline": "Bowls",
        "price": "8,90\u00a0€",
    }
    assert record["lettering"] == dict.fromkeys(record["strings"], "typeset")
    assert record["cost"] == "0.05"
    assert record["plate"]["cost"] == "0.05"
    assert record["proof"]["verdict"] == "pass"
    assert record["settings"][0]["rows"][0]["x"] == 1 / 3
    assert record["file"] == "de/bowl.jpg"
    assert len(record["sha256"]) == 64
    assert json.loads(json.dumps(record)) == record


def test_a_creative_costs_all_its_attempts_and_a_shared_plate_costs_nothing_more(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    variant = plan().variants[0]
    made = outcome(variant)
    assert made.plate is not None
    paid = dataclasses.replace(made, plate=dataclasses.replace(made.plate, attempt="a-2"))
    rows: list[dict[str, object]] = [
        {"attempt": "a-1", "charged": "0.05"},
        {"attempt": "a-2", "charged": None},
    ]
    record = creative_record(variant, paid, "de/bowl.jpg", rows)
    assert (record["cost"], record["ledger"]) == ("0.05", rows)
    assert creative_record(variant, paid, "de/bowl.jpg")["cost"] == "0"
    assert record["fallback"] == ""


def test_the_totals_count_and_add_in_decimals(
    plan: Callable[..., Plan], outcome: Callable[..., Outcome]
) -> None:
    variants = plan().variants
    records = [
        creative_record(variants[0], outcome(variants[0]), "a.jpg"),
        creative_record(variants[1], outcome(variants[1], "wrong"), "b.jpg"),
        creative_record(variants[2], outcome(variants[2], "wrong", drawn=False), None),
    ]
    assert manifest_of(HEAD, records, [])["totals"] == {
        "creatives": 3,
        "accepted": 1,
        "held": 2,
        "cost_usd": "0.15",
    }


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"manifest": 0}', '{"manifest": "1"}'])
def test_what_is_no_manifest_of_this_version_is_named(tmp_path: pathlib.Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(UsageError, match=r"manifest\.json: .*; move it away and run again"):
        read_manifest(tmp_path / "manifest.json")


def test_the_last_accepted_delivery_of_each_coordinate_counts(
    tmp_path: pathlib.Path, plan: Callable[..., Plan], export: Callable[..., pathlib.Path]
) -> None:
    first = plan()
    export(first)
    lower = (("de: 8.90", "de: 7.90"), ("ch: 14.90", "ch: 13.90"))
    second = plan(*lower, day=dt.date(2026, 12, 2))
    export(second, held=("fr_CH",))
    last = delivered_before(tmp_path / "out", "lunch")
    by_locale = {variant.locale: variant for variant in second.variants}
    assert len(last) == 3
    assert last[by_locale["de_DE"].key].fingerprint == by_locale["de_DE"].fingerprint
    assert last[by_locale["de_DE"].key].inputs["line price"] == "7,90\u00a0€"
    held = by_locale["fr_CH"].key
    assert last[held].inputs == {v.key: v.inputs for v in first.variants}[held]
    assert delivered_before(tmp_path / "out", "dinner") == {}


def test_manifests_are_merged_with_files_relative_to_the_gallery(
    tmp_path: pathlib.Path, plan: Callable[..., Plan], export: Callable[..., pathlib.Path]
) -> None:
    out = tmp_path / "out"
    paths = [
        export(plan()),
        export(plan(day=dt.date(2026, 12, 2)), number=2),
    ]
    assert manifests_under(out) == paths
    one = merged(out, paths)
    assert one["run"] == "run-1, run-2"
    assert one["created"] == "2026-12-01T08:00:00Z"
    assert len(one["creatives"]) == 6
    assert all((out / record["file"]).is_file() for record in one["creatives"])


def test_the_self_test_of_a_run_counts_once_however_many_manifests_it_wrote(
    tmp_path: pathlib.Path, plan: Callable[..., Plan], export: Callable[..., pathlib.Path]
) -> None:
    path = export(plan())
    for name, run, planted in (("a", "run-1", 7), ("b", "run-1", 7), ("c", "run-2", 4)):
        manifest = {**read_manifest(path), "run": run}
        manifest["selftest"] = {"planted": planted, "slipped": 1}
        write_manifest(tmp_path / "out" / name, manifest)
    paths = [tmp_path / "out" / name / "manifest.json" for name in "abc"]
    assert merged(tmp_path / "out", paths)["selftest"] == {"planted": 11, "slipped": 2}


def test_an_instant_is_stamped_in_utc() -> None:
    berlin = dt.timezone(dt.timedelta(hours=1))
    assert stamp(dt.datetime(2026, 12, 1, 7, 30, 1, tzinfo=berlin)) == "2026-12-01T06:30:01Z"
