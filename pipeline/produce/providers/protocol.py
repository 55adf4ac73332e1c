"""What every provider of plates offers: submit, poll, fetch, and a declaration."""

import dataclasses
import enum
from typing import Protocol

from pipeline.plan.catalogue import Capabilities
from pipeline.plan.job import PlateRequest


class State(enum.StrEnum):
    """Where a submitted plate stands."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The answer to one poll.

    Attributes:
        state: Where the plate stands.
        detail: Why it failed, in the provider's words; empty otherwise.
    """

    state: State
    detail: str


class Provider(Protocol):
    """A source of plates. Providers differ by declaration, not by discovery."""

    @property
    def capabilities(self) -> Capabilities:
        """Return what the provider can do and what it costs."""
        ...

    def submit(self, request: PlateRequest) -> str:
        """Ask for a plate and return the provider's id of the request.

        Raises:
            ProviderError: If the request was not accepted.
        """
        ...

    def poll(self, request_id: str) -> Poll:
        """Return where a request stands."""
        ...

    def fetch(self, request_id: str) -> bytes:
        """Return the bytes of a plate that is ready.

        Raises:
            ProviderError: If there is no picture, or it is not usable.
        """
        ...
