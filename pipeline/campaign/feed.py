"""The block `feed:` of a campaign file: which price list, and which column means what."""

import re
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from pipeline.campaign.generation import Frozen
from pipeline.campaign.scalars import Amount, Identifier

SCHEMES = ("http://", "https://")
_OFFER = re.compile(r"[a-z0-9-]{1,48}(/[a-z0-9-]{1,48})?")
_VARIABLE = re.compile(r"FEED_[A-Z0-9_]{1,60}")
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def _source(value: str) -> str:
    if "://" not in value:
        return value
    if not value.startswith(SCHEMES):
        raise ValueError("expected a file beside the campaign, or an http or https address")
    if "@" in value.partition("://")[2].partition("/")[0]:
        raise ValueError(
            "has a user name in the address; remove it, and name the key's variable with "
            "`key_variable`"
        )
    return value


def _offer(value: str) -> str:
    if not _OFFER.fullmatch(value):
        raise ValueError("expected an offer, or one of its items such as board/soup")
    return value


def _variable(value: object) -> object:
    """Let only keys of price lists be named, so that no file can send another key anywhere."""
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError("expected an environment variable whose name begins with FEED_")
    return value


Column: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]
Source: TypeAlias = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_source)]
OfferName: TypeAlias = Annotated[str, AfterValidator(_offer)]
Variable: TypeAlias = Annotated[
    str,
    BeforeValidator(_variable),
    WithJsonSchema({"type": "string", "pattern": "^FEED_[A-Z0-9_]+$"}),
]


class Columns(Frozen):
    """What the price list calls what we need; a key in a JSON row may be a path of dots."""

    offer: Column
    market: Column
    price: Column
    was: Column | None = Field(
        default=None, description="Former price; a row that leaves it empty has none"
    )
    currency: Column | None = Field(default=None, description="Must be the market's currency")
    valid_from: Column | None = Field(default=None, description="First day of a row, ISO 8601")
    valid_to: Column | None = Field(default=None, description="Last day of a row, ISO 8601")


class Feed(Frozen):
    """A price list from outside, whose prices take the place of those of the file."""

    from_: Source = Field(
        alias="from", description="A file beside the campaign, or an http or https address"
    )
    kind: Literal["csv", "json"] | None = Field(
        default=None, description="Left out, the ending of the name says it"
    )
    rows: str = Field(default="", description="JSON: path of dots to the list of rows")
    separator: Literal["comma", "semicolon", "tab"] = "comma"
    decimal: Literal["point", "comma"] = Field(
        default="point", description="What stands before the decimals; there is no grouping"
    )
    columns: Columns
    offers: dict[Column, OfferName] = Field(
        default={},
        description="The list's name to ours, `offer` or `offer/item`; left out, they are ours",
    )
    markets: dict[Column, Identifier] = Field(
        default={}, description="The list's name to ours; left out, the names are ours"
    )
    key_variable: Variable | None = Field(
        default=None,
        description="Environment variable FEED_… whose value is sent as a bearer token",
    )
    stale_hours: Amount = Field(
        default=Decimal(0),
        description="How old the last snapshot may be when the server cannot be reached",
    )

    @property
    def is_remote(self) -> bool:
        """Return whether it comes from a server."""
        return self.from_.startswith(SCHEMES)

    @property
    def is_json(self) -> bool:
        """Return whether it is JSON; else it is CSV."""
        if self.kind:
            return self.kind == "json"
        return self.from_.partition("?")[0].lower().endswith(".json")

    @property
    def delimiter(self) -> str:
        """Return the character between two cells of CSV."""
        return _SEPARATORS[self.separator]

    @property
    def shown(self) -> str:
        """Return what may be shown of where it comes from: an address without its query."""
        return self.from_.partition("?")[0] if self.is_remote else self.from_
