"""References: how a text calls one of the campaign's pictures, as in `@product`."""

import re
from collections.abc import Mapping

OWN_REFERENCES = ("product", "logo")
"""Names of the offer's picture and the brand's logo; the campaign names all others."""

_CALL = re.compile(r"(?<![\w@.])@([a-z0-9]+(?:-[a-z0-9]+)*)")


def called_references(text: str) -> tuple[str, ...]:
    """Return the names that a text calls, each once, in the order of their first call."""
    return tuple(dict.fromkeys(_CALL.findall(text)))


def with_places(text: str, places: Mapping[str, int]) -> str:
    """Return a text with each call replaced by the picture's place, as in `image 1`.

    Args:
        text: The text.
        places: Name to place in the list of references, from 1. What has no place is not sent,
            and is called by its bare name, as in `the product`.
    """

    def said(match: re.Match[str]) -> str:
        name = match[1]
        return f"image {places[name]}" if name in places else f"the {name.replace('-', ' ')}"

    return _CALL.sub(said, text)
