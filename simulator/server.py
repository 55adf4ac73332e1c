"""The server: bound to 127.0.0.1, started in this process or in a child of it."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import uvicorn

from simulator.app import app_of, world_of
from simulator.control import Stranger
from simulator.wire import OpenProtocol
from simulator.world import Options

HOST = "127.0.0.1"
STOP_SECONDS = 5.0
"""How long a child may take to stop before it is killed."""
_BACKLOG = 512


class SimulatorError(RuntimeError):
    """The simulator did not start."""


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(options: Options, port: int, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        options: How the simulator is set up.
        port: TCP port on 127.0.0.1; 0 takes a free one.
        announce: Called with one line of JSON once requests are answered: `url`, the base
            addresses of the APIs, and `foreign`.

    Raises:
        OSError: If the port is taken.
    """
    own, other = _listening(port), _listening(0)
    origin, foreign = _address(own), _address(other)
    world = world_of(options, origin, foreign)
    app = Stranger(app_of(world), world, other.getsockname()[1])
    config = uvicorn.Config(
        app,
        http=OpenProtocol,
        ws="none",
        lifespan="on",
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    ready = {
        "url": origin,
        "runflow": f"{origin}/runflow/v1",
        "fal_queue": f"{origin}/fal-queue",
        "fal_run": f"{origin}/fal-run",
        "fal_api": f"{origin}/fal-api",
        "bfl": f"{origin}/bfl",
        "foreign": foreign,
    }
    # uvicorn raises the signal again after it has stopped; it has been dealt with by then.
    signal.signal(signal.SIGTERM, _nothing)
    signal.signal(signal.SIGINT, _nothing)
    _Announcing(config, lambda: announce(json.dumps(ready))).run(sockets=[own, other])


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Yield the base address of a simulator in a child process, and stop it at the end.

    Args:
        *arguments: As on the command line, such as `--seed`, `7`.

    Raises:
        SimulatorError: If it does not start; the message has what it wrote to stderr.
    """
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        _command(arguments),
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            line = child.stdout.readline() if child.stdout else ""
            if not line:
                said = child.stderr.read() if child.stderr else ""
                raise SimulatorError(f"the simulator did not start: {said.strip()}")
            yield json.loads(line)["url"]
        finally:
            _stop(child)


def _command(arguments: Sequence[str]) -> list[str]:
    chosen = [] if "--port" in arguments else ["--port", "0"]
    return [sys.executable, "-m", "simulator", *chosen, *arguments]


def _environment() -> dict[str, str]:
    """Return this process's environment, with the folder of this package to import from."""
    house = str(pathlib.Path(__file__).resolve().parents[1])
    paths = [house, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def _listening(port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only for a socket that says it is TCP; an answer in two
    # writes would wait 40 ms otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(_BACKLOG)
    return listener


def _address(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _nothing(number: int, frame: object) -> None:
    del number, frame
