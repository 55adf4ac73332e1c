"""Export: files named by content, the manifest last, and nothing written that is there already."""

import datetime as dt
import hashlib
import pathlib
from collections.abc import Callable
from typing import Any

from pipeline.plan.plan import Plan
from pipeline.produce.outcome import Outcome
from pipeline.publish.export import Exporter, write_gallery
from pipeline.publish.manifest import evidence_of, read_manifest
from pipeline.settings import PROJECT

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]


def files(folder: pathlib.Path) -> dict[str, tuple[bytes, int, int]]:
    """Return every file below a folder with its bytes, time and inode."""
    return {
        path.relative_to(folder).as_posix(): (
            path.read_bytes(),
            path.stat().st_mtime_ns,
            path.stat().st_ino,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def records(manifest: pathlib.Path) -> dict[str, dict[str, Any]]:
    return {record["locale"]: record for record in read_manifest(manifest)["creatives"]}


def test_files_are_named_for_what_they_are_and_by_their_content(
    plan: MakePlan, export: Export, tmp_path: pathlib.Path
) -> None:
    manifest = export(plan())
    assert manifest == tmp_path / "out" / "2026-12-01" / "lunch" / "manifest.json"
    for locale, record in records(manifest).items():
        content = (manifest.parent / record["file"]).read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        assert record["sha256"] == sha256
        stem = f"bowl-{locale.lower().replace('_', '-')}-display-300x250-{sha256[:12]}"
        assert record["file"] == f"{locale[-2:].lower()}/{stem}.jpg"


def test_a_second_export_of_the_day_writes_nothing(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    before = files(manifest.parent)
    export(plan(), number=2)
    assert files(manifest.parent) == before
    assert read_manifest(manifest)["run"] == "run-1"


def test_a_market_alone_leaves_the_others_as_they_are(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    before = files(manifest.parent)
    changed = plan(("de: 8.90", "de: 7.90"), markets=("de",))
    export(changed, number=2, seed=1)
    after = files(manifest.parent)
    assert {name: f for name, f in after.items() if name.startswith("ch/")} == {
        name: f for name, f in before.items() if name.startswith("ch/")
    }
    found = records(manifest)
    assert found.keys() == {"de_DE", "de_CH", "fr_CH"}
    assert found["de_DE"]["strings"]["price"] == "7,90\u00a0€"
    assert read_manifest(manifest)["totals"]["creatives"] == 3


def test_a_superseded_file_leaves_and_is_listed(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    old = records(manifest)["de_DE"]["file"]
    export(plan(("de: 8.90", "de: 7.90")), number=2, seed=1)
    assert not (manifest.parent / old).exists()
    assert old in read_manifest(manifest)["retired"]
    assert len(list(manifest.parent.glob("[!e]*/*.jpg"))) == 3
    evidence = {path.stem for path in manifest.parent.glob("evidence/*.jpg")}
    named = (evidence_of(record) for record in records(manifest).values())
    assert evidence == {sha256 for pictures in named for sha256 in pictures}


def test_a_file_that_comes_back_is_no_longer_retired(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    first = records(manifest)["de_DE"]["file"]
    export(plan(("de: 8.90", "de: 7.90")), number=2, seed=1)
    export(plan(), number=3)
    assert records(manifest)["de_DE"]["file"] == first
    assert (manifest.parent / first).is_file()
    assert first not in read_manifest(manifest)["retired"]


def test_a_market_that_the_campaign_gave_up_is_retired(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    swiss = [records(manifest)[locale]["file"] for locale in ("de_CH", "fr_CH")]
    without = plan(
        ("  ch: {locales: [de_CH, fr_CH], currency: CHF, time_zone: Europe/Zurich}\n", ""),
        (", ch: 14.90", ""),
    )
    export(without, number=2)
    assert records(manifest).keys() == {"de_DE"}
    assert set(swiss) <= set(read_manifest(manifest)["retired"])
    assert not list(manifest.parent.glob("ch/*.jpg"))


def test_a_day_on_which_nothing_runs_any_more_is_cleared(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    export(plan(("offers:", "valid_to: 2026-11-30\noffers:")), number=2)
    assert read_manifest(manifest)["creatives"] == []
    assert not list(manifest.parent.glob("*/*.jpg"))


def test_a_day_on_which_nothing_ever_ran_has_no_folder(plan: MakePlan, exporter: Exporter) -> None:
    nothing = plan(("offers:", "valid_to: 2026-11-30\noffers:"))
    assert exporter.export(nothing, {}) == []
    assert not exporter.out.exists()


def test_a_held_picture_goes_to_held_and_back_when_it_is_accepted(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan(), held=("fr_CH",))
    held = records(manifest)["fr_CH"]
    assert held["file"].startswith("held/bowl-fr-ch-display-300x250-")
    assert (held["status"], held["reason"].split(";")[0]) == ("held", "price: reads 3,90 €")
    assert (manifest.parent / held["file"]).is_file()
    assert not list(manifest.parent.glob("ch/*fr-ch*"))
    export(plan(), number=2)
    assert records(manifest)["fr_CH"]["file"].startswith("ch/")
    assert not list(manifest.parent.glob("held/*"))


def test_a_creative_that_was_never_drawn_has_no_file(
    plan: MakePlan, exporter: Exporter, outcome: Callable[..., Outcome]
) -> None:
    planned = plan()
    outcomes = {v.id: outcome(v, "too long", drawn=False) for v in planned.variants}
    (manifest,) = exporter.export(planned, outcomes)
    assert {record["file"] for record in records(manifest).values()} == {None}
    assert [path.name for path in manifest.parent.iterdir()] == ["manifest.json"]


def test_a_damaged_or_lost_file_is_delivered_again(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    before = {name: content for name, (content, *_) in files(manifest.parent).items()}
    first, second = (manifest.parent / records(manifest)[loc]["file"] for loc in ("de_DE", "de_CH"))
    first.write_bytes(b"torn")
    second.unlink()
    export(plan(), number=2)
    assert {name: content for name, (content, *_) in files(manifest.parent).items()} == before


def test_what_an_interrupted_export_left_is_taken_out_by_the_next(
    plan: MakePlan, export: Export
) -> None:
    manifest = export(plan())
    old = manifest.parent / records(manifest)["de_DE"]["file"]
    content = old.read_bytes()
    changed = plan(("de: 8.90", "de: 7.90"))
    export(changed, number=2, seed=1)
    old.write_bytes(content)  # as if the process had ended after the manifest was written
    export(changed, number=3, seed=1)
    assert not old.exists()


def test_markets_on_two_days_have_two_manifests(
    plan: MakePlan, exporter: Exporter, outcome: Callable[..., Outcome]
) -> None:
    today, tomorrow = plan(markets=("de",)), plan(markets=("ch",), day=dt.date(2026, 12, 2))
    both = Plan(
        campaign=today.campaign,
        days={**today.days, **tomorrow.days},
        planned=today.planned + tomorrow.planned,
        plates=frozenset(),
    )
    found = exporter.export(both, {v.id: outcome(v) for v in both.variants})
    assert [path.parent.parent.name for path in found] == ["2026-12-01", "2026-12-02"]
    assert [len(records(path)) for path in found] == [1, 2]


def test_the_evidence_lies_beside_the_files_by_its_hash(plan: MakePlan, export: Export) -> None:
    manifest = export(plan(), held=("fr_CH",))
    for record in records(manifest).values():
        assert len(record["crops"]) == len(record["proof"]["lines"])
        for sha256 in (record["ground"], record["overview"], *record["crops"]):
            content = (manifest.parent / "evidence" / f"{sha256}.jpg").read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256


def test_evidence_is_kept_once_and_what_is_delivered_is_a_file_of_its_own(
    plan: MakePlan, export: Export, exporter: Exporter
) -> None:
    manifest = export(plan())
    for record in records(manifest).values():
        for sha256 in evidence_of(record):
            kept = manifest.parent / "evidence" / f"{sha256}.jpg"
            assert kept.samefile(exporter.store.file(sha256))
        delivered = manifest.parent / record["file"]
        assert not delivered.samefile(exporter.store.file(record["sha256"]))


def test_evidence_that_was_written_anew_is_not_trusted(plan: MakePlan, export: Export) -> None:
    manifest = export(plan())
    record = records(manifest)["de_DE"]
    kept = manifest.parent / "evidence" / f"{record['overview']}.jpg"
    whole = kept.read_bytes()
    kept.unlink()
    kept.write_bytes(b"torn")
    export(plan(), number=2)
    assert kept.read_bytes() == whole


def test_the_gallery_names_every_file(plan: MakePlan, export: Export, exporter: Exporter) -> None:
    manifest = export(plan())
    pages = PROJECT / "templates" / "pages"
    page = write_gallery(exporter.out, [manifest], pages).read_text("utf-8")
    for record in records(manifest).values():
        assert f"2026-12-01/lunch/{record['file']}" in page
        for sha256 in (record["overview"], *record["crops"]):
            assert f"2026-12-01/lunch/evidence/{sha256}.jpg" in page
