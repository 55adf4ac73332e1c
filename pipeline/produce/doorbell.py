"""The doorbell: a provider's callback ends the wait between two polls.

Polling stays what decides: a callback only says that asking again is worth while, so one that is
lost, late, repeated or forged costs nothing.
"""

import threading
import time
from collections import OrderedDict

_REMEMBERED = 10_000
"""Rings that are remembered before anybody waits for them."""


class Doorbell:
    """Wakes whoever waits for a request."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._rung: OrderedDict[str, None] = OrderedDict()

    def ring(self, request_id: str) -> None:
        """Wake whoever waits for a request, or will."""
        with self._change:
            self._rung[request_id] = None
            if len(self._rung) > _REMEMBERED:
                self._rung.popitem(last=False)
            self._change.notify_all()

    def wait(self, request_id: str, seconds: float) -> None:
        """Wait for some seconds, or until it rings for a request.

        Args:
            request_id: The provider's id.
            seconds: At most so long.
        """
        until = time.monotonic() + seconds
        with self._change:
            while request_id not in self._rung and (left := until - time.monotonic()) > 0:
                self._change.wait(left)
            self._rung.pop(request_id, None)
