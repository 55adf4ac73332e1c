"""Callbacks: sent when a job ends, signed as each vendor signs, repeated when not taken."""

import asyncio
import dataclasses
import ipaddress
import time
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

import httpx

RETRY_SECONDS = (0.0, 0.2, 0.5)
"""Real seconds before each try; the vendors' minutes and hours would only slow tests down."""
_TAKEN = range(200, 300)
_POLL_SECONDS = 0.02


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One callback to be sent.

    Attributes:
        job: Id of the job.
        address: Where it goes.
        body: The exact bytes.
        headers: With the signature.
    """

    job: str
    address: str
    body: bytes
    headers: Mapping[str, str]


class Callbacks:
    """Sends callbacks from the running event loop, to loopback addresses only."""

    def __init__(self) -> None:
        self.attempts: list[dict[str, object]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def send_when(
        self, done: Callable[[], bool], delivery: Callable[[], Awaitable[Delivery]], *, copies: int
    ) -> None:
        """Send a callback as soon as something is done.

        Args:
            done: Asked again and again.
            delivery: Makes the callback at that moment.
            copies: How often the same bytes are sent, 2 to try a client's patience.
        """
        task = asyncio.get_running_loop().create_task(self._run(done, delivery, copies))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop sending."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(
        self, done: Callable[[], bool], delivery: Callable[[], Awaitable[Delivery]], copies: int
    ) -> None:
        while not done():  # noqa: ASYNC110 - the simulated clock rings no bell
            await asyncio.sleep(_POLL_SECONDS)
        made = await delivery()
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            for _ in range(copies):
                await self._deliver(made, client)

    async def _deliver(self, delivery: Delivery, client: httpx.AsyncClient) -> None:
        for number, pause in enumerate(RETRY_SECONDS, start=1):
            await asyncio.sleep(pause)
            status = await _post(delivery, client)
            self.attempts.append(
                {
                    "job": delivery.job,
                    "attempt_number": number,
                    "at": round(time.time(), 3),
                    "response_status": status,
                }
            )
            if status in _TAKEN:
                return


async def _post(delivery: Delivery, client: httpx.AsyncClient) -> int | None:
    if not _loopback(urlsplit(delivery.address).hostname or ""):
        return None
    try:
        answer = await client.post(
            delivery.address, content=delivery.body, headers=dict(delivery.headers)
        )
    except httpx.HTTPError:
        return None
    return answer.status_code


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
