"""The process that `benchmarks/scale.py` measures: a day with stub provider, letterer and proof.

Everything else is the real thing: plan, preflight, claims, ledger, budgets, store, crew, manifest,
gallery.
It prints one JSON object.
"""

import argparse
import dataclasses
import datetime as dt
import functools
import io
import json
import os
import pathlib
import resource
import secrets
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

import numpy as np
import PIL.Image

from pipeline.campaign.formats import Format
from pipeline.campaign.load import load_campaign
from pipeline.daily import Workshop, open_workshop, produce_batch, publish
from pipeline.dayplan import DayPlan, RunRequest, prepare
from pipeline.plan.catalogue import Capabilities, capabilities
from pipeline.plan.job import PlateRequest
from pipeline.plan.preflight.look import findings, refusals
from pipeline.plan.variants import Variant
from pipeline.produce.compositor import Compositor, held
from pipeline.produce.gate import Timing
from pipeline.produce.outcome import Deliverable, Outcome, Status
from pipeline.produce.plates import Obtained, Plates
from pipeline.produce.providers.protocol import Attempt, Charge, Poll, State, Ticket
from pipeline.produce.providers.studio import Studio
from pipeline.produce.till import Means, Till
from pipeline.proof.reading import Pixels
from pipeline.proof.verdict import LineProof, Proof, Verdict
from pipeline.publish.bills import bills_of
from pipeline.session import Session, open_session
from pipeline.settings import PROJECT, Settings
from pipeline.typeset.layout import Rect

DAY = dt.date(2026, 12, 1)
FORMATS = ("display-300x250", "display-336x280", "display-970x250", "display-300x600")
OFFERS = 25
RECORD_EVERY = 0.25
"""Seconds between two looks at the memory."""

FILES = {"delivered": 8000, "ground": 4000, "overview": 4000, "crop": 1000}
"""Bytes of the files of a stub creative; a crop for each line."""

_HEAD = """\
campaign: scale
template: deal
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
provider: runflow
model: flux-2-flex
lettering: typeset
budget: {day: 1000000}
checks: {palette_difference: off, drawn: off, blur: off}
"""


class Stub:
    """A provider whose every picture is there at once."""

    def __init__(self) -> None:
        self._able = dataclasses.replace(capabilities("runflow"), active=8)
        self._sizes: dict[str, tuple[int, int]] = {}

    @property
    def capabilities(self) -> Capabilities:
        """Return what it declares."""
        return self._able

    def submit(self, attempt: Attempt) -> Ticket:
        """Accept."""
        self._sizes[attempt.id] = (attempt.request.width, attempt.request.height)
        return Ticket(request_id=attempt.id)

    def poll(self, ticket: Ticket) -> Poll:
        """Be ready."""
        return Poll(state=State.READY, url=f"/{ticket.request_id}", detail="", cost=None)

    def fetch(self, ticket: Ticket, url: str) -> bytes:
        """Return a picture of one colour."""
        del url
        return _png(self._sizes[ticket.request_id])

    def look_up(self, attempt: Attempt, since: dt.datetime) -> Ticket | None:
        """Know nothing else."""
        del attempt, since
        return None

    def charges(self, since: dt.datetime) -> Iterator[Charge]:
        """Charge nothing afterwards."""
        del since
        return iter(())


@functools.cache
def _png(size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", size, (228, 87, 46)).save(file, "PNG")
    return file.getvalue()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setter(Compositor):
    """Sets, writes and proves nothing: each creative is some bytes of its own.

    Attributes:
        used: Processor seconds of its own, by thread, which are not counted.
    """

    used: Counter[int]

    def read(self, variant: Variant, obtained: Obtained) -> Proof:
        """Find no words on a plate."""
        del variant, obtained
        return Proof(verdict=Verdict.PASS, lines=(), extra=(), readers={}, ms=0)

    def letter(self, variant: Variant, obtained: Obtained, drawn: Sequence[Rect] = ()) -> Outcome:
        """Return an accepted creative."""
        del drawn
        begun = time.thread_time()
        names = [*list(FILES)[:3], *(f"crop {line.role}" for line in variant.lines)]
        made = [_content(variant, name) for name in names]
        self.used[threading.get_ident()] += round((time.thread_time() - begun) * 1e9)
        delivered, ground, overview, *crops = (self.store.put(one) for one in made)
        return dataclasses.replace(
            held(variant, self.engine, "", obtained),
            status=Status.ACCEPTED,
            deliverable=Deliverable(
                sha256=delivered,
                media_type="image/jpeg",
                width=variant.format.width,
                height=variant.format.height,
                bytes=len(made[0]),
            ),
            ground=ground,
            overview=overview,
            crops=tuple(crops),
            proof=_proof(variant),
        )


def _content(variant: Variant, name: str) -> bytes:
    size = FILES[name.partition(" ")[0]]
    return f"{variant.id} {name} ".encode().ljust(size, b"\xff")


def _proof(variant: Variant) -> Proof:
    lines = tuple(
        LineProof(
            role=line.role,
            expected=line.text,
            read=line.text,
            verdict=Verdict.PASS,
            box=(number, 10, 200, 20),
            reader="stub",
            confidence=0.99,
            shape=0.98,
            reason="",
            confidences=tuple(0.99 for _ in line.text),
        )
        for number, line in enumerate(variant.lines)
    )
    return Proof(verdict=Verdict.PASS, lines=lines, extra=(), readers={"stub": "1"}, ms=1)


class Drawer(Plates):
    """Gives plates of the right size without decoding and scaling the provider's pictures.

    That is work on pictures, like lettering, and not counted.
    """

    def shaped(self, content: bytes, request: PlateRequest, fmt: Format) -> Pixels:
        """Return a black plate of a format's size."""
        del content, request
        return np.zeros((fmt.height, fmt.width, 3), dtype=np.uint8)


class Blank:
    """A prover that nobody asks."""

    def prove(self, image: Pixels, *_: object, **__: object) -> Proof:
        """Refuse: the stub proves by itself."""
        raise NotImplementedError(f"the stub asks for no proof of {image.shape}")


class Scale:
    """Samples the resident memory while a day is made."""

    def __init__(self) -> None:
        self.done = 0
        self.samples: list[tuple[int, float]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def count(self, _: Outcome) -> None:
        """Count a creative."""
        self.done += 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(RECORD_EVERY):
            self.samples.append((self.done, resident()))

    def slope(self) -> float:
        """Return by how many KB the memory grows with each creative, after the first fifth."""
        whole = self.samples[-1][0] if self.samples else 0
        late = [(done, size) for done, size in self.samples if done > whole / 5]
        if len(late) < 3:  # noqa: PLR2004 - a line needs points
            return 0.0
        mean_x = sum(done for done, _ in late) / len(late)
        mean_y = sum(size for _, size in late) / len(late)
        over = sum((done - mean_x) * (size - mean_y) for done, size in late)
        under = sum((done - mean_x) ** 2 for done, _ in late)
        return over / under * 1e3 if under else 0.0


def resident() -> float:
    """Return the resident memory of this process in MB (Linux)."""
    pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def peak() -> float:
    """Return the highest resident memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def campaign_of(variants: int) -> str:
    """Return a campaign of so many creatives: markets by offers by formats."""
    markets = max(1, variants // (OFFERS * len(FORMATS)))
    names = [f"m{number:04}" for number in range(markets)]
    lines = [_HEAD + f"formats: [{', '.join(FORMATS)}]", "markets:"]
    lines += [
        f"  {name}: {{locales: [de_DE], currency: EUR, time_zone: Europe/Berlin}}" for name in names
    ]
    lines.append("offers:")
    for offer in range(OFFERS):
        prices = ", ".join(
            f"{name}: {offer + 1}.{number % 90 + 10}" for number, name in enumerate(names)
        )
        copy = f"{{headline: {{de: Gericht {offer}}}, cta: {{de: Jetzt bestellen}}}}"
        subject = f"dish number {offer}"
        lines.append(f"  o{offer}: {{subject: {subject}, price: {{{prices}}}, copy: {copy}}}")
    return "\n".join(lines) + "\n"


def planned(folder: pathlib.Path, variants: int, workers: int) -> tuple[DayPlan, Settings]:
    """Write a campaign of so many creatives into a folder and return its plan."""
    file = folder / "scale.yaml"
    file.write_text(campaign_of(variants), "utf-8")
    settings = Settings(templates=PROJECT / "templates", work=folder / "work", workers=workers)
    request = RunRequest(files=(file,), out=folder / "out", instant=now(), day=DAY)
    return prepare(request, settings), settings


def now() -> dt.datetime:
    """Return the present instant."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - this is where the clock comes from


def tools(
    session: Session, settings: Settings, used: Counter[int], refused: Mapping[str, str]
) -> Workshop:
    """Return a workshop with stubs for provider, letterer and proof."""
    workshop = open_workshop(settings, Blank(), {})
    compositor, store = workshop.press.compositor, workshop.press.store
    means = Means(
        ledger=session.ledger,
        store=store,
        open_provider=lambda _: Stub(),
        timing=Timing(clock=time.monotonic, sleep=time.sleep, dice=secrets.SystemRandom().random),
        now=now,
    )
    press = dataclasses.replace(
        workshop.press,
        plates=Drawer(Studio(settings.templates / "plates", workshop.renderer), store),
        till=Till(means, session.run, {}),
        refused=refused,
        compositor=Setter(
            letterer=compositor.letterer, prover=compositor.prover, store=store, used=used
        ),
    )
    return dataclasses.replace(workshop, press=press, run=session.run)


def day(folder: pathlib.Path, variants: int, workers: int) -> dict[str, float]:
    """Plan, make and publish a day and return what it cost."""
    used: Counter[int] = Counter()
    begun, wall, kernel = time.process_time(), time.perf_counter(), os.times().system
    day_plan, settings = planned(folder, variants, workers)
    after_plan = time.process_time()
    refused = refusals(found for plan in day_plan.plans for found in findings(plan))
    after_look = time.process_time()
    session = open_session(day_plan, settings, now)
    workshop = tools(session, settings, used, refused)
    with Scale() as scale:
        outcomes = [
            one
            for batch in day_plan.batches()
            for one in produce_batch(batch, workshop, scale.count)
        ]
    after_work = time.process_time()
    for one in outcomes:
        if one.status is not Status.ACCEPTED or one.fallback:
            raise RuntimeError(f"a stub creative was not accepted: {one.reason or one.fallback}")
    publish(
        day_plan, outcomes, workshop, bills=bills_of(session.ledger, session.run, day_plan.plans)
    )
    session.close("published")
    stub = sum(used.values()) / 1e9
    return {
        "creatives": len(outcomes),
        "plan": after_plan - begun,
        "preflight": after_look - after_plan,
        "work": after_work - after_look - stub,
        "publish": time.process_time() - after_work,
        "cpu": time.process_time() - begun - stub,
        "kernel": os.times().system - kernel,
        "wall": time.perf_counter() - wall,
        "slope": scale.slope(),
        "peak": peak(),
    }


def plan_only(folder: pathlib.Path, variants: int) -> dict[str, float]:
    """Plan a day and return what that cost."""
    load_campaign(PROJECT / "campaigns" / "daily-deals.yaml", ["deal"])
    before, begun = resident(), time.process_time()
    day_plan, _ = planned(folder, variants, 1)
    return {
        "creatives": day_plan.size,
        "cpu": time.process_time() - begun,
        "grown": resident() - before,
        "peak": peak(),
    }


def main() -> None:
    """Do what is asked for and print what it cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--variants", type=int, required=True)
    parser.add_argument("--workers", type=int, default=0, help="0 plans only")
    options = parser.parse_args()
    if options.workers:
        found = day(options.folder, options.variants, options.workers)
    else:
        found = plan_only(options.folder, options.variants)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
