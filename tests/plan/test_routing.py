"""Who draws each line: what may be tried, and what is tried first."""

import dataclasses
from collections.abc import Mapping

import pytest

from pipeline.plan.lines import Line, Policy, policy_of
from pipeline.plan.rates import BARE, UNMEASURED, WEIGHT, Asked, Rates, published
from pipeline.plan.routing import MODEL, TYPESET, Demand, Route, chosen, routes

ASKED = Asked(template="deal", locale="en_US", model="flux-2-flex")
DEMAND = Demand(
    policy="auto",
    draws_words=True,
    plain=frozenset({"headline", "offer", "cta", "legal", "brand"}),
    asked=ASKED,
    rates=UNMEASURED,
)


def lines(**texts: str) -> tuple[Line, ...]:
    return tuple(Line.of(role, text) for role, text in texts.items())


DEAL = lines(
    brand="Marlow & Pine",
    badge="-18 %",
    headline="Fresh bowls",
    price="8,90 €",
    cta="Order now",
    legal="Today only.",
)


def ladder(
    some: tuple[Line, ...], policy: str | Mapping[str, str] = "auto", **changes: object
) -> list[set[str]]:
    demand = dataclasses.replace(DEMAND, policy=policy, **changes)  # type: ignore[arg-type]
    found = routes(some, demand)
    for route in found:
        assert route.lettering.keys() == route.why.keys() == {line.role for line in some}
        assert set(route.lettering.values()) <= {MODEL, TYPESET}
        assert all(route.why.values())
    return [set(route.drawn) for route in found]


def test_the_model_may_draw_few_short_lines_and_never_a_price_or_a_legal_line() -> None:
    assert ladder(DEAL) == [{"headline", "cta"}, {"headline"}, set()]


def test_a_policy_of_one_kind_is_followed_where_the_provider_can() -> None:
    every = {line.role for line in DEAL}
    assert ladder(DEAL, "typeset") == [set()]
    assert ladder(DEAL, "model") == [every, set()]
    assert ladder(DEAL, "model", draws_words=False) == [set()]
    assert ladder(DEAL, "auto", draws_words=False) == [set()]


def test_a_campaign_forces_single_lines_either_way() -> None:
    assert ladder(DEAL, {"headline": "typeset"}) == [{"cta"}, set()]
    assert ladder(DEAL, {"price": "model", "cta": "typeset"}) == [
        {"price", "headline"},
        {"price"},
        set(),
    ]


@pytest.mark.parametrize(
    ("headline", "why"),
    [
        ("Frische Bowls für die ganze Familie", "it has more than 4 words"),
        ("Fresh until 2 PM", "numbers are always set"),
        ("Φρέσκα μπολ", "only 64% of such pictures come out right"),
        ("سلطات طازجة", "only 4% of such pictures come out right"),
        ("सलाद", "only 20% of such pictures come out right"),
        ("안녕하세요반갑습니다", "only 57% of such pictures come out right"),
    ],
)
def test_long_lines_numbers_and_hard_scripts_are_set_and_the_reason_is_given(
    headline: str, why: str
) -> None:
    (route,) = routes(lines(headline=headline), DEMAND)
    assert route.lettering == {"headline": TYPESET}
    assert route.why == {"headline": why}


def test_a_line_on_a_button_of_the_layout_is_set() -> None:
    assert ladder(DEAL, plain=frozenset({"headline"})) == [{"headline"}, set()]


@pytest.mark.parametrize("headline", ["Écoutez le silence", "Świeże bowle", "Taze bowl’lar"])
def test_accents_are_latin_too(headline: str) -> None:
    assert ladder(lines(headline=headline))[0] == {"headline"}


def first(some: tuple[Line, ...], texts: int = 1, **changes: object) -> set[str]:
    demand = dataclasses.replace(DEMAND, **changes)  # type: ignore[arg-type]
    found = routes(some, demand)
    return set(found[chosen(found, [False] * len(found), texts)].drawn)


def test_drawn_words_are_tried_first_where_they_hardly_cost_more() -> None:
    assert first(lines(headline="Fresh bowls")) == {"headline"}
    assert first(lines(headline="Fresh bowls for you")) == set()


def test_one_plate_without_words_is_cheaper_than_a_picture_for_each_wording() -> None:
    assert first(lines(headline="Fresh bowls"), texts=2) == set()


def test_what_the_campaign_gives_to_the_model_is_drawn_whatever_it_costs() -> None:
    assert first(lines(headline="سلطات"), texts=20, policy="model") == {"headline"}


def test_a_picture_that_is_there_is_taken_the_one_with_most_drawn_words_first() -> None:
    found = routes(DEAL, DEMAND)
    assert chosen(found, [False, False, True], 1) == 2
    assert chosen(found, [False, True, True], 20) == 1


def test_measured_rates_outweigh_the_published_ones() -> None:
    headline = lines(headline="Fresh bowls")
    key = ("deal", "en_US", "flux-2-flex", "headline")
    poor = Rates(counts={key: (2, 40)})
    assert poor.chance(ASKED, headline) == pytest.approx(
        (WEIGHT * published(headline) + 2) / (WEIGHT + 40)
    )
    assert first(headline, rates=poor) == set()
    long = lines(headline="Fresh bowls for you")
    assert first(long, rates=Rates(counts={key: (40, 40)})) == {"headline"}
    other = dataclasses.replace(ASKED, locale="de_DE")
    assert poor.chance(other, headline) == published(headline)


def test_plates_without_words_are_counted_over_all_locales() -> None:
    counts = {
        ("deal", "en_US", "flux-2-flex", "plate"): (10, 10),
        ("deal", "ar_AE", "flux-2-flex", "plate"): (2, 10),
        ("menu", "ar_AE", "flux-2-flex", "plate"): (0, 10),
    }
    assert Rates(counts=counts).measured(ASKED, ()) == (12, 20)
    assert UNMEASURED.chance(ASKED, ()) == BARE


def test_the_published_figures_fall_with_words_and_regions() -> None:
    assert published(lines(headline="Fresh")) == pytest.approx(0.926)
    assert published(lines(headline="Fresh bowls")) == pytest.approx(0.926**2)
    three = lines(headline="Fresh", offer="Now", cta="Order")
    assert published(three) == pytest.approx(0.890**3)
    assert published(lines(headline="新鮮")) == pytest.approx(0.757)


def test_a_route_knows_whether_the_campaign_insists_on_it() -> None:
    def insists(policy: str | Mapping[str, str]) -> list[bool]:
        found: tuple[Route, ...] = routes(DEAL, dataclasses.replace(DEMAND, policy=policy))
        return [route.insists for route in found]

    assert insists("auto") == [False, False, False]
    assert insists({"headline": "model"}) == [True, True, False]


@pytest.mark.parametrize(
    ("role", "policy"),
    [
        ("price", Policy.EXACT_NUMBER),
        ("was_price", Policy.EXACT_NUMBER),
        ("badge", Policy.EXACT_NUMBER),
        ("code", Policy.EXACT_NUMBER),
        ("item_3_price", Policy.EXACT_NUMBER),
        ("item_3", Policy.EXACT),
        ("headline", Policy.EXACT),
        ("legal", Policy.EXACT),
    ],
)
def test_numbers_are_proofread_with_zero_tolerance(role: str, policy: Policy) -> None:
    assert policy_of(role) is policy
