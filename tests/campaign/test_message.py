"""Copy with placeholders: what a marketer may write, and what is refused."""

from collections.abc import Callable

import pytest

from pipeline.campaign.message import MessageSyntaxError, format_message, parse_message
from tests.lunch import lunch


def write(text: str, locale: str = "de_DE", **values: str | int) -> str:
    return format_message(parse_message(text), locale, values)


def test_a_placeholder_takes_its_value() -> None:
    assert write("Heute {saving} sparen", saving="2,00\u00a0€") == "Heute 2,00\u00a0€ sparen"


def test_a_style_is_part_of_the_placeholders_name() -> None:
    message = parse_message("{price:number}円, {price}")
    assert [place.argument for place in message.placeholders] == ["price__number", "price"]
    assert write("{price:number}円", price__number="1,180") == "1,180円"


@pytest.mark.parametrize(
    "text",
    [
        "it's",
        "l'{saving}'",
        "''{saving}''",
        "d'{saving}",
        "'",
        "#",
        "a | b",
        "50 % # off",
        "\\{saving}",
        "<b>{saving}</b>",
    ],
)
def test_apostrophes_and_signs_stay_as_they_are_written(text: str) -> None:
    assert write(text, saving="2 €") == text.replace("{saving}", "2 €")


def test_a_value_is_never_read_as_a_pattern() -> None:
    assert write("{name}", name="{price} '{x}' #") == "{price} '{x}' #"


@pytest.mark.parametrize(
    ("locale", "text", "forms"),
    [
        (
            "pl_PL",
            "{n, plural, one {# kawałek} few {# kawałki} many {# kawałków} other {# kawałka}}",
            {1: "1 kawałek", 3: "3 kawałki", 5: "5 kawałków", 22: "22 kawałki"},
        ),
        (
            "ar_AE",
            "{n, plural, one {ساعة} two {ساعتين} few {# ساعات} many {# ساعة} other {# ساعة}}",
            {1: "ساعة", 2: "ساعتين", 3: "3 ساعات", 40: "40 ساعة"},
        ),
        ("fr_FR", "{n, plural, one {# part} other {# parts}}", {0: "0 part", 2: "2 parts"}),
        ("de_DE", "{n, plural, =8 {acht} other {#}} Stück", {8: "acht Stück", 9: "9 Stück"}),
        (
            "en_US",
            "your {n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} bowl",
            {1: "your 1st bowl", 2: "your 2nd bowl", 13: "your 13th bowl"},
        ),
        ("de_DE", "{n, plural, one {l'#} other {d'#'s}}", {1: "l'1", 2: "d'2's"}),
        ("de_DE", "{n,plural,\n one{#}\n other{#  x}}", {1: "1", 2000: "2.000  x"}),
    ],
)
def test_a_plural_takes_the_form_of_its_language(
    locale: str, text: str, forms: dict[int, str]
) -> None:
    assert {n: write(text, locale, n__count=n) for n in forms} == forms


def test_plurals_may_stand_inside_plurals() -> None:
    text = (
        "{a, plural, one {# Bowl} other {# Bowls}} und "
        "{b, plural, one {{a, plural, one {ein Saft} other {# Säfte}}} other {# Tees}}"
    )
    assert write(text, a__count=3, b__count=1) == "3 Bowls und 3 Säfte"
    assert write(text, a__count=1, b__count=2) == "1 Bowl und 2 Tees"


def test_a_fact_may_choose_a_form_and_be_written_beside_it() -> None:
    text = "{n, plural, one {Stunde} other {Stunden}}: {n}"
    assert write(text, n__count=40, n="40") == "Stunden: 40"


def test_a_missing_value_is_an_error_and_not_a_brace_on_a_picture() -> None:
    with pytest.raises(KeyError, match="saving"):
        write("Heute {saving} sparen")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "has a { that no placeholder follows"),
        ("{}", "has a { that no placeholder follows"),
        ("{ price }", "has a { that no placeholder follows"),
        ("{1}", "has a { that no placeholder follows"),
        ("{price", "has a placeholder that is not closed: {price"),
        ("{price:unit:long}", "has a placeholder that is not closed: {price"),
        ("price}", "has a } without its {"),
        ("{n, plural, one {x}}", "that is not closed, or lacks the form other"),
        ("{n, plural, other {x}", "that is not closed, or lacks the form other"),
        ("{n, plural, other {x", "has a { that is not closed"),
        ("{n, plural, one {x} one {y} other {z}}", "has the form one of n twice"),
        ("{n, plural, several {x} other {z}}", "that is not closed, or lacks the form other"),
        ("{n, plural, offset:1 other {z}}", "that is not closed, or lacks the form other"),
        ("{n, select, a {x} other {y}}", "has a placeholder of an unknown kind: {n"),
        ("{n, number}", "has a placeholder of an unknown kind: {n"),
    ],
)
def test_wrong_braces_are_named(text: str, what: str) -> None:
    with pytest.raises(MessageSyntaxError) as caught:
        parse_message(text)
    assert what in str(caught.value)


MARKETS = (
    lunch("meta-square", also="valid_to: 2027-12-31\n", de="de_DE", ch="de_CH")
    + """\
offers:
  bowl:
    price: {de: 8.90, ch: 12.90}
    was: {de: 10.90, ch: 14.90}
    facts: {slices: 8, hours: 2.5, weight: 240 gram, premiere: 2027-10-15}
    copy:
      headline: {de: COPY}
"""
)


@pytest.mark.parametrize(
    "copy",
    [
        "{price} {was} {saving} {discount} {day:long} {until:short} {slices} {weight}",
        "{price:number} {saving:number} {premiere:weekday} {hours}",
        "{slices, plural, one {#} other {# von {slices}}}",
    ],
)
def test_everything_an_offer_has_may_stand_in_its_copy(
    said: Callable[[str], list[str]], copy: str
) -> None:
    assert said(MARKETS.replace("COPY", f'"{copy}"')) == []


@pytest.mark.parametrize(
    ("copy", "told"),
    [
        ("{preis}", "unknown placeholder {preis}; known: "),
        ("{price:long}", "{price} has no style 'long'; its styles: number"),
        ("{price:unit}", "{price} has no style 'unit'; its styles: number"),
        ("{discount:number}", "{discount} has no style 'number'; its styles: none"),
        ("{slices:long}", "{slices} has no style 'long'; its styles: none"),
        ("{day:year}", "{day} has no style 'year'; its styles: long, short, weekday"),
        ("{day", "has a placeholder that is not closed: {day; correct the braces"),
    ],
)
def test_a_wrong_placeholder_is_refused_at_its_line(
    said: Callable[[str], list[str]], copy: str, told: str
) -> None:
    answers = said(MARKETS.replace("COPY", f'"{copy}"'))
    assert len(answers) == 1
    assert answers[0].startswith(f"17: offers.bowl.copy.headline.de: {told}")


@pytest.mark.parametrize("name", ["price", "day", "hours", "weight", "premiere"])
def test_only_a_whole_number_can_choose_a_plural_form(
    said: Callable[[str], list[str]], name: str
) -> None:
    copy = f'"{{{name}, plural, one {{#}} other {{#}}}}"'
    assert said(MARKETS.replace("COPY", copy)) == [
        (
            f"17: offers.bowl.copy.headline.de: {{{name}, plural, …}} cannot choose a form; "
            "name a fact that is a whole number"
        )
    ]


@pytest.mark.parametrize("placeholder", ["was", "saving", "discount"])
def test_a_former_price_that_one_market_lacks_leaves_no_hole_in_its_copy(
    said: Callable[[str], list[str]], placeholder: str
) -> None:
    text = MARKETS.replace(", ch: 14.90", "").replace("COPY", f'"statt {{{placeholder}}}"')
    assert said(text) == [
        (
            f"17: offers.bowl.copy.headline.de: {{{placeholder}}} has no value in the market 'ch'; "
            "add `ch: <amount>` to `was` of the offer 'bowl'"
        )
    ]


def test_a_former_price_that_every_day_of_a_market_gives_is_enough(
    said: Callable[[str], list[str]],
) -> None:
    text = MARKETS.replace(", ch: 14.90", "").replace("COPY", '"statt {was}"')
    assert said(text + "days:\n  every: {offer: bowl, was: {ch: 14.90}}\n") == []


def test_shared_copy_has_to_suit_every_offer_that_takes_it(
    said: Callable[[str], list[str]],
) -> None:
    soup = "  soup:\n    price: {de: 4.90, ch: 6.90}\n    copy: {headline: {de: Suppe}}\n"
    shared = 'copy:\n  legal: {de: "{slices} Stück, statt {was}"}\n'
    told = said(MARKETS.replace("COPY", "Bowl") + soup + shared)
    assert [answer.split(";")[0] for answer in told] == [
        "22: copy.legal.de: unknown placeholder {slices}",
        "22: copy.legal.de: unknown placeholder {was}",
    ]


def test_traditional_chinese_is_not_served_by_simplified(
    said: Callable[[str], list[str]],
) -> None:
    text = MARKETS.replace("de_CH", "zh_Hant_TW").replace("{de: COPY}", "{de: Bowl, zh: 沙拉}")
    assert said(text) == [
        "17: offers.bowl.copy.headline: has no text for zh_Hant_TW; add `zh_Hant_TW: …`"
    ]
    assert said(text.replace("zh_Hant_TW", "zh_Hans_SG")) == []
