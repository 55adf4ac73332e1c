"""One form in which requested and read strings are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.normalise import bare, normalise


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_bare_text_holds_no_white_space(text: str) -> None:
    assert not any(char.isspace() for char in bare(text))


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("8,90\u00a0€", "8,90 €"),
        ("1\u202f290 ₽", "1 290 ₽"),
        ("\u200f49.90\u00a0\u200f₪", "49.90 ₪"),
        ("￥1,480", "¥1,480"),
        ("１２時", "12時"),
        ("l’été", "l'été"),
        ("„Hallo“", '"Hallo"'),
        ("9–17 Uhr", "9-17 Uhr"),
        ("\u221220 %", "-20 %"),
        ("Kaf\u00adfee", "Kaffee"),
        ("e\u0301te\u0301", "été"),
        ("٤٩٩", "499"),
        ("१४९", "149"),
        ("ｶﾌｪ", "カフェ"),
        ("warte...", "warte…"),
        ("نـــص", "نص"),
        ("\u2066−25 %\u2069", "-25 %"),
    ],
)
def test_forms_that_mean_the_same_become_one(written: str, means: str) -> None:
    assert normalise(written) == normalise(means)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  a \t\n b  ", "a b"),
        ("‘’‚‛′`´ʼ׳", "'" * 9),
        ("“”„‟″«»״〝〞", '"' * 10),
        ("‐‑‒–—―−﹘﹣－־", "-" * 11),
        ("・•‧∙⋅·", "·" * 6),
        ("〜～∼", "~~~"),
        ("1⁄2 1∕2", "1/2 1/2"),
        ("⋯ ... .... …… ..", "… … … … .."),
        ("a\u034fb نـص", "ab نص"),
        ("a\ufe0fb\ufe00c\u200bd", "abcd"),
        ("\ufdff\ufe10", "\ufdff,"),
        ("ﬁ Ａ ㎏ ￥", "fi A kg ¥"),
        ("ﺏ ｶﾞ", "ب ガ"),
        ("８ ٤ १ ๙", "8 4 1 9"),
        ("8⁹⁹ H₂O 1½ ", "8⁹⁹ H₂O 1½"),
        ("e\u0301 Å", "é Å"),
    ],
)
def test_each_form_is_written_in_one_way(written: str, normal: str) -> None:
    assert normalise(written) == normal


def test_bare_text_is_normal_text_without_spaces() -> None:
    assert bare(" 8,90\u00a0€  – ab ") == "8,90€-ab"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("8⁹⁹", "899"),
        ("1½", "11/2"),
        ("8,90", "8.90"),
        ("für", "fur"),
        ("Ё", "Е"),
        ("שָׁ", "ש"),
        ("€", "£"),
        ("Bowl", "bowl"),
        ("か", "が"),
        ("5 %", "5 ‰"),
        ("10 90", "1090"),
    ],
)
def test_forms_that_mean_something_else_stay_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)
