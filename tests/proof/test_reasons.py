"""Which reading decides about a line, and why it does not pass."""

import pytest

from pipeline.plan.lines import Line, Policy
from pipeline.proof.agreement import Evidence
from pipeline.proof.judge import Judgement, judge_read, judge_typeset
from pipeline.proof.reading import Reading
from pipeline.proof.shape import Shape
from pipeline.proof.verdict import Verdict

GOOD = Shape(verdict=Verdict.PASS, score=0.97, reason="")
UNCLEAR = Shape(verdict=Verdict.UNSURE, score=0.0, reason="too little contrast")
PRICE = Line.of("price", "8,90 €")
HEADLINE = Line.of("headline", "Frische Bowls")


def strict(text: str, sure: float = 0.99) -> Evidence:
    made = Reading(text=text, confidence=(sure,) * len(text), reader="strict")
    return Evidence(reading=made, strict=True)


def lenient(text: str, reader: str = "lenient") -> Evidence:
    made = Reading(text=text, confidence=(0.9,) * len(text), reader=reader)
    return Evidence(reading=made, strict=False)


def said(judged: Judgement) -> tuple[Verdict, str, str]:
    return judged.verdict, judged.reading.text if judged.reading else "", judged.reason


AGAINST = "the shape agrees, but the line reads differently"
WEAK = "read as requested, but too weakly to be sure"
OTHER = "the line reads differently"


@pytest.mark.parametrize(
    ("line", "evidence", "verdict", "read", "reason"),
    [
        (HEADLINE, [strict("Frische Bowls")], Verdict.PASS, "Frische Bowls", ""),
        (HEADLINE, [strict("Frische Bowis")], Verdict.UNSURE, "Frische Bowis", AGAINST),
        (PRICE, [strict("3,90 €")], Verdict.UNSURE, "3,90 €", AGAINST),
        (
            HEADLINE,
            [lenient("Salat"), lenient("Frische")] * 2,
            Verdict.PASS,
            "Frische",
            "",
        ),
        (HEADLINE, [lenient("Salat")], Verdict.UNSURE, "Salat", "no reading agrees with the words"),
        (PRICE, [lenient("8,80 €")], Verdict.UNSURE, "8,80 €", "no reading agrees with the digits"),
        (PRICE, [lenient("x"), lenient("8,90")], Verdict.PASS, "8,90", ""),
        (HEADLINE, [], Verdict.UNSURE, "", "the shape agrees, but nothing could be read"),
    ],
)
def test_a_typeset_line_is_judged_with_the_reading_that_decides_and_why(
    line: Line, evidence: list[Evidence], verdict: Verdict, read: str, reason: str
) -> None:
    assert said(judge_typeset(line, evidence, GOOD)) == (verdict, read, reason)


def test_words_and_digits_may_be_read_by_different_readers_if_the_shape_passes() -> None:
    line = Line.of("price", "8,90 Euro")
    words, digits = lenient("6,80 Euro"), lenient("8,90")
    assert judge_typeset(line, [words, digits], GOOD).verdict is Verdict.PASS
    assert said(judge_typeset(line, [words, digits], GOOD))[1] == "8,90"
    both = lenient("8,90 Euro!", "other")
    assert said(judge_typeset(line, [digits, both], GOOD))[1] == "8,90 Euro!"


def test_a_line_whose_shape_does_not_pass_keeps_what_was_read_and_why() -> None:
    judged = judge_typeset(HEADLINE, [lenient("Salat"), lenient("Frische Bowl")], UNCLEAR)
    assert said(judged) == (Verdict.UNSURE, "Frische Bowl", "too little contrast")


@pytest.mark.parametrize(
    ("line", "read", "verdict"),
    [
        (Line.of("cta", "Neu"), "Nou", Verdict.PASS),
        (Line.of("cta", "Brot"), "Brol", Verdict.UNSURE),
        (Line.of("was_price", "Gratis"), "Gralis", Verdict.PASS),
    ],
)
def test_short_words_and_struck_lines_are_not_denied_by_their_letters(
    line: Line, read: str, verdict: Verdict
) -> None:
    assert judge_typeset(line, [strict(read)], GOOD).verdict is verdict


def test_a_lenient_reading_of_the_line_does_not_excuse_a_strict_one_of_another() -> None:
    evidence = [strict("Frische Bowis"), lenient("Frische Bowls")]
    assert judge_typeset(HEADLINE, evidence, GOOD).verdict is Verdict.UNSURE


def test_numbers_from_right_to_left_may_be_read_in_reverse() -> None:
    line, evidence = Line.of("price", "49 - 89"), [strict("89 - 49"), lenient("89 - 49")]
    assert judge_read(line, evidence, mirrored=True).verdict is Verdict.PASS
    assert judge_read(line, evidence).verdict is not Verdict.PASS
    for looks in (evidence, evidence[:1], evidence[1:]):
        assert judge_typeset(line, looks, GOOD, mirrored=True).verdict is Verdict.PASS
    assert judge_typeset(line, evidence[:1], GOOD).verdict is not Verdict.PASS


DAYS = Line.of("headline", "Nur 3 Tage")
BOTH = Line.of("price", "₽690 %")
FROM = Line.of("price", "Nur 8,90 €")
SEES = Evidence(reading=lenient("Nur 3 Tage", "wide").reading, strict=False, sees=True)


@pytest.mark.parametrize(
    ("line", "evidence", "verdict", "read", "reason"),
    [
        # Nothing, or nothing but spaces.
        (HEADLINE, [], Verdict.UNSURE, "", "nothing could be read"),
        (HEADLINE, [strict(" ")], Verdict.UNSURE, "", "nothing could be read"),
        # Another mark, beside a number.
        (PRICE, [lenient("8,90 $")], Verdict.FAIL, "8,90 $", "another mark was read: $"),
        (
            PRICE,
            [lenient("8,90 €"), lenient("8,90 $")],
            Verdict.FAIL,
            "8,90 €",
            "another mark was read: $",
        ),
        (HEADLINE, [strict("Frische Bowls")] * 2 + [lenient("%")], Verdict.PASS, HEADLINE.text, ""),
        # A near miss.
        (HEADLINE, [strict("Frische Bowis")], Verdict.FAIL, "Frische Bowis", OTHER),
        # Two looks of a strict reader, three, or one and a reader of another kind.
        (HEADLINE, [strict("Frische Bowls", 0.85)] * 2, Verdict.PASS, HEADLINE.text, ""),
        (HEADLINE, [strict("Frische Bowls", 0.84)] * 2, Verdict.UNSURE, HEADLINE.text, WEAK),
        (HEADLINE, [strict("Frische Bowls", 0.7)] * 3, Verdict.PASS, HEADLINE.text, ""),
        (HEADLINE, [strict("Frische Bowls", 0.69)] * 3, Verdict.UNSURE, HEADLINE.text, WEAK),
        (
            HEADLINE,
            [strict("Frische Bowls", 0.85), lenient("Frische Bowls")],
            Verdict.PASS,
            HEADLINE.text,
            "",
        ),
        (
            HEADLINE,
            [strict("Frische Bowls", 0.84), lenient("Frische Bowls")],
            Verdict.UNSURE,
            HEADLINE.text,
            WEAK,
        ),
        (
            HEADLINE,
            [strict("Frische Salate", 0.9), lenient("Frische Bowls")],
            Verdict.UNSURE,
            HEADLINE.text,
            OTHER,
        ),
        (
            HEADLINE,
            [strict("Frische Salate", 0.9), *[lenient("Frische Bowls")] * 2],
            Verdict.UNSURE,
            HEADLINE.text,
            OTHER,
        ),
        (
            HEADLINE,
            [strict("Frische Bowls", 0.6), *[lenient("Frische Bowls")] * 2],
            Verdict.PASS,
            HEADLINE.text,
            "",
        ),
        # Several looks in one set of languages, not one in each of two.
        (
            HEADLINE,
            [lenient("Frische Bowls", "t:deu/grey"), lenient("Frische Bowls", "t:deu/wide")],
            Verdict.PASS,
            HEADLINE.text,
            "",
        ),
        (
            HEADLINE,
            [lenient("Frische Bowls", "t:deu/grey"), lenient("Frische Bowls", "t:eng/grey")],
            Verdict.UNSURE,
            HEADLINE.text,
            WEAK,
        ),
        (
            HEADLINE,
            [lenient("Frische Bowls", "one"), lenient("Frische Bowls", "two")],
            Verdict.UNSURE,
            HEADLINE.text,
            WEAK,
        ),
        (HEADLINE, [lenient("Salat")], Verdict.UNSURE, "Salat", OTHER),
        (HEADLINE, [lenient("Salat")] * 2, Verdict.FAIL, "Salat", OTHER),
        # Digits, in a line of words.
        (DAYS, [lenient("Nur 3 Tage")] * 2, Verdict.UNSURE, DAYS.text, WEAK),
        (DAYS, [lenient("Nur 3 Tage", "wide"), SEES], Verdict.PASS, DAYS.text, ""),
        (
            DAYS,
            [strict("Nur 3 Tage", 0.6), *[lenient("Nur 3 Tage")] * 2],
            Verdict.UNSURE,
            DAYS.text,
            WEAK,
        ),
        # Prices.
        (
            PRICE,
            [strict("8,90 €")],
            Verdict.UNSURE,
            "8,90 €",
            "fewer than two readings agree on the digits",
        ),
        (
            PRICE,
            [
                strict("Nur heute: 8.90 €", 0.5),
                lenient("8,90 €"),
                Evidence(reading=lenient("8,90 €").reading, strict=False, sees=True),
            ],
            Verdict.UNSURE,
            "8,90 €",
            "the digits are read differently",
        ),
        (
            BOTH,
            [strict("690", 0.8), lenient("690")],
            Verdict.UNSURE,
            "690",
            "the mark ₽% could not be read",
        ),
        (
            FROM,
            [strict("Ab 8,90 €", 0.7), lenient("Ab 8,90 €")],
            Verdict.UNSURE,
            "Ab 8,90 €",
            "the words beside the number read differently",
        ),
        (FROM, [strict("Nur 8,90 €"), lenient("Nur 8,90 €")], Verdict.PASS, FROM.text, ""),
    ],
)
def test_a_drawn_line_is_judged_with_the_reading_that_decides_and_why(
    line: Line, evidence: list[Evidence], verdict: Verdict, read: str, reason: str
) -> None:
    assert said(judge_read(line, evidence)) == (verdict, read, reason)


def test_the_reading_that_decides_is_one_that_is_the_line() -> None:
    caseless = Line(role="headline", text="Frische Bowls", policy=Policy.CASELESS)
    evidence = [lenient("Frische Bowl"), *[strict("FRISCHE BOWLS")] * 2]
    assert said(judge_read(caseless, evidence)) == (Verdict.PASS, "FRISCHE BOWLS", "")


@pytest.mark.parametrize(
    ("looks", "placed"),
    [
        (["Frische Bowls"], True),
        (["Frische Bowls", "Salat"], True),
        (["Frische Bowls", "Salat", "Salat"], False),
        (["Salat"], False),
        ([], False),
    ],
)
def test_a_line_is_surely_placed_if_half_of_the_strict_looks_are_the_line(
    looks: list[str], *, placed: bool
) -> None:
    evidence = [lenient("Frische Bowls"), *(strict(text, 0.6) for text in looks)]
    judged = judge_read(HEADLINE, evidence)
    assert (judged.verdict, judged.placed) == (Verdict.UNSURE, placed)
