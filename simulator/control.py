"""Control: the clock, the faults, the bill and what happened, for tests and benchmarks."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from simulator.bill import plain
from simulator.clock import iso
from simulator.faults import UnknownFaultError, parse
from simulator.pictures.plain import plain as plain_picture
from simulator.world import World

_STRANGE_SIZE = 64


async def overview(request: Request) -> Response:
    """Answer GET /_sim: the set-up and the counts."""
    world: World = request.app.state.world
    now = world.now()
    return JSONResponse(
        {
            "seed": world.options.seed,
            "now": iso(now),
            "pictures": world.options.pictures,
            "faults": world.faults.mix,
            "submits": dict(world.book.submits),
            "accepted": len(world.book.jobs),
            "idempotency_keys": len(world.replays),
            "callbacks": world.callbacks.attempts,
            "foreign": world.foreign,
        }
    )


async def clock(request: Request) -> Response:
    """Answer GET and POST /_sim/clock: `{"advance": seconds}`, `{"freeze": true|false}`."""
    world: World = request.app.state.world
    if request.method == "POST":
        body = await request.json()
        if "freeze" in body:
            change = world.clock.freeze if body["freeze"] else world.clock.release
            change()
        world.clock.advance(float(body.get("advance", 0)))
    now = world.now()
    return JSONResponse({"now": now, "iso": iso(now)})


async def faults(request: Request) -> Response:
    """Answer GET and POST /_sim/faults: the mix of rates."""
    world: World = request.app.state.world
    if request.method == "POST":
        try:
            world.faults.set_mix(await request.json())
        except UnknownFaultError as error:
            return JSONResponse({"error": str(error)}, 422)
    return JSONResponse(world.faults.mix)


async def scenario(request: Request) -> Response:
    """Answer GET, POST and DELETE /_sim/scenario: what the next submits meet."""
    world: World = request.app.state.world
    if request.method == "DELETE":
        world.faults.clear()
    if request.method == "POST":
        body = await request.json()
        try:
            world.faults.enqueue(parse(body["scenario"]), int(body.get("count", 1)))
        except UnknownFaultError as error:
            return JSONResponse({"error": str(error)}, 422)
    return JSONResponse({"queued": list(world.faults.queued)})


async def bill(request: Request) -> Response:
    """Answer GET /_sim/bill: all lines and the totals, in US dollars."""
    world: World = request.app.state.world
    world.now()
    totals = {provider: plain(usd) for provider, usd in world.bill.totals.items()}
    lines = [line.row() for line in world.bill.lines]
    return JSONResponse({"total": plain(world.bill.total), "totals": totals, "lines": lines})


async def jobs(request: Request) -> Response:
    """Answer GET /_sim/jobs: every accepted job with the faults it meets."""
    world: World = request.app.state.world
    now = world.now()
    rows: list[dict[str, Any]] = [
        {
            "id": job.id,
            "provider": job.order.provider,
            "model": job.order.model,
            "client_ref": job.client_ref,
            "idempotency_key": job.idempotency_key,
            "seed": job.order.seed,
            "phase": job.phase(now),
            "fate": job.fate,
            "scenario": job.scenario,
            "polls": job.polls,
            "downloads": job.downloads,
            "usd": plain(job.usd),
        }
        for job in world.book.jobs.values()
    ]
    return JSONResponse(rows)


async def strangers(request: Request) -> Response:
    """Answer GET /_sim/strangers: what the foreign address was sent, keys and all."""
    world: World = request.app.state.world
    return JSONResponse(world.strangers)


class Stranger:
    """What listens on the foreign port: it notes what it is sent and looks helpful.

    Args:
        app: The simulator itself.
        world: Where it is noted.
        port: The foreign port.
    """

    def __init__(self, app: ASGIApp, world: World, port: int) -> None:
        self._app = app
        self._world = world
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the stranger if the request came in by its port."""
        if scope["type"] != "http" or scope["server"][1] != self._port:
            await self._app(scope, receive, send)
            return
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        noted = {"method": scope["method"], "path": scope["path"], "headers": headers}
        self._world.strangers.append(noted)
        await self._answer(scope["path"])(scope, receive, send)

    def _answer(self, path: str) -> Response:
        if path.endswith(".png"):
            picture = plain_picture(_STRANGE_SIZE, _STRANGE_SIZE, "png", "stranger")
            return Response(picture, media_type="image/png")
        sample = f"{self._world.foreign}/stolen.png"
        ready = {"status": "Ready", "status_code": "succeeded", "result": {"sample": sample}}
        return JSONResponse(ready | {"output": {"outputs": [{"url": sample, "type": "image"}]}})
