"""A run with stand-in work, in a process of its own: `rehearsal.py FOLDER BATCHES SECONDS [tick]`.

Prints one JSON object: what Prefect has of the run, and the thread that did each batch. With
`tick` it is conducted as a scheduled run is, by Prefect first and without it if need be.
"""

import contextlib
import dataclasses
import datetime as dt
import functools
import io
import json
import os
import pathlib
import sys
import threading
import time
from collections.abc import Sequence

from PIL import Image

from flows import server
from flows.form import Form
from flows.once import Once
from flows.run import Patience, leave, run_recorded
from flows.work import Batch, Work
from pipeline.daily import Published
from pipeline.produce.outcome import Deliverable, Outcome, Status
from pipeline.produce.planting import Planted
from pipeline.produce.selftest import SelfTest, Trial
from pipeline.proof.corruption import Kind
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.selftest import Tried
from pipeline.typeset.setting import LineSetting

PER_BATCH = 4
COPY = "Nur heute <b>8,99 €</b>"


def picture() -> bytes:
    """Return a small JPEG."""
    file = io.BytesIO()
    Image.new("RGB", (108, 135), (228, 87, 46)).save(file, "JPEG")
    return file.getvalue()


def outcome(number: int) -> Outcome:
    """Return an accepted outcome; the one numbered 3 is held."""
    return Outcome(
        variant=f"deal-{number}",
        fingerprint="f",
        status=Status.HELD if number == 3 else Status.ACCEPTED,
        reason=COPY if number == 3 else "",
        deliverable=Deliverable(
            sha256="0", media_type="image/jpeg", width=108, height=135, bytes=1
        ),
        plate=None,
        lettering={},
        settings=(),
        ground=None,
        contrasts={},
        fonts={},
        engine="",
        proof=misread() if number == 3 else None,
        attempts=1,
        overview=None,
        crops=("0",),
    )


def misread() -> Proof:
    """Return the proof of a picture whose price says something else."""
    line = LineProof(
        role="price",
        expected=COPY,
        read="3,99 €",
        verdict=Verdict.FAIL,
        box=(0, 0, 9, 9),
        reader="said",
        confidence=0.9,
        shape=None,
        reason="reads 3,99 €",
    )
    return Proof(verdict=Verdict.FAIL, lines=(line,), extra=(), readers={}, ms=0)


def refused() -> Trial:
    """Return a wrong price that the proof did not let through."""
    setting = LineSetting(
        role="price", text="8,99 €", rows=(), size=40.0, families=(), weight=600, spacing=0.0,
        colour="#000000", align="left", direction="ltr", language="de", rotation=0.0,
        origin=(0.0, 0.0), struck=False,
    )  # fmt: skip
    planted = Planted(
        role="price",
        kind=Kind.DIGIT,
        script="Latin",
        requested="8,99 €",
        planted="3,99 €",
        setting=setting,
        box=(0, 0, 9, 9),
    )
    return Trial(variant="deal-0", planted=planted, verdict=Verdict.FAIL)


class Rehearsal:
    """Work that only takes time, and remembers who did it."""

    def __init__(self, folder: pathlib.Path, seconds: float) -> None:
        self.folder = folder
        self.seconds = seconds
        self.by: list[str] = []

    def produce(self, number: int) -> Sequence[Outcome]:
        """Take a while; say in a file that the batch has begun."""
        self.by.append(threading.current_thread().name)
        (self.folder / f"began-{number}").touch()
        time.sleep(self.seconds)
        return [outcome(PER_BATCH * number + place) for place in range(PER_BATCH)]

    def trial(self, batches: int) -> Tried:
        """Say that the one planted error was refused."""
        outcomes = tuple(outcome(number) for number in range(PER_BATCH * batches))
        return Tried(outcomes=outcomes, selftest=SelfTest(trials=(refused(),), creatives=1))

    def publish(self) -> Published:
        """Write the one file of the run."""
        (self.folder / "published").touch()
        return Published(out=self.folder, gallery=self.folder / "index.html", manifests=())

    def work(self, batches: int) -> Work:
        """Return the run."""
        return Work(
            parameters=Form(
                files=["campaigns/daily-deals.yaml"], out="out", day=dt.date(2026, 11, 27)
            ),
            title="daily-deals · de at · 2026-11-27",
            batches=tuple(
                Batch(
                    title=f"batch {number + 1} of {batches}",
                    size=PER_BATCH,
                    produce=Once(functools.partial(self.produce, number)),
                )
                for number in range(batches)
            ),
            trial=Once(functools.partial(self.trial, batches)),
            publish=Once(self.publish),
            done=lambda: PER_BATCH * len(self.by),
            groups=lambda outcomes: {"daily-deals": outcomes},
            read=lambda _: picture(),
        )


def tick(folder: pathlib.Path, batches: int, seconds: float) -> None:
    """Run as a scheduled run does, print what happened, and end."""
    found = server.find_or_start(folder / "prefect", os.environ)
    if found is None:
        leave(1)
    known = server.client_environment(found, folder / "prefect", os.environ)
    os.environ.update({**server.STEADY, **known, "PREFECT_LOGGING_LEVEL": "CRITICAL"})
    from prefect import flow  # noqa: PLC0415 - it reads its settings on import

    from flows.daily import conduct_surely  # noqa: PLC0415 - likewise

    rehearsal = Rehearsal(folder, seconds)
    work = rehearsal.work(batches)
    began = time.monotonic()

    @flow(name="tick")
    def conducted() -> int:
        return conduct_surely(work).size

    with contextlib.suppress(Exception):  # what Prefect raises when it cannot record the end
        conducted()
    said = {"by": rehearsal.by, "seconds": time.monotonic() - began}
    sys.stdout.write(json.dumps(said))
    leave(0)


def main(folder: pathlib.Path, batches: int, seconds: float) -> None:
    """Run, print what happened, and end."""
    rehearsal = Rehearsal(folder, seconds)
    began = time.monotonic()
    try:
        record = run_recorded(
            rehearsal.work(batches),
            folder / "prefect",
            os.environ,
            Patience(server=60, task=2, record=10),
        )
    except KeyboardInterrupt:
        leave(130)
    said = {
        **dataclasses.asdict(record),
        "by": rehearsal.by,
        "seconds": time.monotonic() - began,
    }
    sys.stdout.write(json.dumps(said))
    leave(0)


if __name__ == "__main__":
    begin = tick if sys.argv[4:] == ["tick"] else main
    begin(pathlib.Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
