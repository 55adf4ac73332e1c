"""The page: what a person sees and decides there, and who else cannot."""

import concurrent.futures
import dataclasses
import datetime as dt
import hashlib
import html
import pathlib
from collections.abc import Callable

import pytest

from pipeline.errors import UsageError
from pipeline.plan.plan import Plan
from pipeline.publish.live import Files
from pipeline.publish.manifest import manifests_under, read_manifest, write_manifest
from pipeline.review.desk import Desk
from pipeline.settings import PROJECT
from tests.review.conftest import GIVEN, KEY, NOON, Served, serving

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]


def test_the_page_shows_what_is_held_with_its_reason_and_nothing_that_passed(
    served: Served,
) -> None:
    page = served.page()
    assert "1 creative waits for you" in page
    assert "deciding as <b>ann</b>" in page
    assert page.count('<article class="work"') == 1
    assert 'lang="fr-CH"' in page
    assert "price: reads 3,90 €" in page


def test_the_page_shows_pictures_by_their_hash_and_only_while_they_have_it(
    served: Served,
) -> None:
    record = served.record()
    page = served.page()
    for sha256, ending in ((record["sha256"], ""), (record["overview"], ".jpg")):
        assert f"pictures/{sha256}" in page
        answer = served.get(f"/{KEY}/pictures/{sha256}{ending}")
        assert hashlib.sha256(answer.content).hexdigest() == sha256
        assert answer.headers["content-type"] == "image/jpeg"
    file = served.desk.out / "2026-12-01" / "lunch" / record["file"]
    file.write_bytes(file.read_bytes() + b"\0")
    assert served.get(f"/{KEY}/pictures/{record['sha256']}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        f"/{KEY}",
        "/another-key/",
        "/another-key/decisions",
        f"/{KEY}/pictures/{'0' * 64}",
        f"/{KEY}/pictures/..%2f..%2fmanifest.json",
        f"/{KEY}/manifest.json",
    ],
)
def test_nothing_else_is_there_to_be_read(served: Served, path: str) -> None:
    assert served.get(path).status_code == 404


def test_a_picture_that_shipped_without_a_person_is_not_served(served: Served) -> None:
    assert served.get(f"/{KEY}/pictures/{served.record('de_DE')['sha256']}").status_code == 404


def test_approving_ships_and_the_gallery_and_the_page_say_so(served: Served) -> None:
    answer = served.post(served.wish("approve"))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"said": "Approved by ann on 2026-12-01 12:00:00 UTC"}
    record = served.record()
    assert record["file"].startswith("ch/")
    gallery = (served.desk.out / "index.html").read_text("utf-8")
    assert f"./2026-12-01/lunch/{record['file']}" in gallery
    assert "<h1>2 of 3 creatives passed, 1 was approved by a person</h1>" in gallery
    assert "1 did not, and shipped because a person approved; it says who." in gallery
    assert gallery.count("Approved by ann on 2026-12-01 12:00:00 UTC") == 2
    page = served.page()
    assert "All decided" in page
    assert "Approved by ann on 2026-12-01 12:00:00 UTC" in page


@pytest.mark.parametrize("action", ["reject", "retry"])
def test_what_is_rejected_or_wished_stays_held_and_is_marked(served: Served, action: str) -> None:
    assert served.post(served.wish(action)).status_code == 200
    record = served.record()
    assert (record["status"], record["decision"]["action"]) == ("held", action)
    assert "All decided" in served.page()


def test_the_second_of_two_reviewers_is_told_and_changes_nothing(served: Served) -> None:
    looked_at = served.wish("reject")
    other = dataclasses.replace(served.desk, by="bob")
    assert served.post(served.wish("approve")).status_code == 200
    with serving(other) as bob:
        answer = bob.post(looked_at)
    assert answer.status_code == 409
    assert answer.json()["said"].startswith("meanwhile: Approved by ann")
    assert served.record()["status"] == "accepted"


def test_of_decisions_at_once_one_is_carried_out(served: Served) -> None:
    wish = served.wish("approve")
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(lambda _: served.post(wish).status_code, range(6)))
    assert statuses == [200, 409, 409, 409, 409, 409]


@pytest.mark.parametrize(
    "changed",
    [
        {"x_proofpress_token": None},
        {"x_proofpress_token": "guessed"},
        {"origin": None},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"content_type": "text/plain"},
    ],
    ids=str,
)
def test_a_decision_that_does_not_come_from_the_page_is_refused(
    served: Served, changed: dict[str, str | None]
) -> None:
    assert served.post(served.wish("approve"), **changed).status_code == 403
    assert served.record()["status"] == "held"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example:{port}"])
def test_a_foreign_name_that_leads_here_is_refused(served: Served, host: str) -> None:
    named = host.format(port=served.port)
    answer = served.get(f"/{KEY}/", host=named)
    assert answer.status_code == 421
    assert GIVEN not in answer.text
    refused = served.post(served.wish("approve"), host=named, origin=f"http://{named}")
    assert refused.status_code == 421
    assert served.record()["status"] == "held"


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"action": "publish"},
        {"variant": "x" * 20_000},
    ],
    ids=["empty", "unknown action", "too long"],
)
def test_what_is_no_decision_is_refused(served: Served, wish: dict[str, str]) -> None:
    whole = {**served.wish("approve"), **wish} if wish else {}
    assert served.post(whole).status_code == 400


def test_every_answer_is_private_and_asks_nothing_of_the_network(served: Served) -> None:
    answer = served.get(f"/{KEY}/")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_no_word_of_the_copy_or_the_proof_can_become_markup(desk: Desk) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    (manifest,) = manifests_under(desk.out)
    whole = read_manifest(manifest)
    for record in whole["creatives"]:
        record["strings"] = dict.fromkeys(record["strings"], evil)
        record["reason"] = record["fallback"] = record["offer"] = evil
        for line in record["proof"]["lines"]:
            line.update(read=evil, expected=evil, reason=evil, role=evil, reader=evil)
        record["proof"]["extra"] = [{"text": evil, "box": [1, 2, 3, 4], "reason": evil}]
    write_manifest(manifest.parent, whole)
    with serving(dataclasses.replace(desk, by=evil)) as served:
        page = served.page()
    assert html.escape(evil)[:20] in page.replace("&#34;", "&quot;")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_the_campaign_no_longer_says_cannot_be_approved(desk: Desk, plan: MakePlan) -> None:
    now = plan(("ch: 14.90", "ch: 13.90")).campaign
    drawn_with = (PROJECT / "templates", "engine 1")
    changed = dataclasses.replace(
        desk, files=lambda: Files([now], drawn_with, NOON, dt.timedelta())
    )
    with serving(changed) as served:
        assert "It may not be published any more:" in served.page()
        answer = served.post(served.wish("approve"))
        assert answer.status_code == 409
        assert "13.90" in answer.json()["said"]
        assert served.record()["status"] == "held"
        assert served.post(served.wish("reject")).status_code == 200


def test_campaign_files_that_cannot_be_read_let_nothing_ship(desk: Desk) -> None:
    def broken() -> Files:
        raise UsageError("lunch.yaml: is gone")

    with serving(dataclasses.replace(desk, files=broken)) as served:
        assert "lunch.yaml: is gone" in served.page()
        assert served.post(served.wish("approve")).status_code == 409


def test_a_newer_creative_of_the_same_place_takes_the_older_off_the_desk(
    desk: Desk, plan: MakePlan, export: Export
) -> None:
    export(plan(day=dt.date(2026, 12, 2)), number=2, seed=1)
    assert desk.items() == ()
    yesterday = dataclasses.replace(desk, day=dt.date(2026, 12, 1))
    assert [item.creative.day for item in yesterday.items()] == ["2026-12-01"]
    other = dataclasses.replace(yesterday, only=frozenset({"dinner"}))
    assert other.items() == ()


def test_a_day_on_which_all_passed_says_so(desk: Desk, plan: MakePlan, export: Export) -> None:
    export(plan(), number=2)
    with serving(desk) as served:
        assert "Nothing is held" in served.page()
