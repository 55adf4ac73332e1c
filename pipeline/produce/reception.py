"""The reception: a small server on this machine that takes providers' callbacks while a run works.

It binds to 127.0.0.1; a reverse proxy of the user's passes on what comes from outside. A callback
is told apart by its signature's header and believed only if the signature is right.
"""

import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import ToolMissingError
from pipeline.plan.addresses import addressed
from pipeline.plan.catalogue import capabilities
from pipeline.produce.doorbell import Doorbell
from pipeline.produce.providers.callbacks import (
    Ended,
    FalKeys,
    Rejected,
    Seen,
    bfl_callback,
    fal_callback,
    runflow_callback,
)
from pipeline.produce.providers.opening import CALLBACK_SECRET, clients
from pipeline.produce.providers.protocol import TransientError

_LOG = logging.getLogger(__name__)

CALLBACK_PORT = "PROOFPRESS_CALLBACK_PORT"
RUNFLOW_SECRETS = "RUNFLOW_CALLBACK_SECRET"
"""Variables of the environment: the port that callbacks come to, and what Runflow signs with."""

_MOST_BYTES = 1_000_000
_START_SECONDS = 10.0

Check = Callable[[Mapping[str, str], bytes], Ended | Rejected]
"""Returns what a callback reports, from its headers and raw body."""


def checks_of(
    environment: Mapping[str, str], clock: Callable[[], float], now: Callable[[], float]
) -> dict[str, Check]:
    """Return who checks which signature, as far as there is something to check it with.

    Args:
        environment: RUNFLOW_CALLBACK_SECRET, several separated by commas while one is changed;
            PROOFPRESS_CALLBACK_SECRET for BFL; keys and addresses of the providers. fal's public
            keys are read from fal.
        clock: Monotonic seconds.
        now: Seconds since 1970.

    Raises:
        UsageError: If an address is unusable.
    """
    seen = Seen()
    checks: dict[str, Check] = {}
    if secrets := [one for one in environment.get(RUNFLOW_SECRETS, "").split(",") if one]:
        checks["runflow-signature"] = functools.partial(
            runflow_callback, secrets=secrets, seen=seen
        )
    if secret := environment.get(CALLBACK_SECRET, ""):
        checks["x-bfl-signature"] = functools.partial(bfl_callback, secret=secret, seen=seen)
    fal = addressed(capabilities("fal"), environment)
    if environment.get(fal.key_variable, ""):
        _, open_ = clients(fal, environment, clock)
        keys = FalKeys(lambda: open_.read(fal.urls["jwks"]), clock)

        def check_fal(headers: Mapping[str, str], body: bytes) -> Ended | Rejected:
            try:
                return fal_callback(headers, body, keys, now(), seen)
            except TransientError as error:
                return Rejected(reason=str(error))

        checks["x-fal-webhook-signature"] = check_fal
    return checks


def application(checks: Mapping[str, Check], doorbell: Doorbell) -> Starlette:
    """Return the application that takes callbacks.

    Args:
        checks: Name of the header with the signature, in lower case, to who checks it.
        doorbell: Rung for what is believed.
    """

    async def take(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        check = next((one for name, one in checks.items() if name in request.headers), None)
        if check is None:
            return Response(status_code=401)
        told = await run_in_threadpool(check, dict(request.headers), body)
        if isinstance(told, Rejected):
            _LOG.warning("a callback was not believed: %s", told.reason)
            return Response(status_code=401)
        doorbell.ring(told.request_id)
        return Response(status_code=200)

    return Starlette(routes=[Route("/{path:path}", take, methods=["POST"])])


@contextlib.contextmanager
def open_reception(app: Starlette, port: int) -> Iterator[int]:
    """Serve callbacks from a thread for as long as the context lasts, and yield the port.

    Args:
        app: Takes them.
        port: On 127.0.0.1; 0 takes a free one.

    Raises:
        ToolMissingError: If nothing can be served there.
    """
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_served, args=(server,), name="callbacks", daemon=True)
    thread.start()
    until = time.monotonic() + _START_SECONDS
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    if not server.started:
        raise ToolMissingError(
            f"port {port} is not free for callbacks; set PROOFPRESS_CALLBACK_PORT to another"
        )
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(_START_SECONDS)


def _served(server: uvicorn.Server) -> None:
    with contextlib.suppress(SystemExit):  # what uvicorn does if the port is taken
        server.run()
