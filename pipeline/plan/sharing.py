"""Sharing: what many variants have in common is in memory once.

The scenes of one template in one format differ in a price and little else, and all markets want
the same plate; parsed one by one they would all be kept apart. A plan of 100,000 creatives is
held in memory as a whole, so this decides whether it fits.
"""

import dataclasses
import functools
import sys
from typing import TypeVar

from pipeline.plan.job import PlateRequest
from pipeline.plan.scene import Scene
from pipeline.plan.variants import Variant
from pipeline.typeset.block import Block, Part

_MOST = 8192
"""Parts that are known at a time; more would only be kept apart again."""

_P = TypeVar("_P", bound=Part)


class Sharing:
    """Lets the variants of one plan share what is equal in them."""

    def __init__(self) -> None:
        self._part = functools.lru_cache(maxsize=_MOST)(_itself)
        self._requests: dict[str, PlateRequest] = {}
        self._dicts: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}

    def shared(self, variant: Variant) -> Variant:
        """Return an equal variant that keeps only for itself what no other has."""
        return dataclasses.replace(
            variant,
            scene=self._scene(variant.scene),
            request=self._request(variant.request),
            fallback=self._request(variant.fallback),
            lettering=self._words(variant.lettering),
            why=self._words(variant.why),
            fonts=self._words(variant.fonts),
            palette=self._words(variant.palette),
            inputs={sys.intern(key): sys.intern(text) for key, text in variant.inputs.items()},
            lower=tuple(map(self.shared, variant.lower)),
        )

    def _scene(self, scene: Scene) -> Scene:
        parts = {name: self._one(part) for name, part in scene if isinstance(part, Part)}
        subjects = tuple(map(self._one, scene.subjects))
        lettering = tuple(map(self._block, scene.lettering))
        return scene.model_copy(update={**parts, "subjects": subjects, "lettering": lettering})

    def _block(self, block: Block) -> Block:
        lines = tuple(map(self._one, block.lines))
        return self._one(block.model_copy(update={"place": self._one(block.place), "lines": lines}))

    def _one(self, part: _P) -> _P:
        known = self._part(part)
        return known if isinstance(known, type(part)) else part

    def _request(self, request: PlateRequest) -> PlateRequest:
        known = self._requests.setdefault(request.fingerprint, request)
        return known if known == request else request

    def _words(self, words: dict[str, str]) -> dict[str, str]:
        return self._dicts.setdefault(tuple(words.items()), words)


def _itself(part: Part) -> Part:
    return part
