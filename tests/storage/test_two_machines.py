"""Two machines that share a ledger in PostgreSQL and a bucket, but no disk, and one that dies."""

import contextlib
import dataclasses
import datetime as dt
import decimal
import json
import os
import pathlib
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.produce.ledger.ledger import Ledger, open_ledger
from pipeline.publish.manifest import NAME
from pipeline.settings import PROJECT
from pipeline.storage.bucket import open_bucket
from simulator.server import running
from simulator.world import DEFAULT_KEY
from tests.lunch import lunch
from tests.storage.servers import cloud_at, new_bucket

MARKETS = ("at", "ch", "de")
CAMPAIGN = (
    lunch("display-300x250", de="de_DE", at="de_AT", ch="de_CH, fr_CH")
    + """\
offers:
  bowl:
    subject: a bowl of salad
    price: {de: 8.90, at: 9.20, ch: 14.90}
    copy: {headline: {de: Bowls, fr: Bols}}
  soup:
    subject: a bowl of soup
    price: {de: 6.90, at: 7.20, ch: 11.90}
    copy: {headline: {de: Suppe, fr: Soupe}}
provider: runflow
model: flux-2-flex
lettering: typeset
budget: {day: 100.00}
checks: {palette_difference: off, drawn: off, blur: off}
"""
)  # four creatives for each offer, on one plate


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all machines share, and what came of it."""

    folder: pathlib.Path
    ledger: str
    bucket: str
    port: int
    vendor: str

    @contextlib.contextmanager
    def machine(self, name: str, *markets: str) -> Iterator[subprocess.Popen[str]]:
        """Start a machine with folders of its own."""
        file = self.folder / "lunch.yaml"
        file.write_text(CAMPAIGN, "utf-8")
        environment = {
            **os.environ,
            **cloud_at(self.port),
            "PROOFPRESS_WORK": str(self.folder / name / "work"),
            "PROOFPRESS_LEDGER": self.ledger,
            "PROOFPRESS_STORE": f"{self.bucket}/store",
            "PROOFPRESS_DELIVER": f"{self.bucket}/days",
            "PROOFPRESS_RUNFLOW_URL": f"{self.vendor}/runflow/v1",
            "RUNFLOW_API_KEY": DEFAULT_KEY,
        }
        words = [sys.executable, "-m", "tests.storage.worker", str(file)]
        with subprocess.Popen(
            [*words, str(self.folder / name / "out"), *markets],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def delivered(self) -> dict[str, bytes]:
        """Return every delivered picture by its name in the bucket."""
        bucket = open_bucket(f"{self.bucket}/days", cloud_at(self.port))
        names = [name for name in bucket.names("2026-12-01") if "/evidence/" not in name]
        found = {name: bucket.get(name) for name in names}
        return {
            name: one.content
            for name, one in found.items()
            if one is not None and not name.endswith(NAME)
        }

    def manifest(self) -> list[Mapping[str, Any]]:
        """Return the creatives of the manifest in the bucket."""
        bucket = open_bucket(f"{self.bucket}/days", cloud_at(self.port))
        found = bucket.get(f"2026-12-01/lunch/{NAME}")
        assert found is not None
        return list(json.loads(found.content)["creatives"])

    def booked(self) -> decimal.Decimal:
        """Return what the ledger says was spent."""
        with self._opened() as ledger:
            return ledger.accounts.spend().total.spent

    def billed(self) -> decimal.Decimal:
        """Return what the vendor says was spent."""
        with urllib.request.urlopen(f"{self.vendor}/_sim/bill", timeout=10) as answer:  # noqa: S310 - our own address
            return decimal.Decimal(str(json.load(answer)["total"]))

    def endings(self) -> Sequence[str]:
        """Return how the runs ended."""
        with self._opened() as ledger:
            return [str(run["outcome"]) for run in ledger.accounts.export()["runs"]]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Ledger]:
        ledger = open_ledger(self.ledger, lambda: dt.datetime.now(dt.UTC))
        try:
            yield ledger
        finally:
            ledger.close()


def said(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Yield what a machine prints, as it prints it."""
    assert process.stdout is not None
    return (json.loads(line) for line in process.stdout)


def test_two_machines_make_one_day_and_the_survivor_ends_what_a_killed_one_began(
    tmp_path: pathlib.Path, port: int, new_address: Callable[[], str]
) -> None:
    with running("--seed", "5", "--latency", "0.5") as vendor, running("--seed", "5") as other:
        two = World(
            folder=tmp_path / "two",
            ledger=new_address(),
            bucket=new_bucket(port),
            port=port,
            vendor=vendor,
        )
        one = dataclasses.replace(
            two,
            folder=tmp_path / "one",
            ledger=new_address(),
            bucket=new_bucket(port),
            vendor=other,
        )
        for world in (one, two):
            world.folder.mkdir()
        with (
            two.machine("berlin", *MARKETS) as berlin,
            two.machine("vienna", *reversed(MARKETS)) as vienna,
        ):
            assert "made" in next(said(vienna))
            vienna.kill()
            assert vienna.wait() == -9
            *_, last = said(berlin)
        assert last == {"waiting": []}
        with one.machine("alone", *MARKETS) as alone:
            *_, last = said(alone)
        assert last == {"waiting": []}
        assert "its process died" in two.endings()
        assert [c["variant"] for c in two.manifest()] == [c["variant"] for c in one.manifest()]
        assert len(two.manifest()) == 8
        assert not any(creative["fallback"] for creative in two.manifest())
        assert two.delivered() == one.delivered()
        assert two.billed() == one.billed() == two.booked() == one.booked() > 0
