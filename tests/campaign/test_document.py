"""YAML is read strictly: nothing is guessed, and every trap has its message."""

import pathlib
from collections.abc import Callable

import pytest

from pipeline.campaign.document import read_document
from pipeline.campaign.load import LoadedCampaign

Said = Callable[[str | bytes], list[str]]


def test_a_file_without_mistakes_says_nothing(said: Said, good: str) -> None:
    assert said(good) == []


def test_a_byte_order_mark_at_the_start_is_no_mistake(said: Said, good: str) -> None:
    assert said(b"\xef\xbb\xbf" + good.encode()) == []


def test_every_scalar_stays_the_string_it_was_written_as(tmp_path: pathlib.Path) -> None:
    written = ["NO", "on", "12:30", "010", "1_000", "1e3", "8.90", "2026-11-27", "~", ".inf", "+1"]
    file = tmp_path / "scalars.yaml"
    file.write_text("".join(f"- {scalar}\n" for scalar in written))
    document = read_document(file)
    assert document.tree == written
    assert document.problems == ()


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("12:30", "'12:30'"),
        ("010", "'010'"),
        ("1_000", "'1_000'"),
        ("1e3", "'1e3'"),
        ("0x10", "'0x10'"),
        ("8,90", "'8,90'"),
        ("+8.90", "'+8.90'"),
        ("-8.90", "'-8.90'"),
        (".inf", "'.inf'"),
        ("2026-11-27", "'2026-11-27'"),
        ("８.90", "'８.90'"),
        ("٨.90", "'٨.90'"),
        ('"8.90 "', "'8.90 '"),
        ("''", "''"),
    ],
)
def test_what_is_no_plain_amount_is_no_price(
    said: Said, good: str, amount: str, shown: str
) -> None:
    told = said(good.replace("{de: 8.90}", "\n      de: " + amount))
    assert told == [
        f"12: offers.bowl.price.de: {shown} is not valid; expected an amount such as 8.90"
    ]


def test_quotes_do_not_change_what_a_price_means(
    load: Callable[[str], LoadedCampaign], good: str
) -> None:
    quoted = load(good.replace("8.90", "'8.90'")).campaign
    assert quoted.offers == load(good).campaign.offers


def test_norway_is_a_country_and_its_name_has_small_letters(said: Said, good: str) -> None:
    told = said(good.replace("  de: {locales", "  NO: {locales"))
    assert told == ["8: markets.NO: 'NO' is not valid; expected a short name of a-z, 0-9 and -"]


def test_no_as_a_locale_is_norwegian(said: Said, good: str) -> None:
    norwegian = good.replace("[de_DE]", "[nb_NO]").replace("{de: Frische", "{nb: Ferske")
    assert said(norwegian) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "name: Marlow & Pine",
            "name: &brand Marlow & Pine",
            "4: brand.name: has an anchor (&brand); remove it",
        ),
        (
            "name: Marlow & Pine",
            "name: *brand",
            "4: brand.name: is an alias (*brand); write it out",
        ),
        (
            "name: Marlow & Pine",
            "name: !!str Marlow & Pine",
            "4: brand.name: has a tag (tag:yaml.org,2002:str); remove it",
        ),
        (
            "name: Marlow & Pine",
            "name: !!python/object/apply:os.system [id]",
            "4: brand.name: has a tag (tag:yaml.org,2002:python/object/apply:os.system); remove it",
        ),
        (
            "    price: {de: 8.90}",
            "    <<: {unit: gram}\n    price: {de: 8.90}",
            "11: offers.bowl: has a merge key (<<); write the keys out",
        ),
        (
            "formats: [meta-square]",
            "formats: [meta-square]\nformats: [meta-story-9x16]",
            "7: formats: is given twice (first on line 6); keep one of the two",
        ),
        (
            "formats: [meta-square]",
            "? [meta-square]\n: meta-square\nformats: [meta-square]",
            "6: has a key that is not a word; write a plain key",
        ),
        (
            "formats: [meta-square]",
            "formats: [meta-square]\n---\nformats: [meta-square]",
            "7: has a second ---; keep one campaign, flat, in one file",
        ),
        (
            "formats: [meta-square]",
            "formats: [meta-square",
            "7: did not find expected ',' or ']'; correct the YAML",
        ),
        (
            "  name: Marlow & Pine",
            "\tname: Marlow & Pine",
            "4: found character that cannot start any token; correct the YAML",
        ),
    ],
)
def test_what_yaml_offers_beyond_the_plain_is_one_problem(
    said: Said, good: str, old: str, new: str, told: str
) -> None:
    assert said(good.replace(old, new, 1)) == [told]


def test_five_hundred_brackets_are_refused_without_being_built(said: Said, good: str) -> None:
    deep = ["1: is nested deeper than 50; keep one campaign, flat, in one file"]
    assert said("[" * 500) == deep
    assert said(good + "x: " + "[" * 500 + "]" * 500) == [deep[0].replace("1:", "14:")]


def test_a_file_of_more_than_a_megabyte_is_not_read(said: Said, good: str) -> None:
    assert said(good + "#" * (1_000_001 - len(good.encode()))) == [
        "1: is 1,000,001 bytes, more than 1,000,000; split the campaign into several files"
    ]


def test_a_file_in_another_encoding_names_the_line_of_the_first_bad_byte(
    said: Said, good: str
) -> None:
    latin = good.replace("Frische Bowls", "Für dich").encode("latin-1")
    assert said(latin) == ["13: is not UTF-8; save the file as UTF-8"]
    assert said(good.encode("utf-16")) == ["1: is not UTF-8; save the file as UTF-8"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_an_empty_file_is_called_empty_and_nothing_else(said: Said, text: str) -> None:
    assert said(text) == ["1: is empty; start from one of the example campaigns"]


@pytest.mark.parametrize("text", ["- a\n- b\n", "hello", "~", "8.90"])
def test_a_file_that_is_no_table_says_so(said: Said, text: str) -> None:
    assert said(text) == ["1: is not a table; write `key: value` lines"]


def test_a_control_character_is_refused(said: Said) -> None:
    assert said("campaign: \x07") == ["1: control characters are not allowed; correct the YAML"]


def test_a_file_that_is_not_there_says_so(tmp_path: pathlib.Path) -> None:
    problems = read_document(tmp_path / "nowhere.yaml").problems
    assert [problem.what for problem in problems] == ["cannot be read (No such file or directory)"]
