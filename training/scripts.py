"""The scripts that can be learned: their letters, numbers and marks, and where words come from."""

import dataclasses
import functools
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from pipeline.proof import arabic
from training.numbers import CURRENCIES, LATIN, Numerals, picked

_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
_PERSIAN = "پچژکگی"
_HARAKAT = "\u064b\u064e\u064f\u0650\u0651\u0652"
_CONSONANTS = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह"
_VOWELS = "अआइईउऊऋएऐऑओऔ"
_SIGNS = "ािीुूृेैॉोौ"
_NASALS = "ँंः"
_VIRAMA, _NUKTA = "\u094d", "\u093c"

_INDIC = ("٫", "٫", ".", ",")
_ARABIC_NUMERALS = tuple(
    Numerals(digits=digits, decimal=_INDIC, thousands=("٬", "٬", ",", " "), percent=("٪", "٪", "%"))
    for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")
)
_ARABIC_CURRENCIES = (
    *("ج.م.", "د.إ.", "ر.س.", "د.ب.", "د.ع.", "د.أ.", "د.ك.", "ل.ل.", "أ.م.", "ر.ع.", "ر.ق."),
    *("ج.س.", "ل.س.", "ر.ي.", "د.ت.", "د.ج.", "د.م.", "د.ل.", "ريال", "ریال", "تومان", "جنيه"),
    *("درهم", "دينار", "دولار", "ليرة", "﷼", "؋", *"€$£₪₹"),
    *("CF", "FCFA", "Fdj", "Nfk", "Rs", "S", "AED", "EGP", "IRR", "KWD", "SAR", "USD"),
)
_DEVANAGARI_CURRENCIES = ("₹", "₹", "₹", "रु", "रु.", "रू", "रू.", "नेरू", "रुपये", *"€$£")

Rng = np.random.Generator


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A script to learn.

    Attributes:
        name: What its head is called.
        letters: The letters that random words are made of, without capitals.
        needed: Letters that a font must have to be drawn with.
        dictionaries: Names of hunspell dictionaries, without `.dic`.
        packages: The Debian packages that these come in.
        capitals: Whether it has capitals.
        signs: Characters beside the letters that dictionary words may have.
        made: Returns letters in any order that can be written so.
        numbers: Share of the words that are numbers.
        numerals: What numbers are written with, each as likely.
        currencies: What may stand beside a number.
        ends: What may end a line.
        pairs: What may stand around a line.
        mirrored: Whether it reads from right to left.
        languages: Whose forms of letters and digits a font may show (BCP 47); None for its usual.
        seen: What a head is to read where a text is drawn.
    """

    name: str
    letters: str
    needed: str
    dictionaries: tuple[str, ...]
    packages: str
    capitals: bool = False
    signs: str = ""
    made: Callable[[str, Rng], str] | None = None
    numbers: float = 0.16
    numerals: tuple[Numerals, ...] = (LATIN,)
    currencies: Sequence[str] = CURRENCIES
    ends: str = ".,!?:;…!"
    pairs: tuple[str, ...] = ("()", "«»", "„“", "“”", '""')
    mirrored: bool = False
    languages: tuple[str | None, ...] = (None,)
    seen: Callable[[str], str] = str

    @property
    def alphabet(self) -> frozenset[str]:
        """Return its letters, with their capitals if it has any, and signs."""
        capitals = self.letters.upper() if self.capitals else ""
        return frozenset(self.letters + capitals + self.signs)

    def random(self, rng: Rng) -> str:
        """Return one to nine letters in any order."""
        if self.made is not None:
            return self.made(self.letters, rng)
        return "".join(picked(rng, self.letters) for _ in range(int(rng.integers(1, 10))))


@functools.cache
def scripts() -> dict[str, Script]:
    """Return the scripts that can be learned, by name."""
    made = (_cyrillic(), _hangul(), _arabic(), _devanagari())
    return {script.name: script for script in made}


def _cyrillic() -> Script:
    return Script(
        name="cyrillic",
        letters=_CYRILLIC + "ёіїєґ",
        needed=_CYRILLIC + _CYRILLIC.upper() + "ії",
        dictionaries=("ru_RU", "uk_UA"),
        packages="hunspell-ru hunspell-uk",
        capitals=True,
    )


def _hangul() -> Script:
    # The 2 350 syllables of KS X 1001, those of everyday Korean. With the 11 172 of Unicode, a head
    # would have nearly three times the parameters.
    rows = (bytes((row, cell)) for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF))
    return Script(
        name="hangul",
        letters="".join(row.decode("euc-kr") for row in rows),
        needed="가각힣값뷁",
        dictionaries=("ko",),
        packages="hunspell-ko",
    )


def _arabic() -> Script:
    # Prices in its digits are what no other reader reads, so every second word is a number.
    return Script(
        name="arabic",
        letters=_ARABIC + _PERSIAN,
        needed=_ARABIC + "٠١٢٣٤٥٦٧٨٩",
        dictionaries=("ar", "fa_IR"),
        packages="hunspell-ar myspell-fa",
        signs=_HARAKAT + "\u200c",
        made=_voweled,
        numbers=0.5,
        numerals=(*_ARABIC_NUMERALS, *_ARABIC_NUMERALS, LATIN),
        currencies=_ARABIC_CURRENCIES,
        ends=".،!؟:؛…!",
        pairs=("()", "«»", '""'),
        mirrored=True,
        languages=(None, None, "fa", "ur"),
        seen=arabic.seen,
    )


def _devanagari() -> Script:
    return Script(
        name="devanagari",
        letters=_CONSONANTS,
        needed=_CONSONANTS + _VOWELS + _SIGNS + "०१२३४५६७८९",
        dictionaries=("hi_IN",),
        packages="hunspell-hi",
        signs=_VOWELS + _SIGNS + _NASALS + _VIRAMA + _NUKTA,
        made=_syllables,
        numbers=0.5,
        numerals=(Numerals(digits="०१२३४५६७८९"),) * 3 + (LATIN,),
        currencies=_DEVANAGARI_CURRENCIES,
        ends=".,!?:।…!",
        pairs=("()", "“”", '""'),
        seen=functools.partial(unicodedata.normalize, "NFC"),
    )


def _voweled(letters: str, rng: Rng) -> str:
    """Return letters of which one word in ten has a vowel mark."""
    made = [picked(rng, letters) for _ in range(int(rng.integers(1, 10)))]
    if rng.random() < 0.1:
        made.insert(int(rng.integers(1, len(made) + 1)), picked(rng, _HARAKAT))
    return "".join(made)


def _syllables(consonants: str, rng: Rng) -> str:
    """Return one to five syllables as Devanagari writes them."""
    return "".join(_syllable(consonants, rng) for _ in range(int(rng.integers(1, 6))))


def _syllable(consonants: str, rng: Rng) -> str:
    nasal = picked(rng, _NASALS) if rng.random() < 0.12 else ""
    if rng.random() < 0.12:
        return picked(rng, _VOWELS) + nasal
    joined = picked(rng, consonants) + _VIRAMA if rng.random() < 0.15 else ""
    first = picked(rng, consonants)
    nukta = _NUKTA if first in "कखगजडढफ" and rng.random() < 0.3 else ""
    sign = picked(rng, _SIGNS) if rng.random() < 0.6 else ""
    return joined + first + nukta + sign + nasal
