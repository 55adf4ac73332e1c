"""A small real server on this machine that answers as it is told, and pictures to answer with."""

import contextlib
import dataclasses
import http.server
import io
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

CANARY = "canary-b7c1e5d09f"
"""A key that must be seen by nobody but the provider."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def tree(self) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.body)


@dataclasses.dataclass(frozen=True)
class Reply:
    """What to answer: JSON, bytes, or raw bytes of the whole answer.

    Attributes:
        raw: Sent as they are in the place of status, headers and body.
        pause: Seconds between the pieces that `raw` is sent in, one byte each.
    """

    status: int = 200
    tree: Any = None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None
    pause: float = 0.0


Answering = Callable[[Seen], Reply]


class Server:
    """Answers each request as it is told, and remembers what it was sent."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answer: Answering = lambda _: Reply(404, {"detail": "not told what to answer"})
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # head and body in one packet, so that no one waits for the other

            def _reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = Seen(self.command, self.path, headers, body)
                outer.seen.append(seen)
                outer.send(self, outer.answer(seen))

            do_GET = do_POST = do_PUT = _reply  # noqa: N815 - the names http.server calls

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def send(self, handler: http.server.BaseHTTPRequestHandler, reply: Reply) -> None:
        if reply.raw is not None:
            self._send_raw(handler, reply.raw, reply.pause)
            return
        body = reply.body if reply.tree is None else json.dumps(reply.tree).encode()
        handler.send_response(reply.status)
        for name, value in reply.headers:
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        with contextlib.suppress(OSError):  # the client leaves, as it should
            handler.end_headers()
            handler.wfile.write(body)

    @staticmethod
    def _send_raw(handler: http.server.BaseHTTPRequestHandler, raw: bytes, pause: float) -> None:
        handler.close_connection = True
        with contextlib.suppress(OSError):  # the client leaves, as it should
            for at in range(len(raw)) if pause else ():
                handler.wfile.write(raw[at : at + 1])
                handler.wfile.flush()
                time.sleep(pause)
            if not pause:
                handler.wfile.write(raw)


def picture(form: str = "PNG", width: int = 48, height: int = 32) -> bytes:
    """Return the file of a picture with noise in it."""
    noise = np.random.default_rng(3).integers(0, 255, (height, width, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, form)
    return out.getvalue()
