"""Digits, separators, signs and currency marks."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.proof.numbers import (
    foreign_marks,
    letters,
    marks,
    same_numbers,
    same_numbers_but_for_marks,
)

PRICES = st.from_regex(r"[1-9][0-9]{0,2}[.,][0-9]{2} ?[€£$]", fullmatch=True)


@given(PRICES, st.data())
def test_one_altered_digit_is_never_the_same_number(price: str, data: st.DataObject) -> None:
    places = [index for index, char in enumerate(price) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    assume(digit != price[place])
    wrong = price[:place] + digit + price[place + 1 :]
    assert not same_numbers(price, wrong)
    assert not same_numbers_but_for_marks(price, wrong)


@pytest.mark.parametrize(
    ("expected", "read"),
    [
        ("9.99", "19.99"),
        ("9.99", "999"),
        ("9.99", "9,99"),
        ("399", "3 99"),
        ("1 290", "1290 0"),
        ("9,99 €", ""),
        ("14:00", "14.00"),
        ("3 für 2", "32"),
        ("20 %", "20 % 5"),
    ],
)
def test_other_numbers_are_told_apart(expected: str, read: str) -> None:
    assert not same_numbers(expected, read)


@pytest.mark.parametrize(
    ("expected", "read"),
    [
        ("1\u202f290 ₽", "1290P"),
        ("1 290 ₽", "1 290 P"),
        ("8,90 €", "8,90€"),
        ("14 Uhr bis 18 Uhr", "14Uhrbis18Uhr"),
        ("٤٩٩", "499"),
        ("4,90 - 9,90", "4,90-9,90"),
    ],
)
def test_a_lost_space_or_a_misread_word_is_no_other_number(expected: str, read: str) -> None:
    assert same_numbers(expected, read)


def test_numbers_of_a_line_from_right_to_left_may_come_in_reverse() -> None:
    assert not same_numbers("من 49 إلى 89", "89 xx 49")
    assert same_numbers("من 49 إلى 89", "89 xx 49", mirrored=True)


@pytest.mark.parametrize(
    ("expected", "read"),
    [("฿499", "8499"), ("฿499", "B499"), ("690 ₽", "690P"), ("89.000 ₫", "89.000đ")],
)
def test_a_look_alike_in_the_place_of_a_mark_is_forgiven(expected: str, read: str) -> None:
    assert same_numbers_but_for_marks(expected, read)


@pytest.mark.parametrize(("expected", "read"), [("฿499", "8498"), ("499 €", "8499"), ("฿9", "88")])
def test_a_digit_is_never_forgiven_for_a_mark(expected: str, read: str) -> None:
    assert not same_numbers_but_for_marks(expected, read)


def test_a_swapped_currency_is_a_foreign_mark() -> None:
    assert foreign_marks("8,90 €", "8,90 $") == "$"
    assert foreign_marks("8,90 €", "8,90€") == ""
    assert foreign_marks("20", "20%") == "%"
    assert foreign_marks("₹249", "2249%") == ""


def test_marks_and_letters_are_taken_apart() -> None:
    assert marks("-20 % · 8,90 €") == {"%": 1, "€": 1}
    assert letters("Nur 8,90 €!") == "nur"
