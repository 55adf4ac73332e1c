"""Values at paths of a tree that a person may have written in any way."""

import pytest

from pipeline.campaign.document import Node, Path
from pipeline.campaign.tree import node_at, placed, table_at, text_at, without

TREE: Node = {
    "campaign": "lunch",
    "offers": {"bowl": {"price": {"de": "8.90"}}},
    "days": {"friday": [{"offer": "bowl"}, "soup"], "7": "bowl"},
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("campaign",), "lunch"),
        (("offers", "bowl", "price", "de"), "8.90"),
        (("days", "friday", 0, "offer"), "bowl"),
        (("days", "friday", 1), "soup"),
        (("days", 7), "bowl"),
        (("days", "friday", 2), ""),
        (("campaign", "name"), ""),
        (("days", "friday", "offer"), ""),
        (("offers",), ""),
    ],
)
def test_what_is_not_there_or_no_text_is_empty(path: Path, text: str) -> None:
    assert text_at(TREE, *path) == text


def test_a_node_that_is_no_table_is_an_empty_one() -> None:
    assert table_at(TREE, "offers", "bowl", "price") == {"de": "8.90"}
    assert table_at(TREE, "days", "friday") == table_at(TREE, "campaign") == {}
    assert node_at(TREE) is TREE


@pytest.mark.parametrize(
    "path", [("offers", "soup", "price", "de"), ("days", "friday", 0, "price"), ("feed",)]
)
def test_what_is_placed_is_there_and_nothing_else_has_changed(path: Path) -> None:
    before = repr(TREE)
    tree = placed(TREE, path, "4.90")
    assert text_at(tree, *path) == "4.90"
    kept = ("offers", "bowl"), ("days", "friday", 1), ("campaign",)
    assert all(node_at(tree, *one) == node_at(TREE, *one) for one in kept)
    assert repr(TREE) == before


def test_a_text_in_the_way_gives_way_and_is_not_hidden_under_a_table() -> None:
    assert placed({"offers": {"bowl": "x"}}, ("offers", "bowl", "price", "de"), "1") == {
        "offers": {"bowl": "1"}
    }


@pytest.mark.parametrize(
    ("path", "left"),
    [
        (("a", "b"), {"a": {}, "l": ["x", {"k": "y"}]}),
        (("l", 0), {"a": {"b": "1"}, "l": [{"k": "y"}]}),
        (("l", 1, "k"), {"a": {"b": "1"}, "l": ["x", {}]}),
        (("a", "b", "deeper"), {"a": {}, "l": ["x", {"k": "y"}]}),
        (("l", 9, "k"), {"a": {"b": "1"}, "l": ["x", {"k": "y"}]}),
        (("z", "b"), {"a": {"b": "1"}, "l": ["x", {"k": "y"}]}),
        ((), {"a": {"b": "1"}, "l": ["x", {"k": "y"}]}),
    ],
)
def test_a_part_is_left_out_or_the_text_that_its_path_ends_in(path: Path, left: Node) -> None:
    assert without({"a": {"b": "1"}, "l": ["x", {"k": "y"}]}, path) == left
