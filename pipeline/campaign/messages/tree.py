"""Trees: a campaign file as it would be with other texts, or other locales, in it."""

from pipeline.campaign.document import Node, Path
from pipeline.campaign.messages.texts import Source


def placed(tree: Node, path: Path, node: Node) -> Node:
    """Return a tree with a node at a path whose parents it has."""
    if not path or not isinstance(tree, dict):
        return node
    head = str(path[0])
    return {**tree, head: placed(tree.get(head, {}), path[1:], node)}


def spoken_by_source(tree: Node, source: Source) -> Node:
    """Return a tree whose markets all speak the locale that is translated from."""
    if not source.locale:
        return tree
    for market in source.markets:
        tree = placed(tree, ("markets", market, "locales"), [source.locale])
    return tree
