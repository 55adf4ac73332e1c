"""The world: everything that the simulated vendors share, made once at the start."""

import dataclasses
import functools
import hashlib
import hmac
import os
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from simulator.bill import Bill
from simulator.callbacks import Callbacks
from simulator.chance import digest
from simulator.clock import SimClock
from simulator.faults import Faults
from simulator.jobs import Job, JobBook
from simulator.pictures.painter import Painter

DEFAULT_KEY = "simulator-key"
"""The key that is accepted if none is given; it opens nothing but a simulator."""
LIFETIMES = {"bfl": 600.0, "runflow": 3600.0, "fal": 7 * 86400.0}
"""Seconds a result's address lives: BFL's 10 minutes, a short hour for Runflow, fal's 7 days."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a simulator is set up.

    Attributes:
        seed: Decides every draw and id.
        keys: API keys that are accepted, by all three vendors.
        bill: Where the bill is written, or none.
        mix: Fault name to rate.
        pictures: plain or drawn.
        misspelling: Multiplies the published rates of misspelt words; 0 spells all right.
        latency: Seconds a job takes.
        listing_lag: Seconds until a job is seen in listings and billing records.
        stuck_slot: Seconds after which a stuck task no longer counts as unfinished at BFL.
        rounds: Round sizes to multiples of 16 px.
        bfl_tasks: How many unfinished tasks BFL allows.
        fal_direct: How many direct requests fal works on at once.
        webhook_secret: Signs Runflow's callbacks.
    """

    seed: int = 1
    keys: frozenset[str] = frozenset({DEFAULT_KEY})
    bill: pathlib.Path | None = None
    mix: dict[str, float] = dataclasses.field(default_factory=dict)
    pictures: str = "plain"
    misspelling: float = 1.0
    latency: float = 0.0
    listing_lag: float = 0.0
    stuck_slot: float = 60.0
    rounds: bool = True
    bfl_tasks: int = 24
    fal_direct: int = 40
    webhook_secret: str = "whsec_simulator"  # noqa: S105 - opens nothing


@dataclasses.dataclass(slots=True, kw_only=True)
class Asset:
    """An uploaded file.

    Attributes:
        id: Its id.
        media_type: What the client said it is.
        data: Its bytes, once they came.
        confirmed: Whether the client confirmed the upload.
    """

    id: str
    media_type: str
    data: bytes | None = None
    confirmed: bool = False


@dataclasses.dataclass(slots=True, kw_only=True)
class World:
    """State of the simulator.

    Attributes:
        options: How it was set up.
        clock: The simulated clock.
        bill: The bill.
        book: All jobs.
        faults: The mix and the queue of scenarios.
        painter: Makes the pictures.
        callbacks: Sends callbacks.
        origin: Address of the simulator, without a path.
        foreign: Address of a server that no client should hand its key to.
        assets: Uploaded files by id.
        replays: Runflow's idempotency keys: what was asked, what was answered.
        evaluations: Sentinel's evaluations by id.
        direct: How many direct requests fal is working on.
        strangers: What the foreign address was sent.
    """

    options: Options
    clock: SimClock
    bill: Bill
    book: JobBook
    faults: Faults
    painter: Painter
    callbacks: Callbacks
    origin: str
    foreign: str
    assets: dict[str, Asset] = dataclasses.field(default_factory=dict)
    replays: dict[str, tuple[str, bytes]] = dataclasses.field(default_factory=dict)
    evaluations: dict[str, dict[str, object]] = dataclasses.field(default_factory=dict)
    direct: int = 0
    strangers: list[dict[str, object]] = dataclasses.field(default_factory=list)

    def allows(self, key: str) -> bool:
        """Return whether an API key is accepted."""
        return key in self.options.keys

    def now(self) -> float:
        """Return the simulated time, with all that has become due on the bill."""
        now = self.clock.now()
        self.book.settle(now)
        return now

    def listed(self, job: Job) -> bool:
        """Return whether listings show a job yet."""
        return self.clock.now() >= job.submitted + self.options.listing_lag

    def media_url(self, name: str, expires: float) -> str:
        """Return a signed address of a file that works until a simulated time in seconds."""
        return f"{self.origin}/cdn/{self._signature(name, int(expires))}/{name}"

    def picture_urls(self, job: Job, expires: float) -> list[str]:
        """Return the signed addresses of a job's pictures."""
        names = (f"{job.id}.{index}.{job.order.format}" for index in range(job.order.images))
        return [self.media_url(name, expires) for name in names]

    def media_state(self, signature: str, name: str) -> str:
        """Return whether a signed address is ok, expired or forged."""
        stamp = signature.partition("-")[0]
        if not stamp.isalnum() or not set(stamp) <= set("0123456789abcdef"):
            return "forged"
        expires = int(stamp, 16)
        if not hmac.compare_digest(signature, self._signature(name, expires)):
            return "forged"
        return "ok" if self.clock.now() < expires else "expired"

    def fetch(self, address: str) -> bytes | None:
        """Return the bytes of an uploaded asset by its address or `runflow://` name."""
        name = address.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]
        if not address.startswith((f"{self.origin}/cdn/", "runflow://assets/")):
            return None
        asset = self.assets.get(name.removeprefix("asset.").split(".")[0])
        return asset.data if asset else None

    def _signature(self, name: str, expires: int) -> str:
        secret = _secret(self.options.seed)
        proof = hmac.new(secret, f"{name}\n{expires}".encode(), hashlib.sha256).hexdigest()
        return f"{expires:x}-{proof[:24]}"


def signing_key(seed: int) -> Ed25519PrivateKey:
    """Return the key that signs fal's webhooks, the same for the same seed."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(digest("ed25519", seed)))


def keys_from_environment() -> frozenset[str]:
    """Return the keys named in SIMULATOR_KEYS, separated by commas; empty if there are none."""
    return frozenset(filter(None, os.environ.get("SIMULATOR_KEYS", "").split(",")))


@functools.cache
def _secret(seed: int) -> bytes:
    return bytes.fromhex(digest("media", seed))
