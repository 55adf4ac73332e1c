"""Jobs: one plate to obtain; named by the fingerprint of its canonical request."""

import dataclasses
import decimal
import functools
import hashlib
import json
import pathlib
from typing import Any

PRODUCT = "product"
"""The name of the reference that is the offer's own picture."""
LOGO = "logo"
"""The name of the reference that is the brand's logo."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file of the campaign that goes into a plate.

    Attributes:
        path: Where it is; not part of the fingerprint.
        sha256: Hash of its bytes.
    """

    path: pathlib.Path
    sha256: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture that a plate is made after; prompts call it by its place in the list.

    Attributes:
        name: product, logo, or a name of the campaign's own.
        picture: The file.
        megapixels: What is billed for it, if it is billed; not part of the fingerprint.
    """

    name: str
    picture: Picture
    megapixels: int = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How a plate is made; None for what the model does not take.

    Attributes:
        steps: Inference steps.
        guidance: How closely the prompt is followed.
        safety_tolerance: From 1, strict, to 5.
        safety_checker: Whether the provider checks what it made.
        output_format: png or jpeg.
        sync_mode: Whether the picture comes in the answer's body.
        preset: The provider's own name of the size; empty if it is given in pixels.
    """

    steps: int | None = None
    guidance: decimal.Decimal | None = None
    safety_tolerance: int | None = None
    safety_checker: bool | None = None
    output_format: str | None = None
    sync_mode: bool | None = None
    preset: str = ""

    def tree(self) -> dict[str, Any]:
        """Return the parameters that are sent, as JSON values; guidance keeps its digits."""
        given = {name: getattr(self, name) for name in self.__slots__}
        kept = {name: value for name, value in given.items() if value not in {None, ""}}
        return {n: str(v) if isinstance(v, decimal.Decimal) else v for n, v in kept.items()}


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlateRequest:
    """The neutral request for a plate; each provider encodes it in its own way.

    Attributes:
        provider: Who is asked.
        model: Which model.
        quality: draft, production or final.
        prompt: The prompt; it calls the first reference "image 1", and so on.
        width: Width to make, in pixels; the format's own may differ.
        height: Height to make, in pixels.
        seed: 0 to 2^31 - 1.
        parameters: How it is made.
        backdrop: What the studio draws: kind, colours, subject places, direction and the hash
            of its template. Empty for an image model.
        references: The pictures it is made after, in order.
        pin: Hash of a picture in the store that is used as it is; empty if one is to be made.
    """

    provider: str
    model: str
    quality: str
    prompt: str
    width: int
    height: int
    seed: int
    backdrop: dict[str, Any]
    parameters: Parameters = Parameters()
    references: tuple[Reference, ...] = ()
    pin: str = ""

    @functools.cached_property
    def fingerprint(self) -> str:
        """Return the hash that names the job: equal requests are one job."""
        if self.pin:
            return fingerprint_of({"pin": self.pin})
        tree = {
            "provider": self.provider,
            "model": self.model,
            "quality": self.quality,
            "prompt": self.prompt,
            "size": [self.width, self.height],
            "seed": self.seed,
            "parameters": self.parameters.tree(),
            "backdrop": self.backdrop,
            "references": [[one.name, one.picture.sha256] for one in self.references],
        }
        return fingerprint_of(tree)

    @property
    def prompt_sha256(self) -> str:
        """Return the hash of the prompt's bytes."""
        return hashlib.sha256(self.prompt.encode()).hexdigest()

    @property
    def product(self) -> Picture | None:
        """Return the product's picture; None if it is not among the references."""
        return next((one.picture for one in self.references if one.name == PRODUCT), None)


def canonical(tree: object) -> str:
    """Return a tree as JSON with sorted keys and no white space."""
    return _CANONICAL.encode(tree)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint_of(tree: object) -> str:
    """Return the SHA-256 of a tree's canonical JSON."""
    return hashlib.sha256(canonical(tree).encode()).hexdigest()


def seed_of(*parts: str) -> int:
    """Return a seed that is the same for the same parts, 0 to 2^31 - 1."""
    return int(fingerprint_of(list(parts))[:8], 16) & 0x7FFF_FFFF
