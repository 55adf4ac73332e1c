"""Jobs: one plate to obtain; named by the fingerprint of its canonical request."""

import dataclasses
import functools
import hashlib
import json
import pathlib
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file of the campaign that goes into a plate.

    Attributes:
        path: Where it is; not part of the fingerprint.
        sha256: Hash of its bytes.
    """

    path: pathlib.Path
    sha256: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class PlateRequest:
    """The neutral request for a plate; each provider encodes it in its own way.

    Attributes:
        provider: Who is asked.
        model: Which model.
        quality: draft, production or final.
        prompt: The prompt.
        width: Width in pixels.
        height: Height in pixels.
        seed: 0 to 2^31 - 1.
        backdrop: What the studio draws: kind, colours, subject places, direction and the hash
            of its template. Empty for an image model.
        picture: The product picture; None if there is none.
    """

    provider: str
    model: str
    quality: str
    prompt: str
    width: int
    height: int
    seed: int
    backdrop: dict[str, Any]
    picture: Picture | None

    @functools.cached_property
    def fingerprint(self) -> str:
        """Return the hash that names the job: equal requests are one job."""
        tree = {
            "provider": self.provider,
            "model": self.model,
            "quality": self.quality,
            "prompt": self.prompt,
            "size": [self.width, self.height],
            "seed": self.seed,
            "backdrop": self.backdrop,
            "picture": self.picture.sha256 if self.picture else None,
        }
        return fingerprint_of(tree)

    @property
    def prompt_sha256(self) -> str:
        """Return the hash of the prompt's bytes."""
        return hashlib.sha256(self.prompt.encode()).hexdigest()


def canonical(tree: object) -> str:
    """Return a tree as JSON with sorted keys and no white space."""
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint_of(tree: object) -> str:
    """Return the SHA-256 of a tree's canonical JSON."""
    return hashlib.sha256(canonical(tree).encode()).hexdigest()


def seed_of(*parts: str) -> int:
    """Return a seed that is the same for the same parts, 0 to 2^31 - 1."""
    return int(fingerprint_of(list(parts))[:8], 16) & 0x7FFF_FFFF
