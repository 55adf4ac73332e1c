"""Really rendered creatives, really read: the right one passes, the faulty twin does not."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from pipeline.plan.lines import Line
from pipeline.proof.prove import Proofreader
from pipeline.proof.verdict import Proof, Verdict
from pipeline.typeset.setting import LineSetting

if TYPE_CHECKING:
    from tests.proof.conftest import Studio

pytestmark = pytest.mark.ocr

SIZE = (640, 800)


@dataclasses.dataclass(frozen=True)
class Copy:
    """What one creative says, and how its price can be wrong."""

    locale: str
    headline: str
    price: str
    other_digit: str
    other_currency: str
    was: str
    cta: str
    legal: tuple[str, str]


COPY = [
    Copy(
        "de_DE", "Frische Bowls", "8,90 €", "3,90 €", "8,90 £", "10,90 €", "Jetzt bestellen",
        ("Nur am 27. November 2026 und", "solange der Vorrat reicht."),
    ),
    Copy(
        "el_GR", "Φρέσκα μπολ", "8,90 €", "8,80 €", "8,90 $", "10,90 €", "Παράγγειλε τώρα",
        ("Μόνο στις 27 Νοεμβρίου 2026", "μέχρι εξαντλήσεως."),
    ),
    Copy(
        "ru_RU", "Свежие боулы", "690 ₽", "590 ₽", "690 €", "890 ₽", "Заказать сейчас",
        ("Только 27 ноября 2026 года,", "пока товар есть в наличии."),
    ),
    Copy(
        "ja_JP", "限定ボウル", "1,180円", "1,130円", "1,180元", "1,480円", "今すぐ注文",
        ("2026年11月27日限り。", "なくなり次第終了します。"),
    ),
    Copy(
        "ko_KR", "신선한 보울", "12,900원", "12,800원", "12,900円", "15,900원", "지금 주문하기",
        ("2026년 11월 27일 하루만,", "재고 소진 시 종료됩니다."),
    ),
    Copy(
        "hi_IN", "ताज़ा बाउल", "₹249", "₹248", "$249", "₹349", "अभी ऑर्डर करें",
        ("केवल 27 नवंबर 2026 को", "स्टॉक रहने तक।"),
    ),
    Copy(
        "th_TH", "ชามสดใหม่", "฿189", "฿139", "$189", "฿219", "สั่งเลย",
        ("เฉพาะวันที่ 27 พฤศจิกายน", "หรือจนกว่าสินค้าจะหมด"),
    ),
    Copy(
        "ar_AE", "أطباق طازجة", "39 د.إ.", "30 د.إ.", "39 ر.س.", "49 د.إ.", "اطلب الآن",
        ("يوم 27 نوفمبر 2026 فقط", "وحتى نفاد الكمية."),
    ),
    Copy(
        "he_IL", "קערות טריות", "49.90 ₪", "48.90 ₪", "49.90 $", "59.90 ₪", "להזמנה עכשיו",
        ("בתאריך 27 בנובמבר 2026", "או עד גמר המלאי."),
    ),
]  # fmt: skip


def settings_of(studio: "Studio", copy: Copy) -> list[LineSetting]:
    locale = copy.locale
    return [
        studio.set(copy.headline, locale, (40.4, 50.3, 52), weight=800),
        studio.set(copy.was, locale, (200.2, 280.5, 34), role="was_price", struck=True),
        studio.set(
            copy.price, locale, (180.2, 360.7, 84), role="price", rotation=-8.0, origin=(320, 420)
        ),
        studio.set(copy.cta, locale, (60.3, 640.1, 34), role="cta"),
        studio.set(copy.legal, locale, (40.6, 730.2, 18), role="legal"),
    ]


def prove(
    proofreader: Proofreader,
    studio: "Studio",
    copy: Copy,
    shown: Sequence[LineSetting],
    *,
    typeset: bool = True,
) -> Proof:
    asked = settings_of(studio, copy)
    lines = [Line.of(setting.role, setting.text) for setting in asked]
    picture = studio.picture(shown, SIZE)
    return proofreader.prove(picture, lines, copy.locale, asked if typeset else ())


def with_price(settings: Sequence[LineSetting], text: str) -> list[LineSetting]:
    """Return the settings with another price drawn in the same place."""
    return [
        dataclasses.replace(
            setting,
            text=text,
            rows=(dataclasses.replace(setting.rows[0], text=text),),
        )
        if setting.role == "price"
        else setting
        for setting in settings
    ]


def of(proof: Proof, role: str) -> Verdict:
    return next(line.verdict for line in proof.lines if line.role == role)


every_script = pytest.mark.parametrize("copy", COPY, ids=lambda copy: copy.locale)


@every_script
def test_the_right_creative_passes(proofreader: Proofreader, studio: "Studio", copy: Copy) -> None:
    proof = prove(proofreader, studio, copy, settings_of(studio, copy))
    assert [line.reason for line in proof.lines if line.reason] == []
    assert proof.extra == ()
    assert proof.verdict is Verdict.PASS


@every_script
def test_a_price_with_one_digit_changed_fails(
    proofreader: Proofreader, studio: "Studio", copy: Copy
) -> None:
    shown = with_price(settings_of(studio, copy), copy.other_digit)
    assert of(prove(proofreader, studio, copy, shown), "price") is Verdict.FAIL
    foreign = prove(proofreader, studio, copy, shown, typeset=False)
    assert of(foreign, "price") is not Verdict.PASS


@every_script
def test_a_swapped_currency_fails(proofreader: Proofreader, studio: "Studio", copy: Copy) -> None:
    shown = with_price(settings_of(studio, copy), copy.other_currency)
    assert of(prove(proofreader, studio, copy, shown), "price") is Verdict.FAIL
    foreign = prove(proofreader, studio, copy, shown, typeset=False)
    assert of(foreign, "price") is not Verdict.PASS


@every_script
def test_a_missing_legal_line_fails(proofreader: Proofreader, studio: "Studio", copy: Copy) -> None:
    shown = [setting for setting in settings_of(studio, copy) if setting.role != "legal"]
    assert of(prove(proofreader, studio, copy, shown), "legal") is Verdict.FAIL
    foreign = prove(proofreader, studio, copy, shown, typeset=False)
    assert of(foreign, "legal") is Verdict.FAIL


@every_script
def test_an_extra_50_percent_fails(proofreader: Proofreader, studio: "Studio", copy: Copy) -> None:
    extra = studio.set("50 %", "en_US", (440.3, 150.2, 44), weight=700)
    proof = prove(proofreader, studio, copy, [*settings_of(studio, copy), extra])
    assert proof.verdict is Verdict.FAIL
    assert any("50" in found.text for found in proof.extra)
    assert all(line.verdict is Verdict.PASS for line in proof.lines)


@pytest.mark.parametrize("copy", [COPY[0], COPY[3]], ids=lambda copy: copy.locale)
def test_a_picture_of_unknown_origin_passes_on_readings_alone(
    proofreader: Proofreader, studio: "Studio", copy: Copy
) -> None:
    proof = prove(proofreader, studio, copy, settings_of(studio, copy), typeset=False)
    assert [line.reason for line in proof.lines if line.reason] == []
    assert proof.verdict is Verdict.PASS
