"""Leading: how far apart rows stand, by script and face."""

import babel

LEADING = {
    "Latn": 1.1,
    "Cyrl": 1.15,
    "Grek": 1.15,
    "Hebr": 1.18,
    "Arab": 1.32,
    "Deva": 1.32,
    "Thai": 1.36,
    "Jpan": 1.24,
    "Kore": 1.22,
    "Hans": 1.24,
    "Hant": 1.24,
}
"""Line height in em by script: marks above and below the letters need room."""

_STACKED_MARKS = {"vi": 1.24}
_TALL = {"Oswald": 1.22, "Playfair Display": 1.14, "Amiri": 1.4}
"""Faces whose letters are taller than their script's line height allows for."""


def line_height(text: str, script: str, family: str, locale: str) -> float:
    """Return the line height of a text in em.

    Args:
        text: The line.
        script: The ISO 15924 code of the script that it needs.
        family: The face that sets it.
        locale: CLDR locale identifier; some languages stack marks on letters.
    """
    tall = _TALL.get(family, 0.0)
    if text.isascii():  # a brand's name needs no room for marks it does not have
        return max(LEADING["Latn"], tall)
    stacked = _STACKED_MARKS.get(babel.Locale.parse(locale).language, 0.0)
    return max(stacked or LEADING.get(script, LEADING["Latn"]), tall)
