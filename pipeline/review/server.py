"""The server: the page for one person on this machine, and for nobody else.

It listens on 127.0.0.1 only. Its address holds a key that is made anew each time, so that other
people on the machine, and other pages in the browser, cannot even read it. A decision needs the
page's token and origin besides. Any name but this machine's is refused, so that no foreign name
can be pointed at it (DNS rebinding).
"""

import contextlib
import hmac
import secrets
import socket
from collections.abc import Callable

import pydantic
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import OvertakenError, ProofpressError, UsageError
from pipeline.publish.approvals import Wish
from pipeline.review.desk import PICTURES, Desk
from pipeline.review.page import render

HOST = "127.0.0.1"
TOKEN = "x-proofpress-token"  # noqa: S105 - the header's name, not a token
_MOST_BYTES = 10_000
_PNG = b"\x89PNG"
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_WISH = pydantic.TypeAdapter(Wish)


class Guard:
    """Refuses every name but this machine's, and sends the headers of a private page.

    Args:
        app: What it guards.
        port: The port that the server listens on.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        known = Headers(scope=scope).getlist("host")
        if len(known) == 1 and known[0] in self._hosts:
            await self._app(scope, receive, with_headers)
        else:
            refusal = PlainTextResponse("this page has another address", status_code=421)
            await refusal(scope, receive, with_headers)


def application(desk: Desk, port: int, key: str, token: str) -> Starlette:
    """Return the application.

    Args:
        desk: What is shown.
        port: The port that it will be served on.
        key: The first part of every address.
        token: What a decision has to show.
    """

    def page(_: Request) -> Response:
        try:
            html, policy = render(desk.items(), desk.by, token, desk.pages)
        except ProofpressError as error:
            return PlainTextResponse(str(error), status_code=500)
        return HTMLResponse(html, headers={"content-security-policy": policy})

    def picture(request: Request) -> Response:
        content = desk.picture(request.path_params["sha256"].removesuffix(".jpg"))
        if content is None:
            return PlainTextResponse("there is no such picture any more", status_code=404)
        kind = "image/png" if content.startswith(_PNG) else "image/jpeg"
        return Response(content, media_type=kind)

    async def decide(request: Request) -> Response:
        if not _is_ours(request, token):
            return _said("this did not come from the page; open it anew", 403)
        wish = await _wish_of(request)
        if wish is None:
            return _said("that is not a decision; open the page anew", 400)
        return await run_in_threadpool(_decided, desk, wish)

    routes = [
        Route("/favicon.ico", _no_icon, methods=["GET"]),
        Route(f"/{key}/", page, methods=["GET"]),
        Route(f"/{key}/{PICTURES}/{{sha256}}", picture, methods=["GET"]),
        Route(f"/{key}/decisions", decide, methods=["POST"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Guard, port=port)])
    app.router.redirect_slashes = False
    return app


def _no_icon(_: Request) -> Response:
    return Response(status_code=204)


async def _wish_of(request: Request) -> Wish | None:
    """Return what is wanted; None if that cannot be told."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return None
    try:
        return _WISH.validate_json(body)
    except pydantic.ValidationError:
        return None


def _is_ours(request: Request, token: str) -> bool:
    """Return whether a request was made by the page itself."""
    headers = request.headers
    shown = headers.get(TOKEN, "")
    return (
        hmac.compare_digest(shown.encode(), token.encode())
        and headers.get("origin") == f"http://{headers['host']}"
        and headers.get("content-type") == "application/json"
    )


def _decided(desk: Desk, wish: Wish) -> Response:
    try:
        return _said(desk.decide(wish).said, 200)
    except OvertakenError as error:
        return _said(str(error), 409)
    except (ProofpressError, OSError) as error:
        return _said(str(error), 500)


def _said(message: str, status: int) -> Response:
    return JSONResponse({"said": message}, status_code=status)


def serve(desk: Desk, port: int, say: Callable[[str], None]) -> None:
    """Serve the page until the person is done (Ctrl-C).

    Args:
        desk: What is shown.
        port: On 127.0.0.1; 0 takes a free one.
        say: Called with the page's address once it can be opened.

    Raises:
        UsageError: If the port is taken.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise UsageError(f"port {port} is taken; name another with --port") from error
        bound = listener.getsockname()[1]
        key, token = secrets.token_urlsafe(18), secrets.token_urlsafe(18)
        config = uvicorn.Config(
            application(desk, bound, key, token),
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
        )
        listener.listen()
        say(f"http://{HOST}:{bound}/{key}/")
        with contextlib.suppress(KeyboardInterrupt):  # which uvicorn raises again at its end
            uvicorn.Server(config).run(sockets=[listener])
