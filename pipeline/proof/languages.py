"""Which Tesseract data reads which locale, and which package carries it."""

from pipeline.errors import UsageError

LATIN = "eng"
"""Read beside every other language: percent signs, euro signs, brand names, digits."""

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi"})
_OTHER_SCRIPTS = frozenset({
    "ar", "be", "bg", "bn", "el", "fa", "gu", "he", "hi", "hy", "iw", "ja", "ka", "kk", "km", "kn",
    "ko", "lo", "mk", "ml", "mn", "mr", "my", "ne", "pa", "ru", "si", "sr", "ta", "te", "th", "uk",
    "ur", "zh",
})  # fmt: skip
_TRADITIONAL = frozenset({"Hant", "TW", "HK", "MO"})

_LANGUAGES = {
    "af": "afr", "ar": "ara", "az": "aze", "be": "bel", "bg": "bul", "bn": "ben", "bs": "bos",
    "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu", "el": "ell", "en": "eng",
    "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fil": "fil", "fr": "fra",
    "ga": "gle", "gl": "glg", "gu": "guj", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun",
    "hy": "hye", "id": "ind", "is": "isl", "it": "ita", "iw": "heb", "ja": "jpn", "ka": "kat",
    "kk": "kaz", "km": "khm", "kn": "kan", "ko": "kor", "lo": "lao", "lt": "lit", "lv": "lav",
    "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa", "my": "mya", "nb": "nor",
    "ne": "nep", "nl": "nld", "nn": "nor", "no": "nor", "pa": "pan", "pl": "pol", "pt": "por",
    "ro": "ron", "ru": "rus", "si": "sin", "sk": "slk", "sl": "slv", "sq": "sqi", "sr": "srp",
    "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel", "th": "tha", "tr": "tur", "uk": "ukr",
    "ur": "urd", "uz": "uzb", "vi": "vie",
}  # fmt: skip
"""ISO 639-1 code to the name of Tesseract's data file."""


def languages_of(locale: str) -> tuple[str, ...]:
    """Return the Tesseract languages of a locale, its own first and English last.

    Args:
        locale: A CLDR locale identifier such as `zh_Hans_CN`.

    Raises:
        UsageError: If Tesseract has no data for the language.
    """
    language, *rest = locale.replace("-", "_").split("_")
    if language == "zh":
        own = "chi_tra" if _TRADITIONAL.intersection(rest) else "chi_sim"
    elif language in _LANGUAGES:
        own = _LANGUAGES[language]
    else:
        msg = (
            f"no reading data is known for the locale {locale}; "
            "use one whose language Tesseract has, or proofread these creatives by eye"
        )
        raise UsageError(msg)
    return tuple(dict.fromkeys((own, LATIN)))


def package_of(language: str) -> str:
    """Return the Debian package that carries a Tesseract language."""
    return f"tesseract-ocr-{language.replace('_', '-')}"


def reads_right_to_left(locale: str) -> bool:
    """Return whether the locale's language is written from right to left."""
    return _language(locale) in _RIGHT_TO_LEFT or _is_arabic(locale)


def is_written_in_latin(locale: str) -> bool:
    """Return whether the locale's language is written in the Latin script."""
    return _language(locale) not in _OTHER_SCRIPTS and not _is_arabic(locale)


def _is_arabic(locale: str) -> bool:
    return "Arab" in locale.replace("-", "_").split("_")


def _language(locale: str) -> str:
    return locale.replace("-", "_").partition("_")[0]
