"""Media: result pictures and uploads behind signed addresses that expire."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulator.answers import MAINTENANCE
from simulator.chance import draw
from simulator.faults import DOWNLOAD, Event, strikes
from simulator.jobs import Job
from simulator.pictures.plain import MEDIA_TYPES
from simulator.wire import CutBody, Drip, DropConnection, gzip_bomb
from simulator.world import World

_GONE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>'
    "<Message>{}</Message></Error>"
)
_MESSAGES = {
    "expired": "Request has expired",
    "forged": "The request signature we calculated does not match the signature you provided",
}
_DAMAGED_BYTES = 48


async def read_media(request: Request) -> Response:
    """Answer GET on a signed address: the picture, whatever its scenario made of it."""
    world: World = request.app.state.world
    name = request.path_params["file"]
    state = world.media_state(request.path_params["signature"], name)
    if state != "ok":
        return _denied(state)
    if name.startswith("asset."):
        asset = world.assets.get(name.removeprefix("asset."))
        if asset is None or asset.data is None:
            return _denied("forged")
        return Response(asset.data, media_type=asset.media_type)
    found, index, file_format = name.split(".")
    job = world.book.jobs[found]
    fault = _fault(world, job, int(index))
    job.downloads += 1
    if fault in _BODILESS:
        return _BODILESS[fault](world)
    data = await world.painter.picture(job, int(index))
    return _served(fault, data, MEDIA_TYPES[file_format], job)


def _fault(world: World, job: Job, index: int) -> str:
    count = job.downloads
    drawn = world.faults.drawn(Event(stage="download", name=f"{job.key}/{index}/{count}"))
    chosen = (name for name in DOWNLOAD if strikes(job.scenario, name, count, always=True))
    return next(chosen, next(iter(drawn), ""))


def _served(fault: str, data: bytes, media_type: str, job: Job) -> Response:
    if fault == "corrupt":
        return Response(_corrupted(data, job), media_type=media_type)
    if fault in {"truncated", "cut_without_length"}:
        return CutBody(data, media_type, announced=fault == "truncated")
    if fault == "slow_drip":
        return Drip(data, media_type=media_type)
    return Response(data, media_type=media_type)


def _corrupted(data: bytes, job: Job) -> bytes:
    """Return the picture with a burnt spot, or without its end under a matching length."""
    if draw(job.key, "corrupt", job.downloads) < 0.5:  # noqa: PLR2004 - half and half
        return data[: len(data) * 3 // 5]
    start = len(data) // 2
    spot = bytes(byte ^ 0x5A for byte in data[start : start + _DAMAGED_BYTES])
    return data[:start] + spot + data[start + _DAMAGED_BYTES :]


def _denied(state: str) -> Response:
    return Response(_GONE.format(_MESSAGES[state]), 403, media_type="application/xml")


def _redirected(world: World) -> Response:
    return Response(status_code=302, headers={"location": f"{world.foreign}/stolen.png"})


_BODILESS: dict[str, Callable[[World], Response]] = {
    "html_200": lambda _: HTMLResponse(MAINTENANCE),
    "expired_url": lambda _: _denied("expired"),
    "redirect_result": _redirected,
    "download_drop": lambda _: DropConnection(),
    "download_http_500": lambda _: Response("Internal error", 500),
    "gzip_bomb": lambda _: gzip_bomb("image/png"),
}
