"""Variants: one for each point of the grid, with ids that are unique and stay."""

import dataclasses
import datetime as dt
import decimal
import pathlib
import re
import shutil
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.campaign.model import Checks
from pipeline.plan.job import PlateRequest, seed_of
from pipeline.plan.plan import Plan
from pipeline.plan.variants import Variant

MakePlan = Callable[..., Plan]


def test_there_is_one_variant_for_each_offer_market_locale_and_format(
    plan: MakePlan, text: str
) -> None:
    variants = plan(text).variants
    assert len(variants) == 2 * (1 + 2) * 2  # offers, locales of both markets, formats
    assert variants[0].id == "lunch--bowl--de--de-de--meta-feed-4x5--2026-12-01"
    assert variants[0].key == "lunch--bowl--de--de-de--meta-feed-4x5"


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    formats=st.lists(
        st.sampled_from(["meta-feed-4x5", "meta-square", "google-landscape", "display-300x250"]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
    locales=st.lists(
        st.sampled_from(["de_CH", "fr_CH", "de_LI", "fr_CA", "fr_BE"]),
        min_size=1,
        max_size=4,
        unique=True,
    ),
)
def test_the_grid_has_the_product_of_its_axes_and_no_two_ids_alike(
    plan: MakePlan, text: str, formats: list[str], locales: list[str]
) -> None:
    words = text.replace("[meta-feed-4x5, google-landscape]", f"[{', '.join(formats)}]")
    variants = plan(words.replace("[de_CH, fr_CH]", f"[{', '.join(locales)}]")).variants
    assert len(variants) == 2 * (1 + len(locales)) * len(formats)
    assert len({variant.id.casefold() for variant in variants}) == len(variants)
    assert all(re.fullmatch(r"[a-z0-9-]+", variant.id) for variant in variants)


def test_names_that_differ_only_in_their_hyphens_do_not_meet_in_an_id(
    plan: MakePlan, text: str
) -> None:
    words = text.replace("  soup:", "  bowl-de:").replace("  ch: {", "  de-ch: {")
    words = words.replace("ch: 14.90", "de-ch: 14.90").replace("ch: 17.90", "de-ch: 17.90")
    words = words.replace("ch: 6.90", "de-ch: 6.90")
    ids = [variant.id for variant in plan(words).variants]
    assert len(set(ids)) == len(ids) == 12


def test_planning_twice_gives_the_same_bytes(plan: MakePlan, text: str) -> None:
    assert plan(text).to_json() == plan(text).to_json()


def test_another_day_changes_the_id_and_not_the_key(plan: MakePlan, text: str) -> None:
    first = plan(text).variants[0]
    second = plan(text, day=dt.date(2026, 12, 2)).variants[0]
    assert first.key == second.key
    assert first.id != second.id


def test_a_day_without_offers_has_no_variants(plan: MakePlan, text: str) -> None:
    words = text + "days:\n  2026-12-02: bowl\n"
    assert plan(words).variants == ()
    assert len(plan(words, day=dt.date(2026, 12, 2)).variants) == 6


def one(plan: MakePlan, text: str, **changes: object) -> Variant:
    return plan(text, **changes).variants[0]


@pytest.mark.parametrize(
    ("old", "new", "inputs"),
    [
        ("de: 8.90", "de: 8.80", {"line price", "line badge", "scene"}),
        ("de: Frische Bowls", "de: Frische Bowle", {"line headline", "scene"}),
        ("Nur am", "Bloß am", {"line legal", "scene"}),
        ('ink: "#1B1210"', 'ink: "#1B1211"', {"scene", "plate", "palette"}),
        ('paper: "#FFF8EC"', 'paper: "#FFF8ED"', {"scene", "plate", "palette"}),
        ("name: Marlow & Pine", "name: Marlow & Oak", {"line brand", "scene"}),
        ("a bowl of salad", "a deep bowl of salad", {"scene", "plate"}),
        ("template: deal", "template: deal\nquality: draft", {"plate"}),
        (
            "formats:",
            "  fonts: {display: elegant}\nformats:",
            {"type"},
        ),
        ("formats:", "  allowed_words: [ACME]\nformats:", {"allowed"}),
        ("template: deal", "template: deal\nchecks: {blur: 0.8}", {"checks"}),
        ("template: deal", "template: deal\nchecks: {blur: off}", {"checks"}),
    ],
)
def test_the_fingerprint_changes_with_what_shapes_the_picture(
    plan: MakePlan, text: str, old: str, new: str, inputs: set[str]
) -> None:
    before, after = one(plan, text), one(plan, text.replace(old, new, 1))
    assert before.fingerprint != after.fingerprint
    changed = {name for name in before.inputs if before.inputs[name] != after.inputs[name]}
    assert changed == inputs


def test_the_fingerprint_counts_the_formats_size_and_limit(plan: MakePlan, text: str) -> None:
    assert one(plan, text).inputs["format"] == "1080x1350, at most 31457280 bytes"


def test_the_fingerprint_counts_what_the_channel_covers(plan: MakePlan, text: str) -> None:
    story = text.replace("formats: [meta-feed-4x5", "formats: [meta-story-9x16", 1)
    assert one(plan, text).inputs["safe"] == "0, 0, 0, 0"
    assert one(plan, story).inputs["safe"] == "14, 6, 20, 6"


def test_the_thresholds_of_the_campaign_go_with_each_variant(plan: MakePlan, text: str) -> None:
    changed = text.replace("template: deal", "template: deal\nchecks: {blur: 0.8}", 1)
    assert one(plan, changed).checks.blur == decimal.Decimal("0.8")
    assert one(plan, text).checks == Checks()


@pytest.mark.parametrize(("kilobytes", "most"), [("150.5", 150_500), ("99999", 31_457_280)])
def test_a_campaign_may_ask_for_lighter_files_than_the_channel(
    plan: MakePlan, text: str, kilobytes: str, most: int
) -> None:
    asked = text.replace("template: deal", f"template: deal\nchecks: {{kilobytes: {kilobytes}}}", 1)
    assert one(plan, asked).format.most_bytes == most


def test_the_fingerprint_changes_with_the_engine(plan: MakePlan, text: str) -> None:
    assert one(plan, text).fingerprint != one(plan, text, engine="engine 2").fingerprint


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        ("scenes/deal.json.j2", "template"),
        ("layouts/deal.html.j2", "layout"),
        ("layouts/shapes.html.j2", "layout"),
        ("plates/sunburst.html.j2", "plate"),
    ],
)
def test_the_fingerprint_changes_with_every_template_that_is_drawn_from(
    plan: MakePlan,
    text: str,
    templates: pathlib.Path,
    tmp_path: pathlib.Path,
    file: str,
    cause: str,
) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(templates, folder)
    before = one(plan, text, folder=folder)
    assert before.inputs == one(plan, text).inputs  # where the templates are does not count
    changed = folder / file
    changed.write_text(changed.read_text("utf-8") + "{# a word more #}\n", "utf-8")
    after = one(plan, text, folder=folder)
    assert {n for n in before.inputs if before.inputs[n] != after.inputs[n]} == {cause}


def test_the_fingerprint_changes_with_the_bytes_of_the_picture_and_not_with_its_place(
    plan: MakePlan, text: str, tmp_path: pathlib.Path
) -> None:
    words = text.replace("    subject: a bowl of salad", "    picture: bowl.png")
    picture = tmp_path / "bowl.png"
    picture.write_bytes(b"one")
    before = one(plan, words)
    picture.rename(tmp_path / "moved.png")
    moved = one(plan, words.replace("bowl.png", "moved.png"))
    assert moved.request.fingerprint == before.request.fingerprint
    (tmp_path / "moved.png").write_bytes(b"two")
    assert one(plan, words.replace("bowl.png", "moved.png")).fingerprint != before.fingerprint


def test_one_plate_serves_every_locale_and_every_day(plan: MakePlan, text: str) -> None:
    plates = {
        (variant.offer, variant.format.name, variant.request.fingerprint)
        for day in (dt.date(2026, 12, 1), dt.date(2026, 12, 2))
        for variant in plan(text, day=day).variants
    }
    assert len(plates) == 4  # offers and formats


REQUEST = PlateRequest(
    provider="studio",
    model="studio-1",
    quality="draft",
    prompt="a bowl",
    width=1080,
    height=1350,
    seed=7,
    backdrop={"kind": "sunburst"},
)


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "fal"},
        {"model": "studio-2"},
        {"quality": "final"},
        {"prompt": "a bowl."},
        {"width": 1350, "height": 1080},
        {"seed": 8},
        {"backdrop": {"kind": "shelf"}},
    ],
)
def test_every_part_of_a_request_names_another_job(change: dict[str, object]) -> None:
    assert dataclasses.replace(REQUEST, **change).fingerprint != REQUEST.fingerprint  # type: ignore[arg-type]


def test_the_order_of_a_backdrops_keys_does_not_name_another_job() -> None:
    one_way = dataclasses.replace(REQUEST, backdrop={"kind": "a", "colours": ["b"]})
    other = dataclasses.replace(REQUEST, backdrop={"colours": ["b"], "kind": "a"})
    assert one_way.fingerprint == other.fingerprint


@given(parts=st.lists(st.text(max_size=10), max_size=4))
def test_a_seed_is_the_same_for_the_same_parts_and_fits_31_bits(parts: list[str]) -> None:
    assert seed_of(*parts) == seed_of(*parts)
    assert 0 <= seed_of(*parts) < 2**31
