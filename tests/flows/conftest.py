"""What the flow tests share: outcomes, pictures, one real server."""

import decimal
import hashlib
import io
import os
import pathlib
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from flows import server
from pipeline.produce.outcome import Deliverable, Outcome, Plate, Status


@pytest.fixture(scope="session")
def picture() -> bytes:
    """Return the bytes of a small picture."""
    file = io.BytesIO()
    Image.new("RGB", (108, 135), (228, 87, 46)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def outcome(picture: bytes) -> Callable[[str, str, str], Outcome]:
    """Return a maker of outcomes: by variant, the reason it is held, and what its plate cost."""

    def make(variant: str, reason: str = "", cost: str = "0.05") -> Outcome:
        digest = hashlib.sha256(picture).hexdigest()
        return Outcome(
            variant=variant,
            fingerprint="f",
            status=Status.HELD if reason else Status.ACCEPTED,
            reason=reason,
            deliverable=Deliverable(
                sha256=digest, media_type="image/png", width=108, height=135, bytes=len(picture)
            ),
            plate=Plate(
                sha256=digest,
                provider="studio",
                model="studio-1",
                prompt_sha256="p",
                seed=1,
                cost=decimal.Decimal(cost),
                reused=not reason,
            ),
            lettering={},
            settings=(),
            ground=None,
            contrasts={},
            fonts={},
            engine="",
            proof=None,
            attempts=1,
            overview=None,
            crops=(),
        )

    return make


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Return the environment without what names another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pathlib.Path]:
    """Return a work folder; the server that a test leaves in it is ended."""
    made = tmp_path_factory.mktemp("work")
    yield made
    server.stop(made / "prefect")


@pytest.fixture
def running(folder: pathlib.Path, environment: dict[str, str]) -> server.Server:
    """Return the server, started the first time and after it was killed."""
    found = server.find_or_start(folder / "prefect", environment, deadline_s=120, port=0)
    assert found is not None, (folder / "prefect" / "server.log").read_text()
    for mark in [*folder.glob("began-*"), *folder.glob("published")]:
        mark.unlink()
    return found
