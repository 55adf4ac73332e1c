"""Numerals: whose digits a locale's numbers are written with.

Several locales have digits of their own, such as ١٢٣ in Egypt. A market may ask for 123 instead;
then a locale is passed on as `ar_EG@latin`.
"""

import functools
import unicodedata

import babel

_LATIN = "@latin"

_READ_IN = {"Arab": "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "Deva": "०१२३४५६७८९"}
"""Script (ISO 15924) to the digits beside 0 to 9 that the readers of the proof read in it."""


def with_latin_digits(locale: str) -> str:
    """Return a locale whose numbers are written with the digits 0 to 9."""
    return f"{locale}{_LATIN}"


def without_digits(locale: str) -> str:
    """Return a locale as CLDR knows it, whoever's digits it asks for."""
    return locale.removesuffix(_LATIN)


@functools.lru_cache(maxsize=1024)
def icu_tag(locale: str) -> str:
    """Return the BCP 47 tag by which ICU formats, such as `ar-EG-u-nu-latn`.

    Args:
        locale: A CLDR locale identifier, or one from `with_latin_digits`.
    """
    tag = str(babel.Locale.parse(without_digits(locale))).replace("_", "-")
    return f"{tag}-u-nu-latn" if locale.endswith(_LATIN) else tag


def other_digits(text: str) -> str:
    """Return the digits of a text that are not 0 to 9, each once."""
    return "".join(dict.fromkeys(one for one in text if _is_other(one)))


def unread_digits(text: str, script: str) -> str:
    """Return the digits of a text that no reader reads in a script, each once.

    Args:
        text: Any string.
        script: ISO 15924 code of the script that the creative is written in.
    """
    return "".join(one for one in other_digits(text) if one not in _READ_IN.get(script, ""))


def _is_other(character: str) -> bool:
    return unicodedata.category(character) == "Nd" and not character.isascii()
