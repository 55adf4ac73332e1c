"""Calls: what all paid providers do alike when they submit, ask and download."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from pipeline.plan.catalogue import Capabilities
from pipeline.produce.providers.protocol import (
    NotAcceptedError,
    OutcomeUnknownError,
    Ticket,
    TransientError,
)
from pipeline.produce.providers.replies import accepted, found
from pipeline.produce.providers.transport import ForeignAddressError, Keyed, Open
from pipeline.produce.providers.whole import from_data_url
from pipeline.produce.providers.wire import Answer, LostError, NotSentError

_NO_HEADERS: Mapping[str, str] = {}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """Where a provider may report the end of a request; polling works without.

    Attributes:
        url: An https address of ours.
        secret: What the provider signs with, where it takes one with the request.
    """

    url: str
    secret: str = dataclasses.field(default="", repr=False)


class Calls:
    """One provider's API, with its failures in the words of the protocol.

    Args:
        able: What the provider declares, with its addresses.
        keyed: Calls it.
        open_: Uploads and downloads.
        callback: Where it may report the end of a request; None for nowhere.

    Attributes:
        able: What the provider declares.
        open: Uploads and downloads.
        callback: Where it may report the end of a request.
    """

    def __init__(
        self, able: Capabilities, keyed: Keyed, open_: Open, callback: Callback | None = None
    ) -> None:
        self.able = able
        self.open = open_
        self.callback = callback
        self._keyed = keyed
        self._name = able.name

    def own(self, url: object) -> str:
        """Return an address of an answer if the key may go there; empty if not."""
        return url if isinstance(url, str) and self._keyed.may_go_to(url) else ""

    def submitted(self, answer: Answer) -> dict[str, Any]:
        """Return the JSON of an answer that accepts; see `replies.accepted`."""
        return accepted(self._name, answer)

    def submit(self, url: str, tree: object, headers: Mapping[str, str] = _NO_HEADERS) -> Answer:
        """Return the answer to a submit, whatever its status.

        Raises:
            NotAcceptedError: If nothing was sent.
            OutcomeUnknownError: If no whole answer came.
        """
        try:
            return self._keyed.send("POST", url, tree, headers)
        except NotSentError as error:
            raise NotAcceptedError(str(error), retry=True) from None
        except LostError as error:
            message = f"{error}: it may have been accepted all the same"
            raise OutcomeUnknownError(message) from None

    def ask(self, url: str) -> Answer:
        """Return the answer to a question, whatever its status.

        Raises:
            TransientError: If none came.
        """
        try:
            return self._keyed.send("GET", url)
        except (NotSentError, LostError, ForeignAddressError) as error:
            raise TransientError(str(error)) from None

    def told(self, answer: Answer) -> dict[str, Any]:
        """Return the JSON of the answer to a question; see `replies.found`."""
        return found(self._name, answer)

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        """Return a picture, downloaded without the key or taken from a `data:` address.

        Args:
            ticket: Of the attempt; where its picture is, the poll has said.
            url: Where it is.

        Raises:
            TransientError: If it did not come whole or in time.
            ExpiredError: If its address is no longer valid.
            SpoiltError: If what came whole is no picture.
        """
        del ticket
        if not url:
            raise TransientError(f"{self._name} gave no address for the picture; poll again")
        return from_data_url(url) if url.startswith("data:") else self.open.picture(url)
