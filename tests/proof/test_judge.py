"""One line, judged by its readings and its shape."""

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.plan.lines import Line, Policy
from pipeline.proof.agreement import Evidence
from pipeline.proof.judge import judge_read, judge_typeset
from pipeline.proof.reading import Reading
from pipeline.proof.shape import Shape, refused
from pipeline.proof.verdict import Verdict

GOOD = Shape(verdict=Verdict.PASS, score=0.97, reason="")
CLEAR = Shape(verdict=Verdict.PASS, score=0.97, reason="", residual=0.03)
UNCLEAR = Shape(verdict=Verdict.UNSURE, score=0.0, reason="too little contrast")
Make = Callable[..., Reading]


def strict(text: str, sure: float = 0.99, reader: str = "strict") -> Evidence:
    made = Reading(text=text, confidence=(sure,) * len(text), reader=reader)
    return Evidence(reading=made, strict=True)


def lenient(text: str, reader: str = "lenient", sure: float = 0.9) -> Evidence:
    made = Reading(text=text, confidence=(sure,) * len(text), reader=reader)
    return Evidence(reading=made, strict=False)


PRICE = Line.of("price", "8,90 €")
HEADLINE = Line.of("headline", "Frische Bowls")
TEXTS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=30)
PRICES = st.from_regex(r"[1-9][0-9]{0,2}[.,][0-9]{2} ?[€£$]", fullmatch=True)


@given(TEXTS)
def test_what_two_readers_read_as_requested_passes(text: str) -> None:
    evidence = [strict(text), lenient(text)]
    assert judge_read(Line.of("headline", text), evidence).verdict is Verdict.PASS
    assert judge_typeset(Line.of("headline", text), evidence, GOOD).verdict is Verdict.PASS


@given(PRICES)
def test_a_price_that_two_readers_read_as_requested_passes(price: str) -> None:
    evidence = [strict(price), lenient(price)]
    assert judge_read(Line.of("price", price), evidence).verdict is Verdict.PASS
    assert judge_typeset(Line.of("price", price), evidence, GOOD).verdict is Verdict.PASS


@given(PRICES, st.data())
def test_one_altered_digit_never_passes(price: str, data: st.DataObject) -> None:
    places = [index for index, char in enumerate(price) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != price[place])
    wrong = price[:place] + digit + price[place + 1 :]
    sure = data.draw(st.floats(0, 1))
    evidence = [strict(wrong, sure), lenient(wrong), lenient(wrong, "other")]
    for role in ("price", "headline", "legal"):
        line = Line.of(role, price)
        assert judge_read(line, evidence).verdict is not Verdict.PASS
        assert judge_typeset(line, evidence, GOOD).verdict is not Verdict.PASS


def test_a_price_read_by_one_reader_alone_is_unsure() -> None:
    assert judge_read(PRICE, [strict("8,90 €")]).verdict is Verdict.UNSURE


def test_two_looks_of_one_reader_are_one_witness() -> None:
    evidence = [strict("8,90 €"), strict("8,90 €", reader="strict/wide")]
    assert judge_read(PRICE, evidence).verdict is Verdict.UNSURE


def test_a_struck_price_may_rest_on_two_sure_looks() -> None:
    struck = Line.of("was_price", "8,90 €")
    evidence = [strict("8,90 €"), strict("8,90 €", reader="strict/wide")]
    assert judge_read(struck, evidence).verdict is Verdict.PASS
    unsure = [strict("8,90 €", 0.9), strict("8,90 €", 0.9, reader="strict/wide")]
    assert judge_read(struck, unsure).verdict is Verdict.UNSURE


def test_a_very_sure_price_needs_only_its_number_seen_by_another() -> None:
    yen = Line.of("price", "1,180円")
    beside = lenient("1,180F9")
    assert judge_read(yen, [strict("1,180円"), beside]).verdict is Verdict.PASS
    assert judge_read(yen, [strict("1,180円", 0.9), beside]).verdict is Verdict.UNSURE
    assert judge_read(yen, [strict("1,180円"), lenient("11,180F")]).verdict is Verdict.UNSURE


def test_digits_are_never_taken_on_the_word_of_the_lenient_reader() -> None:
    evidence = [strict("8,30 €", 0.6), lenient("8,90 €"), lenient("8,90 €", "other")]
    assert judge_read(PRICE, evidence).verdict is not Verdict.PASS
    text = Line.of("headline", "Nur 3 Tage")
    evidence = [strict("Nur 8 Tage", 0.6), lenient("Nur 3 Tage"), lenient("Nur 3 Tage", "other")]
    assert judge_read(text, evidence).verdict is not Verdict.PASS


def test_a_swapped_currency_fails() -> None:
    evidence = [strict("8,90 $"), lenient("8,90 €"), lenient("8,90 €", "other")]
    assert judge_read(PRICE, evidence).verdict is Verdict.FAIL


def test_a_currency_nobody_can_read_is_unsure_on_readings_alone() -> None:
    line = Line.of("price", "690 ₽")
    evidence = [strict("690P"), lenient("690 P")]
    judged = judge_read(line, evidence)
    assert judged.verdict is Verdict.UNSURE
    assert "₽" in judged.reason
    assert judge_typeset(line, evidence, GOOD).verdict is Verdict.PASS


def test_a_weak_character_is_unsure_and_not_a_pass() -> None:
    judged = judge_read(HEADLINE, [strict("Frische Bowls", 0.7)])
    assert judged.verdict is Verdict.UNSURE
    assert "weakly" in judged.reason


def test_a_sure_near_miss_overrules_readers_that_correct_what_they_see() -> None:
    evidence = [
        strict("Frische Bawls"),
        lenient("Frische Bowls"),
        lenient("Frische Bowls", "other"),
    ]
    judged = judge_read(HEADLINE, evidence)
    assert judged.verdict is Verdict.FAIL
    assert judge_read(HEADLINE, [lenient("Frische Bowls")] * 2).verdict is Verdict.PASS


def test_one_rendering_of_the_lenient_reader_is_not_enough() -> None:
    assert judge_read(HEADLINE, [lenient("Frische Bowls")]).verdict is Verdict.UNSURE


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_reading_is_never_a_pass(text: str) -> None:
    assert judge_read(HEADLINE, []).verdict is Verdict.UNSURE
    assert judge_read(HEADLINE, [strict(text)]).verdict is Verdict.UNSURE
    assert judge_typeset(HEADLINE, [], GOOD).verdict is Verdict.UNSURE
    assert judge_typeset(HEADLINE, [strict(text)], GOOD).verdict is Verdict.UNSURE
    assert judge_typeset(PRICE, [strict(text)], GOOD).verdict is Verdict.UNSURE


def test_a_failing_shape_fails_whatever_was_read() -> None:
    evidence = [strict("8,90 €"), lenient("8,90 €")]
    assert judge_typeset(PRICE, evidence, refused("changed")).verdict is Verdict.FAIL
    assert judge_typeset(PRICE, evidence, UNCLEAR).verdict is Verdict.UNSURE


def test_a_passing_shape_needs_words_that_roughly_agree() -> None:
    line = Line.of("headline", "เฉพาะวันนี้เท่านั้น")
    near = lenient("เฉพาะวันนเท่านัน")
    assert judge_typeset(line, [near], GOOD).verdict is Verdict.PASS
    assert judge_typeset(line, [lenient("□□□□□□□")], GOOD).verdict is Verdict.UNSURE


def test_a_passing_shape_and_a_contradicted_digit_are_unsure() -> None:
    evidence = [strict("3,90 €"), lenient("8,90 €")]
    judged = judge_typeset(PRICE, evidence, GOOD)
    assert judged.verdict is Verdict.UNSURE
    assert judged.reading is not None
    assert judged.reading.text == "3,90 €"


def test_case_counts_unless_the_policy_says_otherwise() -> None:
    caseless = Line(role="headline", text="Frische Bowls", policy=Policy.CASELESS)
    evidence = [strict("FRISCHE BOWLS"), strict("FRISCHE BOWLS")]
    assert judge_read(HEADLINE, evidence).verdict is Verdict.FAIL
    assert judge_read(caseless, evidence).verdict is Verdict.PASS


def test_a_wrong_word_beside_a_right_price_does_not_pass() -> None:
    line = Line.of("price", "ab 8,90 €")
    evidence = [strict("an 8,90 €"), lenient("an 8,90 €")]
    assert judge_read(line, evidence).verdict is not Verdict.PASS


SURELY = 0.9
FAIRLY = 0.75
WEAKLY = 0.6


@pytest.mark.parametrize(
    ("looks", "verdict"),
    [
        ([SURELY], Verdict.UNSURE),
        ([SURELY, SURELY], Verdict.PASS),
        ([SURELY, FAIRLY], Verdict.UNSURE),
        ([SURELY, FAIRLY, FAIRLY], Verdict.PASS),
        ([FAIRLY, FAIRLY, WEAKLY, WEAKLY, WEAKLY, FAIRLY], Verdict.PASS),
        ([FAIRLY, FAIRLY, WEAKLY, WEAKLY, WEAKLY, WEAKLY], Verdict.UNSURE),
        ([SURELY, WEAKLY, WEAKLY, WEAKLY, WEAKLY, WEAKLY], Verdict.UNSURE),
    ],
)
def test_two_sure_looks_or_three_fair_ones_are_needed(looks: list[float], verdict: Verdict) -> None:
    evidence = [strict("Frische Bowls", sure) for sure in looks]
    assert judge_read(HEADLINE, evidence).verdict is verdict


def test_one_sure_look_at_other_letters_outweighs_five() -> None:
    evidence = [strict("Frische Bowls")] * 5
    assert judge_read(HEADLINE, [*evidence, strict("Frische Bowis", 0.96)]).verdict is Verdict.FAIL
    assert judge_read(HEADLINE, [*evidence, strict("Frische Bowis", 0.9)]).verdict is Verdict.PASS


def test_a_look_that_cuts_off_a_full_stop_denies_nothing() -> None:
    line = Line.of("offer", "Knackiger Salat.")
    evidence = [strict("Knackiger Salat.")] * 3 + [strict("Knackiger Salat", 0.99)]
    assert judge_read(line, evidence).verdict is Verdict.PASS


def test_a_bad_drawing_gets_no_second_chance_elsewhere() -> None:
    denied = judge_read(HEADLINE, [strict("Frische Bowis"), strict("Frische Bowls", WEAKLY)])
    weak = judge_read(HEADLINE, [strict("Frische Bowls", WEAKLY)] * 6)
    elsewhere = judge_read(HEADLINE, [strict("Frische"), strict("EFrische Bowls", WEAKLY)])
    assert (denied.placed, weak.placed, elsewhere.placed) == (True, True, False)


def test_icons_beside_a_line_do_not_count_but_requested_ones_do() -> None:
    assert judge_read(HEADLINE, [strict("☆ Frische Bowls ★")] * 2).verdict is Verdict.PASS
    starred = Line.of("headline", "★ Frische Bowls")
    assert judge_read(starred, [strict("Frische Bowls")] * 2).verdict is not Verdict.PASS


def test_how_surely_an_icon_beside_a_line_is_read_does_not_matter() -> None:
    seen = strict("★ Frische Bowls").reading
    doubted = dataclasses.replace(seen, confidence=(0.4, *seen.confidence[1:]))
    evidence = [Evidence(reading=doubted, strict=True)] * 2
    assert judge_read(HEADLINE, evidence).verdict is Verdict.PASS
    starred = Line.of("headline", "★ Frische Bowls")
    assert judge_read(starred, evidence).verdict is not Verdict.PASS


def test_a_sure_reading_of_other_letters_outweighs_a_shape_that_only_just_passes() -> None:
    pine = Line.of("brand", "Marlow & Pine")
    doubtful = Shape(verdict=Verdict.PASS, score=0.9, reason="", residual=0.1)
    assert judge_typeset(pine, [strict("Marlow & Pinc")], doubtful).verdict is Verdict.UNSURE
    assert judge_typeset(pine, [strict("Marlow & Pinc")], CLEAR).verdict is Verdict.PASS
    both = [strict("Marlow & Pinc"), strict("Marlow & Pine")]
    assert judge_typeset(pine, both, doubtful).verdict is Verdict.PASS


def test_a_digit_that_is_a_letter_in_cyrillic_is_no_contradiction() -> None:
    line = Line.of("legal", "У кіно з 15 жовтня")
    assert judge_typeset(line, [strict("У кіно 3 15 жовтня")], GOOD).verdict is Verdict.PASS
    assert judge_typeset(line, [strict("У кіно з 16 жовтня")], GOOD).verdict is Verdict.UNSURE


def test_a_stroke_may_spoil_a_digit_for_one_look_but_not_for_all() -> None:
    was = Line.of("was_price", "11,90 €")
    spoilt = strict("11,30 €")
    assert judge_typeset(was, [spoilt], GOOD).verdict is Verdict.UNSURE
    assert judge_typeset(was, [spoilt, strict("11,90 €")], GOOD).verdict is Verdict.PASS
    price = Line.of("price", "11,90 €")
    assert judge_typeset(price, [spoilt, strict("11,90 €")], GOOD).verdict is Verdict.UNSURE
    assert judge_typeset(price, [spoilt, strict("11,90 €")], CLEAR).verdict is Verdict.PASS
    assert judge_typeset(price, [spoilt], CLEAR).verdict is Verdict.UNSURE


def test_digits_need_a_reader_that_corrects_nothing() -> None:
    line = Line.of("legal", "ถึง 27.11.")
    blind = Evidence(reading=strict("27.11.").reading, strict=False, sees=True)
    assert judge_read(line, [lenient("ถึง 27.11.")] * 3).verdict is not Verdict.PASS
    assert judge_read(line, [blind, *[lenient("ถึง 27.11.")] * 3]).verdict is Verdict.PASS


def test_digits_that_are_seen_without_the_letters_outweigh_letters_taken_for_digits() -> None:
    line = Line.of("legal", "Лише 11 січня 2027 р.")
    letters_too = strict("Лише 11 ciчня 2077 р.")
    digits = Evidence(reading=strict("lum 11 ci 2027 p.").reading, strict=False, sees=True)
    assert judge_typeset(line, [letters_too], CLEAR).verdict is Verdict.UNSURE
    assert judge_typeset(line, [letters_too, digits], CLEAR).verdict is Verdict.PASS
