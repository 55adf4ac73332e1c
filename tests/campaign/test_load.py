"""All mistakes of a file come in one go, each once, with the line it stands on."""

import decimal
import pathlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.campaign.load import LoadedCampaign, load_campaign, load_campaigns
from pipeline.campaign.model import Checks
from pipeline.errors import CampaignError, ExitCode
from pipeline.settings import read_settings

Said = Callable[[str | bytes], list[str]]

HERE = pathlib.Path(__file__).parent
CAMPAIGNS = sorted((HERE.parent.parent / "campaigns").glob("*.yaml"))

TWENTY = [
    (2, "campaign"),
    (3, "template"),
    (6, "brand.palette.accent"),
    (7, "brand.font"),
    (10, "formats.1"),
    (13, "markets.jp.time_zone"),
    (14, "markets.xx.locales.0"),
    (17, "offers.bowl.picture"),
    (18, "offers.bowl.price.de"),
    (20, "offers.bowl.was.de"),
    (21, "offers.bowl.was.jp"),
    (22, "offers.bowl.was.fr"),
    (24, "offers.bowl.copy.headline"),
    (25, "offers.bowl.copy.headline.de"),
    (26, "offers.bowl.copy.offer.de"),
    (27, "offers.bowl.copy.offer"),
    (28, "offers.bowl.copy.cta.de"),
    (30, "days.monday"),
    (31, "days.2026-11-31"),
    (32, "valid_from"),
]


def test_twenty_mistakes_are_twenty_lines_with_their_numbers() -> None:
    file = HERE / "data" / "twenty-mistakes.yaml"
    with pytest.raises(CampaignError) as caught:
        load_campaign(file, ["deal"])
    problems = caught.value.problems
    assert [(problem.line, problem.path) for problem in problems] == TWENTY
    assert {problem.file for problem in problems} == {str(file)}
    assert len(str(caught.value).splitlines()) == 20
    assert caught.value.exit_code is ExitCode.CAMPAIGN


def test_a_problem_reads_file_line_path_what_and_remedy() -> None:
    file = HERE / "data" / "twenty-mistakes.yaml"
    with pytest.raises(CampaignError) as caught:
        load_campaign(file, ["deal"])
    assert str(caught.value).splitlines()[8] == (
        f"{file}:18: offers.bowl.price.de: 8.9 cannot be shown; EUR has 2 decimals, write 8.90"
    )


@pytest.mark.parametrize("file", CAMPAIGNS, ids=lambda file: file.stem)
def test_every_example_campaign_loads(file: pathlib.Path) -> None:
    templates = read_settings({}, 1).template_names()
    assert load_campaign(file, templates).campaign.campaign == file.stem


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("campaign: lunch\n", "", "1: campaign: is missing; add `campaign:`"),
        (
            "campaign: lunch",
            "campain: lunch",
            "1: campain: unknown key; did you mean `campaign`?",
        ),
        (
            "formats: [meta-square]",
            "formats: meta-square",
            "6: formats: is not a list; write it as [a, b]",
        ),
        (
            "formats: [meta-square]",
            "formats: []",
            "6: formats: is empty; add at least one entry",
        ),
        (
            "formats: [meta-square]",
            "formats: [meta-square, meta-square]",
            "6: formats: has 'meta-square' twice; keep one of the two",
        ),
        (
            "[de_DE]",
            "[de_DE, de_DE]",
            "8: markets.de.locales: has 'de_DE' twice; keep one of the two",
        ),
        (
            "[de_DE]",
            "[de_DE, zh_TW]",
            "8: markets.de.locales.1: 'zh_TW' is not the locale's full name; write zh_Hant_TW",
        ),
        (
            "currency: EUR",
            "curency: EUR",
            "8: markets.de.curency: unknown key; did you mean `currency`?",
        ),
        (
            "currency: EUR",
            "currency: EURO",
            (
                "8: markets.de.currency: unknown currency 'EURO'; "
                "expected an ISO 4217 code such as EUR"
            ),
        ),
        (
            "name: Marlow & Pine",
            "name: [Marlow, Pine]",
            "4: brand.name: is not one plain text; write a single text here",
        ),
        (
            "name: Marlow & Pine",
            "name: ''",
            "4: brand.name: is empty; write a text, or remove the line",
        ),
        (
            "name: Marlow & Pine",
            "name: '  '",
            "4: brand.name: is blank; write a text, or remove the line",
        ),
        (
            "headline: {de: Frische Bowls}",
            "headline: Frische Bowls",
            "13: offers.bowl.copy.headline: is not a table; write `key: value` lines",
        ),
        (
            "headline: {de: Frische Bowls}",
            "headline: {de: " + "B" * 301 + "}",
            "13: offers.bowl.copy.headline.de: is longer than 300 characters; shorten it",
        ),
        (
            "headline: {de: Frische Bowls}",
            "headline: {en: Fresh bowls}",
            "13: offers.bowl.copy.headline: has no text for de_DE; add `de_DE: …`",
        ),
        (
            "{de: 8.90}",
            "{fr: 8.90}",
            "11: offers.bowl.price.fr: there is no market 'fr'; use one of: de",
        ),
        (
            "offers:",
            "budget: {attempts: 99}\noffers:",
            "9: budget.attempts: is too large; write 10 or less",
        ),
        (
            "offers:",
            "checks: {blur: 0}\noffers:",
            "9: checks.blur: '0' is not valid; expected a number above 0 such as 4.5, or off",
        ),
        (
            "offers:",
            "checks: {contrast: no}\noffers:",
            "9: checks.contrast: 'no' is not valid; expected a number above 0 such as 4.5, or off",
        ),
        (
            "offers:",
            "checks: {palette_area: off}\noffers:",
            "9: checks.palette_area: 'off' is not valid; expected an amount such as 8.90",
        ),
        (
            "offers:",
            "valid_from: 2026-12-01\nvalid_to: 2026-11-01\noffers:",
            (
                "10: valid_to: 2026-11-01 is before valid_from 2026-12-01; "
                "swap or correct the two dates"
            ),
        ),
        (
            "    price:",
            "    picture: ../secret.png\n    price:",
            (
                "11: offers.bowl.picture: '../secret.png' lies outside the campaign's folder; "
                "move it beside the campaign"
            ),
        ),
        (
            "    price:",
            '    picture: "a\\0b.png"\n    price:',
            (
                "11: offers.bowl.picture: is not a file name; "
                "write the name of a picture beside the campaign"
            ),
        ),
        (
            "    price:",
            "    facts: {premiere: 2027-02-30}\n    price:",
            "11: offers.bowl.facts.premiere: 2027-02-30 is not a day of the calendar; correct it",
        ),
        (
            "    price:",
            "    facts: {day: 3}\n    price:",
            "11: offers.bowl.facts.day: is the name of a placeholder; take another name",
        ),
    ],
)
def test_one_mistake_is_one_line(said: Said, good: str, old: str, new: str, told: str) -> None:
    answers = said(good.replace(old, new, 1))
    assert told in answers
    missing = [answer for answer in answers if "is missing" in answer or "no price" in answer]
    assert answers == sorted({told, *missing}, key=answers.index)


DAYS = """\
days:
  monday:
    offer: bowl
    price:
      de: 8.9
  tuesday:
    - bowl
    - offer: soup
      price:
        de: 4,90
  wednesday: [bowl, bowl]
  thursday:
    offr: bowl
  friday:
    offer: bowl
    was:
      de: 8.00
      xx: 9.00
"""


def test_mistakes_of_days_stand_on_their_own_lines_in_short_and_long_form(
    said: Said, good: str
) -> None:
    assert said(good + DAYS) == [
        "18: days.monday.price.de: 8.9 cannot be shown; EUR has 2 decimals, write 8.90",
        "21: days.tuesday.1: there is no offer 'soup'; use one of: bowl",
        "23: days.tuesday.1.price.de: '4,90' is not valid; expected an amount such as 8.90",
        "24: days.wednesday: has 'bowl' twice; keep one of the two",
        "25: days.thursday.offer: is missing; add `offer:`",
        "26: days.thursday.offr: unknown key; did you mean `offer`?",
        (
            "30: days.friday.was.de: the former price 8.00 is not higher than 8.90; "
            "correct one of the two or remove `was`"
        ),
        "31: days.friday.was.xx: there is no market 'xx'; use one of: de",
    ]


def test_two_files_of_one_name_are_a_problem(tmp_path: pathlib.Path, good: str) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file in files:
        file.write_text(good)
    with pytest.raises(CampaignError, match=r"b\.yaml:1: campaign: the name 'lunch' is taken"):
        load_campaigns(files, ["deal"])


def test_the_problems_of_all_files_come_in_one_error(tmp_path: pathlib.Path, good: str) -> None:
    files = [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    for file in files:
        file.write_text(good.replace("8.90", "8.9"))
    with pytest.raises(CampaignError) as caught:
        load_campaigns(files, ["deal"])
    assert [pathlib.Path(p.file).name for p in caught.value.problems] == ["a.yaml", "b.yaml"]


def _only_problems(file: pathlib.Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        load_campaign(file, ["deal"])
    except CampaignError as error:
        problems = error.problems
    else:
        return
    assert problems
    assert all(1 <= problem.line <= len(text) + 1 for problem in problems)


bounded = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@bounded
@given(text=st.text(max_size=200))
def test_any_text_at_all_gives_problems_and_never_a_traceback(
    tmp_path: pathlib.Path, text: str
) -> None:
    _only_problems(tmp_path / "any.yaml", text)


PIECES = st.sampled_from(
    ["&a", "*a", "<<:", "!!str", "? ", "- ", "{", "}", "[", "]", ": ", "\n", "  ", "days:", "was:",
     "0", "8.90", "de", "bowl", "{price}", "'", '"', "#", "---", "|", ">", "\u202e", "[key]"]
)  # fmt: skip


@bounded
@given(data=st.data())
def test_any_splice_into_a_good_file_gives_problems_and_never_a_traceback(
    tmp_path: pathlib.Path, good: str, data: st.DataObject
) -> None:
    text = good
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        until = data.draw(st.integers(at, min(len(text), at + 12)))
        piece = data.draw(st.one_of(PIECES, st.text(max_size=6)))
        text = text[:at] + piece + text[until:]
    _only_problems(tmp_path / "spliced.yaml", text)


NODES: st.SearchStrategy[object] = st.recursive(
    st.one_of(st.sampled_from(["bowl", "de", "8.90", "de_DE", ""]), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["de", "price", "offer", "copy", "monday", "[key]", "0", "was"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["brand", "formats", "markets", "offers", "copy", "days", "budget", "checks", "x"]
)


@bounded
@given(parts=st.dictionaries(KEYS, NODES, max_size=3))
def test_any_shape_under_any_key_gives_problems_and_never_a_traceback(
    tmp_path: pathlib.Path, good: str, parts: dict[str, object]
) -> None:
    lines = [line for line in good.splitlines() if line.split(":")[0] not in parts]
    text = "\n".join([*lines, *(f"{key}: {_flow(node)}" for key, node in parts.items())])
    _only_problems(tmp_path / "shaped.yaml", text)


def _flow(node: object) -> str:
    """Write a node as YAML on one line, every scalar in double quotes."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    escaped = "".join(f"\\U{ord(c):08X}" for c in str(node))
    return f'"{escaped}"'


def test_a_threshold_is_a_number_or_off(load: Callable[[str], LoadedCampaign], good: str) -> None:
    checks = load(f"{good}checks: {{blur: off, contrast: 4.6}}\n").campaign.checks
    assert checks.blur is None
    assert checks.contrast == decimal.Decimal("4.6")
    assert checks.drawn == decimal.Decimal(2)  # what is not named stays as it usually is


def test_thresholds_come_back_from_their_json_as_they_were() -> None:
    checks = Checks.model_validate({"blur": "off", "kilobytes": "150"})
    assert Checks.model_validate_json(checks.model_dump_json()) == checks
