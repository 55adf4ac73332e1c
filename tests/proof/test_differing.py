"""What differs between a requested and a read line, glyph by glyph."""

import pytest

from pipeline.proof.differing import Glyph, clusters, direction, glyphs, pieces, words


def marked(asked: str, read: str) -> tuple[str, str]:
    """Return both sides with brackets around what differs."""
    line = glyphs(asked, read)

    def side(name: str) -> str:
        runs = pieces(line, lambda g: str(getattr(g, name)), lambda g: "!" if g.differs else "")
        return "".join(f"[{run.text}]" if run.mark else run.text for run in runs)

    return side("asked").replace("[]", ""), side("read").replace("[]", "")


@pytest.mark.parametrize(
    ("asked", "read", "asked_marked", "read_marked"),
    [
        ("8,90 €", "3,90 €", "[8],90 €", "[3],90 €"),
        ("8,90 €", "8,90", "8,90 [€]", "8,90"),
        ("50 %", "150 %", "50 %", "[1]50 %"),
        ("₹349", "₹849", "₹[3]49", "₹[8]49"),
        ("1,180円", "1,180元", "1,180[円]", "1,180[元]"),
        ("12,900원", "12.900원", "12[,]900원", "12[.]900원"),
        ("39.90 د.إ", "30.90 د.إ", "3[9].90 د.إ", "3[0].90 د.إ"),
        ("44.90 ₪", "44.99", "44.9[0] [₪]", "44.9[9]"),
        ("\u200f44.90\u00a0\u200f₪", "44.99", "\u200f44.9[0]\u00a0[\u200f₪]", "44.9[9]"),
        ("฿159", "S1591", "[฿]159", "[S]159[1]"),
    ],
)
def test_the_characters_that_differ_are_marked(
    asked: str, read: str, asked_marked: str, read_marked: str
) -> None:
    assert marked(asked, read) == (asked_marked, read_marked)


@pytest.mark.parametrize(
    ("asked", "read", "asked_marked", "read_marked"),
    [
        ("पिज़्ज़ा", "पज़्ज़ा", "[पि]ज़्ज़ा", "[प]ज़्ज़ा"),
        ("สั่งเลย", "สังเลย", "[สั่]งเลย", "[สั]งเลย"),
        ("น้ำส้ม", "น้าส้ม", "[น้ำ]ส้ม", "[น้า]ส้ม"),
        ("ظهراً", "ظهرا", "ظهر[اً]", "ظهر[ا]"),
        ("Café", "Cafe", "Caf[é]", "Caf[e]"),
    ],
)
def test_a_lost_vowel_sign_tone_or_accent_marks_its_whole_letter(
    asked: str, read: str, asked_marked: str, read_marked: str
) -> None:
    assert marked(asked, read) == (asked_marked, read_marked)


def test_kinds_of_space_and_invisible_marks_do_not_differ() -> None:
    assert not [one for one in glyphs("\u200f39.90\u00a0₪", "39.90 ₪") if one.differs]
    assert not [one for one in glyphs("10 % weg", "10% weg") if one.differs]


def test_invisible_characters_stay_with_what_they_stand_beside() -> None:
    assert clusters("\u200f39\u200e ₪") == ["\u200f3", "9\u200e", " ", "₪"]
    assert clusters("8\u00a0\u200f₪") == ["8", "\u00a0", "\u200f₪"]
    assert clusters("\u200e") == ["\u200e"]
    assert clusters("") == []


@pytest.mark.parametrize(
    ("asked", "read"),
    [("Nur am 24. November", "Nur arn 24, Novemher"), ("", "8"), ("केवल 27", "केबल"), ("ab", "")],
)
def test_no_character_is_lost_or_added(asked: str, read: str) -> None:
    line = glyphs(asked, read)
    assert "".join(one.asked for one in line) == asked
    assert "".join(one.read for one in line) == read


def test_a_glyph_is_as_sure_as_its_weakest_character() -> None:
    line = glyphs("कि 8", "कि 3", [0.9, 0.4, 1.0, 0.7])
    assert [(one.read, one.sure) for one in line] == [("कि", 0.4), (" ", 1.0), ("3", 0.7)]
    assert [one.sure for one in glyphs("80", "8", [0.5])] == [0.5, None]


def test_probabilities_that_do_not_fit_the_characters_are_not_shown() -> None:
    assert {one.sure for one in glyphs("80", "80", [0.5])} == {None}


def test_spaces_that_a_reader_put_into_its_letters_do_not_differ() -> None:
    line = glyphs("วันนี้ทำ", "ว ั น น ี ้ ท ํ า".replace("ํ า", "ำ"), [0.5] * 15)
    assert not [one for one in line if one.differs]
    assert [one.read for word in words(line) for one in word] == ["วั", "น", "นี้", "ทำ"]
    assert {one.sure for one in line} == {0.5}


def test_a_line_falls_into_the_words_that_were_asked_for() -> None:
    line = glyphs("Nur am 24.", "Nuram 2 4.")
    assert [
        ("".join(one.asked for one in word), "".join(one.read for one in word))
        for word in words(line)
    ] == [("Nur", "Nur"), ("am", "am"), ("24.", "24.")]
    assert words(()) == []


def test_a_letter_read_in_place_of_a_space_is_kept() -> None:
    line = glyphs("8 €", "8x€")
    assert [one for word in words(line) for one in word if one.differs] == [
        Glyph(asked="", read="x", differs=True)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8,90 €", "ltr"),
        ("39.90 ₪ קערות", "rtl"),
        ("اطلب Now", "rtl"),
        ("Now اطلب", "ltr"),
        ("", "ltr"),
    ],
)
def test_the_first_letter_gives_the_direction(text: str, expected: str) -> None:
    assert direction(text) == expected
