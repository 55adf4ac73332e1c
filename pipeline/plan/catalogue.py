"""Catalogue: what each provider can do and what it costs, as dated data.

One file for each provider in the folder `providers`; the vendor's page stands beside each figure.
"""

import dataclasses
import decimal
import functools
import importlib.resources
import tomllib
from collections.abc import Iterable, Mapping
from typing import Literal

import pydantic

from pipeline.errors import UsageError
from pipeline.plan.job import PlateRequest

MEGAPIXEL = 1024 * 1024
"""Pixels of one billed megapixel: the only unit under which the vendors' own tables hold, such
as Runflow's 2048 x 2048 = $0.075 on pro (0.03 + 3 x 0.015)."""

STUDIO = "studio"
"""The provider that paints on this machine, for nothing."""

_NAMES = (STUDIO, "runflow", "fal", "bfl")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars a megapixel; of each picture, made or given, megapixels are rounded up.

    Attributes:
        first: The first megapixel of the picture that is made.
        further: Each further one.
        input: Each megapixel of a reference picture.
    """

    first: decimal.Decimal
    further: decimal.Decimal
    input: decimal.Decimal

    def of(self, width: int, height: int, references: Iterable[int] = ()) -> decimal.Decimal:
        """Return the price of one picture in US dollars.

        Args:
            width: Width in pixels.
            height: Height in pixels.
            references: Billed megapixels of each reference picture.
        """
        further = megapixels(width, height) - 1
        return self.first + further * self.further + sum(references) * self.input


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """Which sizes a model makes.

    Attributes:
        multiple: Both sides are multiples of this many pixels.
        least: Pixels a side, at least.
        most: Pixels a side, at most.
        most_pixels: Pixels of the picture, at most.
    """

    multiple: int
    least: int
    most: int
    most_pixels: int

    def allows(self, width: int, height: int) -> bool:
        """Return whether a size in pixels is legal."""
        sides = all(
            self.least <= side <= self.most and not side % self.multiple for side in (width, height)
        )
        return sides and width * height <= self.most_pixels


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of a provider.

    Attributes:
        slug: Its name in the provider's paths.
        edit_slug: The name to use with reference pictures.
        price: What it costs.
        size: Which sizes it makes.
        takes: Parameter to its range (least and most), its words, or nothing for true or false.
            Parameters are named as in `job.Parameters`; what is not here is dropped.
        own: Values that suit it better than those of the campaign's quality.
        always: Fields of the provider's own that go with every request.
        references: Reference pictures, at most.
        rewriting: Whether the provider rewrites prompts: `off` if it could and is told not to,
            `none` if it cannot, `unknown` if it does not say.
    """

    slug: str
    edit_slug: str
    price: Price
    size: SizeRule
    takes: Mapping[str, tuple[decimal.Decimal | str, ...]]
    own: Mapping[str, decimal.Decimal]
    always: Mapping[str, bool | int]
    references: int
    rewriting: Literal["off", "none", "unknown"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider declares.

    Attributes:
        name: Its name in campaign files.
        read: Day on which prices and rules were read.
        only: The model it runs whatever the campaign's `model` says; empty if that decides.
        draws_words: Whether it can letter; if not, every line is typeset.
        paints_backdrops: Whether it paints the scene's backdrop itself; others take a prompt.
        idempotent: Whether the same attempt submitted twice is one attempt.
        look_up: How an attempt whose outcome is unknown is found: by our own label, in a listing
            of what was sent, or not at all.
        charges: Whether it keeps a record of what it charged.
        active: Attempts under way at a time, at most.
        result_life: Seconds for which the address of a picture is valid.
        key_variable: Variable of the environment that holds the key; empty if it needs none.
        url_variable: Variable that replaces its addresses; empty if there are none.
        key_hosts: Scheme, host and port of every server that the key may go to; `*.` stands for
            any names before the rest.
        urls: What for (api, queue, sync, platform, jwks) to address.
        models: Name in campaign files to model.
    """

    name: str
    read: str
    only: str
    draws_words: bool
    paints_backdrops: bool
    idempotent: bool
    look_up: Literal["client_ref", "listing", "none"]
    charges: bool
    active: int
    result_life: float
    key_variable: str
    url_variable: str
    key_hosts: tuple[str, ...]
    urls: Mapping[str, str]
    models: Mapping[str, Model]

    def model(self, name: str) -> Model:
        """Return a model by its name in campaign files.

        Raises:
            UsageError: If the provider does not have it.
        """
        known = self.only or name
        if known not in self.models:
            have = ", ".join(self.models)
            raise UsageError(f"{self.name} has no model {name!r}; use one of: {have}")
        return self.models[known]

    def cost(self, request: PlateRequest) -> decimal.Decimal:
        """Return the price of one picture in US dollars, by the day's table."""
        given = (reference.megapixels for reference in request.references)
        return self.model(request.model).price.of(request.width, request.height, given)


def megapixels(width: int, height: int) -> int:
    """Return the billed megapixels of a picture of a size in pixels: rounded up, at least 1."""
    return max(1, -(-width * height // MEGAPIXEL))


def capabilities(provider: str) -> Capabilities:
    """Return what a provider declares.

    Raises:
        UsageError: If there is no such provider.
    """
    if provider not in _NAMES:
        msg = f"there is no provider {provider!r}; use one of: {', '.join(_NAMES)}"
        raise UsageError(msg)
    return _read(provider)


def providers() -> tuple[str, ...]:
    """Return the names of all providers."""
    return _NAMES


@functools.cache
def _read(provider: str) -> Capabilities:
    folder = importlib.resources.files("pipeline.plan") / "providers"
    text = (folder / f"{provider}.toml").read_text("utf-8")
    tree = tomllib.loads(text, parse_float=decimal.Decimal)
    return pydantic.TypeAdapter(Capabilities).validate_python(tree)
