"""Which Tesseract data reads which locale."""

import pytest

from pipeline.errors import UsageError
from pipeline.proof.languages import languages_of, package_of, reads_right_to_left


@pytest.mark.parametrize(
    ("locale", "languages"),
    [
        ("de_DE", ("deu", "eng")),
        ("en_US", ("eng",)),
        ("zh_Hans_CN", ("chi_sim", "eng")),
        ("zh_Hant_TW", ("chi_tra", "eng")),
        ("zh_HK", ("chi_tra", "eng")),
        ("pt-BR", ("por", "eng")),
        ("uk_UA", ("ukr", "eng")),
    ],
)
def test_a_locale_has_its_language_and_english(locale: str, languages: tuple[str, ...]) -> None:
    assert languages_of(locale) == languages


def test_a_locale_without_data_is_a_usage_error_that_names_it() -> None:
    with pytest.raises(UsageError, match="xx_YY"):
        languages_of("xx_YY")


def test_packages_are_named_as_debian_names_them() -> None:
    assert package_of("chi_sim") == "tesseract-ocr-chi-sim"


def test_arabic_and_hebrew_read_from_right_to_left() -> None:
    assert reads_right_to_left("ar_AE")
    assert reads_right_to_left("he-IL")
    assert reads_right_to_left("pa_Arab_PK")
    assert not reads_right_to_left("pa_Guru_IN")
    assert not reads_right_to_left("de_DE")
