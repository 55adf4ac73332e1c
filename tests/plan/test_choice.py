"""Which way of lettering a plan takes first, from what earlier runs left behind."""

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.load import LoadedCampaign
from pipeline.errors import CampaignError
from pipeline.plan.choice import UNKNOWN, Known
from pipeline.plan.variants import Variant, variants_of
from tests.lunch import lunch

DAY = dt.date(2026, 12, 1)
ONE = (
    lunch("google-landscape", us="en_US")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {us: 8.90}
    copy:
      headline: {en: Fresh bowls}
provider: runflow
"""
)
MANY = ONE.replace("locales: [en_US]", "locales: [en_US, ar_AE]").replace(
    "{en: Fresh bowls}", "{en: Fresh bowls, ar: سلطات طازجة}"
)

Make = Callable[..., list[Variant]]


@pytest.fixture
def make(load: Callable[[str], LoadedCampaign], templates: pathlib.Path) -> Make:
    def variants(text: str = ONE, known: Known = UNKNOWN, day: dt.date = DAY) -> list[Variant]:
        return list(variants_of(load(text), {"us": day}, (templates, "engine"), known))

    return variants


def test_drawn_words_come_first_where_one_picture_serves_the_whole_campaign(make: Make) -> None:
    (variant,) = make()
    assert [line.role for line in variant.drawn] == ["headline"]
    (bare,) = variant.lower
    assert bare.drawn == ()
    assert variant.request.fingerprint != bare.request.fingerprint


def test_one_plate_without_words_serves_all_wordings(make: Make) -> None:
    english, arabic = make(MANY)
    assert (english.drawn, arabic.drawn) == ((), ())
    assert english.request.fingerprint == arabic.request.fingerprint
    assert (english.mirrored, arabic.mirrored) == (False, True)
    assert english.fingerprint != arabic.fingerprint


def test_a_picture_that_is_there_is_used_before_another_is_paid_for(make: Make) -> None:
    (variant,) = make()
    known = Known(plates=frozenset({variant.lower[0].request.fingerprint}))
    (again,) = make(known=known)
    assert again == variant.lower[0]


def test_what_was_delivered_stays_as_it_is(make: Make) -> None:
    (variant,) = make()
    for rung in (variant, *variant.lower):
        (again,) = make(known=Known(delivered={variant.key: rung.fingerprint}))
        assert again.fingerprint == rung.fingerprint


def test_a_campaign_forces_single_lines(make: Make) -> None:
    english, _ = make(f"{MANY}lettering: {{headline: model}}\n")
    assert [line.role for line in english.drawn] == ["headline"]
    assert english.insists
    (only,) = make(f"{ONE}lettering: {{headline: typeset}}\n")
    assert (only.drawn, only.lower) == ((), ())


@pytest.mark.parametrize(
    ("lettering", "says"),
    [
        ("{headlin: model}", "there is no line 'headlin'"),
        ("{headline: modell}", "expected one of auto, model, typeset"),
        ("modell", "expected one of auto, model, typeset"),
    ],
)
def test_a_wrong_answer_is_a_problem_of_its_line(make: Make, lettering: str, says: str) -> None:
    with pytest.raises(CampaignError) as raised:
        make(f"{ONE}lettering: {lettering}\n")
    (problem,) = raised.value.problems
    assert problem.line == 16
    assert says in str(problem)


def seeds(make: Make, plate: str, days: int) -> list[int]:
    made = (make(f"{ONE}plate: {plate}\n", day=DAY + dt.timedelta(days=n)) for n in range(days))
    return [variant.request.seed for (variant,) in made]


def test_plates_stay_unless_they_are_refreshed(make: Make) -> None:
    assert len(set(seeds(make, "{}", 40))) == 1
    assert len(set(seeds(make, "{refresh: daily}", 5))) == 5
    weekly = seeds(make, "{refresh: weekly}", 14)  # from a Tuesday
    assert [weekly.index(seed) for seed in dict.fromkeys(weekly)] == [0, 6, 13]
    assert len(set(seeds(make, "{refresh: monthly}", 31))) == 1
    assert len(set(seeds(make, "{refresh: monthly}", 32))) == 2


def test_several_plates_take_turns(make: Make) -> None:
    found = seeds(make, "{variants: 3}", 9)
    assert len(set(found)) == 3
    assert found[:3] == found[3:6] == found[6:]


def test_a_fixed_seed_is_refreshed_too(make: Make) -> None:
    fixed = f"{ONE}generation: {{seed: 7}}\n"
    (plain,) = make(fixed)
    assert plain.request.seed == 7
    (fresh,) = make(f"{fixed}plate: {{refresh: daily}}\n")
    assert fresh.request.seed != 7


def test_a_pinned_plate_is_free_set_and_the_same_for_all(make: Make) -> None:
    sha256 = "ab" * 32
    pinned = make(f"{MANY}plate: {{pins: {{bowl: {{google-landscape: {sha256}}}}}}}\n")
    assert {variant.request.pin for variant in pinned} == {sha256}
    assert {variant.cost for variant in pinned} == {"0"}
    assert all(variant.drawn == () and variant.lower == () for variant in pinned)
    assert dataclasses.replace(pinned[0].request, pin="").fingerprint != sha256


def test_a_pin_that_is_no_hash_is_a_problem(make: Make) -> None:
    with pytest.raises(CampaignError, match="SHA-256"):
        make(f"{ONE}plate: {{pins: {{bowl: {{google-landscape: abc}}}}}}\n")
