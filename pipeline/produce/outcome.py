"""Outcome: how one variant ended, and everything the manifest says about it."""

import dataclasses
import decimal
import enum

from pipeline.produce.providers.sentinel import Opinion
from pipeline.proof.verdict import Proof
from pipeline.typeset.setting import LineSetting


class Status(enum.StrEnum):
    """Whether a variant ships."""

    ACCEPTED = "accepted"
    HELD = "held"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deliverable:
    """The finished picture of a variant.

    Attributes:
        sha256: Hash of the file's bytes, which is its name in the store.
        media_type: image/png or image/jpeg.
        width: Width in pixels.
        height: Height in pixels.
        bytes: Size of the file.
    """

    sha256: str
    media_type: str
    width: int
    height: int
    bytes: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """Where the picture under the words came from.

    Attributes:
        sha256: Hash of the plate's bytes in the store.
        provider: The provider that made it.
        model: The model that made it.
        prompt_sha256: Hash of the prompt as it was sent.
        seed: The seed of the attempt.
        cost: What it cost, in US dollars.
        reused: Whether it was already in the store.
        attempt: Id of its attempt in the ledger; empty if it cost nothing.
        repaired: Hash of the picture it was before drawn words were filled in; empty mostly.
    """

    sha256: str
    provider: str
    model: str
    prompt_sha256: str
    seed: int
    cost: decimal.Decimal
    reused: bool
    attempt: str = ""
    repaired: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one variant ended.

    Attributes:
        variant: The variant's id.
        fingerprint: Hash of everything that shaped the picture.
        status: Accepted or held.
        reason: Why it is held, in plain words; empty if accepted.
        deliverable: The finished picture; None if there is none.
        plate: The plate; None if there is none.
        lettering: Who drew each line: role to `typeset` or `model`.
        why: Role to the reason for that, in plain words.
        ground: Hash of the picture under the typeset words in the store; None if there are none.
        settings: How each typeset line was set.
        contrasts: Role to contrast ratio with what is under it (WCAG 2).
        fonts: Font file name to SHA-256, for the fonts that were used.
        engine: Name and version of the typesetting engine.
        proof: The proof; None if nothing was drawn.
        attempts: How many pictures were tried.
        overview: Hash of the picture with its boxes in the store; None if there is no proof.
        crops: Hash of the picture of each line of the proof in the store, in its order; None
            where the line was not found.
        fallback: Why the studio's plate and set lines stand in for a picture that was to be
            paid for, in plain words; empty if they do not.
        opinion: Sentinel's second opinion of the delivered file; None if it was not asked.
        signed: Whether the file carries content credentials.
    """

    variant: str
    fingerprint: str
    status: Status
    reason: str
    deliverable: Deliverable | None
    plate: Plate | None
    lettering: dict[str, str]
    ground: str | None
    settings: tuple[LineSetting, ...]
    contrasts: dict[str, float]
    fonts: dict[str, str]
    engine: str
    proof: Proof | None
    attempts: int
    overview: str | None
    crops: tuple[str | None, ...]
    signed: bool = False
    fallback: str = ""
    opinion: Opinion | None = None
    why: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def pictures(self) -> tuple[str, ...]:
        """Return the hashes of all pictures in the store that belong to the outcome."""
        delivered = self.deliverable.sha256 if self.deliverable else None
        return tuple(filter(None, (delivered, self.ground, self.overview, *self.crops)))
