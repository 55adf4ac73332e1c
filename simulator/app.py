"""The application: which address is answered by what."""

import contextlib
import time
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from pipeline.typeset.renderer import TakumiRenderer
from simulator import bfl, control, fal, fal_platform, fal_results, media, runflow, runflow_assets
from simulator.bill import Bill
from simulator.callbacks import Callbacks
from simulator.clock import SimClock
from simulator.faults import Faults
from simulator.jobs import JobBook
from simulator.pictures.drawing import Studio
from simulator.pictures.painter import Painter
from simulator.world import Options, World

_ID = "/{id:str}"


def world_of(options: Options, origin: str, foreign: str) -> World:
    """Return a fresh world.

    Args:
        options: How it is set up.
        origin: Address of the simulator, without a path.
        foreign: Address of the stranger.

    Raises:
        UnknownFaultError: If the mix names a fault that does not exist.
        OSError: If the bill cannot be written.
    """
    faults = Faults(options.seed, options.mix)
    bill = Bill(options.bill)
    return World(
        options=options,
        clock=SimClock(time.time),
        bill=bill,
        book=JobBook(bill, options.seed, options.latency),
        faults=faults,
        painter=Painter(options.pictures, Studio(options.misspelling, TakumiRenderer())),
        callbacks=Callbacks(),
        origin=origin,
        foreign=foreign,
    )


def app_of(world: World) -> Starlette:
    """Return the application that serves a world and closes it at the end."""

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        del app
        yield
        await world.callbacks.close()
        world.painter.close()
        world.now()
        world.bill.close()

    app = Starlette(routes=_routes(), lifespan=life)
    app.state.world = world
    return app


def _routes() -> list[Route | Mount]:
    queue = [
        Route("/{path:path}", fal.submit, methods=["POST"]),
        Route("/{path:path}", fal.read, methods=["GET"]),
        Route("/{path:path}", fal.cancel, methods=["PUT"]),
    ]
    api = [
        Route("/v1/models/requests/by-endpoint", fal_platform.requests_by_endpoint),
        Route("/v1/models/billing-events", fal_platform.billing_events),
        Route("/.well-known/jwks.json", fal_results.jwks),
    ]
    return [
        Route("/cdn/{signature}/{file}", media.read_media, methods=["GET"]),
        Route("/cdn/{signature}/{file}", runflow_assets.put_media, methods=["PUT"]),
        Mount("/runflow/v1", routes=_runflow()),
        Mount("/fal-queue", routes=queue),
        Route("/fal-run/{path:path}", fal.run, methods=["POST"]),
        Mount("/fal-api", routes=api),
        Mount("/bfl/v1", routes=_bfl()),
        Mount("/_sim", routes=_control()),
    ]


def _runflow() -> list[Route]:
    return [
        Route("/models/{owner}/{slug:path}/runs", runflow.create_run, methods=["POST"]),
        Route("/runs/statuses", runflow.account),
        Route(f"/runs{_ID}", runflow.read_run),
        Route("/runs", runflow.list_runs),
        Route(f"/runs{_ID}/callback", runflow.read_callback),
        Route(f"/runs{_ID}/callback-redeliveries", runflow.redeliver, methods=["POST"]),
        Route("/asset-uploads", runflow_assets.start_upload, methods=["POST"]),
        Route(
            f"/asset-uploads{_ID}/confirmations", runflow_assets.confirm_upload, methods=["POST"]
        ),
        Route(f"/assets{_ID}", runflow_assets.read_asset),
        Route("/evaluations", runflow_assets.evaluate, methods=["POST"]),
        Route(f"/evaluations{_ID}", runflow_assets.read_evaluation),
        Route("/callback-secrets", runflow.callback_secret, methods=["POST"]),
        Route("/billing/balance", runflow.account),
        Route("/auth/me", runflow.account),
        Route("/health", runflow.health),
    ]


def _bfl() -> list[Route]:
    return [
        Route("/get_result", bfl.poll),
        Route("/credits", bfl.credit),
        Route("/{model}", bfl.submit, methods=["POST"]),
    ]


def _control() -> list[Route]:
    return [
        Route("/", control.overview),
        Route("/clock", control.clock, methods=["GET", "POST"]),
        Route("/faults", control.faults, methods=["GET", "POST"]),
        Route("/scenario", control.scenario, methods=["GET", "POST", "DELETE"]),
        Route("/bill", control.bill),
        Route("/jobs", control.jobs),
        Route("/strangers", control.strangers),
    ]
