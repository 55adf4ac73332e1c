"""Hangul: syllables that differ in one jamo."""

_FIRST, _LAST = 0xAC00, 0xD7A3
"""The composed syllables of Unicode: 19 initials by 21 vowels by 28 finals, in that order."""
_A_VOWEL, _AN_INITIAL = 28, 588
_FINALS = (0, 1, 4, 8, 16, 17, 21)
"""No final, ㄱ, ㄴ, ㄹ, ㅁ, ㅂ and ㅇ."""
_VOWELS = {0: 2, 2: 0, 4: 6, 6: 4, 8: 12, 12: 8, 13: 17, 17: 13, 1: 5, 5: 1}
"""Vowels that differ by one stroke: ㅏ ㅑ, ㅓ ㅕ, ㅗ ㅛ, ㅜ ㅠ, ㅐ ㅔ."""


def jamo(character: str) -> tuple[int, int, int] | None:
    """Return the numbers of a syllable's initial, vowel and final; None for other characters.

    Returns:
        0 to 18, 0 to 20, and 0 to 27, where 0 is no final.
    """
    if not _is_syllable(character):
        return None
    number = ord(character) - _FIRST
    return number // _AN_INITIAL, number % _AN_INITIAL // _A_VOWEL, number % _A_VOWEL


def has_final(syllable: str) -> bool:
    """Return whether a character is a Hangul syllable that ends in a consonant."""
    parts = jamo(syllable)
    return parts is not None and parts[2] > 0


def other_finals(syllable: str) -> list[str]:
    """Return a syllable with other finals, and without one."""
    final = (ord(syllable) - _FIRST) % _A_VOWEL
    return [chr(ord(syllable) - final + other) for other in _FINALS if other != final]


def other_vowels(character: str) -> list[str]:
    """Return a syllable with a vowel that differs by one stroke; nothing for other letters."""
    parts = jamo(character)
    if parts is None or parts[1] not in _VOWELS:
        return []
    return [chr(ord(character) + (_VOWELS[parts[1]] - parts[1]) * _A_VOWEL)]


def _is_syllable(character: str) -> bool:
    return len(character) == 1 and _FIRST <= ord(character) <= _LAST
