"""Transport: one client that has the key and few places to go, one that goes anywhere without.

The key goes only to servers that the catalogue names, never after a redirect, and appears in no
message. Pictures are downloaded without it.
"""

import dataclasses
import ipaddress
import json
from collections.abc import Mapping
from urllib.parse import urljoin

import httpx

from pipeline.errors import ProviderError
from pipeline.plan.addresses import Origin, origin_of
from pipeline.plan.catalogue import Capabilities
from pipeline.produce.providers.protocol import ExpiredError, SpoiltError, TransientError
from pipeline.produce.providers.replies import retry_after
from pipeline.produce.providers.whole import MOST_BYTES, checked, media_type_of
from pipeline.produce.providers.wire import Answer, LostError, NotSentError, Wire

REPLY_SECONDS = 30.0
"""Seconds for a call with the key."""
REPLY_BYTES = 32 * 1024 * 1024
"""Bytes of a reply, at most: with `sync_mode` it holds a picture of up to 24 MB."""
DOWNLOAD_SECONDS = 120.0
"""Seconds for a download, redirects included."""

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({400, 401, 403, 404, 410})
"""What stores answer to a signature that has run out: S3 403, Azure 403, a CDN 404 or 410."""

_NO_HEADERS: Mapping[str, str] = {}


class ForeignAddressError(ProviderError):
    """An address that the key must not go to; nothing was sent."""


@dataclasses.dataclass(frozen=True, slots=True)
class KeyHeader:
    """The header that carries a key.

    Attributes:
        name: The header.
        value: With the key in it; shown nowhere.
    """

    name: str
    value: str = dataclasses.field(repr=False)


class Keyed:
    """Calls a provider's API with the key.

    Args:
        able: Names the servers that the key may go to.
        header: The key.
        wire: Sends.
    """

    def __init__(self, able: Capabilities, header: KeyHeader, wire: Wire) -> None:
        found = (origin_of(host) for host in able.key_hosts)
        self._allowed = tuple(origin for origin in found if origin is not None)
        self._header = header
        self._wire = wire

    def may_go_to(self, url: str) -> bool:
        """Return whether the key may go to an address."""
        origin = origin_of(url)
        return origin is not None and any(one.covers(origin) for one in self._allowed)

    def send(
        self,
        method: str,
        url: str,
        tree: object = None,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> Answer:
        """Return the answer to one call; a redirect is an answer and is not followed.

        Args:
            method: HTTP method.
            url: One of the provider's own addresses.
            tree: What to send as JSON, with letters as they are; None for no body.
            headers: Further headers.

        Raises:
            ForeignAddressError: If the key must not go there.
            NotSentError: If nothing was sent.
            LostError: If no whole answer came.
        """
        if not self.may_go_to(url):
            raise ForeignAddressError("an address outside the provider's own was not called")
        body = None
        if tree is not None:
            body = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
        given = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "proofpress",
            **({} if body is None else {"Content-Type": "application/json"}),
            **headers,
            self._header.name: self._header.value,
        }
        request = httpx.Request(method, url, headers=given, content=body)
        return self._wire.send(request, seconds=REPLY_SECONDS, most=REPLY_BYTES)


class Open:
    """Downloads and uploads without a key.

    Args:
        wire: Sends.
        loopback: Whether pictures may come from this machine over http, as a simulator's do.
        seconds: For one download, redirects included.
    """

    def __init__(
        self, wire: Wire, *, loopback: bool = False, seconds: float = DOWNLOAD_SECONDS
    ) -> None:
        self._wire = wire
        self._loopback = loopback
        self._seconds = seconds

    def now(self) -> float:
        """Return the clock's seconds."""
        return self._wire.now()

    def picture(self, url: str) -> bytes:
        """Return a picture's bytes: whole, and of a picture format.

        Raises:
            TransientError: If it did not come whole or in time.
            ExpiredError: If its address is no longer valid.
            SpoiltError: If what came whole is no picture.
        """
        answer = self._get(url)
        if answer.status in _GONE:
            raise ExpiredError(f"the picture's address is no longer valid ({answer.status})")
        if not answer.ok:
            after = retry_after(answer.headers)
            raise TransientError(f"the picture's server answered {answer.status}", after=after)
        try:
            return checked(answer.body)
        except SpoiltError:
            if not answer.length_known and media_type_of(answer.body):
                raise TransientError("the picture did not come whole") from None
            raise

    def put(self, url: str, content: bytes, headers: Mapping[str, str]) -> None:
        """Upload a file to an address that a provider gave.

        Raises:
            TransientError: If it was not taken.
        """
        if not self._may_go_to(url):
            raise TransientError("the provider's address for uploads is no https address")
        request = httpx.Request("PUT", url, headers=dict(headers), content=content)
        try:
            answer = self._wire.send(request, seconds=self._seconds, most=1024 * 1024, signed=True)
        except (NotSentError, LostError) as error:
            raise TransientError(str(error)) from None
        if not answer.ok:
            raise TransientError(f"the upload was not taken ({answer.status})")

    def read(self, url: str, most: int = 1024 * 1024) -> bytes:
        """Return a small public file, such as the keys of a vendor's signatures.

        Raises:
            TransientError: If it did not come.
        """
        answer = self._get(url, most)
        if not answer.ok:
            raise TransientError(f"a public file was answered with {answer.status}")
        return answer.body

    def _get(self, url: str, most: int = MOST_BYTES) -> Answer:
        until = self._wire.now() + self._seconds
        for _ in range(_REDIRECTS + 1):
            if not self._may_go_to(url):
                raise TransientError("the picture's address is no https address")
            request = httpx.Request("GET", url, headers={"Accept-Encoding": "identity"})
            try:
                answer = self._wire.send(
                    request, seconds=until - self._wire.now(), most=most, signed=True
                )
            except (NotSentError, LostError) as error:
                raise TransientError(str(error)) from None
            if answer.status not in _MOVED:
                return answer
            url = urljoin(url, answer.headers.get("location", ""))
        raise TransientError(f"the picture's server redirected more than {_REDIRECTS} times")

    def _may_go_to(self, url: str) -> bool:
        origin = origin_of(url)
        if origin is None:
            return False
        if origin.loopback:
            return self._loopback
        return origin.scheme == "https" and _public(origin)


def _public(origin: Origin) -> bool:
    """Return whether a host is no address of an inner network."""
    try:
        return ipaddress.ip_address(origin.host).is_global
    except ValueError:
        return True
