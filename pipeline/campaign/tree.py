"""The tree of a parsed file: what it has at a path, and the tree with something else there.

A tree may be anything that a person wrote: what is not there is empty. None is changed in place.
"""

from typing import TypeAlias

from pipeline.campaign.document import Node, Path

Table: TypeAlias = dict[str, Node]


def node_at(tree: Node, *path: str | int) -> Node:
    """Return what a tree has at a path; an empty text if it has nothing there."""
    for part in path:
        if isinstance(tree, list) and isinstance(part, int):
            tree = tree[part] if part < len(tree) else ""
        else:
            tree = tree.get(str(part), "") if isinstance(tree, dict) else ""
    return tree


def text_at(tree: Node, *path: str | int) -> str:
    """Return the text that a tree has at a path; an empty one if it has none there."""
    node = node_at(tree, *path)
    return node if isinstance(node, str) else ""


def table_at(tree: Node, *path: str | int) -> Table:
    """Return the table that a tree has at a path; an empty one if it has none there."""
    node = node_at(tree, *path)
    return node if isinstance(node, dict) else {}


def placed(tree: Node, path: Path, node: Node) -> Node:
    """Return a tree with a node at a path, in tables that are added where they are not there.

    What is no table, or no list for a number, gives way to the node: so that a text where a
    table should be is never hidden under a table that nobody wrote.
    """
    if not path:
        return node
    head, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(head, int):
        return [*tree[:head], placed(tree[head], rest, node), *tree[head + 1 :]]
    if not isinstance(tree, dict):
        return node
    return {**tree, str(head): placed(tree.get(str(head), {}), rest, node)}


def without(tree: Node, path: Path) -> Node:
    """Return a tree without what is at a path, or without the text that the path ends in."""
    if not path:
        return tree
    head, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(head, int):
        left = [one for node in tree[head : head + 1] for one in _left(node, rest)]
        return [*tree[:head], *left, *tree[head + 1 :]]
    if not isinstance(tree, dict):
        return tree
    return {
        key: one
        for key, node in tree.items()
        for one in (_left(node, rest) if key == str(head) else [node])
    }


def _left(node: Node, path: Path) -> list[Node]:
    """Return what is left of a node as a list of one, or of none."""
    return [without(node, path)] if path and not isinstance(node, str) else []
