"""Plurals and placeholders on their way to translators and back."""

import re

import pytest
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st

from pipeline.campaign.message import format_message, parse_message
from pipeline.campaign.messages.placeholders import placeholder_problem
from pipeline.campaign.messages.plurals import (
    PluralError,
    category_places,
    join_plural,
    named_forms,
    numbers_of,
    plural_header,
    split_plural,
)
from pipeline.campaign.messages.pseudo import pseudo_text

POLISH = (
    "{slices, plural, one {# kawałek} few {# kawałki} many {# kawałków} other {# kawałka}} "
    "prosto z pieca {day:short}"
)
NAMES = ("price", "was", "saving", "day", "until")
WORDS = st.text(alphabet="abcdeż ’'日本", min_size=0, max_size=8)


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a message with some placeholders, and their names."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    parts = [draw(WORDS)]
    for name in names:
        parts += [f"{{{name}}}", draw(WORDS)]
    return "".join(parts), names


def test_the_forms_of_every_locale_can_be_told_apart() -> None:
    for locale in locale_identifiers():
        places = category_places(plural_header(locale), locale)
        reached = [places[name] for name in numbers_of(locale)]
        assert sorted(reached) == list(range(len(reached))), locale


def test_a_sentence_comes_back_for_every_number() -> None:
    plural = split_plural(POLISH)
    assert plural is not None
    joined = parse_message(join_plural(plural.name, plural.forms))
    original = parse_message(POLISH)
    for number in (1, 2, 5, 12, 22, 112, 1000):
        values: dict[str, str | int] = {"slices__count": number, "slices": f"{number:,}"}
        values["day__short"] = "3 gru"
        spaced = {**values, "slices": format_message(parse_message("{n}"), "pl_PL", {"n": "x"})}
        assert spaced["slices"] == "x"
        expected = format_message(original, "pl_PL", values)
        found = format_message(joined, "pl_PL", {**values, "slices": expected.split(" kawał")[0]})
        assert found == expected


def test_a_tools_own_plural_expression_is_understood() -> None:
    header = (
        "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    )
    assert category_places(header, "pl") == {"one": 0, "few": 1, "many": 2, "other": 2}
    turned = "nplurals=2; plural=(n==1);"
    forms = named_forms(("Stücke", "Stück"), category_places(turned, "de"))
    assert forms == {"one": "Stück", "other": "Stücke"}


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("", "has no Plural-Forms"),
        ("nplurals=2; plural=__import__;", "cannot be read"),
        ("nplurals=2; plural=(n%0);", "fails for 1"),
        ("nplurals=1; plural=(n!=1);", "names form 1 of 1"),
        ("nplurals=2; plural=(n%2);", "puts the numbers of CLDR's 'other' into 2 forms"),
        ("nplurals=2; plural=" + "(" * 400 + "n" + ")" * 400 + ";", "cannot be read"),
    ],
)
def test_a_plural_expression_that_cannot_serve_is_refused(header: str, what: str) -> None:
    with pytest.raises(PluralError, match=re.escape(what)):
        category_places(header, "de")


def test_a_message_of_another_make_stays_whole() -> None:
    assert split_plural("{n, plural, =0 {none} other {#}}") is None
    assert split_plural("{n, selectordinal, one {#st} other {#th}}") is None
    assert split_plural("#1: {n, plural, one {#} other {#}}") is None
    assert split_plural("{a, plural, one {x} other {y}} {b, plural, one {x} other {y}}") is None
    assert split_plural("no number at all") is None


@given(messages(), messages())
def test_no_placeholder_is_lost_or_invented_unseen(
    source: tuple[str, list[str]], translation: tuple[str, list[str]]
) -> None:
    problem = placeholder_problem(source[0], translation[0], "pl")
    assert bool(problem) == (sorted(source[1]) != sorted(translation[1]))
    for name in set(source[1]) ^ set(translation[1]):
        if not set(source[1]) - set(translation[1]) or name in source[1]:
            assert f"{{{name}}}" in problem


@given(messages(), st.sampled_from(NAMES))
def test_a_doubled_placeholder_is_seen(source: tuple[str, list[str]], name: str) -> None:
    if name in source[1]:
        assert "more often" in placeholder_problem(source[0], f"{source[0]} {{{name}}}", "pl")


@given(st.sampled_from(["de", "pl", "ar", "ja", "fr", "cy", "he"]), messages(), st.data())
def test_plural_forms_keep_their_placeholders_through_a_catalogue(
    locale: str, source: tuple[str, list[str]], data: st.DataObject
) -> None:
    text = f"{{n, plural, one {{# a}} other {{# b}}}} {source[0]}"
    places = category_places(plural_header(locale), locale)
    count = max(places.values()) + 1
    words = data.draw(st.lists(WORDS, min_size=count, max_size=count))
    forms = [f"{word}{{n}}{source[0]}" for word in words]
    joined = join_plural("n", named_forms(forms, places))
    assert placeholder_problem(text, joined, locale) == ""
    broken = [*forms[:-1], forms[-1].replace("{n}", "")]
    lost = placeholder_problem(text, join_plural("n", named_forms(broken, places)), locale)
    assert "has lost {n}" in lost


def test_only_a_form_for_one_number_may_leave_the_number_out() -> None:
    source = "{n, plural, one {# slice} other {# slices}}"
    german = "{n, plural, one {ein Stück} other {# Stücke}}"
    french = "{n, plural, one {une part} other {# parts}}"  # in French one is 0 too
    assert placeholder_problem(source, german, "de") == ""
    assert placeholder_problem(source, french, "fr") == "has lost {n} (form one)"
    assert placeholder_problem(source, "{n}枚", "ja") == ""
    assert placeholder_problem(source, "ピザ", "ja") == "has lost {n}"


@given(messages())
def test_the_pseudo_locale_keeps_placeholders_and_is_longer(source: tuple[str, list[str]]) -> None:
    text, _ = source
    pseudo = pseudo_text(text)
    assert placeholder_problem(text, pseudo, "en") == ""
    letters = sum(c.isalpha() for c in re.sub(r"\{[^}]*\}", "", text))
    assert len(pseudo) >= len(text) + 2 + int(letters * 0.3) - len(NAMES)


def test_the_pseudo_locale_is_a_third_longer_accented_and_in_brackets() -> None:
    assert pseudo_text("Order now, save {saving}") == "[Óřddéř ññóww, ššávéé {saving}]"
    forms = split_plural(pseudo_text("{n, plural, one {# slice} other {# slices}}, warm"))
    assert forms is not None
    assert forms.forms == {"one": "[{n} šllíçéé, wwářmm]", "other": "[{n} šllíçééš, wwářřm]"}
