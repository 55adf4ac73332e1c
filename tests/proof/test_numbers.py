"""Digits, separators, signs and currency marks."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.proof.numbers import (
    foreign_marks,
    forgiven,
    has_number,
    holds_numbers,
    letters,
    marks,
    same_numbers,
    same_numbers_but_for_marks,
    same_order,
    without_marks,
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
        ("8 für 9", "89"),
        ("8 für 9 - 7", "8x9,7"),
        ("4 - 9", "4 + 9"),
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
        ("٤٩٩", "۴۹۹"),
        ("4,90 - 9,90", "4,90-9,90"),
        ("4,90-9,90", "4,90 - 9,90"),
        ("8 für 9", "8 - 9"),
        ("8か月9", "8x9"),
        ("5 दिन 6", "5x6"),
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


def test_a_reading_in_reverse_may_hold_look_alikes_as_well() -> None:
    assert same_numbers_but_for_marks("฿49 - 89", "89 - B49", mirrored=True)
    assert same_numbers_but_for_marks("49 - 89", "89 - 49", mirrored=True)
    assert not same_numbers_but_for_marks("49 - 89", "89 - 49")
    # The mark is forgiven where it stands; only then may the numbers be turned around.
    assert same_numbers_but_for_marks("฿49 89", "849 89")
    assert same_numbers_but_for_marks("฿49 89", "889 49", mirrored=True)
    assert not same_numbers_but_for_marks("฿49 89", "889 49")


def test_every_mark_is_taken_out_and_nothing_else() -> None:
    assert without_marks("8,90 € + 5 $") == "8,90  + 5 "
    assert forgiven("฿499 + ₫89", "8499 + đ89") == ("499 + 89", "499 + 89")
    assert forgiven("8,90", "B,90") == ("8,90", "B,90")
    assert forgiven("฿499", "") == ("499", "")
    assert forgiven("฿499", "x499") == ("฿499", "x499")


def test_whole_numbers_stand_among_others_as_often_as_requested() -> None:
    assert holds_numbers("1,180円", "1,180F9")
    assert holds_numbers("5 + 5", "5 5 6")
    assert not holds_numbers("5 + 5", "5 6")
    assert not holds_numbers("1,180円", "11,180F")
    assert not holds_numbers("14:00", "14")
    assert not holds_numbers("heute", "heute")


def test_digits_of_any_numeral_system_are_numbers() -> None:
    assert has_number("nur ٤٩")
    assert not has_number("heute")
    assert not has_number("½")


def test_several_foreign_marks_are_all_named() -> None:
    assert foreign_marks("8,90 €", "8,90 $ %") == "$%"
    assert foreign_marks("₹249", "249") == ""
    assert foreign_marks("฿249 ₺", "249 X$") == "$"


def test_signs_count_each_time_and_letters_keep_their_marks() -> None:
    assert marks("5 % 6 ‰ 7 ‱ 8 %") == {"%": 2, "‰": 1, "‱": 1}
    assert letters("Straße, वि 5!") == "strasseवि"


@pytest.mark.parametrize(
    ("expected", "read", "same"),
    [
        ("CHF\u00a07.90", "CHF 7.90", True),
        ("CHF\u00a07.90", "CHF7.90", True),
        ("CHF\u00a07.90", "7.90 CHF", False),
        ("8,90\u00a0€", "€8,90", False),
        ("8,90\u00a0€", "8,90€", True),
        ("-18\u00a0%", "-18%", True),
        ("-18\u00a0%", "%-18", False),
        ("月額¥680", "月額 ¥680", True),
        ("29,90\u00a0zł", "29,90 zł", True),
    ],
)
def test_what_stands_before_a_number_is_not_what_stands_after_it(
    expected: str, read: str, *, same: bool
) -> None:
    assert same_order(expected, read) is same
