"""Price lists: which row gives which price, and what is said of a row that gives none."""

import csv
import datetime as dt
import decimal
import io
import json
import pathlib
from collections.abc import Callable, Sequence

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.campaign.feed import Feed
from pipeline.campaign.feeds.beside import Beside, read_beside
from pipeline.campaign.feeds.prices import BadAmountError, amount_of, changes
from pipeline.campaign.feeds.rows import UnreadableError, csv_rows, json_rows
from pipeline.campaign.feeds.snapshot import Snapshot, Used
from pipeline.campaign.load import LoadedCampaign, load_campaign
from pipeline.campaign.money import precision_problem
from pipeline.errors import CampaignError
from tests.lunch import lunch

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
CAMPAIGN = (
    lunch("meta-square", de="de_DE", jp="ja_JP")
    + """\
offers:
  bowl:
    price: {de: 8.90}
    was: {de: 10.90}
    copy: {headline: {de: Bowls, ja: ボウル}}
feed:
  from: prices.csv
  columns: {offer: sku, market: shop, price: price, was: old, currency: money}
"""
)
HEAD = "sku,shop,price,old,money\n"
LIST = HEAD + "bowl,de,8.50,10.90,EUR\nbowl,jp,1180,,JPY\n"
DATED = CAMPAIGN.replace("money}", "money, valid_from: from, valid_to: to}")

Load = Callable[..., LoadedCampaign]


class On(Beside):
    """Files beside the campaign, on a day."""

    def __init__(self, used: Sequence[Used] = ()) -> None:
        self._used = used

    def snapshot(self, _campaign: str, feed: Feed, file: str) -> Snapshot:
        return read_beside(feed, file, NOW)

    def used(self, _campaign: str) -> Sequence[Used]:
        return self._used

    def day_of(self, _market: str, _time_zone: str) -> dt.date:
        return NOW.date()


@pytest.fixture
def load(tmp_path: pathlib.Path) -> Load:
    """Return what loads a campaign with a price list beside it."""

    def loaded(
        rows: str = LIST, text: str = CAMPAIGN, name: str = "prices.csv", used: Sequence[Used] = ()
    ) -> LoadedCampaign:
        (tmp_path / "lunch.yaml").write_text(text, "utf-8")
        (tmp_path / name).write_text(rows, "utf-8")
        return load_campaign(tmp_path / "lunch.yaml", ["deal"], supply=On(used))

    return loaded


def problems(load: Load, *given: str) -> list[str]:
    with pytest.raises(CampaignError) as caught:
        load(*given)
    return [
        f"{pathlib.Path(one.file).name}:{one.line}: {one.path}: {one.what}; {one.remedy}"
        for one in caught.value.problems
    ]


def test_prices_of_the_list_take_the_place_of_the_files(load: Load) -> None:
    loaded = load()
    bowl = loaded.campaign.offers["bowl"]
    assert {name: str(price) for name, price in bowl.price.items()} == {"de": "8.50", "jp": "1180"}
    assert {name: str(price) for name, price in bowl.was.items()} == {"de": "10.90"}
    file, line = loaded.document.place_of(("offers", "bowl", "price", "jp"))
    assert (pathlib.Path(file).name, line) == ("prices.csv", 3)
    assert loaded.fed.record()["from"] == "prices.csv"
    assert loaded.fed.notes == ()


def test_a_row_without_a_former_price_leaves_none_if_the_list_has_such_a_column(
    load: Load,
) -> None:
    rows = LIST.replace("10.90", "")
    assert load(rows).campaign.offers["bowl"].was == {}
    without = CAMPAIGN.replace("was: old, ", "")
    assert load(rows, without).campaign.offers["bowl"].was == {"de": decimal.Decimal("10.90")}


def test_a_day_of_the_file_beats_the_list_on_its_day(load: Load) -> None:
    day = "days: {every: bowl, 2026-11-27: {offer: bowl, price: {de: 7.90}}}\n"
    campaign = load(LIST, CAMPAIGN + day).campaign
    assert str(campaign.days["2026-11-27"][0].price["de"]) == "7.90"
    assert str(campaign.offers["bowl"].price["de"]) == "8.50"


def test_a_json_list_at_a_path_is_read_with_the_line_of_each_row(load: Load) -> None:
    rows = [
        {"sku": "bowl", "shop": "de", "cost": {"now": 8.5}, "money": "EUR"},
        {"sku": "bowl", "shop": "jp", "cost": {"now": 1180.0}, "money": "JPY"},
    ]
    tree = {"note": ["}]", {"items": 1}], "data": {"n": 2, "items": rows}}
    block = (
        "feed:\n  from: prices.json\n  rows: data.items\n"
        "  columns: {offer: sku, market: shop, price: cost.now, currency: money}\n"
    )
    text = CAMPAIGN[: CAMPAIGN.index("feed:")] + block
    loaded = load(json.dumps(tree, indent=1), text, "prices.json")
    price = loaded.campaign.offers["bowl"].price
    assert {name: str(amount) for name, amount in price.items()} == {"de": "8.50", "jp": "1180"}
    line = loaded.document.place_of(("offers", "bowl", "price", "jp"))[1]
    assert json.dumps(tree, indent=1).splitlines()[line].strip() == '"sku": "bowl",'
    assert line > 15


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            LIST.replace("8.50", "8,50"),
            (
                "prices.csv:2: : row 1 has 6 cells, the header 5; correct the row, or name the "
                "`separator`"
            ),
        ),
        (
            LIST.replace("8.50", "eight"),
            (
                "prices.csv:2: offers.bowl.price.de: row 1: 'eight' is no amount; write an amount "
                "such as 8.90, without grouping"
            ),
        ),
        (
            LIST.replace("8.50", ""),
            "prices.csv:2: offers.bowl.price.de: row 1: has no price; write an amount such as 8.90",
        ),
        (
            LIST.replace("8.50", "8.505"),
            (
                "prices.csv:2: offers.bowl.price.de: row 1: 8.505 cannot be shown; EUR "
                "has 2 decimals, "
                "write no more of them"
            ),
        ),
        (
            LIST.replace("1180", "1180.50"),
            (
                "prices.csv:3: offers.bowl.price.jp: row 2: 1180.50 cannot be shown; JPY has no "
                "decimals, write a whole amount"
            ),
        ),
        (
            LIST.replace("EUR", "USD"),
            (
                "prices.csv:2: offers.bowl.price.de: row 1: is in USD, not in EUR; "
                "correct the row, or "
                "`feed.markets`"
            ),
        ),
        (
            LIST + "\n" + "bowl,de,8.60,,EUR\n",
            (
                "prices.csv:5: offers.bowl.price.de: row 3: is there twice, first in row "
                "1 on line 2; "
                "keep one of the two, or give them other days"
            ),
        ),
        (
            LIST.replace("sku", "SKU"),
            (
                "prices.csv:1: : has no column 'sku'; correct `feed.columns.offer` or the "
                "`separator`; "
                "there are: SKU, shop, price, old, money"
            ),
        ),
        (
            LIST.replace("old", "sku"),
            (
                "prices.csv:1: : has 2 columns 'sku'; correct `feed.columns.offer` or the "
                "`separator`; "
                "there are: sku, shop, price, sku, money"
            ),
        ),
        (
            "<!doctype html><title>Sign in</title>",
            (
                "prices.csv:1: : is a web page or XML, not a price list; look at the "
                "address; it may "
                "ask for a login"
            ),
        ),
        ("", "prices.csv:1: : is empty; look at what writes it"),
        (
            HEAD + '"bowl,de,8.50\n',
            "prices.csv:2: : is no CSV (unexpected end of data); have it written again",
        ),
        (
            HEAD + "bowl,de,8.50,10.90,EUR\n",
            (
                "lunch.yaml:12: offers.bowl.price.jp: prices.csv has no row for bowl in jp that is "
                "valid now; add the row, or `jp: <amount>` here"
            ),
        ),
        (
            HEAD + ",de,8.50,10.90,EUR\nbowl,jp,1180,,JPY\n",
            "prices.csv:2: : row 1 has no offer; write it, or cut the row",
        ),
    ],
)
def test_every_problem_has_its_row(load: Load, rows: str, says: str) -> None:
    assert problems(load, rows)[0] == says


def test_problems_come_all_at_once_and_are_bounded(load: Load) -> None:
    rows = HEAD + "bowl,de,x,,EUR\n" * 60
    found = problems(load, rows)
    assert len(found) == 51
    assert "prices.csv:1: : and 10 more problems; correct these first" in found


def test_a_former_price_below_the_price_is_told_at_its_row(load: Load) -> None:
    (said,) = problems(load, LIST.replace("10.90", "8.40"))
    assert said.startswith("prices.csv:2: offers.bowl.was.de: the former price 8.40 is not higher")


def test_a_missing_row_leaves_the_files_price_and_says_so(load: Load) -> None:
    (note,) = load(HEAD + "bowl,jp,1180,,JPY\n").fed.notes
    assert (note.line, note.path) == (12, "offers.bowl.price.de")
    assert note.what == (
        "prices.csv has no row for bowl in de that is valid now, so 8.90 of the file is used"
    )


def test_rows_of_others_are_counted_and_nothing_else(load: Load) -> None:
    other = "soup,de,x,,\nbowl,at,x,,\nbowl,fr,1,,\n"
    fed = load(LIST + other).fed
    assert (fed.rows, dict(fed.left_out)) == (5, {"other offers": 1, "other markets": 2})


def test_names_are_mapped_and_a_map_is_all_there_is(load: Load) -> None:
    maps = "  offers: {COAT 1: bowl}\n  markets: {DEU: de}\n"
    rows = HEAD + "COAT 1,DEU,8.50,,EUR\nbowl,jp,1,,JPY\nCOAT 1,jp,1,,JPY\n"
    text = CAMPAIGN.replace("price: {de: 8.90}", "price: {de: 8.90, jp: 1200}") + maps
    loaded = load(rows, text)
    assert dict(loaded.fed.prices) == {("bowl", "de"): ("8.50", "")}
    assert str(loaded.campaign.offers["bowl"].price["jp"]) == "1200"
    assert loaded.fed.notes == ()  # jp is none of the list's markets
    (said,) = problems(load, rows, text.replace("{DEU: de}", "{DEU: at}"))
    assert said.startswith("lunch.yaml:19: feed.markets.DEU: there is no 'at' under markets;")


MENU = """\
  board:
    copy: {headline: {de: Heute, ja: 今日}}
    items:
      soup: {name: {de: Suppe, ja: スープ}, price: {de: 5.00, jp: 500}}
      roll: {name: {de: Semmel, ja: パン}, price: {de: 1.00}}
feed:
"""


def test_the_items_of_a_menu_have_prices_too(load: Load) -> None:
    text = CAMPAIGN.replace("feed:\n", MENU)
    rows = LIST + "board/soup,de,5.5,9.90,EUR\nboard/soup,jp,550,,JPY\nboard/roll,jp,120,,JPY\n"
    loaded = load(rows, text)
    items = loaded.campaign.offers["board"].items
    assert {name: str(price) for name, price in items["soup"].price.items()} == {
        "de": "5.50",
        "jp": "550",
    }
    assert loaded.document.place_of(("offers", "board", "items", "soup", "price", "jp"))[1] == 5
    (note,) = loaded.fed.notes  # the board itself has no price, and needs none
    assert note.path == "offers.board.items.roll.price.de"
    (said,) = problems(load, rows.replace("5.5,", "5.555,"), text)
    assert said.startswith("prices.csv:4: offers.board.items.soup.price.de: row 3: 5.555 cannot")

    whole = text.replace("{de: 8.90}", "{de: 8.90, jp: 980}").replace(
        "{de: 1.00}", "{de: 1.00, jp: 9}"
    )
    mapped = whole + "  offers: {S1: board/soup}\n"
    assert dict(load(HEAD + "S1,de,5.5,,EUR\nS1,jp,5,,JPY\n", mapped, "prices.csv").fed.prices) == {
        ("board/soup", "de"): ("5.50", ""),
        ("board/soup", "jp"): ("5", ""),
    }


def test_of_two_rows_the_one_that_is_valid_on_the_day_counts(load: Load) -> None:
    rows = (
        "sku,shop,price,old,money,from,to\n"
        "bowl,de,9.90,,EUR,,2026-11-26\nbowl,de,8.50,,EUR,2026-11-27,2026-11-27\n"
        "bowl,de,9.50,,EUR,2026-11-28,\nbowl,jp,1180,,JPY,,\n"
    )
    fed = load(rows, DATED).fed
    assert fed.prices["bowl", "de"] == ("8.50", "")
    assert dict(fed.left_out) == {"other days": 2}
    (said,) = problems(load, rows.replace("2026-11-26", "2026-11-27"), DATED)
    assert "row 2: is there twice, first in row 1 on line 2" in said
    (said,) = problems(load, rows.replace("2026-11-26", "26.11.26"), DATED)
    assert said.endswith("row 1: '26.11.26' is no date; write it as 2026-11-27")


@pytest.mark.parametrize(
    ("cell", "mark", "currency", "amount"),
    [
        ("8.9", ".", "EUR", "8.90"),
        ("8", ".", "EUR", "8"),
        ("8.00", ".", "EUR", "8.00"),
        ("1180.0", ".", "JPY", "1180"),
        ("8,90", ",", "EUR", "8.90"),
        ("8.90 EUR", ".", "EUR", "8.90"),
        ("1.5", ".", "KWD", "1.500"),
    ],
)
def test_an_amount_gets_the_decimals_of_its_currency(
    cell: str, mark: str, currency: str, amount: str
) -> None:
    assert amount_of(cell, mark, currency) == amount


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("1,180", "."),
        ("1.180,00", ","),
        ("8.90", ","),
        ("-8.90", "."),
        ("8.90 USD", "."),
        ("8e2", "."),
        ("٨", "."),
        ("08.90", "."),
        ("NaN", "."),
    ],
)
def test_what_might_be_another_amount_is_none(cell: str, mark: str) -> None:
    with pytest.raises(BadAmountError):
        amount_of(cell, mark, "EUR")


def test_what_changed_since_the_last_run_is_said(load: Load) -> None:
    used = [Used(at=NOW, prices={("bowl", "de"): ("8.90", "10.90"), ("bowl", "fr"): ("9.90", "")})]
    assert load(used=used).fed.changed == (
        "bowl de 8.90 -> 8.50",
        "bowl fr 9.90 -> none",
        "bowl jp none -> 1180",
    )
    assert load().fed.changed == ()
    assert list(changes({("a", "de"): ("1", "3")}, {("a", "de"): ("1", "2")})) == [
        "a de was 3 -> 2"
    ]


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("from: ../prices.csv", "'../prices.csv' lies outside the campaign's folder"),
        ("from: none.csv", "there is no price list 'none.csv'"),
        ("from: https://prices.example/x.csv?token=canary", "https://prices.example/x.csv comes"),
        ("from: ftp://prices.example/x.csv", "is not valid"),
        ("from: https://me:canary@prices.example/x.csv", "has a user name in the address"),
        ("key_variable: FAL_KEY\n  from: prices.csv", "whose name begins with FEED_"),
    ],
)
def test_a_list_that_cannot_be_had_is_a_problem_of_the_campaign(
    tmp_path: pathlib.Path, block: str, says: str
) -> None:
    (tmp_path / "lunch.yaml").write_text(CAMPAIGN.replace("from: prices.csv", block), "utf-8")
    with pytest.raises(CampaignError, match="feed") as caught:
        load_campaign(tmp_path / "lunch.yaml", ["deal"])
    assert says in str(caught.value)
    if "://me:" not in block:  # what a person wrote into the file is shown to that person
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("[1]", "", "row 1 is no object"),
        ('{"a": {}}', "a", "has no list at 'a'"),
        ('{"a": [{}]}', "a.b", "has no 'b' on the way to 'a.b'"),
        ("[{}", "", "is no JSON"),
        ("[{}] x", "", "is no JSON"),
        ("[" * 100_000, "", "is nested too deeply"),
    ],
)
def test_json_that_is_no_list_of_rows_is_said_to_be_none(text: str, path: str, says: str) -> None:
    with pytest.raises(UnreadableError, match=says):
        list(json_rows(text, path, {"offer": "sku"}))


def test_a_row_of_several_lines_is_told_by_its_first() -> None:
    rows = list(csv_rows('a,b\n"x\ny",1\n\nz,2\n', ",", {"offer": "a"}))
    assert [(row.line, row.number) for row in rows] == [(2, 1), (5, 2)]


def test_the_example_campaign_delivers_what_its_list_says() -> None:
    file = pathlib.Path(__file__).parent.parent.parent / "campaigns" / "winter-sale.yaml"
    coats = load_campaign(file, ["sale"]).campaign.offers["coats"]
    said = {name: (str(coats.price[name]), str(coats.was[name])) for name in coats.price}
    assert said == {
        "gb": ("119.00", "199.00"),
        "de": ("129.00", "219.00"),
        "pl": ("549.00", "899.00"),
        "kr": ("179000", "298000"),
        "ae": ("499", "829"),
    }


CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD", "KRW"])
DIGITS = st.from_regex(r"(0|[1-9][0-9]{0,7})(\.[0-9]{1,4})?", fullmatch=True)


@given(DIGITS, CURRENCIES, st.sampled_from([".", ","]))
@settings(max_examples=200, deadline=None)
def test_no_amount_ever_changes_its_value(digits: str, currency: str, mark: str) -> None:
    value, cell = decimal.Decimal(digits), digits.replace(".", mark)
    if value != round(value, get_currency_precision(currency)):
        with pytest.raises(BadAmountError, match="cannot be shown"):
            amount_of(cell, mark, currency)
        return
    amount = amount_of(cell, mark, currency)
    assert decimal.Decimal(amount) == value
    assert precision_problem(decimal.Decimal(amount), currency) == ""


CELLS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=9)
TABLE = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=9)


@given(TABLE, st.sampled_from([",", ";", "\t"]))
@settings(max_examples=100, deadline=None)
def test_what_is_written_as_csv_is_read_from_its_line(
    table: list[tuple[str, str, str]], delimiter: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([("a", "b", "c"), *table])
    rows = list(csv_rows(out.getvalue(), delimiter, {"x": "c", "y": "a"}))
    assert [(row.cells["y"], row.cells["x"]) for row in rows] == [(a, c) for a, _, c in table]
    assert [(row.number, row.line) for row in rows] == [(n, n + 1) for n in range(1, len(rows) + 1)]


@given(
    st.lists(st.dictionaries(CELLS, st.one_of(CELLS, st.integers(), st.none())), max_size=9),
    st.dictionaries(CELLS, st.lists(CELLS), max_size=3),
    st.sampled_from([None, 1, 4]),
)
@settings(max_examples=100, deadline=None)
def test_what_is_written_as_json_is_read_from_its_line(
    items: list[dict[str, object]], before: dict[str, list[str]], indent: int | None
) -> None:
    tree = {**before, "the": {"x": [{}, [1]], "rows": items}, "z": "]}"}
    text = json.dumps(tree, indent=indent, ensure_ascii=False)
    rows = list(json_rows(text, "the.rows", {"a": "a"}))
    said = [None if one is None else str(one) for one in (item.get("a") for item in items)]
    assert [row.cells["a"] for row in rows] == [one and one.strip() for one in said]
    lines = text.split("\n")
    assert all(lines[row.line - 1].lstrip()[0] == "{" for row in rows if indent)
    assert all(row.line == 1 for row in rows if not indent)
