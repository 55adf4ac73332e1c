"""Approvals: bound to picture and words, whole or not at all, and nobody overrules unknowingly."""

import concurrent.futures
import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.errors import OvertakenError
from pipeline.plan.plan import Plan
from pipeline.publish.approvals import Wish, decide, seen
from pipeline.publish.decisions import Action, copy_sha256, decided, decisions_of, possible
from pipeline.publish.manifest import read_manifest, write_manifest
from pipeline.publish.verify import verify
from tests.provers import Blind

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]
AT, LATER = "2026-12-01T07:00:00Z", "2026-12-01T08:30:00Z"


def french(manifest: pathlib.Path) -> dict[str, Any]:
    (record,) = (r for r in read_manifest(manifest)["creatives"] if r["locale"] == "fr_CH")
    return dict(record)


def wish(record: dict[str, Any], action: Action) -> Wish:
    sha256, words, before = seen(record)
    return Wish(
        variant=record["variant"], action=action, sha256=sha256, copy_sha256=words, before=before
    )


def say(manifest: pathlib.Path, action: Action, by: str = "ann", at: str = AT) -> None:
    decide(manifest.parent, wish(french(manifest), action), by, at)


def everything_but(manifest: pathlib.Path, *names: str) -> dict[str, bytes]:
    """Return every file below a folder, the manifest and those named aside."""
    found = {p.relative_to(manifest.parent).as_posix(): p for p in manifest.parent.rglob("*.jpg")}
    return {name: path.read_bytes() for name, path in found.items() if name not in names}


@pytest.fixture
def held(plan: MakePlan, export: Export) -> pathlib.Path:
    """Return the manifest of a day of which the French creative is held."""
    return export(plan(), held=("fr_CH",))


def test_approving_ships_that_file_and_says_who_and_when_and_changes_nothing_else(
    held: pathlib.Path,
) -> None:
    before, others = french(held), read_manifest(held)
    rest = everything_but(held, before["file"])
    say(held, Action.APPROVE)
    after = french(held)
    assert after["file"] == before["file"].replace("held/", "ch/")
    assert (held.parent / after["file"]).is_file()
    assert not (held.parent / before["file"]).exists()
    assert everything_but(held, after["file"]) == rest
    assert (after["status"], after["decision"]["by"], after["decision"]["at"]) == (
        "accepted",
        "ann",
        AT,
    )
    assert after["decision"]["sha256"] == before["sha256"]
    assert after["decision"]["copy_sha256"] == copy_sha256(before["strings"])
    now = read_manifest(held)
    assert (now["totals"]["accepted"], now["totals"]["held"], now["retired"]) == (3, 0, [])
    same = {"run", "created", "campaign", "campaign_sha256", "day", "versions", "selftest"}
    assert {key: now[key] for key in same} == {key: others[key] for key in same}
    unmoved = [r for r in now["creatives"] if r["locale"] != "fr_CH"]
    assert unmoved == [r for r in others["creatives"] if r["locale"] != "fr_CH"]


def test_an_approved_file_is_verified_by_its_hash_and_not_read_again(held: pathlib.Path) -> None:
    say(held, Action.APPROVE)
    file = held.parent / french(held)["file"]
    assert {f.what for f in verify(held.parent, Blind()) if f.file == file} == {""}
    file.write_bytes(file.read_bytes() + b"\0")
    (finding,) = (f for f in verify(held.parent, Blind()) if f.file == file)
    assert "its hash differs" in finding.what


@pytest.mark.parametrize(
    "change",
    [{"sha256": "0" * 64}, {"strings": {"price": "1 CHF"}}],
    ids=["another picture", "another price"],
)
def test_a_decision_about_something_else_than_what_is_there_is_refused(
    held: pathlib.Path, change: dict[str, Any]
) -> None:
    record = {**french(held), **change}
    before = held.read_bytes()
    with pytest.raises(OvertakenError, match="look at it again"):
        decide(held.parent, wish(record, Action.APPROVE), "ann", AT)
    assert held.read_bytes() == before


def test_of_two_reviewers_the_second_is_told_what_the_first_said(held: pathlib.Path) -> None:
    looked_at = french(held)
    say(held, Action.REJECT, by="ann")
    with pytest.raises(OvertakenError, match="Rejected by ann on 2026-12-01 07:00:00 UTC"):
        decide(held.parent, wish(looked_at, Action.APPROVE), "bob", LATER)
    assert french(held)["status"] == "held"


def test_of_many_reviewers_at_once_exactly_one_decides(held: pathlib.Path) -> None:
    wanted = wish(french(held), Action.APPROVE)

    def one(number: int) -> bool:
        try:
            decide(held.parent, wanted, f"reviewer {number}", AT)
        except OvertakenError:
            return False
        return True

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == 1
    assert len(decisions_of(read_manifest(held))) == 1


def test_a_picture_that_was_changed_on_disk_is_not_published(held: pathlib.Path) -> None:
    file = held.parent / french(held)["file"]
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(OvertakenError, match="is not the one that was proofread"):
        say(held, Action.APPROVE)
    assert french(held)["status"] == "held"


def test_what_was_approved_can_be_taken_back_and_its_file_is_retired(held: pathlib.Path) -> None:
    say(held, Action.APPROVE)
    shipped = french(held)["file"]
    say(held, Action.REJECT, by="bob", at=LATER)
    record = french(held)
    assert (record["status"], record["decision"]["action"]) == ("held", "reject")
    assert record["file"].startswith("held/")
    assert (held.parent / record["file"]).is_file()
    assert not (held.parent / shipped).exists()
    assert read_manifest(held)["retired"] == [shipped]
    told = [(d.by, d.action) for d in decisions_of(read_manifest(held))]
    assert told == [("ann", Action.APPROVE), ("bob", Action.REJECT)]


def test_what_passed_its_proof_needs_no_decision_and_takes_none(held: pathlib.Path) -> None:
    passed = next(r for r in read_manifest(held)["creatives"] if r["locale"] == "de_DE")
    assert possible(passed) == ()
    with pytest.raises(OvertakenError, match="reject cannot be said"):
        decide(held.parent, wish(passed, Action.REJECT), "ann", AT)


def test_only_what_a_model_drew_can_be_typeset_and_only_a_picture_approved(
    held: pathlib.Path,
) -> None:
    record = french(held)
    assert possible(record) == (Action.APPROVE, Action.REJECT, Action.RETRY)
    drawn = {**record, "lettering": {**record["lettering"], "headline": "model"}}
    assert Action.TYPESET in possible(drawn)
    assert Action.TYPESET in possible({**record, "plate": {**record["plate"], "provider": "fal"}})
    assert Action.APPROVE not in possible({**record, "file": None, "sha256": None})


def test_a_later_run_keeps_who_rejected_what_and_forgets_it_when_the_price_changes(
    plan: MakePlan, export: Export, held: pathlib.Path
) -> None:
    say(held, Action.REJECT)
    export(plan(), held=("fr_CH",), number=2)
    assert french(held)["decision"]["by"] == "ann"
    export(plan(("ch: 14.90", "ch: 13.90")), held=("fr_CH",), number=3, seed=1)
    assert "decision" not in french(held)
    assert len(decisions_of(read_manifest(held))) == 1


def test_an_approval_that_was_given_while_a_run_was_under_way_is_not_lost_to_it(
    plan: MakePlan, export: Export, held: pathlib.Path
) -> None:
    say(held, Action.APPROVE)
    approved = french(held)
    export(plan(), held=("fr_CH",), number=2)  # it knew nothing of the approval
    assert french(held) == approved
    assert (held.parent / approved["file"]).is_file()
    assert not list(held.parent.glob("held/*"))
    export(plan(), held=("fr_CH",), number=3, seed=1)  # another picture
    assert french(held)["status"] == "held"
    assert read_manifest(held)["retired"].count(approved["file"]) == 1


def test_an_approval_does_not_carry_to_what_is_held_again(held: pathlib.Path) -> None:
    say(held, Action.APPROVE)
    decisions = decisions_of(read_manifest(held))
    again = {**french(held), "status": "held"}
    assert "decision" not in decided(again, decisions)
    assert "decision" in decided(french(held), decisions)


def test_the_hash_of_the_words_does_not_depend_on_their_order() -> None:
    assert copy_sha256({"a": "1", "b": "2"}) == copy_sha256({"b": "2", "a": "1"})
    assert copy_sha256({"a": "1", "b": "2"}) != copy_sha256({"a": "2", "b": "1"})


def test_a_creative_that_left_the_manifest_cannot_be_decided_about(held: pathlib.Path) -> None:
    looked_at = french(held)
    manifest = read_manifest(held)
    manifest["creatives"] = [r for r in manifest["creatives"] if r["locale"] != "fr_CH"]
    write_manifest(held.parent, manifest)
    with pytest.raises(OvertakenError, match="no longer asked for"):
        decide(held.parent, wish(looked_at, Action.APPROVE), "ann", AT)
