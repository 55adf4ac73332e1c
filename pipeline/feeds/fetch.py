"""Fetch: one price list from a server, whole, in time, and from no other host than asked."""

import dataclasses
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urljoin

import httpx

from pipeline.campaign.feeds.rows import MOST_BYTES
from pipeline.errors import FeedError
from pipeline.plan.addresses import Origin, origin_of
from pipeline.produce.providers.wire import Answer, LostError, NotSentError

SECONDS = 20.0
"""Seconds for a price list, redirects included."""

_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_OK, _NOT_CHANGED = 200, 304


class Sending(Protocol):
    """Sends requests, each within its seconds; `pipeline.produce.providers.wire` does."""

    def send(
        self, request: httpx.Request, *, seconds: float, most: int, signed: bool = False
    ) -> Answer:
        """Return the answer to a request, whole."""

    def now(self) -> float:
        """Return monotonic seconds."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What to fetch.

    Attributes:
        url: The address; its query may let in whoever knows it, so it is not shown.
        key: The bearer token; empty if none is needed.
        etag: The server's name for the bytes that are known; empty if none are.
        modified: When those were last changed, as the server said it.
    """

    url: str = dataclasses.field(repr=False)
    key: str = dataclasses.field(default="", repr=False)
    etag: str = ""
    modified: str = ""


def fetch(call: Call, wire: Sending, seconds: float = SECONDS) -> Answer | None:
    """Return the server's answer; None if what is known has not changed.

    Args:
        call: What to fetch.
        wire: Sends.
        seconds: For all of it.

    Raises:
        FeedError: If it did not come; the message holds neither key nor query.
    """
    home = _home(call)
    url, until = call.url, wire.now() + seconds
    for _ in range(_REDIRECTS + 1):
        request = httpx.Request("GET", url, headers=_headers(call))
        try:
            answer = wire.send(request, seconds=until - wire.now(), most=MOST_BYTES, signed=True)
        except (NotSentError, LostError) as error:
            raise FeedError(str(error)) from None
        if answer.status not in _MOVED:
            return _checked(answer, home, call)
        url = urljoin(url, answer.headers.get("location", ""))
        if not _same(home, origin_of(url)):
            raise FeedError(
                f"{home.host} sends us to another host, which is not followed; "
                "if it is right, write that address"
            )
    raise FeedError(f"{home.host} redirected more than {_REDIRECTS} times; look at the address")


def _home(call: Call) -> Origin:
    home = origin_of(call.url)
    if home is None:
        raise FeedError("is no address; correct it")
    if call.key and home.scheme != "https" and not home.loopback:
        raise FeedError(f"a key goes to {home.host} over https alone; write https")
    return home


def _same(home: Origin, other: Origin | None) -> bool:
    """Return whether an address is on the host that was asked, and no less safe."""
    if other is None or other.host != home.host:
        return False
    safer = (home.scheme, other.scheme) == ("http", "https")
    return other == home or safer


def _headers(call: Call) -> Mapping[str, str]:
    conditions = {"If-None-Match": call.etag, "If-Modified-Since": call.modified}
    return {
        "Accept": "text/csv, application/json;q=0.9, */*;q=0.1",
        "Accept-Encoding": "identity",
        "User-Agent": "proofpress",
        **{name: value for name, value in conditions.items() if value},
        **({"Authorization": f"Bearer {call.key}"} if call.key else {}),
    }


def _checked(answer: Answer, home: Origin, call: Call) -> Answer | None:
    if answer.status == _NOT_CHANGED and (call.etag or call.modified):
        return None
    if answer.status != _OK:
        raise FeedError(f"{home.host} answered {answer.status}")
    if answer.headers.get("content-type", "").startswith("text/html"):
        raise FeedError(f"{home.host} answered with a web page; the address may ask for a login")
    if not answer.body.strip():
        raise FeedError(f"{home.host} answered with nothing")
    return answer
