"""Where words come from, in the manifest and in the gallery."""

import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.messages.catalogue import Catalogue, Entry, catalogue_bytes
from pipeline.plan.plan import Plan
from pipeline.publish.export import write_gallery
from pipeline.publish.manifest import read_manifest
from pipeline.settings import PROJECT

HOSTILE = "Sie <b>& ich</b>"
FROM_CATALOGUE = ("{headline: {de: Bowls, fr: Bols}}", "{headline: {fr: Bols}}")
SOURCE = ("template: deal", "template: deal\nsource: fr_CH")


@pytest.fixture
def shelve(tmp_path: pathlib.Path) -> Callable[..., None]:
    """Return what writes the German catalogue: a headline, and comments about it."""

    def write(*comments: str, gone: str = "") -> None:
        path = tmp_path / "locale" / "lunch" / "de.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        entries = [
            Entry(
                context="lunch/bowl/headline", ids=("Bols", ""), forms=("Bowls",), comments=comments
            )
        ]
        if gone:
            entries.append(
                Entry(context="lunch/*/cta", ids=(gone, ""), forms=(gone,), obsolete=True)
            )
        blank = Catalogue(locale="de", file="de.po", content=b"")
        created = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
        path.write_bytes(catalogue_bytes(blank, entries, {}, created))

    return write


def test_the_manifest_says_who_wrote_each_line_and_hashes_the_catalogues(
    plan: Callable[..., Plan],
    export: Callable[..., pathlib.Path],
    shelve: Callable[..., None],
) -> None:
    shelve()
    manifest = read_manifest(export(plan(FROM_CATALOGUE, SOURCE)))
    words = {record["locale"]: record["words"] for record in manifest["creatives"]}
    assert words["de_DE"] == {"brand": "file", "headline": "approved", "price": "formatted"}
    assert words["fr_CH"]["headline"] == "file"
    assert manifest["catalogues"].keys() == {"de.po"}
    assert manifest["translations"] == []


def test_an_approval_of_a_machines_words_is_recorded_though_the_picture_stays(
    plan: Callable[..., Plan],
    export: Callable[..., pathlib.Path],
    shelve: Callable[..., None],
) -> None:
    shelve("provenance: machine")
    first = read_manifest(export(plan(FROM_CATALOGUE, SOURCE)))
    assert [note.partition(": ")[2][:21] for note in first["translations"]] == [
        "lunch/bowl/headline: "
    ] * 2  # of two markets
    shelve()
    second = read_manifest(export(plan(FROM_CATALOGUE, SOURCE), number=2))
    assert second["run"] == "run-2"
    assert second["translations"] == []
    pairs = zip(first["creatives"], second["creatives"], strict=True)
    assert all(one["sha256"] == other["sha256"] for one, other in pairs)
    assert {record["words"]["headline"] for record in first["creatives"]} == {"machine", "file"}
    assert {record["words"]["headline"] for record in second["creatives"]} == {"approved", "file"}


def test_the_gallery_shows_whose_words_they_are_and_what_needs_a_look(
    plan: Callable[..., Plan],
    export: Callable[..., pathlib.Path],
    shelve: Callable[..., None],
    tmp_path: pathlib.Path,
) -> None:
    shelve("provenance: machine", gone=HOSTILE)
    manifest = export(plan(FROM_CATALOGUE, SOURCE))
    page = write_gallery(tmp_path / "out", [manifest], PROJECT / "templates" / "pages")
    text = page.read_text("utf-8")
    assert "words from <b>a machine, approved by nobody</b>" in text
    assert "words from <b>the campaign file</b>" in text
    assert text.count('<span class="stand-in">Words by a machine, approved by nobody</span>') == 2
    assert "<summary>3 translations need a look</summary>" in text
    assert "lunch/*/cta: is obsolete" in text
    assert HOSTILE not in text
