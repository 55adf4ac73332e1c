"""Look-alikes: characters that are taken for each other, and those that nobody tells apart."""

NEIGHBOURS = {
    "Latn": (
        "aoeä", "ceo", "bh", "nhu", "uv", "vy", "gq", "il", "lt", "tf", "rn", "sz", "dcl", "kx",
        "mn", "wv", "pq", "ji", "ao", "OQCG", "EF", "BRP", "VY", "UV", "HN", "MN", "KX", "DO",
        "IL", "TY", "SZ", "JI", "WV", "AV",
    ),
    "Grek": (
        "οσα", "νυ", "κχ", "ιτ", "ρο", "εσ", "ηπ", "λχ", "γν", "δβ", "θο", "μη", "ωυ", "ζξ",
        "ΣΕ", "ΛΔΑ", "ΠΗ", "ΟΘ", "ΦΘ", "ΚΧ", "ΓΤ", "ΜΝ",
    ),
    "Cyrl": (
        "оеа", "ин", "пл", "шщ", "гт", "зэ", "мн", "цч", "вь", "ук", "рф", "бв", "дл", "жх",
        "ХЖ", "ОС", "ПЛ", "НИ", "ШЩ", "ГТ", "ВБ", "РФ", "ЗЭ", "МН", "ДЛ",
    ),
    "Arab": (
        "بتثن", "جحخ", "دذ", "رز", "سش", "صض", "طظ", "عغ", "فق", "هة", "يى", "كل", "وف", "مه",
    ),
    "Hebr": ("בכ", "דר", "החת", "וזן", "םס", "גנ", "עצ", "קר", "טמ", "ךר", "פכ", "יו", "לך"),
    "Deva": ("बव", "पष", "मभ", "घध", "दट", "यथ", "नत", "चज", "कफ", "खस", "रस", "डइ", "गम", "लत"),
    "Thai": ("กถภ", "ดตค", "ผฝพฟ", "ชซข", "บปษ", "มน", "ลส", "รธ", "งว", "อฮ", "ทห", "เแ"),
    "Kana": (
        "はほ", "るろ", "ねれわ", "さきち", "まも", "ぬめ", "こに", "たな", "しつ", "すむ", "くへ",
        "ソン", "シツ", "ッツ", "ヨュ", "クタケ", "ュユ", "ョヨ", "ャヤ", "ラヲフ", "チテ",
        "スヌ", "マム", "コユ", "ルレ", "アマ", "ナメ", "ウワ",
    ),
    "Hani": (
        "日目白", "大太犬天", "人入", "土士", "未末",
        "己已", "千干", "限根", "今令", "元无", "本木",
        "時待", "間問", "王玉", "石右", "水永", "牛午",
        "力刀", "上土", "下不", "全金", "仅仪", "立丘",
        "量童", "鲜鮮", "点店", "价介", "完宽", "售集",
        "单早", "月用", "年午", "食良", "注主", "文父",
        "税説", "込辺", "格络", "来米", "沙少", "家冢",
        "享亨", "块快", "现观", "星里", "光先", "品晶",
    ),
}  # fmt: skip
"""Script to groups of letters, each of which may be taken for another of its group.

All of a group differ visibly in the fonts of `pipeline.typeset.fonts`; Hangul is not here
because its neighbours are made by changing one jamo.
"""

NOT_VISIBLE = (
    "AАΑ", "BВΒ", "CСϹ", "EЕΕ", "HНΗ", "IІΙ", "JЈ", "KКΚ", "MМΜ", "NΝ", "OОΟ", "PРΡ", "SЅ", "TТΤ",
    "XХΧ", "YΥҮ", "ZΖ", "aа", "cсϲ", "eе", "iі", "jј", "oоο", "pр", "sѕ", "xх", "yу", "vν", "uυ",
    "日曰", "へヘ", "べベ", "ぺペ", "カ力", "ニ二",
    "ロ口", "エ工", "ハ八", "タ夕", "ト卜", "ー一", "ミ彡",
    "ىی", "كک", "ьъ",
)  # fmt: skip
"""Groups of characters that look alike to the pixel, or all but, across and within scripts.

No reader can tell them apart, and mostly no person: they are never planted as errors.
"""

SKELETON = str.maketrans({c: group[0] for group in NOT_VISIBLE for c in group[1:]})
"""Character to the first of those that nobody tells from it."""

CURRENCIES = {
    "€": ("£", "$"), "$": ("€", "£"), "£": ("€", "$"), "¥": ("€", "£"), "₹": ("$", "€"),
    "₪": ("€", "$"), "฿": ("$", "€"), "₫": ("€", "$"), "₺": ("₽", "€"), "₽": ("€", "₺"),
    "₩": ("¥", "€"), "₴": ("€", "₽"), "円": ("元", "門"), "元": ("円", "角"), "원": ("엔", "전"),
    "грн": ("руб", "крн"), "руб": ("грн", "крб"), "TL": ("TRY", "€"), "zł": ("Kč", "lei"),
    "kr": ("Kč", "€"), "Kč": ("zł", "kr"), "R$": ("$", "€"), "US$": ("A$", "€"), "CHF": ("EUR",),
    "EUR": ("CHF", "USD"), "USD": ("EUR", "AUD"), "AED": ("SAR", "QAR"), "SAR": ("AED",),
    "د.إ": ("ر.س", "د.ك"), "ر.س": ("د.إ", "ر.ق"), "ج.م": ("ر.س", "د.إ"), "ریال": ("تومان", "درهم"),
    "नेरू": ("भारू", "रु"), "रु": ("टका",), "บาท": ("ดอลลาร์", "เยน"), "VND": ("USD",),
}  # fmt: skip
"""Currency mark to other marks that could stand in its place."""

STROKED = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ħ": "h", "ŧ": "t"}
"""Letters whose mark is a part of them, to those without it."""
