"""Wrong versions are wrong: visibly, after normalisation, in one way, and always the same."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.proof.corruption import Kind, script_name, wrong_versions
from pipeline.proof.lookalikes import NEIGHBOURS, NOT_VISIBLE, SKELETON
from pipeline.proof.normalise import bare

EXAMPLES = [
    (Kind.DIGIT, "8,90 €", "de_DE", "3,90 €"),
    (Kind.DIGIT, "14:00", "pl_PL", "14:60"),
    (Kind.DIGIT, "٢٩ د.إ.", "ar_AE", "٢٨ د.إ."),
    (Kind.DIGIT_DROPPED, "1,180円", "ja_JP", "1,10円"),
    (Kind.DIGIT_DOUBLED, "฿189", "th_TH", "฿1889"),
    (Kind.SEPARATOR, "8,90 €", "de_DE", "8.90 €"),
    (Kind.SEPARATOR, "8,90 €", "de_DE", "890 €"),
    (Kind.SEPARATOR, "12,90 €", "de_DE", "1,290 €"),
    (Kind.SEPARATOR, "12,90 €", "de_DE", "129,0 €"),
    (Kind.SEPARATOR, "14:00", "pl_PL", "14.00"),
    (Kind.CURRENCY, "8,90\u00a0€", "de_DE", "8,90\u00a0£"),
    (Kind.CURRENCY, "249 TL", "tr_TR", "249 €"),
    (Kind.CURRENCY, "R$ 29,90", "pt_BR", "$ 29,90"),
    (Kind.CURRENCY, "1,180円", "ja_JP", "1,180元"),
    (Kind.CURRENCY, "39\u00a0د.إ.\u200f", "ar_AE", "39\u00a0ر.س.\u200f"),
    (Kind.DROPPED, "Bowls", "de_DE", "Bows"),
    (Kind.DROPPED, "ताज़े बाउल", "hi_IN", "ता बाउल"),
    (Kind.DOUBLED, "Bowls", "de_DE", "Bowlls"),
    (Kind.DOUBLED, "ที่นี่", "th_TH", "ที่ที่นี่"),
    (Kind.CHANGED, "Bowls", "de_DE", "Bawls"),
    (Kind.CHANGED, "сегодня", "ru_RU", "сагодня"),
    (Kind.CHANGED, "シャツ", "ja_JP", "ツャツ"),
    (Kind.CHANGED, "اطلب", "ar_AE", "اظلب"),
    (Kind.CHANGED, "한정", "ko_KR", "햔정"),
    (Kind.DIACRITIC, "für", "de_DE", "fur"),
    (Kind.DIACRITIC, "bữa", "vi_VN", "bưa"),
    (Kind.DIACRITIC, "ещё", "ru_RU", "еще"),
    (Kind.DIACRITIC, "їжа", "uk_UA", "іжа"),
    (Kind.DIACRITIC, "Μόνο", "el_GR", "Μονο"),
    (Kind.DIACRITIC, "Duży", "pl_PL", "Duzy"),
    (Kind.DIACRITIC, "ताज़े", "hi_IN", "ताजे"),
    (Kind.DIACRITIC, "स्टॉक में", "hi_IN", "स्टॉक मे"),
    (Kind.MARK, "สั่งเลย", "th_TH", "สังเลย"),
    (Kind.MARK, "केवल", "hi_IN", "कवल"),
    (Kind.DAKUTEN, "限定ボウル", "ja_JP", "限定ホウル"),
    (Kind.DAKUTEN, "限定ボウル", "ja_JP", "限定ポウル"),
    (Kind.JAMO, "신선한", "ko_KR", "심선한"),
    (Kind.SWAPPED, "Jetzt bestellen", "de_DE", "bestellen Jetzt"),
    (Kind.SWAPPED, "下午2点前", "zh_Hans_CN", "2点前下午"),
    (Kind.ORDER, "قطعة ساخنة من", "ar_AE", "من ساخنة قطعة"),
    (Kind.ORDER, "54.90 ₪", "he_IL", "09.45 ₪"),
]

COPY = [
    ("Nur am 27. November 2026 für 8,90 €", "de_DE"),
    ("Giảm giá bữa trưa 89.000 ₫", "vi_VN"),
    ("Μόνο σήμερα 12,90 €", "el_GR"),
    ("Лише сьогодні, 179 грн", "uk_UA"),
    ("本日限り。価格は税込 1,180円", "ja_JP"),
    ("오늘 점심 한정 12,900원", "ko_KR"),
    ("केवल आज ₹149 में", "hi_IN"),
    ("เฉพาะวันนี้ ราคา 89 บาท", "th_TH"),
    ("عرض اليوم فقط 49 د.إ.", "ar_AE"),
    ("רק היום ב־49 ₪", "he_IL"),
    ("下午2点前，来碗鲜沙拉", "zh_Hans_CN"),
]

every_copy = pytest.mark.parametrize(("text", "locale"), COPY, ids=[one[1] for one in COPY])
LETTERS = "aé ز्กี่가が8,.90€-\u00a0\u200f円日ł"
KINDS = [kind for kind in Kind if kind not in {Kind.EXTRA, Kind.LANGUAGE}]


@pytest.mark.parametrize(("kind", "text", "locale", "wrong"), EXAMPLES)
def test_a_kind_makes_the_error_that_it_is_named_after(
    kind: Kind, text: str, locale: str, wrong: str
) -> None:
    made = wrong_versions(text, kind, locale, 0)
    versions = [unicodedata.normalize("NFC", one) for one in made]
    assert unicodedata.normalize("NFC", wrong) in versions


@every_copy
@pytest.mark.parametrize("kind", KINDS)
def test_no_version_is_the_right_line_in_another_spelling(
    text: str, locale: str, kind: Kind
) -> None:
    for wrong in wrong_versions(text, kind, locale, 0):
        assert bare(wrong) != bare(text)
        assert bare(wrong).translate(SKELETON) != bare(text).translate(SKELETON)


@every_copy
def test_every_line_has_errors_of_several_kinds(text: str, locale: str) -> None:
    found = {kind for kind in KINDS if wrong_versions(text, kind, locale, 0)}
    assert found >= {Kind.DIGIT, Kind.DROPPED, Kind.DOUBLED, Kind.SWAPPED, Kind.CHANGED}


@pytest.mark.parametrize("kind", KINDS)
@given(
    text=st.text(st.sampled_from("aé ز्กี่가が8,.90€-\u00a0\u200f円日ł"), max_size=12),
    seed=st.integers(0, 9),
)
def test_whatever_the_text_versions_differ_and_stay_about_as_long(
    kind: Kind, text: str, seed: int
) -> None:
    for wrong in wrong_versions(text, kind, "ar_AE", seed):
        assert bare(wrong)
        assert bare(wrong) != bare(text)
        assert abs(len(wrong) - len(text)) <= max(12, len(text))


@every_copy
def test_a_seed_decides_the_order_and_nothing_else(text: str, locale: str) -> None:
    first = wrong_versions(text, Kind.DROPPED, locale, 1)
    assert first == wrong_versions(text, Kind.DROPPED, locale, 1)
    assert first != wrong_versions(text, Kind.DROPPED, locale, 2)
    assert sorted(first) == sorted(wrong_versions(text, Kind.DROPPED, locale, 2))


def test_what_nobody_tells_apart_is_never_planted() -> None:
    pairs = {frozenset(pair) for group in NOT_VISIBLE for pair in itertools.combinations(group, 2)}
    for groups in NEIGHBOURS.values():
        for group in groups:
            for pair in itertools.combinations(group, 2):
                assert frozenset(pair) not in pairs, pair
                assert pair[0].translate(SKELETON) != pair[1].translate(SKELETON)


@pytest.mark.parametrize(
    ("text", "kind", "locale"),
    [
        ("Bowls", Kind.DIGIT, "de_DE"),
        ("Bowls", Kind.CURRENCY, "de_DE"),
        ("8,90 €", Kind.DROPPED, "de_DE"),
        ("8,90 €", Kind.SWAPPED, "de_DE"),
        ("8", Kind.DIGIT_DROPPED, "de_DE"),
        ("Zwei Worte", Kind.ORDER, "de_DE"),
        ("Bowls", Kind.DIACRITIC, "de_DE"),
        ("129\u202f000", Kind.SEPARATOR, "fr_FR"),
        ("Bowls", Kind.EXTRA, "de_DE"),
    ],
)
def test_a_kind_that_does_not_apply_makes_nothing(text: str, kind: Kind, locale: str) -> None:
    assert wrong_versions(text, kind, locale, 0) == []


def test_another_language_is_wrong_only_if_it_says_something_else() -> None:
    others = ["Order now", "Jetzt  bestellen", "Commander", "Order now"]
    found = wrong_versions("Jetzt bestellen", Kind.LANGUAGE, "de_DE", 3, others)
    assert sorted(found) == ["Commander", "Order now"]


@pytest.mark.parametrize(
    ("text", "locale", "script"),
    [
        ("Marlow & Pine", "ja_JP", "Latin"),
        ("1,180円", "ja_JP", "Japanese"),
        ("-20 %", "uk_UA", "Cyrillic"),
        ("Giảm giá", "vi_VN", "Vietnamese"),
        ("للطلب", "ar_AE", "Arabic"),
        ("", "zh_Hans_CN", "Han"),
        ("Jetzt", "de_DE", "Latin"),
    ],
)
def test_a_line_counts_under_the_script_it_is_written_in(
    text: str, locale: str, script: str
) -> None:
    assert script_name(text, locale) == script
