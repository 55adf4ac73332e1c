"""The planned day of the publishing tests, with one creative held, and the page served for it."""

import contextlib
import dataclasses
import datetime as dt
import pathlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from pipeline.plan.plan import Plan
from pipeline.publish.approvals import seen
from pipeline.publish.live import Files
from pipeline.publish.manifest import manifests_under, read_manifest
from pipeline.review.desk import Desk
from pipeline.review.server import TOKEN, application
from pipeline.settings import PROJECT
from tests.publish.conftest import export, exporter, outcome, plan, store

__all__ = ["export", "exporter", "outcome", "plan", "store"]

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
KEY, GIVEN = "the-key", "the-token"
PAGES = PROJECT / "templates" / "pages"

MakePlan = Callable[..., Plan]
Export = Callable[..., pathlib.Path]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The page, as a program sees it that knows its key and token.

    Attributes:
        desk: What is shown.
        port: The port on 127.0.0.1.
    """

    desk: Desk
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.origin}{path}", headers=headers, trust_env=False)

    def page(self) -> str:
        answer = self.get(f"/{KEY}/")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, wish: dict[str, str], **changed: str | None) -> httpx.Response:
        """Decide as the page does, but for some headers; None leaves one out."""
        usual = {TOKEN: GIVEN, "origin": self.origin, "content-type": "application/json"}
        headers = {name.replace("_", "-"): value for name, value in changed.items()}
        sent = {name: value for name, value in {**usual, **headers}.items() if value is not None}
        address = f"{self.origin}/{KEY}/decisions"
        return httpx.post(address, json=wish, headers=sent, trust_env=False)

    def record(self, locale: str = "fr_CH") -> dict[str, Any]:
        manifest = manifests_under(self.desk.out)[-1]
        (one,) = (r for r in read_manifest(manifest)["creatives"] if r["locale"] == locale)
        return dict(one)

    def wish(self, action: str) -> dict[str, str]:
        """Return what the page sends for the held creative."""
        record = self.record()
        sha256, words, before = seen(record)
        return {
            "variant": record["variant"],
            "action": action,
            "sha256": sha256,
            "copy_sha256": words,
            "before": before,
        }


@pytest.fixture
def desk(tmp_path: pathlib.Path, plan: MakePlan, export: Export) -> Desk:
    """Return the desk after a run that held the French creative."""
    planned = plan()
    export(planned, held=("fr_CH",))
    drawn_with = (PROJECT / "templates", "engine 1")
    return Desk(
        out=tmp_path / "out",
        pages=PAGES,
        by="ann",
        now=lambda: NOON,
        files=lambda: Files([planned.campaign], drawn_with, NOON, dt.timedelta()),
    )


@contextlib.contextmanager
def serving(desk: Desk) -> Iterator[Served]:
    """Serve a desk from a thread."""
    config = uvicorn.Config(
        lambda: None, host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none"
    )
    listener = config.bind_socket()
    port = listener.getsockname()[1]
    config.app = application(desk, port, KEY, GIVEN)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    until = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    yield Served(desk=desk, port=port)
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    """Return the page of the desk, served on loopback."""
    with serving(desk) as one:
        yield one
