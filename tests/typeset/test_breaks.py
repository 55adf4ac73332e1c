"""Where a row may end, in each kind of script."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.typeset.breaks import segments


def pieces(text: str, locale: str, *, loose: bool = False) -> list[str]:
    return [segment.text for segment in segments(text, locale, loose=loose)]


@pytest.mark.parametrize(
    ("locale", "rows"),
    [
        ("de_DE", "Frische|Bowls|bis|mittags"),
        ("th_TH", "กาแฟ|คั่ว|ใหม่|หอม|กรุ่น|ส่ง|ถึง|บ้าน|ภายใน|วัน|ศุกร์"),
        ("ja_JP", "焙煎したての|珈琲を、|金曜日までに|ご自宅へ|お届けします。"),
        ("zh_Hans_CN", "下午|2点前，|来|碗鲜沙拉"),
        ("km_KH", "ខ្មែរ|ភាសាខ្មែរ"),
    ],
)
def test_rows_end_where_words_or_phrases_do(locale: str, rows: str) -> None:
    space = " " if locale == "de_DE" else ""
    assert pieces(rows.replace("|", space), locale) == rows.split("|")


def test_korean_rows_end_between_words_and_never_inside_one() -> None:
    text = "오븐에서 갓 나온 조각을 금요일까지"
    assert pieces(text, "ko_KR") == text.split()


@pytest.mark.parametrize("dash", ["–", "—"])
def test_no_row_starts_with_a_dash(dash: str) -> None:
    found = pieces(f"Frisch {dash} und günstig {dash} heute", "de_DE")
    assert found == [f"Frisch\u00a0{dash}", "und", f"günstig\u00a0{dash}", "heute"]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2060"])
def test_a_no_break_space_holds(space: str) -> None:
    assert pieces(f"nur 8,90{space}€ heute", "de_DE") == ["nur", f"8,90{space}€", "heute"]


@pytest.mark.parametrize(
    ("text", "locale", "held"),
    [
        ("statt 10,90 € heute", "de_DE", "10,90 €"),
        ("agora R$ 8,90 hoje", "pt_BR", "R$ 8,90"),
        ("heute –20 % auf alles", "de_DE", "–20 %"),
        ("heute -20 % auf alles", "de_DE", "-20 %"),
        ("von 10–20 % auf", "de_DE", "20 %"),
    ],
)
@pytest.mark.parametrize("loose", [False, True])
def test_a_number_keeps_its_sign_and_its_currency(
    text: str, locale: str, held: str, *, loose: bool
) -> None:
    assert any(held in piece for piece in pieces(text, locale, loose=loose))


@pytest.mark.parametrize("loose", [False, True])
def test_a_japanese_number_keeps_its_counter(*, loose: bool) -> None:
    found = pieces("本日1,180円、12月1日14時まで", "ja_JP", loose=loose)
    assert all(not piece[-1].isdigit() for piece in found)
    assert any(piece.startswith("1,180円") or "1,180円" in piece for piece in found)


LONG = "Kaffeevollautomatenreinigungstabletten"


def test_a_german_word_is_hyphenated_only_when_loose() -> None:
    assert segments(LONG, "de_DE") == segments(LONG, "de_DE", loose=False)
    assert pieces(LONG, "de_DE") == [LONG]
    loose = segments(LONG, "de_DE", loose=True)
    assert [segment.text for segment in loose][:3] == ["Kaf", "fee", "voll"]
    assert {segment.hyphen for segment in loose[:-1]} == {"-"}
    assert loose[-1].hyphen == ""
    assert "".join(segment.text for segment in loose) == LONG


@pytest.mark.parametrize("marks", [("", ","), ("„", "“"), ("(", ")!")])
def test_marks_around_a_long_word_do_not_keep_it_whole(marks: tuple[str, str]) -> None:
    found = pieces(f"{marks[0]}{LONG}{marks[1]}", "de_DE", loose=True)
    assert len(found) > 5
    assert found[0] == f"{marks[0]}Kaf"
    assert found[-1] == f"ten{marks[1]}"


@pytest.mark.parametrize("word", ["Bowls", "2026/2027er", "Bowl12345", "Müller.de"])
def test_short_words_and_codes_are_never_hyphenated(word: str) -> None:
    assert not any(segment.hyphen for segment in segments(word, "de_DE", loose=True))


def test_japanese_has_no_hyphens_however_loose() -> None:
    assert not any(s.hyphen for s in segments("焙煎したての珈琲を", "ja_JP", loose=True))


LOCALES = st.sampled_from(
    ["de_DE", "en_US", "th_TH", "ja_JP", "zh_Hans_CN", "zh_Hant_TW", "ko_KR", "ar_AE", "hi_IN"]
)
LETTERS = st.text(
    st.one_of(
        st.sampled_from(" –—-.,%€¥08円月日年をのにまでน้ำ한국어鲜沙拉سلطاتकुरकुरी\u00a0\u200b\u2060"),
        st.characters(min_codepoint=65, max_codepoint=383, categories=["L"]),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(text=LETTERS, locale=LOCALES, loose=st.booleans())
def test_the_pieces_give_the_text_back(text: str, locale: str, *, loose: bool) -> None:
    found = segments(text, locale, loose=loose)
    joined = "".join(segment.text + segment.glue for segment in found)
    visible = text.replace("\u200b", "")  # it marks where a row may end, and is not drawn
    assert "".join(joined.split()).replace("\u200b", "") == "".join(visible.split())
    assert all(segment.glue in {"", " "} for segment in found)
    assert not any(segment.text.endswith(" ") for segment in found)
