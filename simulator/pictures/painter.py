"""The painter: turns a job into the bytes a vendor would serve, as its scenario has them."""

import asyncio
import concurrent.futures
import functools

from simulator.jobs import Job
from simulator.orders import GRID
from simulator.pictures.drawing import Studio
from simulator.pictures.plain import black, plain

MODES = ("plain", "drawn")


class Painter:
    """Makes pictures; drawn ones in one thread of their own, kept for repeated downloads.

    Args:
        mode: plain or drawn.
        studio: Draws pictures from prompts.
    """

    def __init__(self, mode: str, studio: Studio) -> None:
        self._drawn = mode == "drawn"
        self._pool = concurrent.futures.ThreadPoolExecutor(1, "studio")
        self._draw = functools.lru_cache(maxsize=32)(studio.draw)

    async def picture(self, job: Job, index: int) -> bytes:
        """Return the bytes of one picture of a job.

        Args:
            job: A job that ended well.
            index: Which of its pictures, from 0.
        """
        order = job.order
        width, height = _size(job)
        file_format = _format(job)
        if "black_image_200" in job.scenario:
            return black(width, height, file_format)
        if not self._drawn:
            return plain(width, height, file_format, f"{job.id}/{index}")
        scenario = tuple(sorted(job.scenario.items()))
        drawing = functools.partial(
            self._draw, order, job.seed + index, (width, height), file_format, scenario
        )
        return await asyncio.get_running_loop().run_in_executor(self._pool, drawing)

    def close(self) -> None:
        """End the drawing thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _size(job: Job) -> tuple[int, int]:
    width, height = job.order.width, job.order.height
    if "wrong_size" not in job.scenario:
        return width, height
    return _smaller(width), _smaller(height)


def _smaller(length: int) -> int:
    return max(GRID, (length - 1) // GRID * GRID)


def _format(job: Job) -> str:
    asked = job.order.format
    if "wrong_format" not in job.scenario:
        return asked
    return "webp" if asked != "webp" else "jpeg"
