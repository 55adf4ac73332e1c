"""A real S3 server on loopback, and a line to it that can be cut."""

import contextlib
import itertools
import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping

_NUMBERS = itertools.count(1)
SECRET = "never-to-be-shown"  # noqa: S105 - the server takes any


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """Start moto's S3 server and yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "MOTO_CALL_RESET_API": "false"},
    )
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _await(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=5).close()
            return
        time.sleep(0.1)
    raise TimeoutError("the S3 server did not start")


def new_bucket(port: int) -> str:
    """Make a bucket and return its address."""
    name = f"creatives-{os.getpid()}-{next(_NUMBERS)}"
    made = urllib.request.Request(f"http://127.0.0.1:{port}/{name}", method="PUT")
    urllib.request.urlopen(made, timeout=10).close()  # noqa: S310 - our own address
    return f"s3://{name}"


def cloud_at(port: int) -> Mapping[str, str]:
    """Return the AWS_* variables that lead to a server."""
    return {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }


class Line:
    """A line to a server: whole, cut for some connections, or cut for good.

    Args:
        port: The server's.
    """

    def __init__(self, port: int) -> None:
        self.drops = 0.0
        self.calls = 0
        self._ends: list[socket.socket] = []
        line = self

        class Relay(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line.calls += 1
                if line.drops > 0:
                    line.drops -= 1
                    self.request.recv(10)  # it hears the beginning, then the line is cut
                    return
                with socket.create_connection(("127.0.0.1", port)) as server:
                    line._ends += [self.request, server]
                    answers = threading.Thread(target=_pass, args=(server, self.request))
                    answers.start()
                    _pass(self.request, server)
                    answers.join()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Say nothing: lines are cut on purpose here."""

        self._server = Server(("127.0.0.1", 0), Relay)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def cut(self, drops: float = float("inf")) -> None:
        """Cut every connection that is open, and so many to come."""
        self.drops = drops
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def mend(self) -> None:
        """Let connections through again."""
        self.drops = 0

    def close(self) -> None:
        self.cut()
        self._server.shutdown()
        self._server.server_close()


def _pass(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
