"""How a reading agrees with the requested line, or denies it."""

import pytest

from pipeline.plan.lines import Line, Policy
from pipeline.proof.agreement import (
    Evidence,
    closest,
    corroborated,
    denies_digits,
    digits_seen,
    exact,
    near_miss,
    numbers_agree,
    reads_otherwise,
    words_agree,
)
from pipeline.proof.reading import Reading

PRICE = Line.of("price", "8,90 €")
STRUCK = Line.of("was_price", "8,90 €")
HEADLINE = Line.of("headline", "Frische Bowls")
DAYS = Line.of("headline", "Nur 3 Tage")


def seen(text: str, sure: float = 0.99, *, strict: bool = True, sees: bool = False) -> Evidence:
    reading = Reading(text=text, confidence=(sure,) * len(text), reader="any")
    return Evidence(reading=reading, strict=strict, sees=sees)


def lenient(text: str, sure: float = 0.99, *, sees: bool = False) -> Evidence:
    return seen(text, sure, strict=False, sees=sees)


def test_digits_are_seen_by_a_reader_that_corrects_nothing() -> None:
    assert digits_seen(PRICE, [seen("8,90 €")])
    assert digits_seen(PRICE, [lenient("8,90 ?", sees=True)])
    assert not digits_seen(PRICE, [lenient("8,90 €")])
    assert not digits_seen(PRICE, [seen("8,99 €"), lenient("8,90 €")])
    assert not digits_seen(PRICE, [])


def test_a_very_sure_reading_of_a_price_needs_its_number_seen_by_a_lenient_reader() -> None:
    assert corroborated(PRICE, [seen("8,90 €", 0.95), lenient("8,90 x")])
    assert not corroborated(PRICE, [seen("8,90 €", 0.94), lenient("8,90 x")])
    assert not corroborated(PRICE, [seen("8,99 €"), lenient("8,90 €")])
    assert not corroborated(PRICE, [seen("8,90 €"), lenient("8,99 €")])
    assert not corroborated(PRICE, [lenient("8,90 €"), lenient("8,90 €")])
    assert not corroborated(PRICE, [seen("8,90 €")] * 2)


def test_a_struck_price_needs_two_very_sure_looks() -> None:
    assert corroborated(STRUCK, [seen("8,90 €")] * 2)
    assert not corroborated(STRUCK, [seen("8,90 €")])
    assert not corroborated(STRUCK, [seen("8,90 €"), seen("8,99 €")])


@pytest.mark.parametrize(
    ("line", "read", "same"),
    [
        (HEADLINE, "Frische Bowls", True),
        (HEADLINE, "FrischeBowls", True),
        (HEADLINE, "frische bowls", False),
        (HEADLINE, "★ Frische Bowls ☆", True),
        (HEADLINE, "★", False),
        (Line.of("headline", "★ Bowls"), "★ Bowls", True),
        (Line.of("headline", "★ Bowls"), "Bowls", False),
        (Line.of("headline", "Bowls"), "Bo★wls", False),
        (Line(role="cta", text="Straße", policy=Policy.CASELESS), "STRASSE", True),
        (DAYS, "Nur 3Tage", True),
        (Line.of("legal", "3 99"), "399", True),
        (Line.of("legal", "399"), "3 99", False),
        (PRICE, "8,90€", True),
        (PRICE, "8,90", False),
    ],
)
def test_a_reading_is_the_line_but_for_spaces_and_icons(
    line: Line, read: str, *, same: bool
) -> None:
    assert exact(line, seen(read).reading) is same


@pytest.mark.parametrize(
    ("line", "item", "missed"),
    [
        (HEADLINE, seen("Frische Bowis", 0.95), True),
        (HEADLINE, seen("Frische Bowis", 0.94), False),
        (HEADLINE, lenient("Frische Bowis"), False),
        (HEADLINE, seen("Frische Bowls"), False),
        (HEADLINE, seen("Frische Bowls!"), False),
        # Two characters of twelve are a slip, three are another text.
        (HEADLINE, seen("Frische Baxls"), True),
        (HEADLINE, seen("Frische Baxis"), False),
        # One of four to seven, and of fewer.
        (Line.of("cta", "Jetzt"), seen("Jetzl"), True),
        (Line.of("cta", "Jetzt"), seen("Jelzl"), False),
        (Line.of("cta", "Jetzt zu"), seen("Jetzl za"), False),
        (Line.of("cta", "Jetzt ab."), seen("Jetzl ob."), True),
        (Line.of("cta", "Neu"), seen("Nou"), True),
        (Line.of("legal", "Solange der Vorrat reicht"), seen("Solonge dar Vorrot reicht"), False),
        # Digits count from a lower probability on.
        (DAYS, seen("Nur 8 Tage", 0.9), True),
        (DAYS, seen("Nur 8 Tage", 0.89), False),
        (DAYS, seen("Nur з Tage"), False),
        (PRICE, seen("8,30 €"), True),
        (Line.of("price", "฿499"), seen("8499"), False),
        (Line.of("price", "฿123,499"), seen("8123,498"), True),
    ],
)
def test_a_sure_reading_of_almost_the_line_is_a_near_miss(
    line: Line, item: Evidence, *, missed: bool
) -> None:
    assert near_miss(line, item) is missed


@pytest.mark.parametrize(
    ("line", "item", "denied"),
    [
        (PRICE, seen("3,90 €", 0.9), True),
        (PRICE, seen("3,90 €", 0.89), False),
        (PRICE, lenient("3,90 €"), False),
        (PRICE, seen("8,90 €"), False),
        (PRICE, seen("8,90"), False),
        (PRICE, seen("O,OO €"), False),
        (PRICE, seen("17. Mai 12"), False),
        (HEADLINE, seen("Frische B0wls"), False),
        (Line.of("legal", "У кіно з 15"), seen("У кіно 3 15"), False),
        (Line.of("legal", "У кіно з 15"), seen("У кіно 3 16"), True),
        # Alike from 0.55 on: eleven characters of twenty.
        (Line.of("legal", "abcdefghijklmnop1234"), seen("abcdefghijk" + "9" * 9), True),
        (Line.of("legal", "abcdefghijklmnop1234"), seen("abcdefghij" + "9" * 10), False),
    ],
)
def test_a_sure_reading_of_other_digits_denies_the_line(
    line: Line, item: Evidence, *, denied: bool
) -> None:
    assert denies_digits(line, item, mirrored=False) is denied


def test_only_the_digits_must_be_sure_to_deny() -> None:
    reading = Reading(text="3,90 €", confidence=(0.95, 0.1, 0.95, 0.95, 0.1, 0.1), reader="any")
    assert denies_digits(PRICE, Evidence(reading=reading, strict=True), mirrored=False)


def test_numbers_from_right_to_left_may_come_in_reverse() -> None:
    line, item = Line.of("legal", "אבגד 49 - 89"), seen("89 - 49 אבגד")
    assert numbers_agree(line, item, mirrored=True)
    assert not numbers_agree(line, item, mirrored=False)
    turned = Line.of("legal", "49 89"), seen("89 49")
    assert not denies_digits(*turned, mirrored=True)
    near = Line.of("legal", "149 189"), seen("189 149")
    assert denies_digits(*near, mirrored=False)
    assert not denies_digits(*near, mirrored=True)


@pytest.mark.parametrize(
    ("line", "item", "agrees"),
    [
        (PRICE, seen("8,90 €"), True),
        (PRICE, seen("8,90"), True),
        (PRICE, seen("8,99 €"), False),
        (PRICE, seen("8,90 $"), False),
        (PRICE, lenient("8,90 5"), True),
        (PRICE, seen("8,90 5"), False),
        (PRICE, lenient("8,95 0"), False),
        (Line.of("price", "฿499"), seen("8499"), True),
        (Line.of("legal", "У кіно з 15"), seen("У кіно 3 15"), True),
        (HEADLINE, seen("x"), True),
        (HEADLINE, seen(" "), False),
    ],
)
def test_a_reading_shows_the_numbers_of_a_line_whose_shape_is_proved(
    line: Line, item: Evidence, *, agrees: bool
) -> None:
    assert numbers_agree(line, item, mirrored=False) is agrees


@pytest.mark.parametrize(
    ("line", "read", "agrees"),
    [
        (HEADLINE, "FRISCHE BOWLS", True),
        (HEADLINE, "Frische", True),  # seven letters of twelve
        (HEADLINE, "Frisch", False),
        (PRICE, "", True),
        (Line.of("price", "8,90 Lei"), "", True),
        (Line.of("price", "8,90 Euro"), "8,90", False),
        (Line.of("price", "8,90 Euro"), "8,90 Eur", True),
        (Line.of("headline", "abcdefghijklmnopqrst"), "abcdefghijk", True),
        (Line.of("headline", "Neu"), "", False),
        (Line.of("headline", "!"), "!", False),
        (Line.of("headline", "!"), "", False),
    ],
)
def test_a_reading_shows_roughly_the_words(line: Line, read: str, *, agrees: bool) -> None:
    assert words_agree(line, read) is agrees


@pytest.mark.parametrize(
    ("line", "evidence", "otherwise"),
    [
        (HEADLINE, [seen("Frische Salate", 0.75)], True),
        (HEADLINE, [seen("Frische Salate", 0.74)], False),
        (HEADLINE, [lenient("Frische Salate")], False),
        (HEADLINE, [lenient("Frische Salate")] * 2, True),
        (HEADLINE, [lenient("Frische Salate"), lenient("FrischeSalate")], True),
        (HEADLINE, [lenient("Frische Salate"), lenient("Frische Suppen")], False),
        (HEADLINE, [lenient("Salat"), lenient("Suppe"), lenient("Suppe")], True),
        (HEADLINE, [seen("Frische Bowls")] * 2, False),
        (PRICE, [seen("8,99 €")], True),
        (PRICE, [seen("ab 8,90 €")], False),
        (PRICE, [seen("heute")], False),
        (Line.of("price", "฿499"), [seen("8499")], False),
        (Line(role="cta", text="Los", policy=Policy.CASELESS), [seen("LOS")], False),
        (HEADLINE, [], False),
    ],
)
def test_something_else_stands_there_if_it_is_legible_or_read_twice(
    line: Line, evidence: list[Evidence], *, otherwise: bool
) -> None:
    assert reads_otherwise(line, evidence) is otherwise


def test_the_closest_reading_is_the_most_alike_then_strict_then_sure() -> None:
    near, far = lenient("Frische Bowl", 0.1), seen("Frische")
    assert closest(HEADLINE, [far, near]) == near
    strict, sure = seen("Frische Bowls", 0.5), lenient("Frische Bowls")
    assert closest(HEADLINE, [sure, strict]) == strict
    surer = seen("Frische Bowls", 0.6)
    assert closest(HEADLINE, [strict, surer]) == surer
    assert closest(HEADLINE, []) is None
