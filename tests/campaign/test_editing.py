"""Editing: one value changes, and every other byte of the file stays."""

import difflib
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.campaign.document import Document, parsed
from pipeline.campaign.editing import with_value
from pipeline.errors import UsageError
from pipeline.settings import PROJECT

FILE = """\
# the lunch menu
campaign: lunch   # keep this comment
offers:
  bowl:
    price: {de: 8.90, ch: "14.90",   # Swiss francs
            jp: 1180}
    was:
      de: 10.90

      ch: 17.90  # was

  soup:
    price:
      de: 4.90
days:
  friday: [{offer: bowl, price: {de: 7.90}}, soup]
"""


def document(text: str = FILE) -> Document:
    return parsed("lunch.yaml", text.encode())


def edited(path: tuple[str | int, ...], value: str, text: str = FILE) -> list[str]:
    """Return the lines that differ, as a diff shows them."""
    after = with_value(document(text), path, value).decode()
    lines = difflib.unified_diff(text.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in {"+++", "---"}]


def test_a_price_in_a_flow_table_changes_in_its_line() -> None:
    assert edited(("offers", "bowl", "price", "de"), "8.50") == [
        '-    price: {de: 8.90, ch: "14.90",   # Swiss francs',
        '+    price: {de: 8.50, ch: "14.90",   # Swiss francs',
    ]


def test_quotes_and_comments_stay() -> None:
    assert edited(("offers", "bowl", "price", "ch"), "13.90")[1].endswith(
        'ch: "13.90",   # Swiss francs'
    )
    assert edited(("offers", "bowl", "was", "ch"), "16.90")[1] == "+      ch: 16.90  # was"


def test_what_a_flow_table_lacks_is_added_at_its_end() -> None:
    assert edited(("offers", "bowl", "price", "fr"), "9.90")[1] == (
        "+            jp: 1180, fr: 9.90}"
    )


def test_what_a_block_table_lacks_is_added_as_a_line_of_its_own() -> None:
    assert edited(("offers", "soup", "price", "ch"), "7.90") == ["+      ch: 7.90"]
    assert edited(("offers", "bowl", "was", "jp"), "1480") == ["+      jp: 1480"]


def test_a_value_in_a_list_is_found() -> None:
    assert edited(("days", "friday", 0, "price", "de"), "7.50")[1] == (
        "+  friday: [{offer: bowl, price: {de: 7.50}}, soup]"
    )


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    windows = b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()
    after = with_value(parsed("x.yaml", windows), ("offers", "soup", "price", "ch"), "7.90")
    assert after == windows.replace(b"de: 4.90\r\n", b"de: 4.90\r\n      ch: 7.90\r\n")


def test_a_table_that_is_not_there_is_not_invented() -> None:
    with pytest.raises(UsageError, match=r"lunch\.yaml has no table offers\.stew\.price"):
        with_value(document(), ("offers", "stew", "price", "de"), "1.00")


def test_a_table_is_not_replaced_by_a_value() -> None:
    with pytest.raises(UsageError, match=r"offers\.bowl\.price is a table"):
        with_value(document(), ("offers", "bowl", "price"), "1.00")


def test_a_value_that_would_need_quotes_is_refused() -> None:
    with pytest.raises(UsageError, match="without quotes"):
        with_value(document(), ("campaign",), "a: b")


def test_an_empty_table_is_left_to_a_person() -> None:
    with pytest.raises(UsageError, match="edit the file by hand"):
        with_value(
            document("offers: {bowl: {price: {}}}\n"), ("offers", "bowl", "price", "de"), "1"
        )


@given(
    market=st.sampled_from(["us", "de", "jp", "il"]),
    offer=st.sampled_from(["bowl", "burger", "pizza"]),
    amount=st.decimals(min_value="0.01", max_value=99_999, places=2).map(str),
)
def test_any_price_of_the_example_changes_alone(market: str, offer: str, amount: str) -> None:
    file: pathlib.Path = PROJECT / "campaigns" / "daily-deals.yaml"
    before = parsed(str(file), file.read_bytes())
    path = ("offers", offer, "price", market)
    after = with_value(before, path, amount)
    assert with_value(parsed("x", after), path, _at(before, path)) == before.content


def _at(read: Document, path: tuple[str, ...]) -> str:
    node = read.tree
    for part in path:
        assert isinstance(node, dict)
        node = node[part]
    assert isinstance(node, str)
    return node
