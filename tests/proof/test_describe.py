"""A proof in words."""

import pytest

from pipeline.proof.describe import describe, marked
from pipeline.proof.verdict import ExtraText, LineProof, Proof, Verdict


@pytest.mark.parametrize(
    ("expected", "read", "shown"),
    [
        ("8,90 €", "3,90 €", ("[8],90 €", "[3],90 €")),
        ("8,90 €", "8,90€", ("8,90 €", "8,90€")),
        ("für", "fur", ("f[ü]r", "f[u]r")),
        ("100 €", "100", ("100 [€]", "100")),
        ("", "5", ("", "[5]")),
        ("abc", "", ("[abc]", "")),
    ],
)
def test_the_characters_that_differ_stand_in_brackets(
    expected: str, read: str, shown: tuple[str, str]
) -> None:
    assert marked(expected, read) == shown


def test_a_proof_says_what_was_asked_for_what_was_read_and_what_is_extra() -> None:
    wrong = LineProof(
        role="price",
        expected="8,90 €",
        read="3,90 €",
        verdict=Verdict.FAIL,
        box=(1, 2, 3, 4),
        reader="pp-ocr",
        confidence=0.99,
        shape=None,
        reason="the line reads differently",
    )
    extra = ExtraText(text="50 %", box=(5, 6, 7, 8), reason="a number that nobody asked for")
    proof = Proof(verdict=Verdict.FAIL, lines=(wrong,), extra=(extra,), readers={}, ms=912)
    said = describe(proof)
    assert "FAIL   price  asked for  [8],90 €" in said
    assert "read       [3],90 €" in said
    assert "the line reads differently" in said
    assert "50 %" in said
    assert said.endswith("FAIL in 912 ms")
