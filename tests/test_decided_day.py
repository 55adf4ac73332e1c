"""A day with decisions: what a person said about a creative holds for the day's later runs."""

import pathlib

import pytest

from pipeline.dayplan import everything_stands, prepare
from pipeline.publish.decisions import Action
from pipeline.publish.manifest import manifests_under, read_manifest, write_manifest
from tests.heldday import Shop


@pytest.fixture
def shop(tmp_path: pathlib.Path) -> Shop:
    """Return a day that was run once, with the British creative held."""
    made = Shop(tmp_path)
    made.run()
    assert made.british["status"] == "held"
    return made


def test_what_was_approved_stands_and_the_day_is_done(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    assert everything_stands(prepare(shop.request, shop.settings))
    (manifest,) = manifests_under(shop.out)
    before = manifest.read_bytes()
    assert "en_GB" not in shop.run()[0]
    assert manifest.read_bytes() == before


def test_another_markets_price_leaves_an_approved_creative_as_it_is(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    before = shop.british
    shop.change("de: 8.90", "de: 7.90")
    assert shop.run()[0] == ["de_DE"]
    passing = {"attempts": 0, "plate": shop.british["plate"]}  # as of all that is not made anew
    assert shop.british == {**before, **passing}


def test_a_changed_price_needs_a_new_approval_and_the_old_file_is_retired(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    old = shop.british
    shop.change("gb: 7.50", "gb: 7.20")
    shop.run()
    assert shop.british["status"] == "held"
    assert "decision" not in shop.british
    (manifest,) = manifests_under(shop.out)
    assert old["file"] in read_manifest(manifest)["retired"]
    assert not (manifest.parent / old["file"]).exists()


def test_a_changed_brand_needs_a_new_approval_though_the_words_are_the_same(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    shop.change("#FFC83D", "#22AA66")
    assert "en_GB" in shop.run()[0]
    assert shop.british["status"] == "held"


def test_an_approved_file_that_was_lost_is_delivered_again(shop: Shop) -> None:
    shop.say(Action.APPROVE)
    (manifest,) = manifests_under(shop.out)
    file = manifest.parent / shop.british["file"]
    content = file.read_bytes()
    file.unlink()
    shop.run()
    assert file.read_bytes() == content
    assert shop.british["decision"]["action"] == "approve"


def test_what_was_rejected_is_not_made_again_that_day(shop: Shop) -> None:
    shop.say(Action.REJECT)
    before = shop.british
    asked, outcomes = shop.run()
    assert "en_GB" not in asked
    assert [str(one.status) for one in outcomes] == ["accepted", "held"]
    assert shop.british == before
    assert not shop.british["file"].startswith("gb/")


def test_what_is_to_be_tried_again_is_and_may_have_one_more_picture(shop: Shop) -> None:
    shop.say(Action.REJECT)
    shop.say(Action.RETRY)
    attempts = [v.budget.attempts for v in prepare(shop.request, shop.settings).variants]
    assert attempts == [3, 4]
    assert "en_GB" in shop.run()[0]
    assert "decision" not in shop.british


def test_what_is_to_be_typeset_instead_costs_nothing_until_its_words_change(
    shop: Shop,
) -> None:
    shop.change("formats:", "provider: fal\nlettering: model\nformats:")
    drawn = prepare(shop.request, shop.settings).variants[1]
    assert drawn.drawn
    (manifest,) = manifests_under(shop.out)
    record = {**shop.british, "fingerprint": drawn.fingerprint}
    record["lettering"] = drawn.lettering
    record["strings"] = {line.role: line.text for line in drawn.lines}
    whole = read_manifest(manifest)
    creatives = [record if r["market"] == "gb" else r for r in whole["creatives"]]
    write_manifest(manifest.parent, {**whole, "creatives": creatives})
    shop.say(Action.TYPESET)
    plan = prepare(shop.request, shop.settings)
    german, british = plan.variants
    assert german.request.provider == "fal"
    assert (british.request.provider, british.drawn, british.cost) == ("studio", (), "0")
    assert british.fingerprint != drawn.fingerprint
    assert plan.plans[0].planned[1].reason == "typeset instead"
    shop.change("gb: 7.50", "gb: 7.20")
    assert prepare(shop.request, shop.settings).variants[1].request.provider == "fal"
