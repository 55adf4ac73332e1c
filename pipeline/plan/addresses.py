"""Addresses: where a provider is reached, and the only servers that its key may go to."""

import dataclasses
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipeline.errors import UsageError
from pipeline.plan.catalogue import Capabilities

_PORTS = {"http": 80, "https": 443}

_UNDER_FAL = {
    "queue": "/fal-queue",
    "sync": "/fal-run",
    "platform": "/fal-api",
    "jwks": "/fal-api/.well-known/jwks.json",
}
"""fal has a host for each purpose; a replaced address has a path for each."""


@dataclasses.dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port of a server.

    Attributes:
        scheme: http or https.
        host: Lower case; it may begin with `*.`, which stands for one or more names.
        port: TCP port.
    """

    scheme: str
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Return whether it is this machine."""
        return is_loopback(self.host)

    def covers(self, other: "Origin") -> bool:
        """Return whether another origin is this one, or one that `*.` stands for."""
        if (self.scheme, self.port) != (other.scheme, other.port):
            return False
        if self.host.startswith("*."):
            return other.host.endswith(self.host[1:]) and len(other.host) > len(self.host) - 1
        return self.host == other.host


def origin_of(url: str) -> Origin | None:
    """Return the origin of an address; None if it is no plain http or https address.

    An address with a user name or password in it has no origin: its host is easily misread.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    odd = "@" in parts.netloc or "\\" in url or any(c.isspace() or ord(c) < 0x20 for c in url)  # noqa: PLR2004 - control characters
    if odd or parts.scheme not in _PORTS or not parts.hostname:
        return None
    return Origin(parts.scheme, parts.hostname.lower(), port or _PORTS[parts.scheme])


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def addressed(able: Capabilities, environment: Mapping[str, str]) -> Capabilities:
    """Return a provider's declaration with the addresses that the environment gives it.

    A replaced address is the only one that the key may go to.

    Raises:
        UsageError: If the address is no https address; http is for this machine alone.
    """
    url = environment.get(able.url_variable, "").rstrip("/") if able.url_variable else ""
    if not url:
        return able
    origin = origin_of(url)
    if origin is None or (origin.scheme == "http" and not origin.loopback):
        raise UsageError(
            f"{able.url_variable} is not an https address (or http on 127.0.0.1); correct it"
        )
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    only = f"{origin.scheme}://{host}:{origin.port}"
    paths = _UNDER_FAL if "queue" in able.urls else dict.fromkeys(able.urls, "")
    urls = {name: url + paths[name] for name in able.urls}
    return dataclasses.replace(able, key_hosts=(only,), urls=urls)
