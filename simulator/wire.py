"""Answers that break HTTP on purpose: silence, half a body, a drip, a bomb.

uvicorn builds correct answers only, so its protocol is extended by one line: the transport of
the connection is handed to the application as part of the connection's state.
"""

import asyncio
import gzip

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

DRIP_SECONDS = 0.25
"""Pause between two pieces of a dripping body."""
_DRIP_PIECES = 400
_BOMB_BYTES = 200 * 1024 * 1024


class OpenProtocol(H11Protocol):
    """uvicorn's HTTP protocol, with the transport in `scope["state"]["transport"]`."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport for the requests of this connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class DropConnection(Response):
    """No answer at all: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the transport; nothing is sent."""
        del send
        scope["state"]["transport"].abort()
        await _gone(receive)


class CutBody(Response):
    """The first half of a body, and a close that looks like its end.

    Args:
        content: The whole body.
        media_type: What the header calls it.
        announced: Send a Content-Length, so that a careful client can notice.
    """

    def __init__(self, content: bytes, media_type: str, *, announced: bool) -> None:
        super().__init__(content, media_type=media_type)
        self._announced = announced

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write half of the answer to the transport and close it."""
        del send
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {self.media_type}\r\nconnection: close\r\n"
        if self._announced:
            head += f"content-length: {len(self.body)}\r\n"
        transport = scope["state"]["transport"]
        transport.write(head.encode("ascii") + b"\r\n" + bytes(self.body[: len(self.body) // 2]))
        transport.close()
        await _gone(receive)


class Drip(Response):
    """A body in many small pieces: every read succeeds, the whole never seems to end."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the body in pieces, with a pause after each."""
        del receive
        body = bytes(self.body)
        transport = scope["state"]["transport"]
        size = max(1, -(-len(body) // _DRIP_PIECES))
        await _start(self, send)
        for start in range(0, len(body), size):
            if transport.is_closing():
                return
            piece = body[start : start + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(DRIP_SECONDS)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def gzip_bomb(media_type: str) -> Response:
    """Return about 200 kB that unpack to 200 MB."""
    packed = gzip.compress(bytes(_BOMB_BYTES), compresslevel=9)
    return Response(packed, media_type=media_type, headers={"content-encoding": "gzip"})


async def _start(response: Response, send: Send) -> None:
    headers = response.raw_headers
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
