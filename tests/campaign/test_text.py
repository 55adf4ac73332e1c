"""Copy may hold what honest text holds, and nothing that hides or reorders it."""

import pytest

from pipeline.campaign.text import text_problem


@pytest.mark.parametrize(
    "text",
    [
        "Frische Bowls bis 14 Uhr",
        "-20 %, =1+1, @brand",
        "می‌خواهم",  # a zero-width non-joiner between two halves of a Persian word
        "क्‍ष",
        "\u200f1,249.50\u00a0د.إ.\u200f",
        "\u2068Marlow & Pine\u2069 بسعر",
        "ถึง\u200bบ่าย",
        "10\u202f000\u00a0€",
        "AC\u2060/\u2060DC",
        "«O’Brien» – “50 %”",
    ],
)
def test_honest_text_is_fine(text: str) -> None:
    assert text_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("€\u202e09.91", "202E"),
        ("\u202a8,90\u202c", "202A"),
        ("\u202d8,90", "202D"),
        ("8,90\u2069", "2069"),
        ("8,90\x00", "0000"),
        ("8,90\n", "000A"),
        ("8,90\t€", "0009"),
        ("8,90\x7f", "007F"),
        ("8,90\x85", "0085"),
        ("8,90\u2028", "2028"),
        ("Kar\u00adtoffel", "00AD"),
        ("\ufeff8,90", "FEFF"),
        ("8,90\U000e0031", "E0031"),
        ("8,90\ue000", "E000"),
        ("8,90\ud800", "D800"),
        ("8,90\uffff", "FFFF"),
        ("8,90\u2061", "2061"),
    ],
)
def test_what_hides_or_reorders_is_named_by_its_code(text: str, code: str) -> None:
    assert text_problem(text) == f"has the invisible character U+{code}; remove it"


@pytest.mark.parametrize("text", ["\u2068Marlow", "\u2067\u2068a\u2069", "a\u2066"])
def test_an_isolate_that_is_not_closed_is_refused(text: str) -> None:
    assert text_problem(text).startswith("has a directional isolate that is not closed")


@pytest.mark.parametrize("text", ["Heiße B\ufffdwl", "\ufffc Suppe"])
def test_a_letter_that_an_editor_lost_is_refused(text: str) -> None:
    assert text_problem(text).endswith("where a letter was lost; type the letter again")


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "\u3000\u2009", "\u200b", "\u200f\u2060 "])
def test_blank_text_is_refused(text: str) -> None:
    assert text_problem(text) == "is blank; write a text, or remove the line"
