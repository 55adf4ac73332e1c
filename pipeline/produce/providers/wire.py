"""The wire: one HTTP exchange with a deadline for the whole of it.

httpx's timeouts hold for each read, so a server that sends a byte now and then keeps a call
alive for ever. Here every read, of the head as of the body, is given only the time that is left.
Transports are used without httpx's client: no redirects, no proxies from the environment, no
cookies, and no log line with an address, whose query may be a signature.
"""

import dataclasses
import logging
import ssl
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpcore
import httpx

from pipeline.errors import ProviderError

_CONNECT = 10.0
"""Seconds to connect, at most."""

_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
"""What goes wrong before a byte of the request is on its way."""


class NotSentError(ProviderError):
    """No byte of the request left this machine."""


class LostError(ProviderError):
    """The request may have arrived, but no whole answer came back."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, whole.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: The bytes; not shown, as they may hold signed addresses.
    """

    status: int
    headers: Mapping[str, str] = dataclasses.field(repr=False)
    body: bytes = dataclasses.field(repr=False)

    @property
    def ok(self) -> bool:
        """Return whether it is a success."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the classes of HTTP

    @property
    def length_known(self) -> bool:
        """Return whether a cut body would have been noticed."""
        return "content-length" in self.headers or "transfer-encoding" in self.headers


class Wire:
    """Sends requests, each within its seconds.

    Args:
        clock: Monotonic seconds.
        connections: Connections at a time, at most.
    """

    def __init__(self, clock: Callable[[], float], connections: int = 100) -> None:
        # It logs heads at DEBUG, and a redirect's head holds a signed address.
        logging.getLogger("httpcore").setLevel(logging.WARNING)
        self._clock = clock
        self._left = _Left(clock)
        self._transport = _Transport(self._left, connections)
        weakref.finalize(self, self._transport.close)  # its idle connections go with it

    def send(
        self, request: httpx.Request, *, seconds: float, most: int, signed: bool = False
    ) -> Answer:
        """Return the answer to a request.

        Args:
            request: The request; nothing is added to it.
            seconds: From now to the last byte of the answer.
            most: Bytes that the body may have.
            signed: Whether its address lets in whoever knows it; a message then names its host
                alone, as some stores sign in the path.

        Raises:
            NotSentError: If nothing was sent.
            LostError: If no whole answer came in time, or one that is too large.
        """
        where = request.url.host if signed else place_of(request.url)
        self._left.until = self._clock() + seconds
        request.extensions = {**request.extensions, "timeout": _timeouts(seconds)}
        try:
            response = self._transport.handle_request(request)
            try:
                return _read(response, where, most)
            finally:
                response.close()
        except _UNSENT as error:
            raise NotSentError(f"{where} cannot be reached ({_name(error)})") from None
        except httpx.HTTPError as error:
            raise LostError(f"{where} gave no whole answer ({_name(error)})") from None

    def now(self) -> float:
        """Return the clock's seconds."""
        return self._clock()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()


def place_of(url: httpx.URL) -> str:
    """Return what of an address may be shown: host and path, without query and user name."""
    return f"{url.host}{url.path}"


def _read(response: httpx.Response, where: str, most: int) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if headers.get("content-encoding", "identity") != "identity":
        # It was not asked for, and a small body may unpack to any size.
        raise LostError(f"{where} answered with a packed body, which was not asked for")
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > most:
            raise LostError(f"{where} answered with more than {most:,} bytes")
    return Answer(status=response.status_code, headers=headers, body=bytes(body))


def _timeouts(seconds: float) -> dict[str, float]:
    seconds = max(seconds, 0.001)
    return {
        "connect": min(seconds, _CONNECT),
        "read": seconds,
        "write": seconds,
        "pool": min(seconds, _CONNECT),
    }


def _name(error: Exception) -> str:
    return type(error).__name__


class _Left(threading.local):
    """The seconds that this thread's exchange has left."""

    until = 0.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def cap(self, timeout: float | None) -> float:
        left = self.until - self._clock()
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, left: _Left) -> None:
        self._inner = inner
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        capped = self._left.cap(timeout)
        if capped <= 0:
            raise httpcore.ReadTimeout
        return self._inner.read(max_bytes, capped)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        capped = self._left.cap(timeout)
        if capped <= 0:
            raise httpcore.WriteTimeout
        self._inner.write(buffer, capped)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        capped = max(0.001, self._left.cap(timeout))
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, capped), self._left)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - what httpcore returns
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, left: _Left) -> None:
        self._inner = httpcore.SyncBackend()
        self._left = left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        capped = max(0.001, self._left.cap(timeout))
        found = self._inner.connect_tcp(host, port, capped, local_address, socket_options)
        return _Stream(found, self._left)


class _Transport(httpx.HTTPTransport):
    """httpx's transport over a pool whose streams know the deadline."""

    def __init__(self, left: _Left, connections: int) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=_Backend(left),
        )
