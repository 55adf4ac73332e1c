"""The requested line above the read one, word by word."""

import pytest

from pipeline.proof.differing import glyphs
from pipeline.publish.glyphs import Word, share, shown

GAP = "_"


def rows(asked: str, read: str, confidences: tuple[float, ...] = ()) -> list[tuple[str, str]]:
    """Return the words of both rows, gaps as underscores."""
    return [
        (row(word, "asked"), row(word, "read")) for word in shown(glyphs(asked, read, confidences))
    ]


def row(word: Word, name: str) -> str:
    runs = word.asked if name == "asked" else word.read
    return "".join(
        GAP * len(run.text) if run.mark == "gap" else run.text.replace("\u00a0", ".")
        for run in runs
    )


@pytest.mark.parametrize(
    ("asked", "read", "expected"),
    [
        ("8,90 €", "3,90 €", [("8,90", "3,90"), ("€", "€")]),
        ("50 %", "150 %", [("_50", "150"), ("%", "%")]),
        ("8,90 €", "8,90", [("8,90", "8,90"), ("€", "_")]),
        ("1,180円", "1,180", [("1,180円", "1,180__")]),
        ("1,180円", "1,180$", [("1,180円", "1,180$.")]),
        ("Nur am 24.", "Nuram24,", [("Nur", "Nur"), ("am", "am"), ("24.", "24,")]),
    ],
)
def test_both_rows_of_a_word_have_the_same_number_of_columns(
    asked: str, read: str, expected: list[tuple[str, str]]
) -> None:
    assert rows(asked, read) == expected


def test_letters_that_join_are_not_parted_by_a_gap() -> None:
    assert rows("نوفمبر", "نوفبر") == [("نوفمبر", "نوفبر")]


def test_a_number_in_a_right_to_left_line_runs_its_own_way() -> None:
    words = shown(glyphs("רק 23 בנובמבר", "רק 25 בנובמבר"))
    assert [word.direction for word in words] == ["rtl", "ltr", "rtl"]


def test_a_left_to_right_name_in_a_right_to_left_line_stays_together() -> None:
    text = "סלט Marlow & Pine טרי 5 % ועוד"
    assert [asked for asked, _ in rows(text, text)] == [
        "סלט", "Marlow.&.Pine", "טרי", "5", "%", "ועוד",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "longest"),
    [("なくなり次第終了します。価格は税込です。", 6), ("Donaudampfschifffahrtsgesellschaft", 16)],
)
def test_a_word_too_long_for_a_row_is_broken_without_a_space(text: str, longest: int) -> None:
    words = shown(glyphs(text, text))
    assert max(len(row(word, "asked")) for word in words) == longest
    assert [word.joined for word in words] == [True] * (len(words) - 1) + [False]
    assert "".join(row(word, "asked") for word in words) == text


def test_a_weak_glyph_says_how_sure_the_reader_was_and_a_weak_space_does_not() -> None:
    (first, second) = shown(glyphs("8 €", "3 €", (0.4, 0.1, 0.99)))
    assert [(run.text, run.mark, run.note) for run in first.read] == [("3", "differs weak", "40 %")]
    assert [(run.text, run.mark, run.note) for run in second.read] == [("€", "", "")]


def test_a_share_is_never_rounded_up() -> None:
    assert [share(0.9999), share(1.0), share(None)] == ["99 %", "100 %", ""]
